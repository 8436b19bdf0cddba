/** Reading plans → SQL. */
import type { Condition, CountPlan, ReadPlan, Values } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { clauses } from './clauses.ts'
import { compileCondition } from './condition.ts'
import { compileEmbeds, OUTERMOST } from './embed.ts'
import { columns, selected, table } from './field.ts'
import { compileOrder } from './order.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

export { clauses }

export const where = (condition: Condition | undefined, syntax: SqlSyntax): RawBuilder<unknown> | undefined =>
  condition && sql`where ${compileCondition(condition, syntax)}`

const PLACE = sql.id('gw place')
const FORESEEN = sql.id('gw foreseen')

/** The rows with their place in their partition; then those whose place is not beyond the limit. */
const compilePartition = (
  { table: from, fields, where: condition, order, limit, partition }: ReadPlan & Required<Pick<ReadPlan, 'partition'>>,
  syntax: SqlSyntax,
): RawBuilder<unknown> => {
  const { by, limit: most } = partition!
  const needed = [...new Set([...fields, ...by, ...order.map(({ field }) => field)])]
  const over = clauses(sql`partition by ${columns(by)}`, compileOrder(order, syntax))
  const inner = clauses(
    sql`select ${selected(needed, syntax, true)}, row_number() over (${over}) as ${PLACE} from ${table(from)}`,
    where(condition, syntax),
  )
  return clauses(
    sql`select ${columns(fields)} from (${inner}) as ${sql.id('gw placed')} where ${PLACE} <= ${slot(most)}`,
    compileOrder(order, syntax),
    syntax.page(slot(limit), undefined),
  )
}

const isPartitioned = (plan: ReadPlan): plan is ReadPlan & Required<Pick<ReadPlan, 'partition'>> =>
  plan.partition !== undefined

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
