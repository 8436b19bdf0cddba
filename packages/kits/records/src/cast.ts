/** Values on their way in: from what a client may send to what a source takes (the wire contract §4.6). */
import { GwError } from '@gw/core'
import type { Field, FieldType } from './catalog.ts'
import { plainOf } from './extended-json.ts'

const refuse = (field: Field, what: string): never => {
  throw new GwError('invalid_request', `Field '${field.name}' must be ${what}.`)
}

const TRUE = /^(?:true|1|yes|on|y|t)$/i
const FALSE = /^(?:false|0|no|off|n|f)$/i

/** The wire contract's truth (§0.1): everything that isn't one of its six words is false. */
export const truthy = (value: unknown): boolean => value === true || TRUE.test(String(value ?? ''))

const INTEGER = /^[+-]?\d+(?:\.0*)?$/
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i
/** More digits than any source keeps; bounds the work on each number. */
const LONGEST_NUMBER = 2_000
const UUID =
  /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|\{[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\})$/i
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** Beyond 2^53 a number would be another number: it stays text, digit for digit. */
const integer = (field: Field, value: unknown): number | string => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : refuse(field, 'a valid integer')
  if (typeof value !== 'string' && typeof value !== 'bigint') return refuse(field, 'a valid integer')
  const text = String(value).trim()
  if (text.length > LONGEST_NUMBER || !INTEGER.test(text)) return refuse(field, 'a valid integer')
  const number = Number(text)
  return Number.isSafeInteger(number) ? number + 0 : BigInt(text.split('.', 1)[0]!).toString()
}

const UNBOUNDED: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity'])
const isUnbounded = ({ unbounded }: Field, value: unknown): value is string =>
  unbounded === true && UNBOUNDED.has(value)

const decimal = (field: Field, value: unknown): string => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (isUnbounded(field, value)) return value
  const text = typeof value === 'string' ? value.trim() : typeof value === 'bigint' ? String(value) : ''
  return text.length <= LONGEST_NUMBER && NUMBER.test(text) ? text : refuse(field, 'a valid number')
}

const float = (field: Field, value: unknown): number | string => {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (isUnbounded(field, value)) return value
  const number = Number(decimal(field, value))
  return Number.isFinite(number) ? number : refuse(field, 'a valid number')
}

const text = (field: Field, value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return refuse(field, 'a text')
}

const binary = (field: Field, value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string') return refuse(field, 'a base64 text')
  const bare = value.replace(/\s+/g, '')
  // One digit more than whole groups of four can't be told apart from a mistake.
  if (!BASE64.test(bare) || bare.replace(/=+$/, '').length % 4 === 1) return refuse(field, 'a base64 text')
  return new Uint8Array(Buffer.from(bare, 'base64'))
}

const json = (field: Field, value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value) ?? refuse(field, 'valid JSON')
  try {
    JSON.parse(value)
    return value
  } catch {
    return refuse(field, 'valid JSON')
  }
}

const uuid = (field: Field, value: unknown): string =>
  typeof value === 'string' && UUID.test(value) ? value : refuse(field, 'a valid UUID')

const array = (field: Field, value: unknown): unknown =>
  Array.isArray(value) || typeof value === 'string' ? value : refuse(field, 'an array')

const CASTS: Readonly<Record<FieldType, (field: Field, value: unknown) => unknown>> = {
  string: text,
  text,
  integer,
  bigint: integer,
  decimal,
  float,
  double: float,
  boolean: (_, value) => truthy(value),
  date: text,
  time: text,
  datetime: text,
  timestamp: text,
  binary,
  json,
  uuid,
  array,
  any: (_, value) => value,
}

/**
 * A client's value as a field's type; null stays null for all types.
 * @throws GwError `invalid_request` naming the field
 */
export const cast = (field: Field, value: unknown): unknown =>
  value === null || value === undefined ? null : CASTS[field.type](field, field.extended ? plainOf(value) : value)

const NUMERIC: ReadonlySet<FieldType> = new Set(['integer', 'bigint', 'decimal', 'float', 'double'])

/** As `cast`, for a record to be stored: an empty text in a nullable number is null (the wire contract §4.6). */
export const castStored = (field: Field, value: unknown): unknown =>
  value === '' && field.nullable && NUMERIC.has(field.type) ? null : cast(field, value)

/** As `cast`, for a role's filter: what would be guessed for a client is refused here. */
export const castStrict = (field: Field, value: unknown): unknown => {
  if (typeof value === 'object') return refuse(field, 'a single value')
  const isBoolean = TRUE.test(String(value)) || FALSE.test(String(value))
  return field.type === 'boolean' && !isBoolean ? refuse(field, 'a boolean') : cast(field, value)
}

const texts = (value: unknown): unknown => (typeof value === 'string' && !value.includes('{') ? value : undefined)
const integers = (value: unknown): unknown => (Number.isSafeInteger(value) ? value : undefined)
const QUICK: Readonly<Partial<Record<FieldType, (value: unknown) => unknown>>> = {
  string: texts,
  text: texts,
  date: texts,
  time: texts,
  datetime: texts,
  timestamp: texts,
  integer: integers,
  bigint: integers,
  decimal: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined),
  double: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
}
/** The usual values of a type, which need no more than a look: what `castStored` makes of them, or `undefined`. */
export const quickCast = ({ type }: Field): ((value: unknown) => unknown) => QUICK[type] ?? (() => undefined)

/** What `id_type` may say, beside a simple type's own name. */
const ID_TYPES: Readonly<Record<string, FieldType>> = {
  id: 'integer',
  int: 'integer',
  reference: 'integer',
  number: 'decimal',
}

/** The type that an `id_type` names. */
export const idType = (name: string): FieldType => {
  const lower = name.trim().toLowerCase()
  const type = ID_TYPES[lower] ?? (lower as FieldType)
  if (Object.hasOwn(CASTS, type)) return type
  throw new GwError('invalid_request', `Unknown id_type '${name.trim()}'. Use a simple type such as integer or string.`)
}
