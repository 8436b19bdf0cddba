/**
 * Conditions → MongoDB's query operators. Made of the plan's fields and of values that `bsonValue` made: nothing that a
 * client sent becomes an operator. A condition is unknown where a field is null or missing, as on SQL, so that `NOT`
 * does not select what the same condition without it does not know.
 */
import type { Comparison, Condition, Field, Operand, Values } from '@gw/records'
import { clockValue } from '@gw/records'
import type { Document, Filter } from 'mongodb'
import { meanings } from '../values/write.ts'
import { likePattern } from './pattern.ts'

type Query = Filter<Document>
type Related = Extract<Condition, { readonly kind: 'related' }>

/** What conditions on related records came to: the keys that some record there has. */
export type RelatedKeys = ReadonlyMap<Condition, readonly (readonly unknown[])[]>

/** Matches nothing. */
const NOTHING: Query = { $nor: [{}] }
const ALL: Query = {}

const OPERATORS: Readonly<Record<Exclude<Comparison, '=' | '!='>, string>> = {
  '<': '$lt',
  '<=': '$lte',
  '>': '$gt',
  '>=': '$gte',
}

const any = (queries: readonly Query[]): Query =>
  queries.length === 1 ? queries[0]! : queries.length === 0 ? NOTHING : { $or: [...queries] }
const all = (queries: readonly Query[]): Query => (queries.length === 1 ? queries[0]! : { $and: [...queries] })
const known = ({ native }: Field): Query => ({ [native]: { $ne: null } })

export const filterFor = (
  condition: Condition | undefined,
  values: Values,
  related: RelatedKeys = new Map(),
): Query => {
  const meant = (field: Field, operand: Operand): readonly unknown[] =>
    meanings(field, operand.kind === 'slot' ? values[operand.slot] : clockValue(operand, field))
  /** A comparison that no null is in. */
  const compared = (field: Field, op: Comparison, operand: Operand): Query => {
    const candidates = meant(field, operand)
    if (candidates.includes(null)) return NOTHING
    if (op === '=')
      return { [field.native]: candidates.length === 1 ? { $eq: candidates[0] } : { $in: [...candidates] } }
    if (op === '!=') return all([{ [field.native]: { $nin: [...candidates] } }, known(field)])
    return any(candidates.map((value): Query => ({ [field.native]: { [OPERATORS[op]]: value } })))
  }
  const like = ({ field, value }: Extract<Condition, { readonly kind: 'like' }>): Query => {
    const pattern = value.kind === 'slot' ? values[value.slot] : clockValue(value, field)
    if (pattern === null || pattern === undefined) return NOTHING
    return { [field.native]: { $regex: likePattern(String(pattern)), $options: 'is' } }
  }
  const keysOf = (condition: Related): Query => {
    const keys = related.get(condition) ?? []
    const [field, ...others] = condition.fields
    if (others.length === 0) return { [field!.native]: { $in: keys.map(([key]) => key) } }
    return any(
      keys.map((key) => all(condition.fields.map(({ native }, at): Query => ({ [native]: { $eq: key[at] } })))),
    )
  }
  /** Rows of which the condition is true, or, with `truth` false, of which it is false. */
  const where = (one: Condition, truth: boolean): Query => {
    switch (one.kind) {
      case 'and':
      case 'or': {
        const items = one.items.map((item) => where(item, truth))
        return (one.kind === 'and') === truth ? all(items) : any(items)
      }
      case 'not':
        return where(one.item, !truth)
      case 'xor':
        return any([
          all([where(one.left, true), where(one.right, !truth)]),
          all([where(one.left, false), where(one.right, truth)]),
        ])
      case 'never':
        return truth ? NOTHING : ALL
      case 'related':
        return truth ? keysOf(one) : { $nor: [keysOf(one)] }
      case 'null':
        return truth ? { [one.field.native]: null } : known(one.field)
      default:
        return truth ? leaf(one) : denied(one)
    }
  }
  const leaf = (one: Leaf): Query => {
    switch (one.kind) {
      case 'compare':
        return compared(one.field, one.op, one.value)
      case 'like':
        return like(one)
      case 'between':
        return all([compared(one.field, '>=', one.low), compared(one.field, '<=', one.high)])
      case 'in':
        return {
          [one.field.native]: {
            $in: one.values.flatMap((value) => meant(one.field, value)).filter((value) => value !== null),
          },
        }
    }
  }
  const denied = (one: Leaf): Query => {
    // Whether a value differs from one that is not known is not known.
    const operands = one.kind === 'in' ? one.values : one.kind === 'between' ? [] : [one.value]
    if (operands.some((operand) => operand.kind === 'slot' && (values[operand.slot] ?? null) === null)) return NOTHING
    if (one.kind === 'between') return any([below(one.field, one.low), above(one.field, one.high)])
    return all([{ $nor: [leaf(one)] }, known(one.field)])
  }
  const below = (field: Field, low: Operand): Query => compared(field, '<', low)
  const above = (field: Field, high: Operand): Query => compared(field, '>', high)
  return condition ? where(condition, true) : ALL
}
type Leaf = Extract<Condition, { readonly kind: 'compare' | 'like' | 'in' | 'between' }>

/** The conditions on related records in a condition, the innermost ones first. */
export const relatedIn = (condition: Condition | undefined): readonly Related[] => {
  switch (condition?.kind) {
    case 'and':
    case 'or':
      return condition.items.flatMap(relatedIn)
    case 'xor':
      return [...relatedIn(condition.left), ...relatedIn(condition.right)]
    case 'not':
      return relatedIn(condition.item)
    case 'related':
      return [...relatedIn(condition.where), condition]
    default:
      return []
  }
}
