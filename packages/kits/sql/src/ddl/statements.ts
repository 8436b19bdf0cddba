/** A definition, or changes → the statements that carry it out, in order. Throws where something of it can't be done. */
import { GwError } from '@gw/core'
import type { Field, FieldChange, Known, Table, TableDefinition } from '@gw/records'
import { sql } from 'kysely'
import {
  type Clause,
  columnClause,
  constraintName,
  defaultClause,
  foreignKeyClause,
  indexStatement,
  referencesClause,
  tableName,
} from './clauses.ts'
import type { SqlDdl } from './dialect.ts'
import { nativeType, sameType } from './types.ts'

export interface Building {
  readonly ddl: SqlDdl
  readonly label: string
  readonly known: Known | undefined
}

const refuse = (reason: string): never => {
  throw new GwError('not_supported', reason)
}

const optionClauses = ({ options }: TableDefinition, { ddl, label }: Building): readonly Clause[] =>
  [...options].map(([name, value]) => {
    const allowed = Object.hasOwn(ddl.options, name) ? ddl.options[name] : undefined
    if (!allowed) return refuse(`${label} has no table option ${name.toUpperCase()}.`)
    if (!allowed.test(value))
      throw new GwError('invalid_request', `The table option ${name.toUpperCase()} can not be '${value}'.`)
    return sql`${sql.raw(name === 'charset' ? 'character set' : name)} = ${sql.raw(value)}`
  })

export const createStatements = (definition: TableDefinition, building: Building): readonly Clause[] => {
  const { native, columns, primaryKey } = definition
  const { ddl, label } = building
  const table = tableName(definition)
  const counted = columns.find(({ autoIncrement }) => autoIncrement)
  if (counted && ddl.countedKey && !(primaryKey.length === 1 && primaryKey[0] === counted.name))
    refuse(`${label} counts up a field only where it alone is the key: '${counted.name}'.`)
  const parts = [
    ...columns.map((column) => columnClause(column, nativeType(column, ddl, label), ddl)),
    ...(primaryKey.length > 0 && !(counted && ddl.countedKey)
      ? [
          sql`constraint ${sql.id(constraintName('pk', native, [], ddl.longestName))} primary key (${sql.join(primaryKey.map((name) => sql.id(name)))})`,
        ]
      : []),
    ...columns.filter(({ reference }) => reference).map((column) => foreignKeyClause(native, column, ddl)),
  ]
  const options = optionClauses(definition, building)
  return [
    sql`create table ${table} (${sql.join(parts)})${options.length > 0 ? sql` ${sql.join(options, sql` `)}` : sql``}`,
    ...columns
      .filter(({ unique, index }) => unique || index)
      .map(({ name, unique }) => indexStatement(table, native, name, unique, ddl)),
  ]
}

/** The name of the key that makes one field unique. */
const uniqueName = (table: Table, field: Field, known: Known | undefined): string => {
  const found = known?.constraints.find(
    ({ table: own, schema, columns, name }) =>
      own === table.native &&
      (schema === undefined || schema === table.schema) &&
      columns.length === 1 &&
      columns[0] === field.native &&
      !table.foreignKeys.some((key) => key.name === name) &&
      !(field.primaryKey && name === 'PRIMARY'),
  )
  return found?.name ?? refuse(`What makes the field '${field.name}' unique has no name and can not be removed.`)
}

const freeing = (table: Table, field: Field, { ddl, known }: Building): readonly Clause[] => {
  const on = tableName(table)
  return [
    ...(ddl.references === 'constraint'
      ? table.foreignKeys
          .filter(({ columns }) => columns.includes(field.name))
          .map(({ name }) => sql`alter table ${on} ${ddl.dropReference(name)}`)
      : []),
    ...(field.unique && !field.primaryKey
      ? ddl.dropIndex(on, table.schema, uniqueName(table, field, known), true)
      : []),
    ...(field.index === undefined ? [] : ddl.dropIndex(on, table.schema, field.index, false)),
  ]
}

type Add = Extract<FieldChange, { kind: 'add' }>
type Alter = Extract<FieldChange, { kind: 'alter' }>

const addStatements = (table: Table, { column }: Add, { ddl, label }: Building): readonly Clause[] => {
  const on = tableName(table)
  const clause = columnClause(column, nativeType(column, ddl, label), ddl)
  const { name, reference, unique, index } = column
  const inline = reference && ddl.references === 'column'
  return [
    inline
      ? sql`alter table ${on} add column ${clause} ${referencesClause(reference)}`
      : sql`alter table ${on} add column ${clause}`,
    ...(reference && !inline ? [sql`alter table ${on} add ${foreignKeyClause(table.native, column, ddl)}`] : []),
    ...(unique || index ? [indexStatement(on, table.native, name, unique, ddl)] : []),
  ]
}

const alterStatements = (table: Table, change: Alter, building: Building): readonly Clause[] => {
  const { ddl, label, known } = building
  const { field, column, aspects } = change
  const on = tableName(table)
  const asked = aspects.has('type') ? nativeType(column, ddl, label) : field.dbType
  const retyped = !sameType(asked, field.dbType)
  const type = retyped ? asked : field.dbType
  const redefined = retyped || aspects.has('null') || aspects.has('default')
  if (redefined && ddl.alter === 'none') refuse(`Altering DB column is not supported by ${label}: '${field.name}'.`)
  if (aspects.has('reference') && ddl.references !== 'constraint')
    refuse(`References of fields that exist can not be changed in ${label}: '${field.name}'.`)
  const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === field.name)
  return [
    ...(aspects.has('reference') && key ? [sql`alter table ${on} ${ddl.dropReference(key.name)}`] : []),
    ...(aspects.has('unique') && !column.unique
      ? ddl.dropIndex(on, table.schema, uniqueName(table, field, known), true)
      : []),
    ...(aspects.has('index') && !column.index && field.index !== undefined
      ? ddl.dropIndex(on, table.schema, field.index, false)
      : []),
    ...(redefined ? redefining(table, change, type, retyped, building) : []),
    ...(aspects.has('unique') && column.unique ? [indexStatement(on, table.native, field.native, true, ddl)] : []),
    ...(aspects.has('index') && column.index ? [indexStatement(on, table.native, field.native, false, ddl)] : []),
    ...(aspects.has('reference') && column.reference
      ? [sql`alter table ${on} add ${foreignKeyClause(table.native, column, ddl)}`]
      : []),
  ]
}

/** A default that is no constant can't be written again from what is known of it. */
const isComputed = ({ default: initial }: Field): boolean =>
  initial !== undefined && !initial.startsWith("'") && initial.includes('(') && !/^current_timestamp/i.test(initial)

/** The whole definition anew, with what it says beside. */
const modifying = (table: Table, { field, column, aspects }: Alter, type: string, { ddl, label }: Building): Clause => {
  if (isComputed(field) && !aspects.has('default'))
    refuse(`The default of '${field.name}' is computed: ${label} would lose it with this change, so it is not made.`)
  const sameFamily = type.split('(', 1)[0] === field.dbType.split('(', 1)[0]
  const restated = sameFamily
    ? field.restated
    : { rest: field.restated?.rest?.replace(/^on update \S+ ?/, '') || undefined }
  return sql`alter table ${tableName(table)} modify column ${columnClause(column, type, ddl, restated)}`
}

const redefining = (
  table: Table,
  change: Alter,
  type: string,
  retyped: boolean,
  building: Building,
): readonly Clause[] => {
  const { ddl } = building
  const { column, aspects } = change
  const on = tableName(table)
  const name = sql.id(column.name)
  if (ddl.alter === 'modify') return [modifying(table, change, type, building)]
  const native = sql.raw(type)
  return [
    ...(retyped ? [sql`alter table ${on} alter column ${name} type ${native} using ${name}::${native}`] : []),
    ...(aspects.has('null')
      ? [
          column.nullable
            ? sql`alter table ${on} alter column ${name} drop not null`
            : sql`alter table ${on} alter column ${name} set not null`,
        ]
      : []),
    ...(aspects.has('default')
      ? [
          column.default
            ? sql`alter table ${on} alter column ${name} set default ${defaultClause(column.default, type, ddl)}`
            : sql`alter table ${on} alter column ${name} drop default`,
        ]
      : []),
  ]
}

export const changeStatements = (
  table: Table,
  changes: readonly FieldChange[],
  building: Building,
): readonly Clause[] =>
  changes.flatMap((change): readonly Clause[] => {
    const reason = building.ddl.refuse?.(change, table)
    if (reason !== undefined) return refuse(reason)
    if (change.kind === 'add') return addStatements(table, change, building)
    if (change.kind === 'alter') return alterStatements(table, change, building)
    return [
      ...freeing(table, change.field, building),
      sql`alter table ${tableName(table)} drop column ${sql.id(change.field.native)}`,
    ]
  })
