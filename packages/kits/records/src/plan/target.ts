/** Which rows a statement is about: a filter, an identifier, a list of them, or everything in the caller's scope. */
import type { Field } from '../catalog.ts'
import { bindFilter, type SlotCast } from '../filter/bind.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import type { Condition, Operand } from '../plan.ts'
import type { Scope } from '../scope.ts'

export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly filter: ParsedFilter }
  /** One value per field. */
  | { readonly kind: 'key'; readonly fields: readonly Field[] }
  /** `count` values of one field. */
  | { readonly kind: 'any'; readonly field: Field; readonly count: number }
  /** `count` keys, each with one value per field; among them, what the filter selects. */
  | {
      readonly kind: 'keys'
      readonly fields: readonly Field[]
      readonly count: number
      readonly filter: ParsedFilter | undefined
    }

export const EVERYTHING: Target = { kind: 'all' }

/** The part of a cache key that stands for the target. */
export const targetKey = (target: Target): string => {
  switch (target.kind) {
    case 'all':
      return ''
    case 'filter':
      return `f${target.filter.shape}${target.filter.related?.key ?? ''}`
    case 'key':
      return target.fields.length === 1
        ? `k${target.fields[0]!.name}`
        : `k${JSON.stringify(target.fields.map(({ name }) => name))}`
    case 'any':
      return `a${target.count} ${target.field.name}`
    case 'keys':
      return `m${target.count} ${JSON.stringify(target.fields.map(({ name }) => name))}${target.filter?.shape ?? ''}`
  }
}

export interface BoundTarget {
  readonly condition: Condition | undefined
  /** How many slots it has. */
  readonly slots: number
  /** For a filter's slots. */
  readonly casts: readonly SlotCast[]
}

const slotAt = (slot: number): Operand => ({ kind: 'slot', slot })

/** Rows that hold one of `count` keys. */
const oneOf = (fields: readonly Field[], count: number, first: number): Condition => {
  if (fields.length === 1) {
    return { kind: 'in', field: fields[0]!, values: Array.from({ length: count }, (_, at) => slotAt(first + at)) }
  }
  const keys = Array.from({ length: count }, (_, key): Condition => {
    const items = fields.map((field, at): Condition => {
      return { kind: 'compare', field, op: '=', value: slotAt(first + key * fields.length + at) }
    })
    return { kind: 'and', items }
  })
  return keys.length === 1 ? keys[0]! : { kind: 'or', items: keys }
}

export const bindTarget = (target: Target, scope: Scope, first: number, insensitiveLike: boolean): BoundTarget => {
  switch (target.kind) {
    case 'all':
      return { condition: undefined, slots: 0, casts: [] }
    case 'filter': {
      const { condition, casts } = bindFilter(target.filter, { find: scope.find, first, insensitiveLike })
      return { condition, slots: casts.length + (target.filter.related?.values.length ?? 0), casts }
    }
    case 'key': {
      const items = target.fields.map((field, at): Condition => {
        return { kind: 'compare', field, op: '=', value: slotAt(first + at) }
      })
      return { condition: items.length === 1 ? items[0] : { kind: 'and', items }, slots: items.length, casts: [] }
    }
    case 'any': {
      const values = Array.from({ length: target.count }, (_, at) => slotAt(first + at))
      return { condition: { kind: 'in', field: target.field, values }, slots: target.count, casts: [] }
    }
    case 'keys': {
      const { fields, count, filter } = target
      const slots = fields.length * count
      const keys = oneOf(fields, count, first)
      if (!filter) return { condition: keys, slots, casts: [] }
      const { condition, casts } = bindFilter(filter, { find: scope.find, first: first + slots, insensitiveLike })
      return { condition: { kind: 'and', items: [keys, condition] }, slots: slots + casts.length, casts }
    }
  }
}

/**
 * A list of identifiers as a target and its values. Lists are filled up with their last value to the next power of
 * two, so that lists of all lengths share a few plans.
 */
export const anyOf = (field: Field, values: readonly unknown[]): { target: Target; values: unknown[] } => {
  const count = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)))
  const filled = [...values]
  while (filled.length < count) filled.push(values.at(-1))
  return { target: { kind: 'any', field, count }, values: filled }
}
