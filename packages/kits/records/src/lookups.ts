/** Lookups in text, `{user.id}` and `{strtoupper(user.name)}`: resolved to values, never to text that is parsed again. */

export type Lookup = (name: string) => unknown

const words = (text: string): string =>
  text.replace(/(^|\s)(\S)/g, (_, blank: string, letter: string) => blank + letter.toUpperCase())
/** PHP's `rawurlencode` leaves only RFC 3986's unreserved characters alone. */
const rawEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
const rawDecode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The wire contract's modifiers (platform §5.6); nothing else is applied. */
const MODIFIERS: Readonly<Record<string, (text: string) => string>> = {
  strtoupper: (text) => text.toUpperCase(),
  strtolower: (text) => text.toLowerCase(),
  ucfirst: (text) => text.charAt(0).toUpperCase() + text.slice(1),
  lcfirst: (text) => text.charAt(0).toLowerCase() + text.slice(1),
  ucwords: words,
  urlencode: (text) => rawEncode(text).replaceAll('~', '%7E').replaceAll('%20', '+'),
  urldecode: (text) => rawDecode(text.replaceAll('+', ' ')),
  rawurlencode: rawEncode,
  rawurldecode: rawDecode,
  base64_encode: (text) => Buffer.from(text, 'utf8').toString('base64'),
  base64_decode: (text) => Buffer.from(text, 'base64').toString('utf8'),
  trim: (text) => text.trim(),
}

const NAME = /^[A-Za-z0-9_.-]+$/
const MODIFIED = /^([a-z0-9_]+)\((.*)\)$/

/** The value behind what stands in braces; `undefined` where there is none. */
const valueBehind = (expression: string, lookup: Lookup): unknown => {
  const modifiers: ((text: string) => string)[] = []
  let inner = expression
  for (let found = MODIFIED.exec(inner); found; found = MODIFIED.exec(inner)) {
    const modifier = Object.hasOwn(MODIFIERS, found[1]!) ? MODIFIERS[found[1]!] : undefined
    // Every level costs a pass over the text: four are plenty, and keep it linear.
    if (!modifier || modifiers.length === 4) return undefined
    modifiers.unshift(modifier)
    inner = found[2]!
  }
  if (!NAME.test(inner)) return undefined
  const value = lookup(inner)
  if (modifiers.length === 0 || value === undefined || value === null) return value
  return isScalar(value) ? modifiers.reduce((text, modifier) => modifier(text), String(value)) : undefined
}

/** Text out of a record, in which nothing stands for anything else. */
export class Verbatim {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
  toJSON(): string {
    return this.text
  }
}

/** Whether a value can be compared with at all. */
export const isScalar = (value: unknown): value is string | number | boolean | bigint =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  (typeof value === 'number' && Number.isFinite(value))

const BRACES = /\{([^{}]*)\}/g
const WHOLE = /^\{([^{}]*)\}$/

/**
 * A client's text with its lookups resolved. A text that is one lookup becomes its value, whatever its type; inside
 * longer text, values are inserted as text. What doesn't resolve stays as it was written.
 */
export const resolveText = (text: string, lookup: Lookup): unknown => {
  if (!text.includes('{')) return text
  const whole = WHOLE.exec(text)
  if (whole) {
    const value = valueBehind(whole[1]!, lookup)
    return value === undefined ? text : value
  }
  return text.replace(BRACES, (literal, expression: string) => {
    const value = valueBehind(expression, lookup)
    return isScalar(value) ? String(value) : literal
  })
}

/** A text of a role's filter, resolved. */
export interface Claim {
  /** `undefined` where anything in braces is missing, null or no value to compare with. */
  readonly value: unknown
  /** The pieces that came from lookups rather than from the operator. */
  readonly inserted: readonly string[]
}

/** As `resolveText`, for policy: one piece in braces that does not resolve makes the whole undefined. */
export const resolveClaim = (text: string, lookup: Lookup): Claim => {
  if (!text.includes('{')) return { value: text, inserted: [] }
  const whole = WHOLE.exec(text)
  if (whole) {
    const value = valueBehind(whole[1]!, lookup) ?? undefined
    return { value, inserted: isScalar(value) ? [String(value)] : [] }
  }
  const inserted: string[] = []
  let missing = text.replace(BRACES, '').includes('{')
  const value = text.replace(BRACES, (_, expression: string) => {
    const piece = valueBehind(expression, lookup)
    if (isScalar(piece)) inserted.push(String(piece))
    else missing = true
    return String(piece)
  })
  return { value: missing ? undefined : value, inserted }
}
