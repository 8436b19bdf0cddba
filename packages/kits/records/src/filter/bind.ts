/** Binds a filter to a table: names become fields, operators conditions, and each slot learns how its value is cast. */
import { GwError } from '@gw/core'
import { cast, castStrict } from '../cast.ts'
import type { Field, FieldType } from '../catalog.ts'
import { plainOf } from '../extended-json.ts'
import { type Lookup, resolveText } from '../lookups.ts'
import type { Condition, Operand } from '../plan.ts'
import { wrapPattern } from '../rowfilter.ts'
import { relatedConditions } from './related.ts'
import type { Filter, FilterValue, Match, ParsedFilter } from './tree.ts'

/** How one slot's value is made of what the client wrote. */
export interface SlotCast {
  readonly field: Field
  /** For patterns: the value stays text, and this says where wildcards go. */
  readonly match?: Match
}

export interface BoundFilter {
  readonly condition: Condition
  /** One per slot of the filter, in order. */
  readonly casts: readonly SlotCast[]
}

export interface BindOptions {
  find(name: string): Field | undefined
  /** The condition's first slot. */
  readonly first: number
  readonly insensitiveLike: boolean
}

/** A filter's leaves. */
type Comparing = Exclude<Filter, { readonly items: readonly Filter[] } | { readonly item: Filter }>

const TIMELESS: ReadonlySet<FieldType> = new Set([
  'integer',
  'bigint',
  'decimal',
  'float',
  'double',
  'boolean',
  'binary',
  'json',
  'uuid',
  'array',
])

/**
 * @throws GwError `invalid_request` for an unknown field, with the wire contract's message (§3.6), and
 * `not_supported` for ILIKE on a source that has none
 */
export const bindFilter = (
  { tree, values, related }: ParsedFilter,
  { find, first, insensitiveLike }: BindOptions,
): BoundFilter => {
  const casts: SlotCast[] = new Array(values.length)
  /** The names that the part of the tree at hand may use. */
  let known = find
  const fieldOf = (name: string): Field => {
    const field = known(name)
    if (field) return field
    throw new GwError('invalid_request', `Invalid or unparsable field in filter request: '${name}'`)
  }
  const operand = (field: Field, value: Operand, match?: Match): Operand => {
    if (value.kind === 'time') {
      if (!TIMELESS.has(field.type)) return value
      throw new GwError('invalid_request', `Field '${field.name}' can not be compared with a function of time.`)
    }
    casts[value.slot] = match ? { field, match } : { field }
    return { kind: 'slot', slot: first + value.slot }
  }
  const wrapped = related && relatedConditions(related, first + values.length)
  const condition = (filter: Filter): Condition => {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return { kind: filter.kind, items: filter.items.map(condition) }
      case 'nor':
        return { kind: 'not', item: { kind: 'or', items: filter.items.map(condition) } }
      case 'xor':
        return filter.items.map(condition).reduce((left, right) => ({ kind: 'xor', left, right }))
      case 'not':
        if (filter.operator) return leaf(filter.item as Comparing, true)
        return { kind: 'not', item: condition(filter.item) }
      case 'none':
        return { kind: 'none', item: condition(filter.item) }
    }
    return leaf(filter, false)
  }
  const leaf = (filter: Comparing, negated: boolean): Condition => {
    const made = (field: Field): Condition => {
      const item = comparison(filter, field)
      return negated ? { kind: 'not', item } : item
    }
    const own = known(filter.field)
    const over = (own && !own.open) || known !== find ? undefined : wrapped?.(filter.field, made)
    return over ?? made(fieldOf(filter.field))
  }
  const comparison = (filter: Comparing, field: Field): Condition => {
    switch (filter.kind) {
      case 'compare':
        return { kind: 'compare', field, op: filter.op, value: operand(field, filter.value) }
      case 'like': {
        const { insensitive } = filter
        if (insensitive && !insensitiveLike) {
          throw new GwError('not_supported', 'The filter operator ILIKE is not supported by this service. Use LIKE.')
        }
        return { kind: 'like', field, insensitive, value: operand(field, filter.value, filter.match) }
      }
      case 'in':
        return { kind: 'in', field, values: filter.values.map((value) => operand(field, value)) }
      case 'between':
        return { kind: 'between', field, low: operand(field, filter.low), high: operand(field, filter.high) }
      case 'null':
      case 'exists':
        return { kind: filter.kind, field }
      case 'size':
        return { kind: 'size', field, value: operand({ ...field, ...COUNT }, filter.value) }
      case 'matches':
        return { kind: 'matches', field, flags: filter.flags, value: operand(field, filter.value, 'pattern') }
      case 'element':
        return { kind: 'element', field, where: within(filter.field, filter.where) }
    }
  }
  /** What is said of the items of a list: their fields are reached by paths, and so under the same rules as paths are. */
  const within = (list: string, filter: Filter): Condition => {
    const outer = known
    known = (name) => {
      const field = outer(`${list}.${name}`)
      return field?.open ? { ...field, native: name } : undefined
    }
    try {
      return condition(filter)
    } finally {
      known = outer
    }
  }
  return { condition: condition(tree), casts }
}

/** The number of items of a list. */
const COUNT = { type: 'integer', extended: undefined } as const

const written = (value: FilterValue, params: Readonly<Record<string, unknown>>, lookup: Lookup): unknown => {
  if (value.kind === 'text') return resolveText(value.text, lookup)
  if (value.kind === 'json') return typeof value.value === 'string' ? resolveText(value.value, lookup) : value.value
  return Object.hasOwn(params, value.name) ? params[value.name] : value.name
}

const PATTERN: Pick<Field, 'type'> = { type: 'string' }

/**
 * The values of a bound filter's slots. Parameters are taken as they are; in text, lookups are resolved to values.
 * @throws GwError `invalid_request` for a value that isn't of its field's type
 */
export const filterValues = (
  values: readonly FilterValue[],
  casts: readonly SlotCast[],
  params: Readonly<Record<string, unknown>>,
  lookup: Lookup,
): unknown[] =>
  values.map((item, slot) => {
    const { field, match } = casts[slot]!
    const value = written(item, params, lookup)
    // JSON has types: nothing has to be guessed.
    if (item.kind === 'json' && !match && field.type !== 'any') return castStrict(field, plainOf(value))
    if (!match || value === null || value === undefined) return cast(field, value)
    return wrapPattern(String(cast({ ...field, ...PATTERN }, value)), match)
  })
