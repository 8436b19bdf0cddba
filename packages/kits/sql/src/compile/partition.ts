/**
 * Plans with a partition → SQL: the rows with their place in their partition, then those whose place is not beyond the
 * limit. Where a junction says which rows are in which, it is a table of its keys, each pair once, that the rows are
 * joined to.
 */
import type { Field, PartitionJunction, ReadPlan } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { clauses } from './clauses.ts'
import { compileCondition } from './condition.ts'
import { column, columns, selected, table } from './field.ts'
import { compileOrder } from './order.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

type Sql = RawBuilder<unknown>
export type PartitionPlan = ReadPlan & Required<Pick<ReadPlan, 'partition'>>

const PLACE = sql.id('gw place')
const ROWS = sql.id('gw rows')
const LINKS = sql.id('gw links')

export const isPartitioned = (plan: ReadPlan): plan is PartitionPlan => plan.partition !== undefined

const place = (by: Sql, order: Sql | undefined): Sql =>
  sql`row_number() over (${clauses(sql`partition by ${by}`, order)}) as ${PLACE}`

const placed = (plan: PartitionPlan, syntax: SqlSyntax): Sql => {
  const { by } = plan.partition!
  return clauses(
    sql`select ${selected(plan.fields, syntax, true)}, ${place(columns(by), compileOrder(plan.order, syntax))} from ${table(plan.table)}`,
    plan.where && sql`where ${compileCondition(plan.where, syntax)}`,
  )
}

const placedThrough = (plan: PartitionPlan, junction: PartitionJunction, syntax: SqlSyntax): Sql => {
  const { by } = plan.partition!
  const { table: from, references, rows, where, keys } = junction
  const at = (field: Field): Sql => sql`${ROWS}.${column(field)}`
  const linked = (field: Field): Sql => sql`${LINKS}.${column(field)}`
  const equal = syntax.embed?.equal ?? ((other: Sql, own: Sql) => sql`${other} = ${own}`)
  const pairs = sql`select distinct ${columns([...new Set([...by, ...references])])} from ${table(from)} where ${compileCondition(where, syntax)}`
  const own = plan.fields.filter((field) => !keys.includes(field))
  const shown = [
    ...own.map((field) => {
      const value = syntax.shown?.(at(field), field)
      return value ? sql`${value} as ${column(field)}` : at(field)
    }),
    ...keys.map((key, n) => sql`${linked(by[n]!)} as ${column(key)}`),
    place(sql.join(by.map(linked)), compileOrder(plan.order, syntax, at)),
  ]
  const matched = references.map((reference, n) => equal(at(rows[n]!), linked(reference), rows[n]!))
  return clauses(
    sql`select ${sql.join(shown)} from (${pairs}) as ${LINKS}`,
    sql`inner join ${table(plan.table)} as ${ROWS} on ${sql.join(matched, sql` and `)}`,
    plan.where && sql`where ${compileCondition(plan.where, syntax, false, at)}`,
  )
}

export const compilePartition = (plan: PartitionPlan, syntax: SqlSyntax): Sql => {
  const { limit: most, through } = plan.partition!
  const inner = through ? placedThrough(plan, through, syntax) : placed(plan, syntax)
  return clauses(
    sql`select ${columns(plan.fields)} from (${inner}) as ${sql.id('gw placed')} where ${PLACE} <= ${slot(most)}`,
    // Among those of a partition, that is the order; what it was made of may not be among the fields.
    sql`order by ${PLACE}`,
    syntax.page(slot(plan.limit), undefined),
  )
}
