/** Reading plans → SQL. */
import type { Condition, CountPlan, ReadPlan } from '@gw/records'
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

export const compileRead = (plan: ReadPlan, syntax: SqlSyntax): RawBuilder<unknown> => {
  if (isPartitioned(plan)) return compilePartition(plan, syntax)
  const { embeds } = plan
  return clauses(
    embeds
      ? sql`select ${sql.join([selected(plan.fields, syntax), ...compileEmbeds(embeds, syntax, OUTERMOST)])} from ${table(plan.table)} as ${OUTERMOST}`
      : sql`select ${selected(plan.fields, syntax)} from ${table(plan.table)}`,
    where(plan.where, syntax),
    compileOrder(plan.order, syntax),
    syntax.page(slot(plan.limit), plan.offset === undefined ? undefined : slot(plan.offset)),
  )
}

export const compileCount = (plan: CountPlan, syntax: SqlSyntax): RawBuilder<unknown> =>
  clauses(sql`select count(*) from ${table(plan.table)}`, where(plan.where, syntax))
