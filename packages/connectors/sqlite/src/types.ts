/**
 * Cells: SQLite's declared types are names only, and each cell has a storage class of its own. One that does not fit
 * its field's type reads as what it is.
 */
import {
  type Binder,
  type Codec,
  decimalValue,
  type Field,
  type FieldType,
  finite,
  jsonCodec,
  textCodec,
} from '@gw/sql'

/** A cell by its storage class: integer, real, text, blob. */
const stored = (cell: unknown): unknown => {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return finite(cell)
  if (typeof cell === 'bigint') return integer(cell)
  return (cell as Buffer).toString('base64')
}
const integer = (cell: bigint): number | string => {
  const number = Number(cell)
  return Number.isSafeInteger(number) ? number : String(cell)
}
const storedJson = (cell: unknown): string => {
  if (typeof cell === 'string') return textCodec.json(cell)
  if (typeof cell === 'number' && Number.isFinite(cell)) return String(cell + 0)
  return JSON.stringify(stored(cell))
}

const TRUE = /^(?:true|t|yes|y|on|1)$/i
const FALSE = /^(?:false|f|no|n|off|0|)$/i
const boolean = (cell: unknown): unknown => {
  if (typeof cell === 'number') return cell !== 0
  if (typeof cell === 'bigint') return cell !== 0n
  if (typeof cell !== 'string') return stored(cell)
  return TRUE.test(cell) ? true : FALSE.test(cell) ? false : cell
}
const byText =
  (convert: (text: string) => unknown) =>
  (cell: unknown): unknown =>
    typeof cell === 'string' ? convert(cell) : stored(cell)

const codecOf = (value: Codec['value']): Codec => ({ value, json: (cell) => JSON.stringify(value(cell)) })
const STORED: Codec = { value: stored, json: storedJson }
const CODECS: Readonly<Partial<Record<FieldType, Codec>>> = {
  boolean: { value: boolean, json: (cell) => (cell === 1 ? 'true' : JSON.stringify(boolean(cell))) },
  decimal: {
    value: byText(decimalValue),
    json: (cell) => (typeof cell === 'string' ? JSON.stringify(decimalValue(cell)) : storedJson(cell)),
  },
  json: codecOf(byText((text) => jsonCodec.value(text))),
  binary: codecOf(byText((text) => Buffer.from(text).toString('base64'))),
}

export const codec = ({ type }: Field): Codec => CODECS[type] ?? STORED

const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,14})?$/

const LARGEST = 2n ** 63n

const number = (text: string): bigint | number => {
  const whole = /^-?\d+$/.test(text) ? BigInt(text) : undefined
  return whole !== undefined && whole >= -LARGEST && whole < LARGEST ? whole : Number(text)
}

/** What a function gives has no affinity either. Of which type it is, is known. */
const computedBinder = (type: FieldType): Binder | undefined =>
  type === 'decimal' || type === 'integer' || type === 'bigint'
    ? (value) => (typeof value === 'string' ? number(value) : value)
    : undefined

/**
 * A column without a declared type (an expression in a view) has no affinity: SQLite would compare its numbers with
 * text, and find none equal.
 */
export const untypedBinder = ({ dbType, type, virtual, functions }: Field): Binder | undefined => {
  if (virtual || functions?.filter) return computedBinder(type)
  if (dbType !== '') return undefined
  return (value) => (typeof value === 'string' && (type === 'decimal' || NUMBER.test(value)) ? Number(value) : value)
}
