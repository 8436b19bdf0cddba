/** A client's record on its way to the source (the wire contract §4.5). */
import { GwError } from '@gw/core'
import { castStored } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { DROPPED, type Purpose, validated } from '../extras/validate.ts'
import { TIME_FUNCTIONS, timeAt } from '../filter/time.ts'
import { resolveText, Verbatim } from '../lookups.ts'
import { checkSubmitted } from '../rowcheck.ts'
import { isRequired, type Scope } from '../scope.ts'
import { clockValue } from './clock.ts'
import type { Work } from './work.ts'

export type Prepared = ReadonlyMap<Field, unknown>

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
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

const valueFor = (field: Field, given: unknown, work: Work): unknown => {
  if (given instanceof Verbatim) return castStored(field, given.text)
  const expression = field.type === 'json' ? undefined : expressionOf(given)
  if (expression !== undefined) return castStored(field, evaluate(field, expression))
  if (typeof given === 'string') return castStored(field, resolveText(given, work.lookup))
  // An empty element of an XML body.
  if (Array.isArray(given) && given.length === 0 && field.type !== 'json' && field.type !== 'array') return null
  return castStored(field, given)
}

/** The record's known fields as values; what the source computes is left out. */
const read = (record: unknown, work: Work, purpose: Purpose): Map<Field, unknown> => {
  if (!isObject(record)) throw invalid('The request contains no valid record fields.')
  const values = new Map<Field, unknown>()
  for (const name of Object.keys(record)) {
    const field = work.scope.findStored(name)
    if (field && !field.generated && !field.stamp && !(purpose === 'update' && field.autoIncrement)) {
      const sent = record[name]
      const given = validated(field, sent instanceof Verbatim ? sent.text : sent, purpose)
      if (given === DROPPED) continue
      const value = valueFor(field, sent instanceof Verbatim ? sent : given, work)
      if (value === null && field.autoIncrement) continue
      if (value === null && !field.nullable) throw invalid(`Field '${field.name.toLowerCase()}' can not be NULL.`)
      values.set(field, value)
    }
  }
  // A change of nothing is none, and leaves no mark.
  if (values.size > 0) stamp(values, work, purpose)
  return values
}

/** What gw fills in: when, and by whom (the wire contract §4.5, steps 4 and 5). */
const stamp = (values: Map<Field, unknown>, { scope, call }: Work, purpose: Purpose): void => {
  for (const field of scope.table.fields) {
    if (!field.stamp || (purpose === 'update' && field.stamp.endsWith('_on_create'))) continue
    const user = call.caller.user?.id
    if (field.stamp.startsWith('timestamp')) values.set(field, clockValue(NOW, field))
    else if (user !== undefined) values.set(field, castStored(field, user))
  }
}
const NOW = { kind: 'time', of: 'timestamp' } as const

/** Refuses a new record without what the source needs (the wire contract §4.2, §4.5 step 12). */
export const checkComplete = (values: Prepared, { table, fields, lacking }: Scope, index: number): void => {
  if (values.size === 0) throw invalid('No valid fields were found in record.')
  for (const field of fields) {
    if (!isRequired(field) || values.has(field)) continue
    const isKey = table.primaryKey.length === 1 && field.primaryKey
    throw invalid(
      isKey
        ? `Required id field(s) not found in record ${index}: ${field.name}`
        : `Required field '${field.name.toLowerCase()}' can not be NULL.`,
    )
  }
  // Naming the field would tell the caller of a field that doesn't exist for them.
  if (lacking.length > 0) throw new GwError('forbidden', 'Denied access to some of the requested fields.')
}

/** A new record, in table order, inside the role's filters. */
export const prepareCreate = (record: unknown, index: number, work: Work): Prepared => {
  const values = read(record, work, 'create')
  checkComplete(values, work.scope, index)
  checkSubmitted(work.scope.filters, work.rows, values, 'create')
  return values
}

/** A change; `without` are the fields that name the record instead of changing it. Possibly empty. */
export const prepareChange = (record: unknown, work: Work, without: readonly Field[] = []): Prepared => {
  const values = read(record, work, 'update')
  for (const field of without) values.delete(field)
  checkSubmitted(work.scope.filters, work.rows, values, 'update')
  return values
}
