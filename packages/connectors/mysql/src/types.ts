/** MySQL's and MariaDB's types, and the forms of their values in the binary protocol (the wire contract §6.8, §4.6). */
import {
  type Binder,
  binaryCodec,
  type Codec,
  decimalCodec,
  type Field,
  type FieldType,
  finite,
  jsonCodec,
  textCodec,
} from '@gw/sql'
import mysql from 'mysql2'

const { TypedParameter } = mysql

/** By `data_type`; what isn't here (enums, years, addresses, geometry) is a string. */
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

const codecOf = (value: Codec['value'], json: Codec['json'] = (cell) => JSON.stringify(value(cell))): Codec => ({
  value,
  json,
})
const whole = (cell: Buffer): number | string => {
  const value = BigInt(`0x${cell.toString('hex') || '0'}`)
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

/** Numbers, but for integers that a number can't hold, which are text, and bits, which are bytes. */
const integer = codecOf(
  (cell) => (Buffer.isBuffer(cell) ? whole(cell) : cell),
  (cell) => (typeof cell === 'number' ? String(cell) : JSON.stringify(integer.value(cell))),
)
const isTrue = (cell: unknown): boolean =>
  Buffer.isBuffer(cell) ? cell.some((byte) => byte !== 0) : Number(cell) !== 0
const boolean = codecOf(isTrue, (cell) => (isTrue(cell) ? 'true' : 'false'))
const double = codecOf((cell) => finite(Number(cell)))
const decimal = codecOf(
  (cell) => (typeof cell === 'number' ? finite(cell) : decimalCodec.value(cell)),
  (cell) => (typeof cell === 'number' ? double.json(cell) : decimalCodec.json(cell)),
)

/** The significant digits within which a single-precision number has one that stands for it alone. */
const SINGLE = { from: 6, to: 9 }
/** The shortest number that is the same one in single precision: 0.1, and not 0.10000000149011612. */
const shortest = (cell: unknown): number | string => {
  const exact = Number(cell)
  for (let digits = SINGLE.from; digits < SINGLE.to; digits++) {
    const short = Number(exact.toPrecision(digits))
    if (Math.fround(short) === exact) return finite(short)
  }
  return finite(exact)
}

/** The fraction of a second without the zeros that a column's declared precision would add. */
const moment = (cell: unknown): string => {
  const text = cell as string
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
/** The driver takes geometry and vectors apart: their text is JSON. */
const text = (cell: unknown): string =>
  typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : JSON.stringify(cell)
const string = codecOf(text, (cell) => textCodec.json(text(cell)))

const CODECS: Readonly<Partial<Record<FieldType, Codec>>> = {
  boolean,
  integer,
  bigint: integer,
  decimal,
  float: codecOf(shortest),
  double,
  binary: binaryCodec,
  json: jsonCodec,
  array: codecOf((cell) => (cell === '' ? [] : (cell as string).split(','))),
  date: textCodec,
  time: codecOf(moment, (cell) => `"${moment(cell)}"`),
  datetime: codecOf(moment, (cell) => `"${moment(cell)}"`),
  timestamp: codecOf(moment, (cell) => `"${moment(cell)}"`),
}
export const codec = ({ type }: Pick<Field, 'type'>): Codec => CODECS[type] ?? string

const [LOWEST, HIGHEST, HIGHEST_UNSIGNED] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n]
const exactDecimal = (value: unknown) => TypedParameter.DECIMAL(String(value))

/** An integer as one: the driver sends every number as a floating one, and a text would be compared as such. */
export const exactInteger = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? TypedParameter.LONGLONG(value) : value
  if (typeof value !== 'string') return value
  const number = BigInt(value)
  if (number >= LOWEST && number <= HIGHEST) return TypedParameter.LONGLONG(number)
  if (number >= 0n && number <= HIGHEST_UNSIGNED) return TypedParameter.LONGLONG.unsigned(number)
  return exactDecimal(value)
}
const SINGLE_LIMIT = 3.4e38

const BINDERS: Readonly<Partial<Record<FieldType, Binder>>> = {
  integer: exactInteger,
  bigint: exactInteger,
  decimal: exactDecimal,
  // In the column's own precision: otherwise 0.1 would not be found again.
  float: (value) => (Math.abs(value as number) < SINGLE_LIMIT ? TypedParameter.FLOAT(value as number) : value),
  binary: (value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  array: (value) => (Array.isArray(value) ? value.join(',') : value),
}
export const binder = ({ type }: Pick<Field, 'type'>): Binder | undefined => BINDERS[type]
