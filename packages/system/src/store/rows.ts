/** Whole tables read at once, and single rows: what the gateway itself wants of its store. */
import type { Condition, Row } from '@gw/records'
import { fieldOf } from '@gw/records'
import type { Store } from './open.ts'

/** More rows than any table that is kept in memory may have. */
const MOST_ROWS = 1_000_000

/** Rows of a table as they are stored, in the order of its key. @param where values that they have */
export const rowsOf = async (
  { source }: Pick<Store, 'source'>,
  name: string,
  signal: AbortSignal,
  where: Readonly<Record<string, unknown>> = {},
): Promise<readonly Row[]> => {
  const table = source.catalog().byName.get(name)!
  const named = Object.entries(where).map(([field, value]) => ({ field: fieldOf(table, field)!, value }))
  const items = named.map(
    ({ field }, slot): Condition => ({ kind: 'compare', field, op: '=', value: { kind: 'slot', slot } }),
  )
  return source.read(
    {
      kind: 'read',
      table,
      fields: table.fields,
      where: items.length > 0 ? { kind: 'and', items } : undefined,
      order: table.primaryKey.map((key) => ({ field: fieldOf(table, key)!, descending: false })),
      limit: named.length,
    },
    [...named.map(({ value }) => value), MOST_ROWS],
    { signal },
  )
}
