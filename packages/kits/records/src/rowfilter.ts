/**
 * A role's row filters (the wire contract §9.2) as condition trees with slots of their own. They are never text
 * that is joined to a client's, and whatever can't be decided selects nothing.
 */
import { type Caller, GwError, type RowCondition, type RowFilter } from '@gw/core'
import { castStrict } from './cast.ts'
import { type Field, fieldOf, type Table } from './catalog.ts'
import type { Match } from './filter/tree.ts'
import { isScalar, type Lookup, resolveClaim } from './lookups.ts'
import type { Comparison, Condition, Operand } from './plan.ts'

export type RowOperator =
  | { readonly kind: 'compare'; readonly op: Comparison }
  | { readonly kind: 'in' | 'null'; readonly negated: boolean }
  | { readonly kind: 'like'; readonly match: Match }

/** The values to compare with; `undefined` makes the condition false, whatever its operator. */
export type Operands = readonly unknown[] | undefined

export interface RowTest {
  readonly field: Field
  readonly operator: RowOperator
  /** Whether it holds lookups, so that its values differ from call to call. */
  readonly varies: boolean
  resolve(lookup: Lookup): Operands
}
export interface RowFilters {
  readonly groups: readonly { readonly op: 'and' | 'or'; readonly tests: readonly RowTest[] }[]
  /** What they come to, where that is the same in every call. */
  readonly fixed: ResolvedFilters | undefined
}
/** The filters of one call: what their lookups came to. */
export interface ResolvedFilters {
  /** Which tests are false and how many values each other one has: calls with equal keys share plans. */
  readonly key: string
  readonly values: readonly unknown[]
  readonly operands: ReadonlyMap<RowTest, Operands>
}

const compare = (op: Comparison): RowOperator => ({ kind: 'compare', op })
const OPERATORS: Readonly<Record<string, RowOperator>> = {
  '=': compare('='),
  '!=': compare('!='),
  '<>': compare('!='),
  '>': compare('>'),
  '>=': compare('>='),
  '<': compare('<'),
  '<=': compare('<='),
  IN: { kind: 'in', negated: false },
  'NOT IN': { kind: 'in', negated: true },
  LIKE: { kind: 'like', match: 'pattern' },
  CONTAINS: { kind: 'like', match: 'contains' },
  'STARTS WITH': { kind: 'like', match: 'starts' },
  'ENDS WITH': { kind: 'like', match: 'ends' },
  'IS NULL': { kind: 'null', negated: false },
  'IS NOT NULL': { kind: 'null', negated: true },
  'DOES EXIST': { kind: 'null', negated: true },
  'DOES NOT EXIST': { kind: 'null', negated: false },
}

/** The wire contract's answer (§8.2) to a role whose filter makes no sense here: the operator's to mend. */
const misconfigured = (cause: string): GwError =>
  new GwError('internal', 'Invalid server-side filter configuration detected.', { cause: new Error(cause) })

const unquote = (text: string): string => {
  const quote = text[0]
  return text.length > 1 && (quote === "'" || quote === '"') && text.endsWith(quote) ? text.slice(1, -1) : text
}

/** Splits an operator's comma list, quotes and the parentheses around it included. */
const listItems = (text: string): readonly string[] => {
  const bare = text
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .trim()
  if (bare === '') return []
  return (bare.match(/(?:'[^']*'|"[^"]*"|[^,'"]|['"])+/g) ?? []).map((item) => unquote(item.trim()))
}

const hasLookup = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasLookup) : typeof value === 'string' && value.includes('{')

const WILDCARD = /[%_\\[]/

/** One value of a test; a list only where a lookup holds one. `undefined` where it can't be decided. */
const claimed = (item: unknown, operator: RowOperator, lookup: Lookup): unknown => {
  if (typeof item !== 'string') return item ?? undefined
  const { value, inserted } = resolveClaim(item, lookup)
  // An empty claim is a missing one; and in a pattern, a claim must not bring wildcards of its own.
  if (inserted.some((piece) => piece === '' || (operator.kind === 'like' && WILDCARD.test(piece)))) return undefined
  return value
}

const castOperand = (field: Field, operator: RowOperator, value: unknown): unknown => {
  if (operator.kind !== 'like') return castStrict(field, value)
  if (typeof value !== 'string' && typeof value !== 'number') throw new GwError('invalid_request', 'not a text')
  // An empty pattern would match every row.
  if (value === '') throw new GwError('invalid_request', 'an empty pattern')
  return wrapPattern(String(value), operator.match)
}

/** Puts CONTAINS', STARTS WITH's and ENDS WITH's wildcards around a value; those inside it aren't escaped (§3.4). */
export const wrapPattern = (value: string, match: Match): string => {
  if (match === 'pattern') return value
  return `${match === 'starts' ? '' : '%'}${value}${match === 'ends' ? '' : '%'}`
}

const compileTest = (table: Table, condition: RowCondition): RowTest => {
  // The whole table is asked, not the caller's view of it: a role may filter by a field that it denies.
  const field = fieldOf(table, condition.name)
  if (!field) throw misconfigured(`The row filter names no field of '${table.name}': '${condition.name}'.`)
  const name = String(condition.operator).trim().replace(/\s+/g, ' ').toUpperCase()
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (!operator) throw misconfigured(`The row filter's operator is unknown: '${condition.operator}'.`)
  if (operator.kind === 'null') return { field, operator, varies: false, resolve: () => [] }

  const list = operator.kind === 'in'
  const value = condition.value
  const items: readonly unknown[] = list
    ? Array.isArray(value)
      ? value
      : typeof value === 'string'
        ? listItems(value)
        : [value]
    : [typeof value === 'string' ? unquote(value.trim()) : value]
  // An object stays, and fails to be cast: written down by an operator, it is a mistake to be told of.
  const isMissing = (claim: unknown): boolean =>
    (typeof claim !== 'object' || claim === null) && (!isScalar(claim) || (list && claim === ''))
  const operand = (claim: unknown): Operands => (isMissing(claim) ? undefined : [castOperand(field, operator, claim)])
  const operands = (claims: readonly unknown[]): Operands =>
    claims.length === 0 || claims.some(isMissing)
      ? undefined
      : claims.map((claim) => castOperand(field, operator, claim))
  const evaluate = (lookup: Lookup): Operands =>
    list
      ? operands(items.flatMap((item) => claimed(item, operator, lookup)))
      : operand(claimed(items[0], operator, lookup))
  if (hasLookup(value)) {
    const resolve = (lookup: Lookup): Operands => {
      try {
        return evaluate(lookup)
      } catch (error) {
        // A claim that isn't of the field's type equals nothing; a failing lookup is a failure.
        if (GwError.is(error) && error.code === 'invalid_request') return undefined
        throw error
      }
    }
    return { field, operator, varies: true, resolve }
  }
  try {
    const fixed = evaluate(() => undefined)
    return { field, operator, varies: false, resolve: () => fixed }
  } catch (error) {
    throw misconfigured(`The row filter's value for '${field.name}' does not fit: ${(error as Error).message}`)
  }
}

/** Compiles the filters of a grant for a table. Throws `internal` where one names an unknown field or operator. */
export const compileRowFilters = (table: Table, filters: readonly RowFilter[]): RowFilters => {
  const groups = filters.map((filter) => {
    const op = String(filter.op).toLowerCase()
    if (op !== 'and' && op !== 'or') throw misconfigured(`The row filter's operation is unknown: '${filter.op}'.`)
    return { op, tests: filter.conditions.map((condition) => compileTest(table, condition)) } as const
  })
  const varies = groups.some(({ tests }) => tests.some((test) => test.varies))
  return { groups, fixed: varies ? undefined : resolved(groups, () => undefined) }
}

/** Resolves the filters' lookups for one call, private ones included. */
export const resolveRowFilters = ({ groups, fixed }: RowFilters, caller: Caller): ResolvedFilters =>
  fixed ?? resolved(groups, (name) => caller.lookup(name, 'private'))

const resolved = (groups: RowFilters['groups'], lookup: Lookup): ResolvedFilters => {
  const operands = new Map<RowTest, Operands>()
  let key = ''
  const values: unknown[] = []
  for (const { tests } of groups) {
    for (const test of tests) {
      const found = test.resolve(lookup)
      operands.set(test, found)
      key += found ? `${found.length},` : 'x,'
      if (found) values.push(...found)
    }
  }
  return { key, values, operands }
}

/** The filters as one condition whose slots begin at `first`, in the order of `ResolvedFilters.values`. */
export const rowCondition = (
  { groups }: RowFilters,
  { operands }: ResolvedFilters,
  first: number,
): Condition | undefined => {
  if (groups.length === 0) return undefined
  let next = first
  const conditionOf = (test: RowTest): Condition => {
    const resolved = operands.get(test)
    if (!resolved) return { kind: 'never' }
    const slots = resolved.map((): Operand => ({ kind: 'slot', slot: next++ }))
    const { field, operator } = test
    const maybe = (negated: boolean, item: Condition): Condition => (negated ? { kind: 'not', item } : item)
    switch (operator.kind) {
      case 'compare':
        return { kind: 'compare', field, op: operator.op, value: slots[0]! }
      case 'like':
        return { kind: 'like', field, value: slots[0]!, insensitive: false }
      case 'in':
        return maybe(operator.negated, { kind: 'in', field, values: slots })
      case 'null':
        return maybe(operator.negated, { kind: 'null', field })
    }
  }
  const all = groups.map(({ op, tests }): Condition => {
    const items = tests.map(conditionOf)
    // A filter without conditions says nothing about which rows: none of them.
    return items.length === 0 ? { kind: 'never' } : items.length === 1 ? items[0]! : { kind: op, items }
  })
  return all.length === 1 ? all[0]! : { kind: 'and', items: all }
}
