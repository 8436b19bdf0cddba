/**
 * Filters as JSON objects, in MongoDB's words (the wire contract §10.1), for sources of documents: read into the same
 * tree that text is, so that names, rules and row filters hold for both alike. What is not on the list has no way in.
 */
import type { GwError } from '@gw/core'
import { wrapperOf } from '../extended-json.ts'
import type { Comparison, Operand } from '../plan.ts'
import { FILTER_LIMITS } from './parse.ts'
import { invalid } from './tokens.ts'
import { type Filter, type FilterValue, type ParsedFilter, shapeOf } from './tree.ts'

type Entries = Readonly<Record<string, unknown>>

/** Levels of `$and`, `$not`, `$elemMatch` and their like. */
const DEEPEST = 20
const LONGEST_PATTERN = 1_000

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $eq: '=',
  $gt: '>',
  $gte: '>=',
  $lt: '<',
  $lte: '<=',
}
const JUNCTIONS = { $and: 'and', $or: 'or', $nor: 'or' } as const
const OPERATORS = '$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $all, $exists, $size, $regex, $elemMatch, $not'

const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** A value may be any JSON that is no operator: what it may hold is checked where it is stored or compared. */
const isOperators = (value: unknown): value is Entries =>
  isEntries(value) && wrapperOf(value) === undefined && Object.keys(value).some((name) => name.startsWith('$'))

/** One after the other, as one. */
const all = (items: readonly Filter[]): Filter => (items.length === 1 ? items[0]! : { kind: 'and', items })
const none = (item: Filter): Filter => ({ kind: 'none', item })

const notPermitted = (name: string): GwError =>
  invalid(
    `The filter operator ${JSON.stringify(name.slice(0, 40))} is not permitted here. Of a field: ${OPERATORS}; of conditions: $and, $or, $nor.`,
  )

const reader = () => {
  const values: FilterValue[] = []
  let conditions = 0
  const slot = (value: unknown): Operand => {
    if (values.length >= FILTER_LIMITS.values)
      throw invalid(`The filter has too many values: ${FILTER_LIMITS.values} are allowed.`)
    return { kind: 'slot', slot: values.push({ kind: 'json', value }) - 1 }
  }
  const listOf = (name: string, value: unknown): readonly unknown[] => {
    if (Array.isArray(value)) return value
    throw invalid(`In a filter, ${name} takes a list.`)
  }
  const equal = (field: string, value: unknown): Filter =>
    value === null ? { kind: 'null', field } : { kind: 'compare', field, op: '=', value: slot(value) }
  const among = (field: string, items: readonly unknown[]): Filter => {
    const present = items.filter((item) => item !== null)
    const one: Filter = { kind: 'in', field, values: present.map(slot) }
    return present.length === items.length ? one : { kind: 'or', items: [one, { kind: 'null', field }] }
  }

  const operation = (field: string, name: string, value: unknown, beside: Entries, depth: number): Filter => {
    const op = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name]! : undefined
    if (op === '=') return equal(field, value)
    if (op) {
      if (value === null || Array.isArray(value) || (isEntries(value) && wrapperOf(value) === undefined))
        throw invalid(`In a filter, ${name} takes one value.`)
      return { kind: 'compare', field, op, value: slot(value) }
    }
    switch (name) {
      case '$ne':
        return none(equal(field, value))
      case '$in':
        return among(field, listOf(name, value))
      case '$nin':
        return none(among(field, listOf(name, value)))
      case '$all': {
        const items = listOf(name, value)
        if (items.length === 0) throw invalid('In a filter, $all takes a list of one value at least.')
        return all(items.map((item) => equal(field, item)))
      }
      case '$exists': {
        if (typeof value !== 'boolean') throw invalid('In a filter, $exists takes true or false.')
        const there: Filter = { kind: 'exists', field }
        return value ? there : none(there)
      }
      case '$size':
        if (!Number.isSafeInteger(value) || Number(value) < 0)
          throw invalid('In a filter, $size takes the number of items.')
        return { kind: 'size', field, value: slot(value) }
      case '$regex': {
        const { $options: flags = '' } = beside
        if (typeof value !== 'string' || value === '' || value.length > LONGEST_PATTERN)
          throw invalid(`In a filter, $regex takes a text of at most ${LONGEST_PATTERN} characters.`)
        if (typeof flags !== 'string' || !/^[imsx]{0,4}$/.test(flags))
          throw invalid('In a filter, $options takes some of the letters i, m, s and x.')
        return { kind: 'matches', field, flags, value: slot(value) }
      }
      case '$not':
        if (!isOperators(value)) throw invalid('In a filter, $not takes an object of operators.')
        return none(operations(field, value, depth + 1))
      case '$elemMatch':
        if (!isEntries(value))
          throw invalid('In a filter, $elemMatch takes an object of conditions on the fields of an item.')
        return { kind: 'element', field, where: conditionsIn(value, depth + 1) }
      default:
        throw notPermitted(name)
    }
  }
  const operations = (field: string, given: Entries, depth: number): Filter => {
    const names = Object.keys(given)
    if (names.includes('$options') && !names.includes('$regex'))
      throw invalid('In a filter, $options belongs to a $regex.')
    return all(
      names
        .filter((name) => name !== '$options')
        .map((name) => condition(() => operation(field, name, given[name], given, depth))),
    )
  }
  const condition = (make: () => Filter): Filter => {
    conditions += 1
    if (conditions > FILTER_LIMITS.conditions)
      throw invalid(`The filter has too many conditions: ${FILTER_LIMITS.conditions} are allowed.`)
    return make()
  }
  const junction = (name: keyof typeof JUNCTIONS, value: unknown, depth: number): Filter => {
    const items = listOf(name, value).map((item) => conditionsIn(item, depth + 1))
    if (items.length === 0) throw invalid(`In a filter, ${name} takes a list of one condition at least.`)
    const joined: Filter = items.length === 1 ? items[0]! : { kind: JUNCTIONS[name], items }
    return name === '$nor' ? none(joined) : joined
  }
  const conditionsIn = (given: unknown, depth: number): Filter => {
    if (depth > DEEPEST) throw invalid(`The filter is nested too deeply: ${DEEPEST} levels are allowed.`)
    if (!isEntries(given)) throw invalid('A condition of a filter is an object, such as {"name": "Ada"}.')
    const names = Object.keys(given)
    // It would be true of every record, which nobody may say by mistake.
    if (names.length === 0) throw invalid('A condition of a filter can not be an empty object.')
    return all(
      names.map((name) => {
        const value = given[name]
        if (Object.hasOwn(JUNCTIONS, name)) return junction(name as keyof typeof JUNCTIONS, value, depth)
        if (name.startsWith('$')) throw notPermitted(name)
        return isOperators(value) ? operations(name, value, depth) : condition(() => equal(name, value))
      }),
    )
  }
  return { values, conditionsIn }
}

const parsed = (text: string): unknown => {
  if (text.length > FILTER_LIMITS.length)
    throw invalid(`The filter is too long: ${text.length} characters, ${FILTER_LIMITS.length} are allowed.`)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('A filter that begins with { must be a JSON object.')
  }
}

/** Whether a filter is JSON rather than the grammar's text, where it may be either. */
export const isJsonFilter = (filter: unknown): boolean =>
  typeof filter === 'object' || (typeof filter === 'string' && /^\s*\{/.test(filter))

/**
 * @param filter an object, or its text; an empty one has no tree, as an empty text has none
 * @throws GwError `invalid_request` for operators that are not on the list, and beyond the bounds of filters
 */
export const jsonFilter = (filter: unknown): ParsedFilter | undefined => {
  const given = typeof filter === 'string' ? parsed(filter) : filter
  if (isEntries(given) && Object.keys(given).length === 0) return undefined
  const { values, conditionsIn } = reader()
  const tree = conditionsIn(given, 0)
  return { tree, values, shape: shapeOf(tree) }
}
