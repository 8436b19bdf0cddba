/**
 * Values as MongoDB's Extended JSON writes what JSON has no form for: `{"$oid": "…"}`, `{"$date": "…"}`
 * (https://github.com/mongodb/specifications, extended-json).
 */

const WRAPPERS: ReadonlySet<string> = new Set([
  '$oid',
  '$date',
  '$numberDecimal',
  '$numberLong',
  '$numberInt',
  '$numberDouble',
  '$uuid',
  '$binary',
])

/** The one key of a wrapper; `undefined` for any other object. */
export const wrapperOf = (value: object): string | undefined => {
  const [name, ...others] = Object.keys(value)
  return name !== undefined && others.length === 0 && WRAPPERS.has(name) ? name : undefined
}

/**
 * What stands in a wrapper, for fields whose type says what it is: the digits of a number, a text, a moment in ISO form,
 * base64. Everything else as it is.
 */
export const plainOf = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const name = wrapperOf(value)
  if (name === undefined) return value
  const inner = (value as Readonly<Record<string, unknown>>)[name]
  if (typeof inner !== 'object' || inner === null) return inner
  if (name === '$binary') return (inner as { readonly base64?: unknown }).base64
  // The canonical form of a moment: milliseconds since 1970.
  const millis = name === '$date' ? Number(plainOf(inner)) : Number.NaN
  return Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : value
}

/** Years that are written as ISO texts; other moments are told as milliseconds. */
const isDated = (date: Date): boolean => date.getTime() >= 0 && date.getUTCFullYear() <= 9_999
const moment = (date: Date): unknown => ({
  $date: isDated(date) ? date.toISOString() : { $numberLong: String(date.getTime()) },
})
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * A value in the relaxed form. Whole numbers that JSON's do not hold are texts, or, where they are a part of another
 * value and no field says what they are, in a wrapper.
 * @param foreign tells an object of a source's own class
 */
export const extendedJson = (value: unknown, foreign: (value: object) => unknown, within = false): unknown => {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : within ? { $numberLong: String(value) } : String(value)
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $numberDouble: String(value) }
  if (typeof value !== 'object') return value
  if (value instanceof Date) return moment(value)
  const inner = (one: unknown): unknown => extendedJson(one, foreign, true)
  if (Array.isArray(value)) return value.map(inner)
  return isPlain(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]))
    : foreign(value)
}
