/** Values on their way in. Every value is made here of what a slot holds: no object of a client's becomes part of a query. */
import { GwError } from '@gw/core'
import type { Field } from '@gw/records'
import { Binary, BSON, Decimal128, Double, Int32, Long, ObjectId, UUID } from 'mongodb'

const invalid = (field: Field, what: string): GwError =>
  new GwError('invalid_request', `Field '${field.name}' must be ${what}.`)

/** How deep a value may be; MongoDB itself takes 100 levels. */
const DEEPEST = 90
const HEX = /^[0-9a-f]{24}$/i
const INT = 2 ** 31
/** What JavaScript's and BSON's keys can not be, or would be taken for something else. */
const FORBIDDEN_KEY = /^\$|\0|^__proto__$/

const long = (field: Field, digits: string): Long => {
  const number = BigInt(digits)
  if (BigInt.asIntN(64, number) === number) return Long.fromBigInt(number)
  throw new GwError('invalid_request', `The number in field '${field.name}' is outside the range of 64 bits.`)
}
const decimal = (field: Field, text: string): Decimal128 => {
  try {
    return Decimal128.fromString(text)
  } catch {
    throw invalid(field, 'a number of at most 34 digits')
  }
}
const whole = (field: Field, value: unknown): Int32 | Long => {
  const number = Number(value)
  return field.dbType !== 'long' && Number.isSafeInteger(number) && number >= -INT && number < INT
    ? new Int32(number)
    : long(field, String(value))
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/

/** A moment in ISO form, in UTC where no zone is said; `undefined` for anything else. */
export const momentOf = (text: string): Date | undefined => {
  const [, day, clock = '00:00', seconds = ':00', zone = 'Z'] = MOMENT.exec(text.trim()) ?? []
  if (day === undefined) return undefined
  const [date, midnight] = [new Date(`${day}T${clock}${seconds}${zone}`), new Date(`${day}T00:00:00Z`)]
  // JavaScript takes February's 30th for March's 1st or 2nd.
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
  return exists && !Number.isNaN(date.getTime()) ? date : undefined
}

const WRAPPED = /^\$(?:oid|date|numberDecimal|numberLong|numberInt|numberDouble|uuid|binary|timestamp|minKey|maxKey)$/

/** An Extended JSON value; `undefined` where an object is none. */
const unwrapped = (field: Field, value: object): unknown => {
  const [name, ...others] = Object.keys(value)
  if (name === undefined || others.length > 0 || !WRAPPED.test(name)) return undefined
  try {
    return BSON.EJSON.deserialize(value, { relaxed: false, useBigInt64: true })
  } catch {
    throw invalid(field, `valid Extended JSON: '${name}' does not fit`)
  }
}

/** Any JSON as BSON: a part of a document, never an operator. */
const free = (field: Field, value: unknown, depth = 0): unknown => {
  if (depth > DEEPEST) throw invalid(field, `at most ${DEEPEST} levels deep`)
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && Math.abs(value) >= INT ? Long.fromNumber(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return new Binary(value)
  if (Array.isArray(value)) return value.map((item) => free(field, item, depth + 1))
  const plain = unwrapped(field, value)
  if (plain !== undefined) return plain
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (FORBIDDEN_KEY.test(name)) throw invalid(field, `without the key '${name.replaceAll('\0', '\\0')}'`)
      return [name, free(field, inner, depth + 1)]
    }),
  )
}

/**
 * A slot's value as it is stored in a field, or compared with it.
 * @throws GwError `invalid_request` for one that the field's type can not hold
 */
export const bsonValue = (field: Field, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  switch (field.type) {
    case 'integer':
    case 'bigint':
      return whole(field, value)
    case 'float':
    case 'double':
      return new Double(Number(value))
    case 'decimal':
      return decimal(field, String(value))
    case 'date':
    case 'datetime':
    case 'timestamp':
      return momentOf(String(value)) ?? refuseMoment(field)
    case 'binary':
      return new Binary(value as Uint8Array)
    case 'uuid':
      return new UUID(String(value).replace(/[{}]/g, ''))
    case 'any':
      return free(field, value)
    default:
      return field.dbType === 'objectId' && HEX.test(String(value)) ? new ObjectId(String(value)) : value
  }
}
const refuseMoment = (field: Field): never => {
  throw invalid(field, 'a date, as 2024-05-06 07:08:09 or in ISO 8601')
}

/**
 * What a text of a filter may mean in a field of no one type: itself, and the number, truth, moment or ObjectId that it
 * writes. A filter has no types of its own.
 */
export const meanings = (field: Field, value: unknown): readonly unknown[] => {
  if (field.type !== 'any' || typeof value !== 'string') return [bsonValue(field, value)]
  const all: unknown[] = [value]
  const number = value.trim() !== '' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(value) && Number(value)
  if (typeof number === 'number' && Number.isFinite(number))
    all.push(/^[+-]?\d+$/.test(value) && !Number.isSafeInteger(number) ? longOrDecimal(value) : number)
  if (/^(?:true|false)$/i.test(value)) all.push(value.toLowerCase() === 'true')
  if (HEX.test(value)) all.push(new ObjectId(value))
  const moment = momentOf(value)
  if (moment) all.push(moment)
  return all
}
const longOrDecimal = (digits: string): unknown => {
  const number = BigInt(digits)
  return BigInt.asIntN(64, number) === number ? Long.fromBigInt(number) : Number(digits)
}
