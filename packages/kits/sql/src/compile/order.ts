/** Order → SQL. Where nothing is said about nulls, they stand where the database puts them. */
import type { Order } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { column } from './condition.ts'

const NULLS = { first: sql` nulls first`, last: sql` nulls last` }
const DESCENDING = sql` desc`
const NOTHING = sql``

/** `order by …`, or `undefined` where there is no order. */
export const compileOrder = (order: readonly Order[]): RawBuilder<unknown> | undefined => {
  if (order.length === 0) return undefined
  const items = order.map(
    ({ field, descending, nulls }) =>
      sql`${column(field)}${descending ? DESCENDING : NOTHING}${nulls ? NULLS[nulls] : NOTHING}`,
  )
  return sql`order by ${sql.join(items)}`
}
