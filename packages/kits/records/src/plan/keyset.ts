/**
 * Keyset paging: a page begins behind the last row of the page before, found by its values. Rows that come and go in
 * between neither repeat nor hide others, as they do where rows are counted off.
 */
import { GwError } from '@gw/core'
import type { Field, FieldType } from '../catalog.ts'
import { parseOrder } from '../params/fields.ts'
import type { Condition, Order } from '../plan.ts'
import type { Scope } from '../scope.ts'

export interface Keyset {
  /** The place in the order, without values: the part of a plan's cache key. */
  readonly key: string
  readonly order: readonly Order[]
  readonly slots: number
  /** What lies behind the row whose values are in the slots from `first` on; absent: everything. */
  behind(first: number): Condition | undefined
}

const UNORDERED: ReadonlySet<FieldType> = new Set(['binary', 'json', 'array', 'any'])

const isUnique = ({ unique, nullable }: Field): boolean => unique && !nullable

/** Fields that tell any two rows apart: the key, else a unique field that is never null. */
const tieBreaker = ({ key, fields }: Scope): readonly Field[] => {
  if (key.length > 0) return key
  const unique = fields.find(isUnique)
  if (unique) return [unique]
  throw new GwError(
    'invalid_request',
    'The parameter cursor needs an order in which no two records are alike, and this table has no key to complete it with. Use limit and offset.',
  )
}

/**
 * The order that `order` asks for, made total: each field once, the key behind them, and a place for nulls.
 * @throws GwError `invalid_request` where that is not possible
 */
export const totalOrder = (list: string, scope: Scope): readonly Order[] => {
  const asked = parseOrder(list, scope)
  const total = asked.filter(({ field }, at) => asked.findIndex((other) => other.field === field) === at)
  const has = (field: Field): boolean => total.some((one) => one.field === field)
  const unique = total.some(({ field }) => isUnique(field)) || (scope.key.length > 0 && scope.key.every(has))
  if (!unique) for (const field of tieBreaker(scope)) if (!has(field)) total.push({ field, descending: false })
  return total.map((one) => {
    const { name, type, nullable, functions, virtual } = one.field
    if (functions && (!virtual || functions.filter))
      throw new GwError(
        'invalid_request',
        `The parameter cursor can not be used in the order of '${name}': it is shown by a function.`,
      )
    if (UNORDERED.has(type)) {
      throw new GwError(
        'invalid_request',
        `The parameter cursor can not be used in the order of '${name}': it is ${type}.`,
      )
    }
    // Databases disagree on where nulls stand, and the condition must know.
    return nullable ? { ...one, nulls: one.nulls ?? 'last' } : { field: one.field, descending: one.descending }
  })
}

const both = (kind: 'and' | 'or', items: readonly Condition[]): Condition =>
  items.length === 1 ? items[0]! : { kind, items }

/** Rows of which `field` comes after the value; `undefined` where there is none. */
const after = ({ field, descending, nulls }: Order, slot: number, isNull: boolean): Condition | undefined => {
  if (isNull) return nulls === 'first' ? { kind: 'not', item: { kind: 'null', field } } : undefined
  const beyond: Condition = { kind: 'compare', field, op: descending ? '<' : '>', value: { kind: 'slot', slot } }
  return nulls === 'last' ? { kind: 'or', items: [beyond, { kind: 'null', field }] } : beyond
}

const alike = ({ field }: Order, slot: number, isNull: boolean): Condition =>
  isNull ? { kind: 'null', field } : { kind: 'compare', field, op: '=', value: { kind: 'slot', slot } }

/** `a > ? or (a = ? and (b > ? or …))`. */
const behind = (order: readonly Order[], nulls: readonly boolean[], first: number): Condition => {
  let rest: Condition | undefined
  for (let at = order.length - 1; at >= 0; at--) {
    const [one, isNull] = [order[at]!, nulls[at]!]
    const further = after(one, first + at, isNull)
    const level = rest && both('and', [alike(one, first + at, isNull), rest])
    const items = [further, level].filter((item) => item !== undefined)
    rest = items.length > 0 ? both('or', items) : undefined
  }
  return rest ?? { kind: 'never' }
}

/**
 * What follows from `behind` for the first field alone: said apart, databases begin at that place of an index instead
 * of reading it from its start.
 */
const beginning = ([one, ...others]: readonly Order[], isNull: boolean, slot: number): Condition | undefined => {
  if (!one || others.length === 0 || isNull || one.nulls !== undefined) return undefined
  return { kind: 'compare', field: one.field, op: one.descending ? '<=' : '>=', value: { kind: 'slot', slot } }
}

/** @param values the last row's, in the order's order; absent: the first page */
export const keysetOf = (order: readonly Order[], values: readonly unknown[] | undefined): Keyset => {
  if (!values) return { key: 'first', order, slots: 0, behind: () => undefined }
  const nulls = values.map((value) => value === null)
  return {
    key: nulls.map((isNull) => (isNull ? '0' : '1')).join(''),
    order,
    slots: values.length,
    behind(first) {
      const lead = beginning(order, nulls[0]!, first)
      const condition = behind(order, nulls, first)
      return lead ? both('and', [lead, condition]) : condition
    },
  }
}
