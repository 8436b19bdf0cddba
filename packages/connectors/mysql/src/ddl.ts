/** How MySQL and MariaDB make tables (the wire contract §6.8). Each change commits by itself. */
import type { SqlDdl } from '@gw/sql'
import { sql } from '@gw/sql/kysely'

const INTEGER = { name: 'int' }
const MOMENT = { name: 'timestamp', size: 'fraction' } as const
const DATETIME = { name: 'datetime', size: 'fraction' } as const
const TIME = { name: 'time', size: 'fraction' } as const
const JSON_TYPE = { name: 'json' }
const UUID = { name: 'char(36)' }
const WHOLE = /^(?:tiny|small|medium|big)?int\b/
const WORD = /^[a-z0-9]+(?:_[a-z0-9]+)*$/i

// biome-ignore format: reads as a table
export const ddl: SqlDdl = {
  transactional: false,
  longestName: 64,
  types: {
    id: INTEGER, bigid: { name: 'bigint' }, mediumid: { name: 'mediumint' }, smallid: { name: 'smallint' },
    reference: INTEGER, user_id: INTEGER, user_id_on_create: INTEGER, user_id_on_update: INTEGER,
    string: { name: 'varchar', fixed: 'char', size: 'length', initial: '255', most: 16_383 },
    text: { name: 'text' }, mediumtext: { name: 'mediumtext' }, longtext: { name: 'longtext' },
    tinyint: { name: 'tinyint' }, smallint: { name: 'smallint' }, mediumint: { name: 'mediumint' }, integer: INTEGER, bigint: { name: 'bigint' },
    decimal: { name: 'decimal', size: 'decimal', most: 65 }, money: { name: 'decimal(19,4)' },
    float: { name: 'float' }, double: { name: 'double' }, boolean: { name: 'tinyint(1)' }, binary: { name: 'blob' },
    json: JSON_TYPE, jsonb: JSON_TYPE, object: JSON_TYPE, uuid: UUID, timeuuid: UUID,
    date: { name: 'date' }, time: TIME, timetz: TIME, datetime: DATETIME, datetimetz: DATETIME,
    timestamp: MOMENT, timestamptz: MOMENT, timestamp_on_create: { name: 'timestamp' }, timestamp_on_update: { name: 'timestamp' },
  },
  natives: {
    tinyint: 'length', smallint: 'none', mediumint: 'none', int: 'none', integer: 'none', bigint: 'none',
    'tinyint unsigned': 'none', 'smallint unsigned': 'none', 'mediumint unsigned': 'none', 'int unsigned': 'none', 'bigint unsigned': 'none',
    decimal: 'decimal', numeric: 'decimal', 'decimal unsigned': 'decimal', float: 'none', double: 'none', boolean: 'none', bit: 'length', year: 'none',
    char: 'length', varchar: 'length', tinytext: 'none', text: 'none', mediumtext: 'none', longtext: 'none',
    binary: 'length', varbinary: 'length', tinyblob: 'none', blob: 'none', mediumblob: 'none', longblob: 'none',
    json: 'none', date: 'none', time: 'fraction', datetime: 'fraction', timestamp: 'fraction',
  },
  counted: (type) => (WHOLE.test(type) ? `${type} not null auto_increment` : undefined),
  countedKey: false,
  booleans: { false: '0', true: '1' },
  // Doubled backslashes end no literal, whatever the session's mode makes of them.
  literal: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  onUpdate: sql`on update current_timestamp`,
  options: { engine: /^(?:innodb|myisam|aria|memory|rocksdb)$/i, charset: WORD, collate: WORD },
  alter: 'modify',
  references: 'constraint',
  dropReference: (name) => sql`drop foreign key ${sql.id(name)}`,
  dropIndex: (table, _schema, name) => [sql`drop index ${sql.id(name)} on ${table}`],
}
