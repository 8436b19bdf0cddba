/** Values of the reference source: kept in wire form, compared as SQL compares them. */
import { GwError } from '@gw/core'
import { castStored } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { clockValue } from '../execute/clock.ts'
import { timeAt } from '../filter/time.ts'

const unfit = (): GwError => new GwError('invalid_request', 'A value does not fit the type of its field.')

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$/

const isDate = (text: string): boolean => {
  const found = DATE.exec(text)
  if (!found) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(found[3])
}

const moment = (text: string): string => {
  const [date = '', clock = '00:00:00', rest] = text.replace('T', ' ').split(' ')
  if (rest !== undefined || !isDate(date) || !CLOCK.test(clock)) throw unfit()
  return `${date} ${clock}`
}

/** The most significant digits that a double gives back as they were. */
const EXACT_DIGITS = 15

const decimal = (text: string): number | string =>
  text.replace(/^[+-]|\.|e.*$/gi, '').replace(/^0+/, '').length <= EXACT_DIGITS ? Number(text) + 0 : text

/** A slot's value as it is stored and answered. */
export const toWire = (field: Field, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  switch (field.type) {
    case 'decimal':
      return decimal(String(value))
    case 'float':
    case 'double':
      return Number(value)
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'json':
      return JSON.parse(String(value))
    case 'date':
      if (isDate(String(value))) return value
      throw unfit()
    case 'time':
      if (CLOCK.test(String(value))) return value
      throw unfit()
    case 'datetime':
    case 'timestamp':
      return moment(String(value))
    case 'string':
      if (field.length !== undefined && [...String(value)].length > field.length) {
        throw new GwError('invalid_request', 'A value is too long for its field.')
      }
      return value
    default:
      return value
  }
}

/** What a field gets that a new record leaves out; `next` numbers records. */
export const defaultOf = (field: Field, next: () => number): unknown => {
  if (field.autoIncrement) return next()
  if (field.default === undefined) return null
  const text = field.default.replace(/::.*$/s, '').trim()
  const time = timeAt(text, 0)
  if (time) return toWire(field, clockValue(time.operand, field))
  if (text.toUpperCase() === 'NULL') return null
  const plain = /^'(.*)'$/s.exec(text)?.[1]?.replaceAll("''", "'") ?? text
  return toWire(field, castStored(field, plain))
}

/** The order of two values that aren't null: negative, zero or positive. */
export const compareValues = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  const isLong = (value: unknown): boolean => typeof value === 'string' && /^-?\d+$/.test(value)
  if ((typeof a === 'number' && isLong(b)) || (isLong(a) && typeof b === 'number')) return Number(a) - Number(b)
  const [x, y] = [String(a), String(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
