/** The standard schema as SQL statements, for connector authors who test against a SQL database. */
import type { FieldType } from '@gw/records'
import { STANDARD, type StandardField, type StandardTable } from './standard.ts'

interface Dialect {
  readonly types: Readonly<Partial<Record<FieldType, string>>>
  /** An integer key that the database counts up. */
  readonly auto: string
  /** What stands around a name. */
  readonly quote: string
  /** What follows a table's columns. */
  readonly options?: string
  literal(value: unknown): string
  /** Makes the next generated key follow the rows that are there. */
  recount(table: StandardTable): readonly string[]
}

const quoted = ({ quote }: Pick<Dialect, 'quote'>, text: string) =>
  `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
const text = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`
const literalOf = (bool: (value: boolean) => string) => (value: unknown) =>
  value === null || value === undefined
    ? 'NULL'
    : typeof value === 'boolean'
      ? bool(value)
      : typeof value === 'number'
        ? String(value)
        : text(value)

// biome-ignore format: reads as a table
const DIALECTS = {
  sqlite: {
    types: {
      integer: 'integer', bigint: 'bigint', string: 'varchar', text: 'text', boolean: 'boolean', decimal: 'decimal(12,2)',
      double: 'double', date: 'date', time: 'time', datetime: 'datetime', binary: 'blob',
    },
    auto: 'integer primary key autoincrement',
    quote: '"',
    literal: literalOf((value) => (value ? '1' : '0')),
    recount: () => [],
  },
  postgres: {
    types: {
      integer: 'integer', bigint: 'bigint', string: 'varchar', text: 'text', boolean: 'boolean', decimal: 'numeric(12,2)',
      double: 'double precision', date: 'date', time: 'time', datetime: 'timestamp', binary: 'bytea',
    },
    auto: 'serial primary key',
    quote: '"',
    literal: literalOf((value) => (value ? 'true' : 'false')),
    recount: ({ name: table, rows }) => [
      `select setval(pg_get_serial_sequence(${text(`"${table}"`)}, 'id'), ${rows.length || 1}, ${rows.length > 0})`,
    ],
  },
  mysql: {
    types: {
      integer: 'int', bigint: 'bigint', string: 'varchar', text: 'text', boolean: 'boolean', decimal: 'decimal(12,2)',
      double: 'double', date: 'date', time: 'time', datetime: 'datetime', binary: 'blob',
    },
    auto: 'int auto_increment primary key',
    quote: '`',
    // Texts are equal where their characters are, as everywhere else.
    options: ' character set utf8mb4 collate utf8mb4_bin',
    literal: (value) => literalOf((bool) => (bool ? 'true' : 'false'))(typeof value === 'string' ? value.replaceAll('\\', '\\\\') : value),
    recount: ({ name: table }) => [`alter table \`${table}\` auto_increment = 1`],
  },
} as const satisfies Record<string, Dialect>

export type StandardDialect = keyof typeof DIALECTS

const column = (dialect: Dialect, table: StandardTable, field: StandardField): string => {
  if (field.auto) return `${quoted(dialect, field.name)} ${dialect.auto}`
  const type = `${dialect.types[field.type]}${field.length && field.type === 'string' ? `(${field.length})` : ''}`
  const parts = [
    quoted(dialect, field.name),
    type,
    field.nullable ? '' : 'not null',
    field.default === undefined ? '' : `default ${dialect.literal(field.default)}`,
    field.unique ? 'unique' : '',
    table.primaryKey.length === 1 && table.primaryKey[0] === field.name ? 'primary key' : '',
  ]
  return parts.filter(Boolean).join(' ')
}

/** Of their own, not at their columns: there, MySQL reads them and forgets them. */
const reference = (dialect: Dialect, { name, references }: StandardField): readonly string[] => {
  const [table, field] = references ?? []
  if (table === undefined || field === undefined) return []
  return [`foreign key (${quoted(dialect, name)}) references ${quoted(dialect, table)} (${quoted(dialect, field)})`]
}

const create = (dialect: Dialect, table: StandardTable): string => {
  const name = (text: string) => quoted(dialect, text)
  if (table.viewOf) {
    const fields = table.fields.map((field) => name(field.name)).join(', ')
    return `create view ${name(table.name)} as select ${fields} from ${name(table.viewOf.table)} where ${name(table.viewOf.where)}`
  }
  const columns = table.fields.map((field) => column(dialect, table, field))
  const key = table.primaryKey.length > 1 ? [`primary key (${table.primaryKey.map(name).join(', ')})`] : []
  const references = table.fields.flatMap((field) => reference(dialect, field))
  return `create table ${name(table.name)} (${[...columns, ...key, ...references].join(', ')})${dialect.options ?? ''}`
}

const tables = () => STANDARD.filter((table) => !table.viewOf)

const insert = (dialect: Dialect, table: StandardTable): readonly string[] => {
  if (table.rows.length === 0) return []
  const columns = table.fields.map((field) => field.name)
  const rows = table.rows.map((row) => `(${columns.map((field) => dialect.literal(row[field])).join(', ')})`)
  const names = columns.map((field) => quoted(dialect, field)).join(', ')
  return [`insert into ${quoted(dialect, table.name)} (${names}) values ${rows.join(', ')}`]
}

/** The statement that makes a table. */
export const tableSql = (dialect: StandardDialect, table: StandardTable): string => create(DIALECTS[dialect], table)

/** The statements that write a table's rows. */
export const rowsSql = (dialect: StandardDialect, table: StandardTable): readonly string[] =>
  insert(DIALECTS[dialect], table)

/** Statements that empty tables, of which later ones may refer to earlier ones. References are not checked meanwhile. */
export const clearing = (dialect: StandardDialect, tables: readonly StandardTable[]): readonly string[] => {
  const names = tables.map(({ name }) => quoted(DIALECTS[dialect], name))
  if (dialect === 'postgres') return [`truncate ${names.join(', ')}`]
  return names.toReversed().map((name) => `delete from ${name}`)
}

/** Statements after which the keys that the database makes for a table begin with a number. */
export const recounting = (dialect: StandardDialect, { name }: StandardTable, first: number): readonly string[] => {
  if (dialect === 'postgres')
    return [`select setval(pg_get_serial_sequence(${text(`"${name}"`)}, 'id'), ${first}, false)`]
  if (dialect === 'mysql') return [`alter table \`${name}\` auto_increment = ${first}`]
  const named = text(name)
  return [
    `delete from sqlite_sequence where name = ${named}`,
    `insert into sqlite_sequence (name, seq) values (${named}, ${first - 1})`,
  ]
}

/** Statements that create the standard schema in an empty database, one by one, without rows. */
export const standardDdl = (dialect: StandardDialect): readonly string[] => [
  ...STANDARD.map((table) => create(DIALECTS[dialect], table)),
  ...(dialect === 'postgres' ? INDEXES : []),
]
/** MariaDB makes them by itself; where one finds the records of many others, they can be read together. */
const INDEXES = ['create index on orders (customer_id)']

/** Statements that bring the rows of the standard schema, and its counters, back to what the suites expect. */
export const standardRows = (dialect: StandardDialect): readonly string[] => {
  const own: Dialect = DIALECTS[dialect]
  return [
    ...tables()
      .toReversed()
      .map((table) => `delete from ${quoted(own, table.name)}`),
    ...(dialect === 'sqlite' ? ['delete from sqlite_sequence'] : []),
    ...tables().flatMap((table) => insert(own, table)),
    ...tables()
      .filter((table) => table.fields.some((field) => field.auto))
      .flatMap((table) => own.recount(table)),
  ]
}
