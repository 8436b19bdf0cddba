/** What a connector found in its database → the catalogue's tables, and the constraints that errors are told by. */
import {
  type Constraint,
  type Field,
  type ForeignKey,
  flatMapInTurns,
  type Introspected,
  type Table,
} from '@gw/records'
import type { PackedColumns } from './packed-columns.ts'
import { declaredSize } from './types.ts'

/** Names are native ones everywhere. */
export interface FoundTable {
  readonly schema?: string | undefined
  readonly name: string
  readonly view: boolean
  readonly description?: string | null | undefined
  readonly columns: readonly FoundColumn[] | PackedColumns
  /** Unique keys of plain columns, without a condition; the primary one among them. */
  readonly keys: readonly FoundKey[]
  readonly references: readonly FoundReference[]
  /** Indexes of plain columns that are no keys. Default: none. */
  readonly indexes?: readonly FoundIndex[] | undefined
}
export interface FoundIndex {
  readonly name: string
  readonly columns: readonly string[]
}
export interface FoundColumn
  extends Pick<
    Field,
    | 'name'
    | 'type'
    | 'dbType'
    | 'base'
    | 'nullable'
    | 'unbounded'
    | 'collation'
    | 'autoIncrement'
    | 'generated'
    | 'restated'
    | 'meaning'
    | 'stamp'
    | 'choices'
  > {
  readonly default?: string | null | undefined
  /** Where its size is written, if not in `dbType`. */
  readonly sized?: string | undefined
}
export interface FoundKey {
  /** Absent where the key has no name of its own. */
  readonly name?: string | undefined
  readonly primary: boolean
  readonly columns: readonly string[]
}
export interface FoundReference
  extends Pick<ForeignKey, 'name' | 'columns' | 'table' | 'references' | 'onUpdate' | 'onDelete'> {
  /** Of the referenced table. */
  readonly schema?: string | undefined
}

/**
 * Tables whose fields are made when somebody asks for them.
 * @param found taken one by one, in turns
 * @param plain The schema whose tables go by their bare names; those of others are `schema.table`.
 */
export const assemble = async (found: Iterable<FoundTable>, plain?: string): Promise<Introspected> => {
  const apiName = (schema: string | undefined, table: string) =>
    schema === undefined || schema === plain ? table : `${schema}.${table}`
  const constraints: Constraint[] = []
  const tables = await flatMapInTurns(found, (item) => {
    constraints.push(...constraintsOf(item))
    return [tableOf(item, apiName)]
  })
  return { tables: tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)), constraints }
}

const tableOf = (found: FoundTable, apiName: (schema: string | undefined, table: string) => string): Table => {
  const { columns, ...rest } = found
  const foreignKeys = found.references.map(({ schema, ...reference }) => ({
    ...reference,
    table: apiName(schema, reference.table),
  }))
  const primaryKey = found.keys.find(({ primary }) => primary)?.columns ?? []
  let fields: readonly Field[] | undefined
  const table: Table = {
    name: apiName(found.schema, found.name),
    native: found.name,
    ...(found.schema === undefined ? {} : { schema: found.schema }),
    view: found.view,
    ...(found.description ? { description: found.description } : {}),
    get fields() {
      fields ??= fieldsOf(found, primaryKey, foreignKeys)
      return fields
    },
    primaryKey,
    foreignKeys,
  }
  stamps.set(table, {
    table: JSON.stringify(rest),
    columns: isPacked(columns) ? columns.text : JSON.stringify(columns),
  })
  return table
}

const isPacked = (columns: FoundTable['columns']): columns is PackedColumns => 'unpack' in columns

const fieldsOf = (
  { columns, keys, indexes: found = [] }: FoundTable,
  primaryKey: readonly string[],
  foreignKeys: readonly ForeignKey[],
): readonly Field[] => {
  const indexes = new Map(
    found.flatMap(({ name, columns }) => (columns.length === 1 ? [[columns[0]!, name] as const] : [])),
  )
  const unique = new Set(keys.flatMap(({ columns }) => (columns.length === 1 ? columns : [])))
  const all = isPacked(columns) ? columns.unpack() : columns
  return all.map((column) => fieldOf(column, { primaryKey, unique, indexes, foreignKeys }))
}

/** What was found of a table, as texts. */
interface Stamp {
  readonly table: string
  readonly columns: string
}
const stamps = new WeakMap<Table, Stamp>()
const stampOf = (table: Table): Stamp => stamps.get(table) ?? { table: '', columns: JSON.stringify(table) }

/** Whether two looks found the same of a table; takes none of its fields apart. */
export const isUnchanged = (before: Table, after: Table): boolean => {
  const [a, b] = [stampOf(before), stampOf(after)]
  return before.name === after.name && a.table === b.table && a.columns === b.columns
}

const fieldOf = (
  { default: initial, sized, ...column }: FoundColumn,
  keys: {
    readonly primaryKey: readonly string[]
    readonly unique: ReadonlySet<string>
    readonly indexes: ReadonlyMap<string, string>
    readonly foreignKeys: readonly ForeignKey[]
  },
): Field => {
  const { name, type, dbType } = column
  const key = keys.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === name)
  return {
    ...column,
    native: name,
    ...(initial === null || initial === undefined ? {} : { default: initial }),
    ...declaredSize(sized ?? dbType, type),
    primaryKey: keys.primaryKey.includes(name),
    unique: keys.unique.has(name),
    ...(keys.indexes.has(name) ? { index: keys.indexes.get(name) } : {}),
    ...(key
      ? { reference: { table: key.table, field: key.references[0]!, onUpdate: key.onUpdate, onDelete: key.onDelete } }
      : {}),
  }
}

const constraintsOf = ({ schema, name: table, keys, references }: FoundTable): readonly Constraint[] =>
  [...keys, ...references].flatMap(({ name, columns }) =>
    name === undefined ? [] : [{ name, ...(schema === undefined ? {} : { schema }), table, columns }],
  )
