/** Query strings and URL-encoded forms: parsed without ever throwing anything but a 400. */
import { GwError } from '../errors.ts'

/** Decoded parameters; one that is repeated is an array. Has no prototype, so every key in it was sent. */
export type Query = Readonly<Record<string, string | readonly string[]>>

const malformed = (): GwError =>
  new GwError(
    'invalid_request',
    "Malformed percent-encoding: '%' must start the two-digit codes of valid UTF-8. Write a literal '%' as '%25'.",
  )

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformed()
  }
}

const NO_PARAMETERS: Query = Object.freeze(Object.create(null))

/**
 * Parses `application/x-www-form-urlencoded` text, with or without a leading `?`. `+` is a space.
 * @throws {GwError} `invalid_request` for a malformed escape or a parameter called `__proto__`.
 */
export const parseQuery = (search: string): Query => {
  if (search === '') return NO_PARAMETERS
  const query: Record<string, string | string[]> = Object.create(null)
  const { length } = search
  for (let start = search.charCodeAt(0) === 63 ? 1 : 0; start < length; ) {
    let end = search.indexOf('&', start)
    if (end === -1) end = length
    // The pair is cut out before `=` is looked for, so that a flood of bare names stays linear.
    const pair = search.slice(start, end)
    start = end + 1
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    if (name === '__proto__') throw new GwError('invalid_request', "A parameter can't be called '__proto__'.")
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
    const earlier = query[name]
    if (earlier === undefined) query[name] = value
    else if (typeof earlier === 'string') query[name] = [earlier, value]
    else earlier.push(value)
  }
  return query
}

/** The last value of a parameter; the empty string counts as absent. */
export const single = (value: string | readonly string[] | undefined): string | undefined =>
  (typeof value === 'object' ? value.at(-1) : value) || undefined
