/**
 * Update operators in a change (the wire contract §10.1), for sources of documents: an allow-list, read into what a
 * plan says of fields. Each field is looked for as the caller may name it, so that one denied to them is unknown.
 */
import { GwError } from '@gw/core'
import { castStored } from '../cast.ts'
import type { Field } from '../catalog.ts'
import { wrapperOf } from '../extended-json.ts'
import type { Purpose } from '../extras/validate.ts'
import { type PullComparison, type Update, update } from '../update.ts'
import { isObject, LEFT_OUT, writerOf } from './field-writer.ts'
import type { Work } from './work.ts'

type Entries = Readonly<Record<string, unknown>>
/** What an operator makes of what is given for a field; `LEFT_OUT` where a rule of the field drops it. */
type Reader = (field: Field, given: unknown, work: Work) => unknown

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const NUMERIC: ReadonlySet<Field['type']> = new Set(['integer', 'bigint', 'decimal', 'float', 'double'])
const MOMENTS: ReadonlySet<Field['type']> = new Set(['date', 'datetime', 'timestamp', 'any'])
const MOST_ITEMS = 10_000

const written = (field: Field, given: unknown, work: Work): unknown => writerOf(field, 'update')!(given, work)

/** A value that a stored one is compared or reckoned with. */
const present = (field: Field, operator: string, given: unknown): unknown => {
  const value = castStored(field, given)
  if (value === null) throw invalid(`${operator} of field '${field.name}' takes a value that is not null.`)
  return value
}
const numberFor = (field: Field, operator: string, given: unknown): unknown => {
  if (NUMERIC.has(field.type)) return present(field, operator, given)
  const isNumber =
    (typeof given === 'number' && Number.isFinite(given)) ||
    (isObject(given) && wrapperOf(given)?.startsWith('$number') === true)
  if (field.type === 'any' && isNumber) return given
  throw invalid(`${operator} takes a number, for a field that holds one: '${field.name}'.`)
}
const listed = (field: Field, operator: string): void => {
  if (field.type !== 'any') throw invalid(`${operator} changes lists, and field '${field.name}' holds none.`)
}
const items = (field: Field, operator: string, given: unknown, work: Work): readonly unknown[] => {
  if (!Array.isArray(given)) throw invalid(`${operator} of field '${field.name}' takes a list here.`)
  if (given.length > MOST_ITEMS)
    throw invalid(`${operator} of field '${field.name}' takes at most ${MOST_ITEMS} items at once.`)
  return given.map((item) => written(field, item, work))
}
const hasOperators = (given: unknown): given is Entries =>
  isObject(given) && wrapperOf(given) === undefined && Object.keys(given).some((name) => name.startsWith('$'))

/** `{"$each": [...]}` with what may stand beside it, or one item. */
const eachOf = (field: Field, operator: string, given: unknown, beside: readonly string[], work: Work) => {
  listed(field, operator)
  if (!hasOperators(given)) return { items: [written(field, given, work)], options: {} as Entries }
  const { $each: list, ...options } = given
  const unknown = Object.keys(options).find((name) => !beside.includes(name))
  if (unknown !== undefined)
    throw invalid(
      `${operator} of field '${field.name}' takes ${['$each', ...beside].join(', ')}, and not '${unknown}'.`,
    )
  return { items: items(field, `${operator} with $each`, list, work), options }
}
const whole = (field: Field, name: string, given: unknown): number | undefined => {
  if (given === undefined || Number.isSafeInteger(given)) return given as number | undefined
  throw invalid(`${name} of field '${field.name}' takes a whole number.`)
}
const direction = (field: Field, name: string, given: unknown): 1 | -1 => {
  if (given === 1 || given === -1) return given
  throw invalid(`${name} of field '${field.name}' takes 1 or -1.`)
}

const COMPARISONS: ReadonlySet<string> = new Set<PullComparison>([
  '$eq',
  '$ne',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$in',
  '$nin',
])
const pulled = (field: Field, given: unknown, work: Work) => {
  listed(field, '$pull')
  if (!hasOperators(given)) return { value: written(field, given, work) }
  const compared = Object.entries(given).map(([op, value]) => {
    if (!COMPARISONS.has(op))
      throw invalid(
        `$pull of field '${field.name}' takes a value, or an object of ${[...COMPARISONS].join(', ')}, and not '${op.slice(0, 40)}'.`,
      )
    const list = op === '$in' || op === '$nin'
    return { op: op as PullComparison, value: list ? items(field, op, value, work) : written(field, value, work) }
  })
  return { compared }
}

const OPERATORS: Readonly<Record<string, Reader>> = {
  $set: written,
  // What goes is null to the field's rules.
  $unset: (field, _given, work) => (written(field, null, work) === LEFT_OUT ? LEFT_OUT : update('unset', null)),
  $inc: (field, given) => update('inc', numberFor(field, '$inc', given)),
  $mul: (field, given) => update('mul', numberFor(field, '$mul', given)),
  $min: (field, given) => update('min', present(field, '$min', given)),
  $max: (field, given) => update('max', present(field, '$max', given)),
  $currentDate(field, given) {
    const isDate = given === true || (isObject(given) && given.$type === 'date' && Object.keys(given).length === 1)
    if (!isDate || !MOMENTS.has(field.type))
      throw invalid(`$currentDate takes true, for a field that holds a date and time: '${field.name}'.`)
    return update('now', null)
  },
  $push(field, given, work) {
    const { items, options } = eachOf(field, '$push', given, ['$position', '$slice', '$sort'], work)
    const { $position, $slice, $sort } = options
    return update('push', {
      items,
      position: whole(field, '$position', $position),
      slice: whole(field, '$slice', $slice),
      sort: $sort === undefined ? undefined : direction(field, '$sort', $sort),
    })
  },
  $addToSet: (field, given, work) => update('addToSet', eachOf(field, '$addToSet', given, [], work).items),
  $pull: (field, given, work) => update('pull', pulled(field, given, work)),
  $pullAll(field, given, work) {
    listed(field, '$pullAll')
    return update('pullAll', items(field, '$pullAll', given, work))
  },
  $pop(field, given) {
    listed(field, '$pop')
    return update('pop', direction(field, '$pop', given))
  },
}
/** Those whose result the rules of a field can be held against. */
const KNOWN_RESULT: ReadonlySet<string> = new Set(['$set', '$unset'])

const targetOf = (name: string, operator: string, { scope, identifiers }: Work): Field => {
  const field = scope.findStored(name)
  if (!field) throw invalid(`Invalid field requested: ${name}`)
  if (field.primaryKey || identifiers.includes(field) || !writerOf(field, 'update'))
    throw invalid(`Field '${field.name}' can not be changed by ${operator}.`)
  if (field.validation && !KNOWN_RESULT.has(operator))
    throw invalid(
      `Field '${field.name}' has rules that what ${operator} makes of it can not be held against: use $set.`,
    )
  return field
}

/** Whether a name in a record is an operator's: no field of a document may begin like it. */
export const isOperator = (name: string, { source }: Pick<Work, 'source'>): boolean =>
  name.startsWith('$') && source.capabilities.documents === true

/**
 * What one operator of a change says of its fields.
 * @throws GwError `invalid_request` for an operator that is not on the list, and where none may stand
 */
export const updatesIn = (
  operator: string,
  given: unknown,
  work: Work,
  purpose: Purpose,
): readonly (readonly [Field, unknown | Update])[] => {
  // A record that is made inside of one that is changed has nothing yet to be reckoned with.
  if (work.call.method !== 'PATCH' || purpose === 'create')
    throw invalid(`'${operator.slice(0, 40)}' can not be a field: update operators belong into a PATCH.`)
  const read = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (!read)
    throw invalid(
      `The update operator ${JSON.stringify(operator.slice(0, 40))} is not permitted. Allowed are ${Object.keys(OPERATORS).join(', ')}.`,
    )
  if (!isObject(given) || Object.keys(given).length === 0)
    throw invalid(`${operator} takes an object of fields, such as {"name": …}.`)
  return Object.entries(given).flatMap(([name, value]) => {
    const field = targetOf(name, operator, work)
    const result = read(field, value, work)
    return result === LEFT_OUT ? [] : [[field, result] as const]
  })
}
