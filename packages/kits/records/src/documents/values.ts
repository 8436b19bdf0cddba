/** Values that clients write as texts, and what documents hold them as. */
import { GwError } from '@gw/core'
import type { Field } from '../catalog.ts'

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/

/** A moment in ISO form, in UTC where no zone is said; `undefined` for anything else. */
export const momentOf = (text: string): Date | undefined => {
  const [, day, clock = '00:00', seconds = ':00', zone = 'Z'] = MOMENT.exec(text.trim()) ?? []
  if (day === undefined) return undefined
  const [date, midnight] = [new Date(`${day}T${clock}${seconds}${zone}`), new Date(`${day}T00:00:00Z`)]
  // JavaScript takes February's 30th for March's 1st or 2nd.
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
  return exists && !Number.isNaN(date.getTime()) ? date : undefined
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i
const WHOLE = /^[+-]?\d{1,40}$/

/**
 * What a text of a filter may mean in a field of no one type: itself, and the number, truth or moment that it writes. A
 * filter has no types of its own. Whole numbers that a double does not hold are bigints.
 */
export const meaningsOf = (text: string): readonly (string | number | bigint | boolean | Date)[] => {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN
  const exact = WHOLE.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number
  const moment = momentOf(text)
  return [
    text,
    ...(Number.isFinite(number) ? [exact] : []),
    ...(/^(?:true|false)$/i.test(text) ? [text.toLowerCase() === 'true'] : []),
    ...(moment ? [moment] : []),
  ]
}

/** What JavaScript's and a source's keys can not be, or would be taken for an operator. */
const FORBIDDEN_KEY = /^\$|\0|^__proto__$/

export interface ValueForm {
  /** How many levels a value may have. */
  readonly deepest: number
  /** What is no object or list, and bytes. */
  plain(value: unknown): unknown
  /** An object that stands for a value; `undefined` where it is one of the document's own. */
  wrapped(value: object): unknown
}

/**
 * Any JSON as a part of a document.
 * @throws GwError `invalid_request` for keys that could be taken for an operator
 */
export const documentValue = (field: Field, value: unknown, form: ValueForm, level = 0): unknown => {
  const refuse = (what: string): GwError => new GwError('invalid_request', `Field '${field.name}' must be ${what}.`)
  if (level > form.deepest) throw refuse(`at most ${form.deepest} levels deep`)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return form.plain(value)
  const inner = (one: unknown): unknown => documentValue(field, one, form, level + 1)
  if (Array.isArray(value)) return value.map(inner)
  const wrapped = form.wrapped(value)
  if (wrapped !== undefined) return wrapped
  const forbidden = Object.keys(value).find((name) => FORBIDDEN_KEY.test(name))
  if (forbidden !== undefined) throw refuse(`without the key '${forbidden.replaceAll('\0', '\\0')}'`)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]))
}
