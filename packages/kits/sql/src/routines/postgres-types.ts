/** PostgreSQL's types as simple ones (the wire contract §6.8). */
import type { FieldType } from '@gw/records'

/** By `format_type`'s name without its modifiers; what isn't here (enums, ranges, addresses, money) is a string. */
// biome-ignore format: reads as a table
const TYPES: Readonly<Record<string, FieldType>> = {
  smallint: 'integer', integer: 'integer', oid: 'integer', bigint: 'bigint', numeric: 'decimal',
  real: 'double', 'double precision': 'double', boolean: 'boolean', bytea: 'binary', uuid: 'uuid',
  json: 'json', jsonb: 'json', date: 'date',
  'time without time zone': 'time', 'time with time zone': 'time',
  'timestamp without time zone': 'timestamp', 'timestamp with time zone': 'timestamp',
}

/** `native` as `format_type` gives it: `numeric(10,2)`, `timestamp(3) with time zone`, `integer[]`. */
export const postgresFieldType = (native: string): FieldType =>
  native.endsWith('[]') ? 'array' : (TYPES[native.replace(/\(.*?\)/, '')] ?? 'string')
