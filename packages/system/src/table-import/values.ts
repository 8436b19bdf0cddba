/** What kind of value a file's value is, and what is sent of it. */
import { GwError } from '@gw/core'

/** `moment` is a time with its zone; `datetime` one without. */
export type Kind =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'double'
  | 'date'
  | 'datetime'
  | 'moment'
  | 'text'
  | 'json'

// Numbers with zeros in front are codes: as numbers they would lose them.
const INTEGER = /^-?(?:0|[1-9]\d{0,18})$/
const DECIMAL = /^-?(0|[1-9]\d*)\.(\d+)$|^-?([1-9]\d*)$/
const DOUBLE = /^-?(?:0|[1-9]\d*)(?:\.\d+)?e[+-]?\d{1,3}$/i
const DATE = /^([1-9]\d{3})-(\d\d)-(\d\d)$/
const DATETIME =
  /^([1-9]\d{3}-\d\d-\d\d)[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.(\d{1,6}))?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?$/i

/** Digits that an exact number may have in front of its point and behind it. */
export const DIGITS = { whole: 20, fraction: 18 } as const
const LARGEST_INTEGER = 2n ** 31n - 1n
const LARGEST_BIGINT = 2n ** 63n - 1n

const isWithin = (value: bigint, largest: bigint): boolean => value <= largest && value >= -largest - 1n

const isDay = (text: string): boolean => {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** How many digits an exact number has; `undefined` for other texts. */
export const digitsOf = (text: string): { readonly whole: number; readonly fraction: number } | undefined => {
  const found = DECIMAL.exec(text)
  if (found) return { whole: (found[1] ?? found[3]!).length, fraction: found[2]?.length ?? 0 }
  return text === '0' ? { whole: 1, fraction: 0 } : undefined
}

/** Digits of a second's fraction. */
export const fractionOf = (text: string): number => DATETIME.exec(text)?.[3]?.length ?? 0

const numberKind = (text: string): Kind | undefined => {
  if (INTEGER.test(text)) {
    const value = BigInt(text)
    if (isWithin(value, LARGEST_INTEGER)) return 'integer'
    if (isWithin(value, LARGEST_BIGINT)) return 'bigint'
  }
  if (text.length > 330) return undefined
  const digits = digitsOf(text)
  if (digits) return digits.whole <= DIGITS.whole && digits.fraction <= DIGITS.fraction ? 'decimal' : 'double'
  return DOUBLE.test(text) && Number.isFinite(Number(text)) ? 'double' : undefined
}

const timeKind = (text: string): Kind | undefined => {
  if (isDay(text)) return 'date'
  const [, day, , , zone] = DATETIME.exec(text) ?? []
  if (day === undefined || !isDay(day)) return undefined
  return zone === undefined ? 'datetime' : 'moment'
}

const LONGEST_WORD = 400
/** Of a text in which a value was written down: any of them. */
const writtenKind = (text: string): Kind => {
  if (text.length > LONGEST_WORD) return 'text'
  if (/^(?:true|false)$/i.test(text)) return 'boolean'
  return numberKind(text) ?? timeKind(text) ?? 'text'
}

/** Whether it is no value. A text of JSON is one, be it empty. */
export const isNothing = (value: unknown, typed: boolean): boolean =>
  value === null || value === undefined || (!typed && value === '')

/**
 * The kind of a value that is one.
 * @throws GwError `invalid_request` for a number that JSON has already made another one
 */
export const kindOf = (value: unknown, typed: boolean): Kind => {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21)
        throw new GwError('invalid_request', 'A whole number beyond 2^53 is not exact in JSON. Write it as a text.')
      return numberKind(String(value)) ?? 'double'
    case 'string':
      if (!typed) return writtenKind(value)
      return value.length > LONGEST_WORD ? 'text' : (timeKind(value) ?? 'text')
    default:
      return 'json'
  }
}

/** A time as databases take it: without a zone, in UTC where it had one. */
export const plainTime = (text: string): string => {
  const found = DATETIME.exec(text)
  if (!found) return `${text} 00:00:00`
  const { 3: fraction, 4: zone } = found
  const plain = text.slice(0, zone ? -zone.length : undefined).replace(/t/i, ' ')
  if (!zone) return plain
  const seconds = fraction ? plain.slice(0, -fraction.length - 1) : plain
  const minutes = /^z$/i.test(zone) ? 0 : minutesOf(zone)
  const instant = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) - minutes * 60_000)
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')}${fraction ? `.${fraction}` : ''}`
}

const minutesOf = (zone: string): number => {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith('-') ? -minutes : minutes
}
