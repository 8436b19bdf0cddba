/**
 * Wire forms: how a database's value reads in JSON, one rule per type (the wire contract §4.6).
 *
 * | Type | Wire form |
 * |---|---|
 * | boolean | `true`, `false` |
 * | integer, bigint | number; beyond ±(2⁵³−1) a string, so that no digit is lost |
 * | decimal | number where at most 15 significant digits make it exact, else a string; trailing zeros dropped |
 * | float, double | number; `NaN` and the infinities as strings |
 * | date, time, datetime, timestamp | the database's own text, `YYYY-MM-DD HH:MM:SS[.ffffff][+00]` |
 * | binary | base64 |
 * | json | the value itself, parsed; in it, numbers that double precision would change as strings |
 * | array | an array of the elements' wire forms; where the text is not a plain array, that text |
 * | uuid, string, text, anything else | the database's own text |
 *
 * NULL is `null` for all of them. Nothing passes through `Date`, and nothing is parsed that is not in the table.
 */

/** One type's conversion. Cells are never null here. */
export interface Codec {
  /** A cell in wire form. */
  value(cell: unknown): unknown
  /** Its JSON text: always the same bytes as `JSON.stringify(value(cell))`, made without building the value. */
  json(cell: unknown): string
  /** Of an array: the codec of its elements, and what stands between them in its literal. */
  readonly array?: { readonly elements: Codec; readonly delimiter: string } | undefined
}

const codec = (value: Codec['value'], json: Codec['json'] = (cell) => JSON.stringify(value(cell))): Codec => ({
  value,
  json,
})

/** What JSON writes in another way than as itself: quotes, backslashes, control characters, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

/** Any text. Most has nothing to escape, and looking costs less than JSON.stringify does. */
export const textCodec: Codec = codec(
  (cell) => cell,
  (cell) => (ESCAPED.test(cell as string) ? JSON.stringify(cell) : `"${cell as string}"`),
)

/** Text that can not hold quotes, backslashes or control characters: dates and times, UUIDs. */
export const plainCodec: Codec = codec(
  (cell) => cell,
  (cell) => `"${cell as string}"`,
)

/** Integers as decimal text, without leading zeros or `+`. */
export const integerCodec: Codec = codec(
  (cell) => (isSafeInteger(cell as string) ? Number(cell) : cell),
  (cell) => (isSafeInteger(cell as string) ? (cell as string) : `"${cell as string}"`),
)
const isSafeInteger = (text: string): boolean => text.length < 16 || Number.isSafeInteger(Number(text))

/** A wire number or text that needs no escaping, as JSON. */
const numberJson = (value: number | string): string => (typeof value === 'number' ? String(value) : `"${value}"`)

const SHORT_DECIMAL = /^-?\d+(?:\.\d+)?$/
const DECIMAL = /^(-?)0*(\d*)(?:\.(\d*))?$/
/** The most significant digits that a double gives back as they were, and the sizes between which that holds. */
const EXACT_DIGITS = 15
const SMALLEST = 1e-300
const LARGEST = 1e300

/** Decimals as text; what is none (`NaN`, the infinities, any other text) stays as it is. */
export const decimalValue = (text: string): number | string => {
  if (text.length <= EXACT_DIGITS && SHORT_DECIMAL.test(text)) return Number(text) + 0
  const parts = DECIMAL.exec(text)
  if (!parts || !/\d/.test(text)) return text
  const [, sign, integer = '', rest = ''] = parts
  const fraction = withoutTrailingZeros(rest)
  const plain = `${sign}${integer || '0'}${fraction && `.${fraction}`}`
  if (significantDigits(integer, fraction) > EXACT_DIGITS) return plain
  const number = Number(plain) + 0
  const size = Math.abs(number)
  return (size >= SMALLEST && size <= LARGEST) || !/[1-9]/.test(plain) ? number : plain
}
const significantDigits = (integer: string, fraction: string): number => {
  if (!fraction) return withoutTrailingZeros(integer).length
  return integer ? integer.length + fraction.length : fraction.replace(/^0+/, '').length
}
const withoutTrailingZeros = (digits: string): string => {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--
  return digits.slice(0, end)
}
/** Texts that are written as their numbers are: no leading zeros, not so small that they take an exponent, no `-0`. */
const AS_NUMBER = /^(?:0|-?(?:0\.0{0,4}[1-9]\d*|[1-9]\d*(?:\.\d+)?))$/
const withoutFractionalZeros = (text: string): string => {
  if (!text.includes('.')) return text
  const short = withoutTrailingZeros(text)
  return short.endsWith('.') ? short.slice(0, -1) : short
}
export const decimalCodec: Codec = codec(
  (cell) => decimalValue(cell as string),
  (cell) => {
    // Most are short: cutting their zeros off costs less than making a number and its text.
    const short = (cell as string).length <= EXACT_DIGITS ? withoutFractionalZeros(cell as string) : ''
    if (AS_NUMBER.test(short)) return short
    const value = decimalValue(cell as string)
    return typeof value === 'number' ? String(value) : JSON.stringify(value)
  },
)

/** Numbers; what JSON has no number for is text, and there is one zero. */
export const finite = (number: number): number | string => (Number.isFinite(number) ? number + 0 : String(number))

/** Floating point as text. */
export const floatCodec: Codec = codec(
  (cell) => finite(Number(cell)),
  (cell) => numberJson(finite(Number(cell))),
)

export const binaryCodec: Codec = codec(
  (cell) => (cell as Buffer).toString('base64'),
  (cell) => `"${(cell as Buffer).toString('base64')}"`,
)

/** JSON as the text that it is, for `json_as_text`; what is no text reads as ever. */
export const jsonTextCodec = (plain: Codec): Codec => ({
  value: (cell) => (typeof cell === 'string' ? cell : plain.value(cell)),
  json: (cell) => (typeof cell === 'string' ? textCodec.json(cell) : plain.json(cell)),
})

/** Whether a text may hold a number that is none of double precision: its digits are many, or its size is said apart. */
const LONG_NUMBER = /[\d.]{16}|\d[eE]/
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** A number's digits and size, the same for all ways to write it. */
const digitsOf = (text: string): string => {
  const [, sign = '', integer = '', fraction = '', size = '0'] = NUMBER.exec(text) ?? []
  const digits = `${integer}${fraction}`.replace(/^0+/, '')
  const short = withoutTrailingZeros(digits)
  return short && `${sign}${short}e${Number(size) - fraction.length + digits.length - short.length}`
}
/** What programs write for a number of double precision: as few digits as tell it from others, or all that it has. */
const isDouble = (value: number, text: string): boolean =>
  [String(value), value.toPrecision(17)].some((written) => digitsOf(written) === digitsOf(text))
/** In place of a number that double precision would change, its text. */
const keepingDigits = (_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown =>
  typeof value === 'number' && source !== undefined && !isDouble(value, source) ? source : value

/** JSON as text. What does not parse (possible where the database does not check) is text. */
export const jsonCodec: Codec = codec((cell) => {
  try {
    return LONG_NUMBER.test(cell as string) ? JSON.parse(cell as string, keepingDigits) : JSON.parse(cell as string)
  } catch {
    return cell
  }
})
