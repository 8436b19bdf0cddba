/** Rows as they are stored: what the gateway itself wants of its store, and writes to it. No rules hold here. */
import type { Condition, Row, RunOptions, Table } from '@gw/records'
import { fieldOf } from '@gw/records'
import type { Store } from './open.ts'

/** More rows than any table that is kept in memory may have. */
const MOST_ROWS = 1_000_000

type Sourced = Pick<Store, 'source'>
export type Where = Readonly<Record<string, unknown>>
type Stored = Readonly<Record<string, unknown>>

const tableIn = ({ source }: Sourced, name: string): Table => source.catalog().byName.get(name)!

/** @param from the number of the first slot */
const equalities = (table: Table, where: Where, from = 0): readonly Condition[] =>
  Object.keys(where).map(
    (name, at): Condition => ({
      kind: 'compare',
      field: fieldOf(table, name)!,
      op: '=',
      value: { kind: 'slot', slot: from + at },
    }),
  )

interface Wanted {
  /** Values that the rows have. */
  readonly where?: Where
  /** Without them, all fields. */
  readonly fields?: readonly string[]
  /** Only rows with a greater number. */
  readonly after?: number
}

/** Rows of a table in the order of its key. */
export const readRows = async (
  store: Sourced,
  name: string,
  { where = {}, fields, after }: Wanted,
  options: RunOptions,
): Promise<readonly Row[]> => {
  const table = tableIn(store, name)
  const values = [...Object.values(where), ...(after === undefined ? [] : [after])]
  const slot = values.length - 1
  const later: readonly Condition[] =
    after === undefined
      ? []
      : [{ kind: 'compare', field: fieldOf(table, 'id')!, op: '>', value: { kind: 'slot', slot } }]
  const items = [...equalities(table, where), ...later]
  return store.source.read(
    {
      kind: 'read',
      table,
      fields: fields ? fields.map((field) => fieldOf(table, field)!) : table.fields,
      where: items.length > 0 ? { kind: 'and', items } : undefined,
      order: table.primaryKey.map((key) => ({ field: fieldOf(table, key)!, descending: false })),
      limit: values.length,
    },
    [...values, MOST_ROWS],
    options,
  )
}

/** @param where values that they have */
export const rowsOf = (store: Sourced, name: string, signal: AbortSignal, where: Where = {}): Promise<readonly Row[]> =>
  readRows(store, name, { where }, { signal })

/** @returns the number of the row, where it has one */
export const insertRow = async (store: Sourced, name: string, values: Stored, options: RunOptions): Promise<number> => {
  const table = tableIn(store, name)
  const columns = Object.keys(values).map((field) => fieldOf(table, field)!)
  const key = table.fields.filter((field) => field.autoIncrement)
  const [row] = await store.source.insert(
    { kind: 'insert', table, columns, returning: key },
    [Object.values(values)],
    options,
  )
  return Number(row?.[key[0]?.name ?? ''])
}

/** @returns how many rows there are with these values */
export const updateRows = async (
  store: Sourced,
  name: string,
  set: Stored,
  where: Where,
  options: RunOptions,
): Promise<number> => {
  const table = tableIn(store, name)
  const names = Object.keys(set)
  const { count } = await store.source.update(
    {
      kind: 'update',
      table,
      set: names.map((field, slot) => ({ field: fieldOf(table, field)!, slot })),
      where: { kind: 'and', items: equalities(table, where, names.length) },
      returning: [],
    },
    [...Object.values(set), ...Object.values(where)],
    options,
  )
  return count
}

/** @returns how many rows are gone */
export const deleteRows = async (store: Sourced, name: string, where: Where, options: RunOptions): Promise<number> => {
  const table = tableIn(store, name)
  const { count } = await store.source.delete(
    { kind: 'delete', table, where: { kind: 'and', items: equalities(table, where) }, returning: [] },
    Object.values(where),
    options,
  )
  return count
}
