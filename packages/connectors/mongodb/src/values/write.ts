/** Values on their way in. Every value is made here of what a slot holds: no object of a client's becomes part of a query. */
import { GwError } from '@gw/core'
import type { Field } from '@gw/records'
import { documentValue, meaningsOf, momentOf, wrapperOf } from '@gw/records/documents'
import { Binary, BSON, Decimal128, Double, Int32, Long, ObjectId, UUID } from 'mongodb'

const refuse = (field: Field, what: string): never => {
  throw new GwError('invalid_request', `Field '${field.name}' must be ${what}.`)
}

/** How deep a value may be; MongoDB itself takes 100 levels. */
const DEEPEST = 90
const HEX = /^[0-9a-f]{24}$/i
const INT = 2 ** 31

const long = (field: Field, digits: string): Long => {
  const number = BigInt(digits)
  if (BigInt.asIntN(64, number) === number) return Long.fromBigInt(number)
  throw new GwError('invalid_request', `The number in field '${field.name}' is outside the range of 64 bits.`)
}
const decimal = (field: Field, text: string): Decimal128 => {
  try {
    return Decimal128.fromString(text)
  } catch {
    return refuse(field, 'a number of at most 34 digits')
  }
}
const whole = (field: Field, value: unknown): Int32 | Long => {
  const number = Number(value)
  return field.dbType !== 'long' && Number.isSafeInteger(number) && number >= -INT && number < INT
    ? new Int32(number)
    : long(field, String(value))
}

const NUMERIC = /^\$(?:date|numberInt|numberDouble|numberLong)$/
const NO_NUMBER = /^\{"\$numberDouble":"NaN"\}$/

/** An Extended JSON value; `undefined` where an object is none. */
const unwrapped = (field: Field, value: object): unknown => {
  const name = wrapperOf(value)
  if (name === undefined) return undefined
  try {
    const read = BSON.EJSON.deserialize(value, { relaxed: false })
    // What can not be read as a number or a moment becomes one that is none.
    if (!Number.isNaN(Number(read)) || NO_NUMBER.test(JSON.stringify(value)) || !NUMERIC.test(name)) return read
  } catch {
    // Refused below.
  }
  return refuse(field, `valid Extended JSON: '${name}' does not fit`)
}

/** A part of a document, never an operator. */
const free = (field: Field, value: unknown): unknown =>
  documentValue(field, value, {
    deepest: DEEPEST,
    plain(one) {
      if (one instanceof Uint8Array) return new Binary(one)
      const isLong = typeof one === 'number' && Number.isSafeInteger(one) && Math.abs(one) >= INT
      return isLong ? Long.fromNumber(one) : one
    },
    wrapped: (one) => unwrapped(field, one),
  })

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
      return momentOf(String(value)) ?? refuse(field, 'a date, as 2024-05-06 07:08:09 or in ISO 8601')
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

/** What a value of a filter may be in a field; a text, in one of no one type, also an ObjectId. */
export const meanings = (field: Field, value: unknown): readonly unknown[] => {
  if (field.type !== 'any' || typeof value !== 'string') return [bsonValue(field, value)]
  const known = meaningsOf(value).map((one) => (typeof one === 'bigint' ? longOrDouble(one) : one))
  return HEX.test(value) ? [...known, new ObjectId(value)] : known
}
const longOrDouble = (number: bigint): unknown =>
  BigInt.asIntN(64, number) === number ? Long.fromBigInt(number) : Number(number)
