/** What a connector found in its database → the catalogue's tables, and the constraints that errors are told by. */
import type { Field, ForeignKey, Table } from '@gw/records'
import type { Constraint, Introspected } from './dialect.ts'
import { declaredSize } from './types.ts'

/** Names are native ones everywhere. */
export interface FoundTable {
  readonly schema?: string | undefined
  readonly name: string
  readonly view: boolean
  readonly description?: string | null | undefined
  readonly columns: readonly FoundColumn[]
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
    | 'nullable'
    | 'unbounded'
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

/** @param plain The schema whose tables go by their bare names; those of others are `schema.table`. */
export const assemble = (found: readonly FoundTable[], plain?: string): Introspected => {
  const apiName = (schema: string | undefined, table: string) =>
    schema === undefined || schema === plain ? table : `${schema}.${table}`
  return {
    tables: found.map((item) => tableOf(item, apiName)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    constraints: found.flatMap(constraintsOf),
  }
}

const tableOf = (found: FoundTable, apiName: (schema: string | undefined, table: string) => string): Table => {
  const foreignKeys = found.references.map(({ schema, ...reference }) => ({
    ...reference,
    table: apiName(schema, reference.table),
  }))
  const primaryKey = found.keys.find(({ primary }) => primary)?.columns ?? []
  const indexes = new Map(
    (found.indexes ?? []).flatMap(({ name, columns }) => (columns.length === 1 ? [[columns[0]!, name] as const] : [])),
  )
  const unique = new Set(found.keys.flatMap(({ columns }) => (columns.length === 1 ? columns : [])))
  return {
    name: apiName(found.schema, found.name),
    native: found.name,
    ...(found.schema === undefined ? {} : { schema: found.schema }),
    view: found.view,
    ...(found.description ? { description: found.description } : {}),
    fields: found.columns.map((column) => fieldOf(column, { primaryKey, unique, indexes, foreignKeys })),
    primaryKey,
    foreignKeys,
  }
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
