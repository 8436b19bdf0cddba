/** Reading plans → SQL. */
import type { Condition, CountPlan, ReadPlan, Values } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { clauses } from './clauses.ts'
import { compileCondition } from './condition.ts'
import { compileEmbeds, OUTERMOST } from './embed.ts'
import { selected, table } from './field.ts'
import { compileOrder } from './order.ts'
import { compilePartition, isPartitioned } from './partition.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

export { clauses }

export const where = (condition: Condition | undefined, syntax: SqlSyntax): RawBuilder<unknown> | undefined =>
  condition && sql`where ${compileCondition(condition, syntax)}`

const FORESEEN = sql.id('gw foreseen')

/**
 * How many rows a statement is planned for: one, or the power of ten above the limit. So a plan has few statements,
 * and none holds a number that a client sent. `undefined` where that makes no difference.
 */
export const foreseen = (
  { limit, offset, partition }: ReadPlan,
  values: Values,
  { foreseeing }: SqlSyntax,
): number | undefined => {
  const wanted = values[limit]
  if (!foreseeing || offset !== undefined || partition || !(Number.isSafeInteger(wanted) && (wanted as number) > 0))
    return undefined
  return 10 ** Math.ceil(Math.log10(wanted as number))
}

/** @param most what is `foreseen` */
export const compileRead = (plan: ReadPlan, syntax: SqlSyntax, most?: number): RawBuilder<unknown> => {
  if (isPartitioned(plan)) return compilePartition(plan, syntax)
  const { embeds, offset } = plan
  const limit = slot(plan.limit)
  const read = clauses(
    embeds
      ? sql`select ${sql.join([selected(plan.fields, syntax), ...compileEmbeds(embeds, syntax, OUTERMOST)])} from ${table(plan.table)} as ${OUTERMOST}`
      : sql`select ${selected(plan.fields, syntax)} from ${table(plan.table)}`,
    where(plan.where, syntax),
    compileOrder(plan.order, syntax),
    syntax.page(most === undefined ? limit : sql.lit(most), offset === undefined ? undefined : slot(offset)),
    // A database that has no word for it has one writer at a time.
    plan.lock && syntax.lock,
  )
  if (most === undefined || most === 1) return read
  return clauses(sql`select * from (${read}) as ${FORESEEN}`, syntax.page(limit, undefined))
}

export const compileCount = (plan: CountPlan, syntax: SqlSyntax): RawBuilder<unknown> =>
  clauses(sql`select count(*) from ${table(plan.table)}`, where(plan.where, syntax))
