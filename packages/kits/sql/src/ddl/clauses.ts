/** The pieces of the statements that make tables. Names are quoted by kysely; every other word is ours. */
import { createHash } from 'node:crypto'
import { GwError } from '@gw/core'
import type { ColumnDefinition, ColumnReference, DefaultValue, Field } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import type { SqlDdl } from './dialect.ts'

export type Clause = RawBuilder<unknown>

export const tableName = ({
  schema,
  native,
}: {
  readonly schema?: string | undefined
  readonly native: string
}): Clause => (schema === undefined ? sql.id(native) : sql.id(schema, native))

/** `undx_todo_title`; cut and told apart by a hash where it would be too long. */
export const constraintName = (
  prefix: 'fk' | 'undx' | 'ndx' | 'pk',
  table: string,
  columns: readonly string[],
  longest: number,
): string => {
  const name = [prefix, table, ...columns].join('_')
  if (Buffer.byteLength(name) <= longest) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10)
  let cut = name
  while (Buffer.byteLength(cut) + hash.length + 1 > longest) cut = [...cut].slice(0, -1).join('')
  return `${cut}_${hash}`
}

const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3})?$/i
const NUMERIC = /^(?:(?:tiny|small|medium|big)?int|integer|numeric|decimal|real|float|double)/i

/** NUL ends a statement's text. */
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

const literal = (value: string | number | boolean, type: string, ddl: SqlDdl): Clause => {
  if (typeof value === 'boolean') return sql.raw(value ? ddl.booleans.true : ddl.booleans.false)
  if (typeof value === 'number') return sql.raw(String(value))
  if (NUMERIC.test(type) && NUMBER.test(value)) return sql.raw(value)
  return sql.raw((ddl.literal ?? quote)(value))
}

/** With as many digits of the second as the type has: MySQL takes no other. */
const now = (type: string): Clause => {
  const digits = /^(?:timestamp|datetime)\((\d)\)/.exec(type)?.[1]
  return digits === undefined ? sql`current_timestamp` : sql.raw(`current_timestamp(${digits})`)
}

export const defaultClause = (value: DefaultValue, type: string, ddl: SqlDdl): Clause =>
  value.kind === 'now' ? now(type) : literal(value.value, type, ddl)

const ACTIONS = {
  'NO ACTION': sql`no action`,
  RESTRICT: sql`restrict`,
  CASCADE: sql`cascade`,
  'SET NULL': sql`set null`,
  'SET DEFAULT': sql`set default`,
} as const

const joined = (parts: readonly (Clause | undefined)[]): Clause =>
  sql.join(
    parts.filter((part) => part !== undefined),
    sql` `,
  )

export const referencesClause = ({ schema, table, column, onUpdate, onDelete }: ColumnReference): Clause =>
  joined([
    sql`references ${tableName({ schema, native: table })} (${sql.id(column)})`,
    onUpdate && sql`on update ${ACTIONS[onUpdate]}`,
    onDelete && sql`on delete ${ACTIONS[onDelete]}`,
  ])

/** `constraint "fk_…" foreign key ("owner") references "users" ("id")` */
export const foreignKeyClause = (table: string, { name, reference }: ColumnDefinition, ddl: SqlDdl): Clause =>
  sql`constraint ${sql.id(constraintName('fk', table, [name], ddl.longestName))} foreign key (${sql.id(name)}) ${referencesClause(reference!)}`

/**
 * One column as it stands in a table's definition, without its reference.
 * @param restated SQL from the database's own definition of the column, to stand in it again
 */
export const columnClause = (
  column: ColumnDefinition,
  type: string,
  ddl: SqlDdl,
  restated: NonNullable<Field['restated']> = {},
): Clause => {
  const { name, nullable, autoIncrement, default: initial } = column
  const rest = restated.rest === undefined ? undefined : sql.raw(restated.rest)
  if (autoIncrement) {
    const counted = ddl.counted(type)
    if (counted === undefined)
      throw new GwError('invalid_request', `Field '${name}': a field of this type can not be counted up.`)
    return joined([sql`${sql.id(name)} ${sql.raw(counted)}`, rest])
  }
  return joined([
    sql`${sql.id(name)} ${sql.raw(type)}`,
    restated.type === undefined ? undefined : sql.raw(restated.type),
    nullable ? sql`null` : sql`not null`,
    initial && sql`default ${defaultClause(initial, type, ddl)}`,
    column.type === 'timestamp_on_update' && !restated.rest?.startsWith('on update') ? ddl.onUpdate : undefined,
    rest,
  ])
}

export const indexStatement = (table: Clause, native: string, column: string, unique: boolean, ddl: SqlDdl): Clause => {
  const name = sql.id(constraintName(unique ? 'undx' : 'ndx', native, [column], ddl.longestName))
  return unique
    ? sql`create unique index ${name} on ${table} (${sql.id(column)})`
    : sql`create index ${name} on ${table} (${sql.id(column)})`
}
