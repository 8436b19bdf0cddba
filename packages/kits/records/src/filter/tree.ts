/** The syntax tree of a filter: structure without values, so that equal shapes share a plan. */
import type { Comparison, Operand } from '../plan.ts'
import type { RelatedFilter } from './related.ts'

/** What a client wrote in a value's place; what it is worth is decided when it is bound to a field. */
export type FilterValue =
  | { readonly kind: 'text'; readonly text: string }
  /** `:name`, colon included; stays literal text where the request's `params` have no such key. */
  | { readonly kind: 'param'; readonly name: string }
  /** Of a filter that is JSON. */
  | { readonly kind: 'json'; readonly value: unknown }

/** Where CONTAINS, STARTS WITH and ENDS WITH put their wildcards; `pattern` is LIKE's own value. */
export type Match = 'pattern' | 'contains' | 'starts' | 'ends'

export type Filter =
  /** At least two items. `nor` is true where none of them is. */
  | { readonly kind: 'and' | 'or' | 'nor' | 'xor'; readonly items: readonly Filter[] }
  /** `operator`: the comparison's own, as in NOT IN and IS NOT NULL; of a related record it says "one that is not". */
  | { readonly kind: 'not'; readonly item: Filter; readonly operator?: true }
  | { readonly kind: 'compare'; readonly field: string; readonly op: Comparison; readonly value: Operand }
  | {
      readonly kind: 'like'
      readonly field: string
      readonly match: Match
      readonly insensitive: boolean
      readonly value: Operand
    }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Operand[] }
  | { readonly kind: 'between'; readonly field: string; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'null'; readonly field: string }
  | DocumentFilter

/** What only a filter that is JSON can say; see `DocumentCondition`. */
export type DocumentFilter =
  | { readonly kind: 'none'; readonly item: Filter }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'size'; readonly field: string; readonly value: Operand }
  | { readonly kind: 'matches'; readonly field: string; readonly value: Operand; readonly flags: string }
  /** The names in `where` begin at an item of the list. */
  | { readonly kind: 'element'; readonly field: string; readonly where: Filter }

export interface ParsedFilter {
  readonly tree: Filter
  /** One per slot of the tree. */
  readonly values: readonly FilterValue[]
  /** The tree as a string without its values: equal shapes bind to equal conditions. */
  readonly shape: string
  /** What it says of related records, for the caller at hand. */
  readonly related?: RelatedFilter | undefined
}

const operandShape = (operand: Operand): string =>
  operand.kind === 'slot' ? '?' : `${operand.of}${operand.plus ? `${operand.plus.amount}${operand.plus.unit}` : ''}`

/** The shape key of a tree. Field names are quoted, so that no name can imitate structure. */
export const shapeOf = (filter: Filter): string => {
  if ('items' in filter) return `${filter.kind}(${filter.items.map(shapeOf).join()})`
  if (filter.kind === 'not') return `${filter.operator ? 'un' : 'not'}(${shapeOf(filter.item)})`
  if (filter.kind === 'none') return `none(${shapeOf(filter.item)})`
  const field = JSON.stringify(filter.field.toLowerCase())
  switch (filter.kind) {
    case 'compare':
      return field + filter.op + operandShape(filter.value)
    case 'like':
      return `${field}${filter.insensitive ? 'i' : ''}like-${filter.match}${operandShape(filter.value)}`
    case 'in':
      return `${field}in(${filter.values.map(operandShape).join()})`
    case 'between':
      return `${field}between${operandShape(filter.low)},${operandShape(filter.high)}`
    case 'null':
    case 'exists':
      return field + filter.kind
    case 'size':
      return `${field}size${operandShape(filter.value)}`
    case 'matches':
      return `${field}matches-${filter.flags}${operandShape(filter.value)}`
    case 'element':
      return `${field}element(${shapeOf(filter.where)})`
  }
}

const WORDS = { pattern: 'LIKE', contains: 'CONTAINS', starts: 'STARTS WITH', ends: 'ENDS WITH' } as const
const TIMES = { timestamp: 'NOW()', date: 'CURRENT_DATE', time: 'CURRENT_TIME' } as const

const printOperand = (operand: Operand, values: readonly FilterValue[]): string => {
  if (operand.kind === 'time') {
    const { plus } = operand
    const shift = plus ? ` ${plus.amount < 0 ? '-' : '+'} INTERVAL ${Math.abs(plus.amount)} ${plus.unit}` : ''
    return `(${TIMES[operand.of]}${shift})`
  }
  const value = values[operand.slot]!
  if (value.kind === 'param') return value.name
  return `'${(value.kind === 'json' ? String(value.value) : value.text).replaceAll("'", "''")}'`
}

/**
 * Writes a tree as filter text that parses to the same tree: the grammar's other half, and its best test. Throws
 * TypeError for what only JSON can say.
 */
export const printFilter = (filter: Filter, values: readonly FilterValue[]): string => {
  if ('items' in filter) {
    return filter.items.map((item) => `(${printFilter(item, values)})`).join(` ${filter.kind.toUpperCase()} `)
  }
  const print = (operand: Operand): string => printOperand(operand, values)
  switch (filter.kind) {
    case 'not':
      return `NOT (${printFilter(filter.item, values)})`
    case 'compare':
      return `${filter.field} ${filter.op} ${print(filter.value)}`
    case 'like':
      return `${filter.field} ${filter.insensitive ? 'ILIKE' : WORDS[filter.match]} ${print(filter.value)}`
    case 'in':
      return `${filter.field} IN (${filter.values.map(print).join(', ')})`
    case 'between':
      return `${filter.field} BETWEEN ${print(filter.low)} AND ${print(filter.high)}`
    case 'null':
      return `${filter.field} IS NULL`
    default:
      throw new TypeError(`A filter's text has no word for "${filter.kind}".`)
  }
}
