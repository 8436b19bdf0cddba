/** A cell as the driver gives it → what a client reads (JSON), by the type of its field. */
import { type Binder, type Codec, decimalValue, type Field, type FieldType, finite, jsonCodec } from '@gw/sql'

/** A cell by what it is, where its field says nothing else. */
const stored = (cell: unknown): unknown => {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)
  if (typeof cell === 'number') return finite(cell)
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : cell
}

const ofText =
  (convert: (text: string) => unknown) =>
  (cell: unknown): unknown =>
    typeof cell === 'string' ? convert(cell) : stored(cell)

const VALUES: Readonly<Partial<Record<FieldType, Codec['value']>>> = {
  boolean: (cell) => (typeof cell === 'bigint' ? cell !== 0n : stored(cell)),
  decimal: ofText(decimalValue),
  json: ofText((text) => jsonCodec.value(text)),
  binary: ofText((text) => Buffer.from(text).toString('base64')),
}

export const codec = ({ type }: Field): Codec => {
  const value = VALUES[type] ?? stored
  return { value, json: (cell) => JSON.stringify(value(cell)) }
}

const NUMBERS: readonly FieldType[] = ['decimal', 'integer', 'bigint', 'float', 'double']

/**
 * What is computed, and a column of a view that is an expression, has no declared type: the database would compare its
 * numbers with texts, and find none equal.
 */
export const binder = ({ type, dbType, virtual, functions }: Field): Binder | undefined => {
  const declared = dbType !== '' && !virtual && !functions?.filter
  if (declared || !NUMBERS.includes(type)) return undefined
  return (value) => (typeof value === 'string' && value.trim() !== '' ? asNumber(value) : value)
}

const asNumber = (text: string): number | bigint | string =>
  /^-?\d{1,18}$/.test(text) ? BigInt(text) : Number.isNaN(Number(text)) ? text : Number(text)
