/** The store's rows as a whole, and the names that records are known by. */
import { fieldOf, type RecordsSource, type Row, type RunOptions } from '@gw/records'
import { SECTIONS } from './sections.ts'

const MOST_ROWS = 1_000_000

/** The column that a table's records are named by, where others refer to them. */
const NAMING: Readonly<Record<string, string>> = {
  service: 'name',
  role: 'name',
  app: 'name',
  user: 'email',
  email_template: 'name',
}

/** Administrators and users are rows of one table. */
export const tableOf = (name: string): string => (name === 'admin' ? 'user' : name)

export interface StoredNames {
  nameOf(table: string, id: unknown): string | undefined
  /** Whatever the name's case. */
  idOf(table: string, name: unknown): number | undefined
}

export interface StoredRows extends StoredNames {
  /** As they are stored. */
  rows(table: string): readonly Row[]
  /** A record that has been made since. */
  add(table: string, id: number, name: string): void
}

const wanted = (): ReadonlySet<string> =>
  new Set(SECTIONS.flatMap(({ table, children = [] }) => [tableOf(table), ...children.map((child) => child.table)]))

const allRows = (source: RecordsSource, name: string, options: RunOptions) => {
  const table = source.catalog().byName.get(name)!
  const order = table.primaryKey.map((key) => ({ field: fieldOf(table, key)!, descending: false }))
  return source.read({ kind: 'read', table, fields: table.fields, order, limit: 0 }, [MOST_ROWS], options)
}

const lower = (name: unknown): string => String(name).toLowerCase()

/** @param source the store itself, without rules */
export const readStored = async (source: RecordsSource, options: RunOptions): Promise<StoredRows> => {
  const tables = new Map<string, readonly Row[]>()
  for (const name of wanted()) tables.set(name, await allRows(source, name, options))
  const names = new Map<string, Map<number, string>>()
  const ids = new Map<string, Map<string, number>>()
  const add = (table: string, id: number, name: string) => {
    if (!names.has(table)) names.set(table, new Map())
    if (!ids.has(table)) ids.set(table, new Map())
    names.get(table)!.set(id, name)
    ids.get(table)!.set(lower(name), id)
  }
  for (const [table, column] of Object.entries(NAMING))
    for (const row of tables.get(table) ?? []) add(table, Number(row.id), String(row[column]))
  return {
    rows: (table) => tables.get(tableOf(table)) ?? [],
    add: (table, id, name) => add(tableOf(table), id, name),
    nameOf: (table, id) => (typeof id === 'number' ? names.get(tableOf(table))?.get(id) : undefined),
    idOf: (table, name) => ids.get(tableOf(table))?.get(lower(name)),
  }
}
