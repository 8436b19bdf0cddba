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

/**
 * What stands in a wrapper, for fields whose type says what it is: the digits of a number, a text, a moment in ISO form,
 * base64. Everything else as it is.
 */
export const plainOf = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const [name, ...others] = Object.keys(value)
  if (name === undefined || others.length > 0 || !WRAPPERS.has(name)) return value
  const inner = (value as Readonly<Record<string, unknown>>)[name]
  if (typeof inner !== 'object' || inner === null) return inner
  if (name === '$binary') return (inner as { readonly base64?: unknown }).base64
  // The canonical form of a moment: milliseconds since 1970.
  const millis = name === '$date' ? Number(plainOf(inner)) : Number.NaN
  return Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : value
}
