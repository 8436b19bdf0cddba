/** MySQL's and MariaDB's types, and the forms of their values in the binary protocol (the wire contract §6.8, §4.6). */
import {
  anyTextCodec,
  type Binder,
  binaryCodec,
  bindGeometry,
  type Codec,
  doubleCodec,
  exactCodec,
  type Field,
  type FieldType,
  geometryCodec,
  isSpatial,
  jsonCodec,
  listCodec,
  momentCodec,
  plainCodec,
  singleCodec,
  truthCodec,
  wholeCodec,
  yearCodec,
} from '@gw/sql'
import mysql from 'mysql2'

const { TypedParameter } = mysql

/** By `data_type`; what isn't here (enums, years, addresses) is a string. */
// biome-ignore format: reads as a table
const TYPES: Readonly<Record<string, FieldType>> = {
  tinyint: 'integer', smallint: 'integer', mediumint: 'integer', int: 'integer', bigint: 'bigint', bit: 'bigint',
  decimal: 'decimal', float: 'float', double: 'double',
  date: 'date', time: 'time', datetime: 'datetime', timestamp: 'timestamp',
  tinytext: 'text', text: 'text', mediumtext: 'text', longtext: 'text',
  binary: 'binary', varbinary: 'binary', tinyblob: 'binary', blob: 'binary', mediumblob: 'binary', longblob: 'binary',
  json: 'json', uuid: 'uuid', set: 'array',
}
/** Of size 1, as MySQL itself declares a `boolean`. */
const BOOLEAN = /^(?:bit|(?:tiny|small|medium)?int)\(1\)/

/** @param sized As `column_type` has it: `tinyint(1)`, `bigint(20) unsigned`. */
export const fieldType = (name: string, sized: string): FieldType =>
  BOOLEAN.test(sized) ? 'boolean' : (TYPES[name] ?? 'string')

const CODECS: Readonly<Partial<Record<FieldType, Codec>>> = {
  boolean: truthCodec,
  integer: wholeCodec,
  bigint: wholeCodec,
  decimal: exactCodec,
  float: singleCodec,
  double: doubleCodec,
  binary: binaryCodec,
  json: jsonCodec,
  array: listCodec,
  date: plainCodec,
  time: momentCodec,
  datetime: momentCodec,
  timestamp: momentCodec,
}
export const codec = (field: Pick<Field, 'type' | 'dbType'>): Codec =>
  isSpatial(field.dbType)
    ? geometryCodec
    : (CODECS[field.type] ?? (/^year\b/.test(field.dbType) ? yearCodec : anyTextCodec))

const [LOWEST, HIGHEST, HIGHEST_UNSIGNED] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n]
const exactDecimal = (value: unknown) => TypedParameter.NEWDECIMAL(String(value))

/** An integer as one: the driver sends every number as a floating one, and a text would be compared as such. */
export const exactInteger = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? TypedParameter.LONGLONG(value) : value
  if (typeof value !== 'string') return value
  const number = BigInt(value)
  if (number >= LOWEST && number <= HIGHEST) return TypedParameter.LONGLONG(number)
  if (number >= 0n && number <= HIGHEST_UNSIGNED) return TypedParameter.LONGLONG.unsigned(number)
  return exactDecimal(value)
}
/** As single precision has it; beyond its range it stays what it is, for the database to refuse. */
const single = (value: number): unknown =>
  Number.isFinite(Math.fround(value)) ? TypedParameter.FLOAT(Math.fround(value)) : value

const BINDERS: Readonly<Partial<Record<FieldType, Binder>>> = {
  integer: exactInteger,
  bigint: exactInteger,
  decimal: exactDecimal,
  // In the column's own precision: otherwise 0.1 would not be found again.
  float: (value) => single(value as number),
  binary: (value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  array: (value) => (Array.isArray(value) ? value.join(',') : value),
}
export const binder = (field: Pick<Field, 'type' | 'dbType'>): Binder | undefined =>
  isSpatial(field.dbType) ? bindGeometry : BINDERS[field.type]
