/** Values on their way out: MongoDB's relaxed Extended JSON (the wire contract §10.1). */
import type { Field, Row } from '@gw/records'
import { Binary, BSON, type Document, ObjectId } from 'mongodb'

/** The years that JSON's dates are written in; others are told as milliseconds. */
const isDated = (date: Date): boolean => date.getTime() >= 0 && date.getUTCFullYear() <= 9_999

const moment = (date: Date): unknown =>
  isDated(date) ? { $date: date.toISOString() } : { $date: { $numberLong: String(date.getTime()) } }

/**
 * @param long how a whole number is told that JSON's numbers do not hold: in a value that may be sent back as a part of
 *   another, its type must be said
 */
const told = (value: unknown, long: (digits: string) => unknown): unknown => {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : long(String(value))
    }
    case 'number':
      return Number.isFinite(value) ? value : { $numberDouble: String(value) }
    case 'object':
      break
    default:
      return value ?? null
  }
  if (value === null) return null
  if (value instanceof Date) return moment(value)
  if (Array.isArray(value)) return value.map((item) => told(item, nestedLong))
  if (value instanceof RegExp || '_bsontype' in value) return BSON.EJSON.serialize(value, { relaxed: true })
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, told(inner, nestedLong)]))
}
const nestedLong = (digits: string): unknown => ({ $numberLong: digits })
const plainLong = (digits: string): unknown => digits

/** A value as it is answered. */
export const wireValue = (value: unknown): unknown => told(value, plainLong)

/** A document's `_id`: a text where it is an ObjectId or a UUID. */
export const wireId = (value: unknown): unknown => {
  if (value instanceof ObjectId) return value.toHexString()
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) return value.toUUID().toHexString()
  return wireValue(value)
}

/** What a path leads to; a list on the way gives what its items have there. */
const at = (value: unknown, path: readonly string[]): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) {
    const index = /^\d+$/.test(step) ? value[Number(step)] : undefined
    return index === undefined
      ? value.map((item) => at(item, path)).filter((item) => item !== undefined)
      : at(index, rest)
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return at((value as Document)[step], rest)
}

/** A row of documents: what each field has of one, in the plan's order. */
export const rowReader = (
  fields: readonly Field[],
  listed: readonly Field[],
  rest: boolean,
): ((document: Document) => Row) => {
  const steps = fields.map((field) => ({
    name: field.name,
    path: field.open ? field.native.split('.') : [field.native],
    // What a validator declares is always there, as a column is.
    always: field.base === DECLARED,
    write: field.native === '_id' ? wireId : wireValue,
  }))
  const known = new Set(listed.map(({ native }) => native))
  return (document) => {
    const row: Record<string, unknown> = {}
    for (const { name, path, always, write } of steps) {
      const value = at(document, path)
      if (value !== undefined) row[name] = write(value)
      else if (always) row[name] = null
    }
    if (rest)
      for (const [name, value] of Object.entries(document))
        if (!known.has(name) && !Object.hasOwn(row, name)) row[name] = wireValue(value)
    return row
  }
}

/** The `base` of fields that a validator declares. */
export const DECLARED = 'declared'
