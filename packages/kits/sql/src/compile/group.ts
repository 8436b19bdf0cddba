/**
 * Grouped reads → SQL. The groups are a statement of their own inside another one: `having` and `order` then name
 * its columns as they would a table's, and mean the same on every database.
 */
import type { AggregateFunction, GroupColumn, GroupPlan } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { column, columns, table, valued } from './field.ts'
import { compileOrder } from './order.ts'
import { clauses, where } from './read.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

const FUNCTION: Record<AggregateFunction, RawBuilder<unknown>> = {
  sum: sql`sum`,
  count: sql`count`,
  avg: sql`avg`,
  min: sql`min`,
  max: sql`max`,
}
const GROUPS = sql.id('gw_groups')

const computed = ({ field, aggregate, source }: GroupColumn, syntax: SqlSyntax): RawBuilder<unknown> => {
  if (!source) return sql`count(*)`
  if (!aggregate) return column(source)
  const plain = sql`${FUNCTION[aggregate]}(${valued(source, syntax)})`
  return field.type === 'decimal' && (aggregate === 'sum' || aggregate === 'avg')
    ? syntax.exact(plain, aggregate === 'sum' ? source.scale : undefined)
    : plain
}

export const compileGroup = (plan: GroupPlan, syntax: SqlSyntax): RawBuilder<unknown> => {
  const inner = clauses(
    sql`select ${sql.join(plan.columns.map((each) => sql`${computed(each, syntax)} as ${column(each.field)}`))}`,
    sql`from ${table(plan.table)}`,
    where(plan.where, syntax),
    sql`group by ${columns(plan.by)}`,
  )
  return clauses(
    sql`select ${columns(plan.fields)} from (${inner}) as ${GROUPS}`,
    where(plan.having, syntax),
    compileOrder(plan.order, syntax),
    syntax.page(slot(plan.limit), plan.offset === undefined ? undefined : slot(plan.offset)),
  )
}
