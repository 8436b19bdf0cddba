/**
 * How the cells of one column are read: the types of the binary protocol
 * (https://mariadb.com/kb/en/resultset-row/#binary-resultset-row). Values are those that `mysql2` gives with
 * `supportBigNumbers`, `dateStrings` and `jsonStrings`.
 */
import { printDate, printDateTime, printTime } from './moments.ts'

export interface Column {
  /**
   * - `text`: UTF-8
   * - `integer`: a number, or text where a number can't hold it
   * - `moment`: a date or a time
   */
  readonly kind: 'text' | 'integer' | 'moment' | 'other'
  /** Bytes of a cell; 0 where they are counted before it. */
  readonly size: number
  /** The value of a cell. */
  value(bytes: Buffer, start: number, end: number): unknown
  /** Of a moment: writes its text, at most 32 bytes of ASCII, from `at` on. @returns where it ends */
  print?(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number
}

// biome-ignore format: reads as a table
const TYPE = {
  decimal: 0x00, tiny: 0x01, short: 0x02, long: 0x03, float: 0x04, double: 0x05, null: 0x06, timestamp: 0x07,
  longlong: 0x08, int24: 0x09, date: 0x0a, time: 0x0b, datetime: 0x0c, year: 0x0d, newdate: 0x0e, bit: 0x10,
  vector: 0xf2, json: 0xf5, newdecimal: 0xf6, geometry: 0xff,
} as const
/** The set of characters of what is no text. */
const BINARY = 63
const UNSIGNED = 0x20
const SINGLE = 4

const integer = (size: number, value: (bytes: Buffer, start: number) => number | string): Column => ({
  kind: 'integer',
  size,
  value,
})
const other = (size: number, value: Column['value']): Column => ({ kind: 'other', size, value })

const long = (bytes: Buffer, start: number, unsigned: boolean): number | string => {
  const high = unsigned ? bytes.readUInt32LE(start + 4) : bytes.readInt32LE(start + 4)
  const number = bytes.readUInt32LE(start) + high * 2 ** 32
  if (Number.isSafeInteger(number)) return number
  return String(unsigned ? bytes.readBigUInt64LE(start) : bytes.readBigInt64LE(start))
}

/** Room for the longest moment. */
const scratch = Buffer.alloc(32)
const moment = (print: NonNullable<Column['print']>): Column => ({
  kind: 'moment',
  size: 0,
  print,
  value: (bytes, start, end) => scratch.toString('latin1', 0, print(bytes, start, end, scratch, 0)),
})
const dateTime = (decimals: number): Column =>
  moment((bytes, start, end, into, at) => printDateTime(bytes, start, end, into, at, decimals))

const TEXT: Column = { kind: 'text', size: 0, value: (bytes, start, end) => bytes.toString('utf8', start, end) }
/** Copied, because it outlives what it was read from. */
const BYTES = other(0, (bytes, start, end) => Buffer.from(bytes.subarray(start, end)))
const NULL = other(0, () => null)
const VECTOR = other(0, (bytes, start, end) =>
  Array.from({ length: (end - start) / SINGLE }, (_, index) => bytes.readFloatLE(start + index * SINGLE)),
)

const makeColumn = (type: number, unsigned: boolean, binary: boolean, decimals: number): Column => {
  switch (type) {
    case TYPE.tiny:
      return integer(1, unsigned ? (bytes, at) => bytes[at]! : (bytes, at) => bytes.readInt8(at))
    case TYPE.short:
    case TYPE.year:
      return integer(2, unsigned ? (bytes, at) => bytes.readUInt16LE(at) : (bytes, at) => bytes.readInt16LE(at))
    case TYPE.long:
    case TYPE.int24:
      return integer(4, unsigned ? (bytes, at) => bytes.readUInt32LE(at) : (bytes, at) => bytes.readInt32LE(at))
    case TYPE.longlong:
      return integer(8, (bytes, at) => long(bytes, at, unsigned))
    case TYPE.float:
      return other(4, (bytes, at) => bytes.readFloatLE(at))
    case TYPE.double:
      return other(8, (bytes, at) => bytes.readDoubleLE(at))
    case TYPE.null:
      return NULL
    case TYPE.date:
    case TYPE.newdate:
      return moment(printDate)
    case TYPE.datetime:
    case TYPE.timestamp:
      return dateTime(decimals)
    case TYPE.time:
      return moment(printTime)
    case TYPE.vector:
      return VECTOR
    case TYPE.geometry:
      return other(0, (bytes, start, end) => bytes.toString('hex', start, end).toUpperCase())
    case TYPE.decimal:
    case TYPE.newdecimal:
    case TYPE.json:
      return TEXT
    default:
      return binary ? BYTES : TEXT
  }
}

const known = new Map<number, Column>()

/** What a column's definition says of its cells: its last twelve bytes, whatever stands before. */
export const shapeAt = (bytes: Buffer, end: number): number => {
  const binary = bytes.readUInt16LE(end - 12) === BINARY ? 1 : 0
  const unsigned = bytes.readUInt16LE(end - 5) & UNSIGNED ? 2 : 0
  return (bytes[end - 6]! << 16) | (bytes[end - 3]! << 8) | unsigned | binary
}

/** The same shape has the same column. @param shape of `shapeAt` */
export const columnOf = (shape: number): Column => {
  let column = known.get(shape)
  if (!column) {
    column = makeColumn(shape >> 16, (shape & 2) !== 0, (shape & 1) !== 0, (shape >> 8) & 0xff)
    known.set(shape, column)
  }
  return column
}
