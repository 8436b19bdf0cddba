/** Order → SQL. Where nothing is said about nulls, they stand where the database puts them. */
import type { Field, Order } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { valued } from './field.ts'
import type { SqlSyntax } from './syntax.ts'

const NULLS = { first: sql` nulls first`, last: sql` nulls last` }
const DESCENDING = sql` desc`
const NOTHING = sql``

/**
 * `order by …`, or `undefined` where there is no order.
 * @param at the columns of plain fields, where there are more tables than one
 */
export const compileOrder = (
  order: readonly Order[],
  syntax: SqlSyntax,
  at = (field: Field): RawBuilder<unknown> => valued(field, syntax),
): RawBuilder<unknown> | undefined => {
  if (order.length === 0) return undefined
  return sql`order by ${sql.join(order.flatMap((item) => orderItem(item, syntax, at)))}`
}

const orderItem = (
  { field, descending, nulls }: Order,
  syntax: SqlSyntax,
  at: (field: Field) => RawBuilder<unknown>,
): readonly RawBuilder<unknown>[] => {
  const item = sql`${at(field)}${descending ? DESCENDING : NOTHING}`
  if (!nulls) return [item]
  if (syntax.nulls) return [sql`${item}${NULLS[nulls]}`]
  return [sql`${at(field)} is null${nulls === 'first' ? DESCENDING : NOTHING}`, item]
}
