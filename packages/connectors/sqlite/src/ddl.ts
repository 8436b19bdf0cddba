/** How SQLite makes tables (the wire contract §6.8), and what it can not change afterwards. */
import { GwError } from '@gw/core'
import type { SqlDdl } from '@gw/sql'
import { sql } from '@gw/sql/kysely'

const INTEGER = { name: 'integer' }
const TEXT = { name: 'text' }
const JSON_TYPE = { name: 'json' }
const UUID = { name: 'uuid' }
const TIME = { name: 'time' }
const MOMENT = { name: 'timestamp' }

// biome-ignore format: reads as a table
export const ddl: SqlDdl = {
  transactional: true,
  longestName: 128,
  reserved: /^sqlite_/i,
  types: {
    id: INTEGER, mediumid: INTEGER, bigid: INTEGER, smallid: INTEGER,
    reference: INTEGER, user_id: INTEGER, user_id_on_create: INTEGER, user_id_on_update: INTEGER,
    string: { name: 'varchar', fixed: 'char', size: 'length', most: 1_000_000 }, text: TEXT, mediumtext: TEXT, longtext: TEXT,
    tinyint: { name: 'tinyint' }, smallint: { name: 'smallint' }, mediumint: { name: 'mediumint' }, integer: INTEGER, bigint: { name: 'bigint' },
    decimal: { name: 'decimal', size: 'decimal', most: 1_000 }, money: { name: 'decimal(19,4)' },
    float: { name: 'float' }, double: { name: 'double' }, boolean: { name: 'tinyint(1)' }, binary: { name: 'blob' },
    json: JSON_TYPE, jsonb: JSON_TYPE, object: JSON_TYPE, uuid: UUID, timeuuid: UUID,
    date: { name: 'date' }, time: TIME, timetz: TIME, datetime: { name: 'datetime' }, datetimetz: { name: 'datetime' },
    timestamp: MOMENT, timestamptz: MOMENT, timestamp_on_create: MOMENT, timestamp_on_update: MOMENT,
  },
  natives: {
    integer: 'none', int: 'none', tinyint: 'length', smallint: 'none', mediumint: 'none', bigint: 'none', real: 'none',
    float: 'none', double: 'none', 'double precision': 'none', numeric: 'decimal', decimal: 'decimal', boolean: 'none',
    char: 'length', varchar: 'length', text: 'none', clob: 'none', blob: 'none', json: 'none', uuid: 'none',
    date: 'none', time: 'none', datetime: 'none', timestamp: 'none',
  },
  counted: (type) => (type === 'integer' ? 'integer primary key autoincrement' : undefined),
  countedKey: true,
  booleans: { false: '0', true: '1' },
  options: {},
  alter: 'none',
  references: 'column',
  // Never asked for: references come with their column only.
  dropReference: (name) => sql`drop constraint ${sql.id(name)}`,
  dropIndex(_table, _schema, name) {
    if (name.startsWith('sqlite_autoindex_'))
      throw new GwError('not_supported', 'What a table made with UNIQUE was made with can not be removed by SQLite.')
    return [sql`drop index ${sql.id(name)}`]
  },
  refuse(change, table) {
    if (change.kind === 'drop')
      return table.foreignKeys.some(({ columns }) => columns.includes(change.field.name))
        ? `Dropping DB column is not supported by SQLite where it is a reference: '${change.field.name}'.`
        : undefined
    if (change.kind === 'alter') return undefined
    const { name, nullable, default: initial, reference } = change.column
    if (initial?.kind === 'now')
      return `SQLite can not add a field whose default is CURRENT_TIMESTAMP: '${name}'. Make it with the table, or without the default.`
    if (!nullable && !initial)
      return `SQLite can only add a field that may be null or has a default: '${name}'.`
    if (reference && initial) return `SQLite can only add a reference that may be null, without a default: '${name}'.`
    return undefined
  },
}
