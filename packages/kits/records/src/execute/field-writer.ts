/** How a field is written: what it makes of what a client sends for it (the wire contract §4.5). */
import { GwError } from '@gw/core'
import { castStored, quickCast } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { DROPPED, type Purpose, validated } from '../extras/validate.ts'
import { TIME_FUNCTIONS, timeAt } from '../filter/time.ts'
import { resolveText, Verbatim } from '../lookups.ts'
import { clockValue } from './clock.ts'
import type { Work } from './work.ts'

const invalid = (message: string): GwError => new GwError('invalid_request', message)

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** `{"expression": "NOW()"}`, also with `{"value": "NOW()"}` inside; `undefined` where it is something else. */
const expressionOf = (value: unknown): string | undefined => {
  if (!isObject(value) || !Object.hasOwn(value, 'expression')) return undefined
  const { expression } = value
  return String(isObject(expression) ? expression.value : expression)
}

/** Only NULL and the functions of time: where the original passed SQL through, nothing is passed through here. */
const evaluate = (field: Field, expression: string): unknown => {
  const text = expression.trim()
  if (text.toUpperCase() === 'NULL') return null
  const time = timeAt(text, 0)
  if (time && time.end === text.length) return clockValue(time.operand, field)
  throw invalid(`SQL expression '${expression}' is not permitted. Allowed are NULL, ${TIME_FUNCTIONS}.`)
}

/** What a field makes of what is sent for it; `LEFT_OUT` where the record is stored without it. */
export type Writer = (sent: unknown, work: Work) => unknown
export const LEFT_OUT = Symbol('left out')

const TAKES_OBJECTS: ReadonlySet<Field['type']> = new Set(['json', 'any'])

/** An object, an array, or text out of another record. */
const storedObject = (field: Field, given: object): unknown => {
  if (given instanceof Verbatim) return castStored(field, given.text)
  const expression = TAKES_OBJECTS.has(field.type) ? undefined : expressionOf(given)
  if (expression !== undefined) return castStored(field, evaluate(field, expression))
  // An empty element of an XML body.
  if (Array.isArray(given) && given.length === 0 && !TAKES_OBJECTS.has(field.type) && field.type !== 'array')
    return null
  return castStored(field, given)
}
const storedValue: (field: Field, given: unknown, work: Work) => unknown = (field, given, work) => {
  if (typeof given === 'string') return castStored(field, resolveText(given, work.lookup))
  return typeof given === 'object' && given !== null ? storedObject(field, given) : castStored(field, given)
}

const checked = (field: Field, purpose: Purpose): Writer => {
  if (!field.validation) return (sent, work) => storedValue(field, sent, work)
  return (sent, work) => {
    const given = validated(field, sent instanceof Verbatim ? sent.text : sent, purpose)
    return given === DROPPED ? LEFT_OUT : storedValue(field, sent instanceof Verbatim ? sent : given, work)
  }
}
const makeWriter = (field: Field, purpose: Purpose): Writer | undefined => {
  if (field.generated || field.stamp || (purpose === 'update' && field.autoIncrement)) return undefined
  const write = checked(field, purpose)
  const quick = field.validation ? () => undefined : quickCast(field)
  return (sent, work) => {
    const known = quick(sent)
    if (known !== undefined) return known
    const value = write(sent, work)
    if (value !== null || (field.nullable && !field.autoIncrement)) return value
    if (field.autoIncrement) return LEFT_OUT
    throw invalid(`Field '${field.name.toLowerCase()}' can not be NULL.`)
  }
}
const writers = {
  create: new WeakMap<Field, { readonly write: Writer | undefined }>(),
  update: new WeakMap<Field, { readonly write: Writer | undefined }>(),
}
/** How a field is written; `undefined` for what the source or gw fills in. */
export const writerOf = (field: Field, purpose: Purpose): Writer | undefined => {
  let known = writers[purpose].get(field)
  if (!known) {
    known = { write: makeWriter(field, purpose) }
    writers[purpose].set(field, known)
  }
  return known.write
}
