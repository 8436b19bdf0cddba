/** The store's tables as the records kit knows tables, and their constraints, by which failures are told. */
import type { Field, FieldType, ForeignKey, Table } from '@gw/records'
import type { Constraint, Introspected } from '@gw/sql'
import type { Column, StoreTable } from './columns.ts'
import { TABLES } from './tables.ts'

const FIELD_TYPES: Readonly<Record<Column['type'], FieldType>> = {
  id: 'integer',
  integer: 'integer',
  string: 'string',
  text: 'text',
  boolean: 'boolean',
  datetime: 'datetime',
  json: 'json',
}
/** As a database declares them; what codecs and comparisons look at. */
const DB_TYPES: Readonly<Record<Column['type'], string>> = {
  id: 'integer',
  integer: 'integer',
  string: 'character varying',
  text: 'text',
  boolean: 'boolean',
  datetime: 'timestamp without time zone',
  json: 'text',
}

/** Another name for a table: the administrators among the users are a collection of their own. */
export interface Alias {
  readonly name: string
  readonly of: string
}
export const ALIASES: readonly Alias[] = [{ name: 'admin', of: 'user' }]

const fieldOf = (name: string, column: Column, table: StoreTable): Field => ({
  name,
  native: name,
  type: FIELD_TYPES[column.type],
  dbType: DB_TYPES[column.type],
  nullable: column.nullable,
  // What is missing is told by a rule, together with everything else that is wrong.
  ...(column.default !== undefined || (!column.nullable && column.type !== 'id')
    ? { default: String(column.default ?? '') }
    : {}),
  autoIncrement: column.type === 'id',
  generated: column.type === 'id' || column.computed === true,
  ...(column.length !== undefined && { length: column.length }),
  primaryKey: table.primaryKey.includes(name),
  unique: column.unique === true || (table.primaryKey.length === 1 && table.primaryKey[0] === name),
  ...(column.references && {
    reference: {
      table: column.references.table,
      field: column.references.field,
      onDelete: column.references.onDelete,
    },
  }),
  ...(column.concealed && { concealed: true as const }),
  ...(column.stamp && { stamp: column.stamp }),
})

export const foreignKeyName = (table: StoreTable, column: string): string => `fk_${table.native}_${column}`
export const uniqueName = (table: StoreTable, columns: readonly string[]): string =>
  `uq_${table.native}_${columns.join('_')}`
/** Every unique key of a table but the primary one. */
export const uniqueKeys = ({ columns, unique }: StoreTable): readonly (readonly string[])[] => [
  ...Object.entries(columns).flatMap(([name, column]) => (column.unique ? [[name]] : [])),
  ...unique,
]

const foreignKeysOf = (table: StoreTable): readonly ForeignKey[] =>
  Object.entries(table.columns).flatMap(([name, { references }]) => {
    if (!references) return []
    const own = { name: foreignKeyName(table, name), columns: [name], references: [references.field] }
    const others = ALIASES.filter(({ of }) => of === references.table).map((alias) => alias.name)
    return [references.table, ...others].map((target) => ({ ...own, table: target, onDelete: references.onDelete }))
  })

const tableOf = (table: StoreTable, name = table.name): Table => ({
  name,
  native: table.native,
  view: false,
  fields: Object.entries(table.columns).map(([column, spec]) => fieldOf(column, spec, table)),
  primaryKey: table.primaryKey,
  foreignKeys: foreignKeysOf(table),
  related: table.related,
})

const constraintsOf = (table: StoreTable): readonly Constraint[] => [
  ...uniqueKeys(table).map((columns) => ({ name: uniqueName(table, columns), table: table.native, columns })),
  ...foreignKeysOf(table).map(({ name, columns }) => ({ name, table: table.native, columns })),
]

/** What the store holds, known without asking it. */
export const storeCatalog = (tables: readonly StoreTable[] = TABLES): Introspected => ({
  tables: [
    ...tables.map((table) => tableOf(table)),
    ...ALIASES.flatMap(({ name, of }) =>
      tables.filter((table) => table.name === of).map((table) => tableOf(table, name)),
    ),
  ].sort((a, b) => (a.name < b.name ? -1 : 1)),
  constraints: tables.flatMap(constraintsOf),
})
