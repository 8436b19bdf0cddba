/**
 * `{"$ref": "order.resource.0.id"}`: a value out of an earlier step's answer. It stands only where values stand, is
 * one value, and is never read as text of the API: what comes from a record is bound as it is.
 */
import { GwError, type Method } from '@gw/core'
import { Verbatim } from '../lookups.ts'

type Entries = Readonly<Record<string, unknown>>
/** The answers of the steps so far, by id and by position. */
export type Results = ReadonlyMap<string, unknown>

/** Characters that references may put into one batch: a short body must not become a huge one. */
const MOST_TEXT = 16_000_000

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const isObject = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const soleKey = (value: unknown, key: string): value is Entries =>
  isObject(value) && Object.hasOwn(value, key) && Object.keys(value).length === 1

const isReference = (value: unknown): value is { readonly $ref: unknown } => soleKey(value, '$ref')

const partsOf = (reference: unknown): readonly string[] => {
  const parts = typeof reference === 'string' ? reference.split('.') : reference
  if (Array.isArray(parts) && parts.length > 1 && parts.length <= 32 && parts.every(isPart)) return parts.map(String)
  throw invalid('A reference is a text like "order.resource.0.id", or the list of its parts.')
}
const isPart = (part: unknown): boolean => typeof part === 'string' || Number.isSafeInteger(part)

/** One step down: own properties and existing places only. */
const inner = (value: unknown, part: string): unknown => {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(part) ? value[Number(part)] : undefined
  return isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined
}

export interface References {
  /** A step's body with what its references stand for. */
  resolve(method: Method, body: unknown): unknown
}

export const references = (results: Results): References => {
  let left = MOST_TEXT
  const found = (reference: unknown): unknown => {
    const [step, ...path] = partsOf(reference)
    const name = [step, ...path].join('.')
    if (!results.has(step!)) throw invalid(`The reference '${name}' names no earlier step.`)
    const value = path.reduce(inner, results.get(step!))
    if (value === undefined) throw invalid(`The reference '${name}' leads to nothing.`)
    if (typeof value === 'object' && value !== null) throw invalid(`The reference '${name}' is not a single value.`)
    if (typeof value !== 'string') return value
    left -= value.length
    if (left < 0) throw new GwError('too_large', 'The references of the batch stand for too much text.')
    return value.includes('{') ? new Verbatim(value) : value
  }
  /** `{"$value": x}` is `x` as it was written, for data that looks like a reference. */
  const valued = (value: unknown): unknown => {
    if (isReference(value)) return found(value.$ref)
    if (soleKey(value, '$value')) return value.$value
    if (Array.isArray(value)) return value.map(valued)
    return isObject(value) ? entries(value) : value
  }
  const entries = (record: Entries): Entries =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, valued(value)]))
  const record = (item: unknown): unknown => {
    if (isReference(item)) throw invalid('A reference stands for a value, not for a record.')
    return isObject(item) ? entries(item) : item
  }
  const records = (items: unknown): unknown => (Array.isArray(items) ? items.map(record) : record(items))
  const plain = (value: unknown): unknown => {
    const one = isReference(value) ? found(value.$ref) : value
    return one instanceof Verbatim ? one.text : one
  }
  const options = (body: Entries): Entries =>
    Object.fromEntries(
      Object.entries(body).map(([name, value]) => {
        if (name === 'resource') return [name, records(value)]
        // In a list, so that no comma in it makes several of it.
        if (name === 'ids') return [name, isReference(value) ? [plain(value)] : plainAll(value)]
        if (name === 'params' && isObject(value))
          return [name, Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))]
        if (isReference(value)) throw invalid(`A reference can not stand for '${name}'.`)
        return [name, value]
      }),
    )
  const plainAll = (value: unknown): unknown => (Array.isArray(value) ? value.map(plain) : value)
  return {
    resolve(method, body) {
      if (Array.isArray(body)) return records(body)
      if (!isObject(body)) return body
      const bare = !Object.hasOwn(body, 'resource') && method !== 'GET' && method !== 'DELETE'
      return bare ? record(body) : options(body)
    },
  }
}
