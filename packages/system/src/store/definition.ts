/** Tables as each database's own statements, compiled by kysely; run by migrations only. */
import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from '@gw/sql/kysely'
import { sql } from '@gw/sql/kysely'
import { foreignKeyName, uniqueKeys, uniqueName } from './catalog.ts'
import type { Column, StoreTable } from './columns.ts'
import type { Family } from './open.ts'

type DataType = Parameters<CreateTableBuilder<string, never>['addColumn']>[1]

const typeOf = (column: Column, family: Family): DataType => {
  const exact = column.exact && family === 'mysql'
  switch (column.type) {
    case 'id':
    case 'integer':
      return 'integer'
    case 'string':
      return exact
        ? sql.raw(`varchar(${column.length}) character set utf8mb4 collate utf8mb4_bin`)
        : `varchar(${column.length!})`
    case 'text':
    case 'json':
      return family === 'mysql' ? sql`longtext` : 'text'
    case 'boolean':
      return 'boolean'
    case 'datetime':
      return family === 'pgsql' ? sql`timestamp(0)` : sql`datetime`
  }
}

const columnWith =
  (column: Column, family: Family) =>
  (build: ColumnDefinitionBuilder): ColumnDefinitionBuilder => {
    if (column.type === 'id') {
      const key = build.primaryKey()
      return family === 'pgsql' ? key.generatedByDefaultAsIdentity() : key.autoIncrement()
    }
    const nullable = column.nullable ? build : build.notNull()
    return column.default === undefined ? nullable : nullable.defaultTo(column.default)
  }

/** The columns of a table that a migration makes: those that come with a later one are that one's. */
const columnsOf = ({ columns }: StoreTable, made: string) =>
  Object.entries(columns).filter(([, { since }]) => since === undefined || since <= made)

const createOne = (db: Kysely<any>, table: StoreTable, family: Family, made: string) => {
  let builder: CreateTableBuilder<string, any> = db.schema.createTable(table.native).ifNotExists()
  for (const [name, column] of columnsOf(table, made))
    builder = builder.addColumn(name, typeOf(column, family), columnWith(column, family))
  if (table.primaryKey.length > 1 || table.columns[table.primaryKey[0]!]!.type !== 'id')
    builder = builder.addPrimaryKeyConstraint(`pk_${table.native}`, [...table.primaryKey])
  for (const columns of uniqueKeys(table))
    builder = builder.addUniqueConstraint(uniqueName(table, columns), [...columns])
  if (family === 'mysql') builder = builder.modifyEnd(sql`character set utf8mb4`)
  return builder
}

/** Statements that give a table the columns that come with a migration; by name, so that those that are there can be left out. */
export const extendStatements = (
  db: Kysely<any>,
  table: StoreTable,
  family: Family,
  made: string,
): readonly { readonly column: string; readonly statement: string }[] =>
  Object.entries(table.columns)
    .filter(([, { since }]) => since === made)
    .map(([name, column]) => ({
      column: name,
      statement: db.schema
        .alterTable(table.native)
        .addColumn(name, typeOf(column, family), columnWith(column, family))
        .compile().sql,
    }))

/** @param natives by API name: what references lead to */
const references = (table: StoreTable, made: string, natives: ReadonlyMap<string, string>) =>
  columnsOf(table, made).flatMap(([name, { references: target }]) =>
    target ? [{ key: foreignKeyName(table, name), name, ...target, table: natives.get(target.table)! }] : [],
  )

/**
 * Statements that make tables. Where a database takes references to tables that are not there yet, they stand in the
 * table itself, so that a migration that broke off can be run again.
 * @param made the migration's name
 */
export const createStatements = (
  db: Kysely<any>,
  tables: readonly StoreTable[],
  all: readonly StoreTable[],
  family: Family,
  made: string,
): readonly string[] => {
  const natives = new Map(all.map(({ name, native }) => [name, native]))
  if (family !== 'pgsql') {
    return tables.map((table) => {
      let builder = createOne(db, table, family, made)
      for (const { key, name, table: target, field, onDelete } of references(table, made, natives))
        builder = builder.addForeignKeyConstraint(key, [name], target, [field], (build) => build.onDelete(onDelete))
      return builder.compile().sql
    })
  }
  return [
    ...tables.map((table) => createOne(db, table, family, made).compile().sql),
    ...tables.flatMap((table) =>
      references(table, made, natives).map(
        ({ key, name, table: target, field, onDelete }) =>
          db.schema
            .alterTable(table.native)
            .addForeignKeyConstraint(key, [name], target, [field])
            .onDelete(onDelete)
            .compile().sql,
      ),
    ),
  ]
}
