/** How PostgreSQL makes tables (the wire contract §6.8). Types are named as `format_type` names them. */
import type { SqlDdl } from '@gw/sql'
import { sql } from '@gw/sql/kysely'

const COUNTED: Readonly<Record<string, string>> = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' }
const INTEGER = { name: 'integer' }
const SMALL = { name: 'smallint' }
const TEXT = { name: 'text' }
const JSONB = { name: 'jsonb' }
const UUID = { name: 'uuid' }
const MOMENT = { name: 'timestamp without time zone', size: 'fraction' } as const
const MOMENT_ZONED = { name: 'timestamp with time zone', size: 'fraction' } as const

// biome-ignore format: reads as a table
export const ddl: SqlDdl = {
  transactional: true,
  longestName: 63,
  reserved: /^pg_/i,
  types: {
    id: INTEGER, mediumid: INTEGER, bigid: { name: 'bigint' }, smallid: SMALL,
    reference: INTEGER, user_id: INTEGER, user_id_on_create: INTEGER, user_id_on_update: INTEGER,
    string: { name: 'character varying', fixed: 'character', size: 'length', initial: '255', most: 10_485_760 },
    text: TEXT, mediumtext: TEXT, longtext: TEXT,
    tinyint: SMALL, smallint: SMALL, mediumint: INTEGER, integer: INTEGER, bigint: { name: 'bigint' },
    decimal: { name: 'numeric', size: 'decimal', most: 1_000 }, money: { name: 'money' },
    float: { name: 'real' }, double: { name: 'double precision' }, boolean: { name: 'boolean' }, binary: { name: 'bytea' },
    json: { name: 'json' }, jsonb: JSONB, object: JSONB, array: { name: 'text[]' }, uuid: UUID, timeuuid: UUID,
    date: { name: 'date' }, time: { name: 'time without time zone', size: 'fraction' },
    timetz: { name: 'time with time zone', size: 'fraction' },
    datetime: MOMENT, timestamp: MOMENT, timestamp_on_create: MOMENT, timestamp_on_update: MOMENT,
    datetimetz: MOMENT_ZONED, timestamptz: MOMENT_ZONED,
  },
  natives: {
    smallint: 'none', int2: 'none', integer: 'none', int: 'none', int4: 'none', bigint: 'none', int8: 'none',
    numeric: 'decimal', decimal: 'decimal', real: 'none', float4: 'none', 'double precision': 'none', float8: 'none', money: 'none',
    'character varying': 'length', varchar: 'length', character: 'length', char: 'length', text: 'none', citext: 'none',
    boolean: 'none', bool: 'none', bytea: 'none', uuid: 'none', json: 'none', jsonb: 'none', xml: 'none',
    date: 'none', time: 'fraction', timetz: 'none', timestamp: 'fraction', timestamptz: 'none', interval: 'none',
    'time without time zone': 'fraction', 'time with time zone': 'fraction',
    'timestamp without time zone': 'fraction', 'timestamp with time zone': 'fraction',
    inet: 'none', cidr: 'none', macaddr: 'none', point: 'none', tsvector: 'none',
  },
  counted: (type) => (Object.hasOwn(COUNTED, type) ? COUNTED[type] : undefined),
  countedKey: false,
  booleans: { false: 'false', true: 'true' },
  // Whatever `standard_conforming_strings` says.
  literal: (text) =>
    text.includes('\\') ? `e'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`,
  options: {},
  alter: 'clauses',
  references: 'constraint',
  dropReference: (name) => sql`drop constraint ${sql.id(name)}`,
  dropIndex: (table, schema, name, unique) => [
    ...(unique ? [sql`alter table ${table} drop constraint if exists ${sql.id(name)}`] : []),
    sql`drop index if exists ${schema === undefined ? sql.id(name) : sql.id(schema, name)}`,
  ],
}
