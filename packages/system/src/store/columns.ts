/** The words that the store's tables are written in. */

export type ColumnType = 'id' | 'integer' | 'string' | 'text' | 'boolean' | 'datetime' | 'json'

export interface Column {
  readonly type: ColumnType
  /** Of a `string`. */
  readonly length?: number
  readonly nullable: boolean
  readonly default?: string | number | boolean
  readonly unique?: true
  /** Compared byte by byte, whatever the database's collation. */
  readonly exact?: true
  readonly references?: { readonly table: string; readonly field: string; readonly onDelete: 'cascade' | 'set null' }
  /** Callers never set it: the gateway does, or a rule computes it when it is read. */
  readonly computed?: true
  /** Callers never see it. */
  readonly concealed?: true
  readonly stamp?: 'timestamp_on_create' | 'timestamp_on_update' | 'user_id_on_create' | 'user_id_on_update'
  /** The migration that adds it, where the table's own did not have it. */
  readonly since?: string
}

export interface StoreTable {
  /** As the API names it, and relations after it. */
  readonly name: string
  /** In the database. */
  readonly native: string
  readonly columns: Readonly<Record<string, Column>>
  readonly primaryKey: readonly string[]
  readonly unique: readonly (readonly string[])[]
  /** The relations that the wire contract names (platform.md §3.1.5), of all that keys imply. */
  readonly related: readonly string[]
}

type More = Partial<Omit<Column, 'type'>>

export const id: Column = { type: 'id', nullable: false }
export const integer = (more: More = {}): Column => ({ type: 'integer', nullable: more.default === undefined, ...more })
/** Required, unless it says otherwise. */
export const string = (length: number, more: More = {}): Column => ({
  type: 'string',
  length,
  nullable: false,
  ...more,
})
export const optional = (length: number, more: More = {}): Column => string(length, { nullable: true, ...more })
export const text = (more: More = {}): Column => ({ type: 'text', nullable: true, ...more })
export const json = (more: More = {}): Column => ({ type: 'json', nullable: true, ...more })
export const boolean = (initial: boolean, more: More = {}): Column => ({
  type: 'boolean',
  nullable: false,
  default: initial,
  ...more,
})
export const datetime = (more: More = {}): Column => ({ type: 'datetime', nullable: true, ...more })
/** A record of another table: gone with it, or left alone. */
export const owned = (table: string, more: More = {}): Column =>
  integer({ nullable: false, references: { table, field: 'id', onDelete: 'cascade' }, ...more })
export const referring = (table: string, more: More = {}): Column =>
  integer({ nullable: true, references: { table, field: 'id', onDelete: 'set null' }, ...more })

const dates = {
  created_date: datetime({ stamp: 'timestamp_on_create' }),
  last_modified_date: datetime({ stamp: 'timestamp_on_update' }),
}
/** Who, and when. */
export const audited = {
  ...dates,
  created_by_id: referring('user', { stamp: 'user_id_on_create' }),
  last_modified_by_id: referring('user', { stamp: 'user_id_on_update' }),
}
export const dated = dates

/** In a database of others, the gateway's tables are told by this. */
const PREFIX = 'gw_'

export const storeTable = (
  name: string,
  columns: StoreTable['columns'],
  more: Partial<Pick<StoreTable, 'primaryKey' | 'unique' | 'related' | 'native'>> = {},
): StoreTable => ({
  name,
  native: `${PREFIX}${name}`,
  columns,
  primaryKey: ['id'],
  unique: [],
  related: [],
  ...more,
})
