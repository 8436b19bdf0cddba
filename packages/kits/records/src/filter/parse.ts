/** The filter grammar of the wire contract (§3) as a recursive-descent parser; OR, NOR < XOR < AND < NOT < comparison. */
import { LRUCache } from 'lru-cache'
import type { Operand } from '../plan.ts'
import { TIME_FUNCTIONS, timeAt } from './time.ts'
import {
  acceptWord,
  type Cursor,
  invalid,
  peekLogical,
  readBare,
  readFieldAndOperator,
  readQuoted,
  skipSpace,
  symbolAhead,
  takeLogical,
  UNPARSABLE,
} from './tokens.ts'
import { type Filter, type FilterValue, type ParsedFilter, shapeOf } from './tree.ts'

/** Bounds of a filter, so that no text blows the stack or makes a statement that no database takes. */
export const FILTER_LIMITS = { length: 65_536, depth: 50, conditions: 1_000, xors: 50, values: 10_000 } as const

interface State extends Cursor {
  readonly values: FilterValue[]
  depth: number
  conditions: number
  xors: number
}

/**
 * Parses a filter. Empty text has no tree.
 * @throws GwError `invalid_request` for anything that isn't a filter, and for one beyond `FILTER_LIMITS`
 */
export const parseFilter = (text: string): ParsedFilter | undefined => {
  if (text.length > FILTER_LIMITS.length) {
    throw invalid(`The filter is too long: ${text.length} characters, ${FILTER_LIMITS.length} are allowed.`)
  }
  if (text.trim() === '') return undefined
  const state: State = { text, at: 0, values: [], depth: 0, conditions: 0, xors: 0 }
  const tree = parseAny(state)
  skipSpace(state)
  if (state.text[state.at] === ')') throw invalid('Unbalanced parentheses in filter: a ) has no opening.')
  if (state.at < text.length)
    throw invalid(`${UNPARSABLE} Unexpected text after a value: quote it, with quotes inside doubled.`)
  return { tree, values: state.values, shape: shapeOf(tree) }
}

const parsed = new LRUCache<string, ParsedFilter>({
  max: 2_000,
  maxSize: 4_000_000,
  sizeCalculation: (_, key) => key.length + 1,
})

/** `parseFilter` with a memory. What it remembers holds nothing but the text itself, so callers may share it. */
export const filterOf = (text: string): ParsedFilter | undefined => {
  const known = parsed.get(text)
  if (known) return known
  const filter = parseFilter(text)
  if (filter) parsed.set(text, filter)
  return filter
}

/** Operands joined by equal operators make one node, so that long chains stay flat. */
const parseAny = (state: State): Filter => {
  let left = parseExclusive(state)
  for (let op = peekLogical(state); op === 'or' || op === 'nor'; op = peekLogical(state)) {
    const items = [left]
    for (; peekLogical(state) === op; items.push(parseExclusive(state))) takeLogical(state)
    left = { kind: op, items }
  }
  return left
}

const parseExclusive = (state: State): Filter => {
  const items = [parseAll(state)]
  while (peekLogical(state) === 'xor') {
    takeLogical(state)
    if (++state.xors > FILTER_LIMITS.xors) throw invalid(`The filter has more than ${FILTER_LIMITS.xors} XORs.`)
    items.push(parseAll(state))
  }
  return items.length > 1 ? { kind: 'xor', items } : items[0]!
}

const parseAll = (state: State): Filter => {
  const items = [parseOne(state)]
  while (peekLogical(state) === 'and') {
    takeLogical(state)
    items.push(parseOne(state))
  }
  return items.length > 1 ? { kind: 'and', items } : items[0]!
}

const deeper = <T>(state: State, parse: (state: State) => T): T => {
  if (++state.depth > FILTER_LIMITS.depth)
    throw invalid(`The filter is nested deeper than ${FILTER_LIMITS.depth} levels.`)
  const result = parse(state)
  state.depth--
  return result
}

const parseOne = (state: State): Filter => {
  skipSpace(state)
  if (state.at >= state.text.length) throw invalid(UNPARSABLE)
  if (state.text[state.at] === '(') {
    state.at++
    const group = deeper(state, parseAny)
    close(state)
    return group
  }
  const back = state.at
  if (acceptWord(state, 'NOT') && !symbolAhead(state)) return { kind: 'not', item: deeper(state, parseOne) }
  state.at = back
  return parseComparison(state)
}

const close = (state: State): void => {
  skipSpace(state)
  if (state.text[state.at] !== ')') {
    throw invalid(
      state.at < state.text.length
        ? `${UNPARSABLE} Unexpected text after a value: quote it, with quotes inside doubled.`
        : 'Unbalanced parentheses in filter: a ( is not closed.',
    )
  }
  state.at++
}

const parseComparison = (state: State): Filter => {
  if (++state.conditions > FILTER_LIMITS.conditions) {
    throw invalid(`The filter has more than ${FILTER_LIMITS.conditions} conditions.`)
  }
  const { field, operator, negated } = readFieldAndOperator(state)
  const not = (item: Filter): Filter => ({ kind: 'not', item, operator: true })
  const plain = (): Filter => {
    switch (operator.kind) {
      case 'compare':
        return { kind: 'compare', field, op: operator.op, value: parseValue(state) }
      case 'like': {
        const { match, insensitive } = operator
        return { kind: 'like', field, match, insensitive, value: parseValue(state, { pattern: true }) }
      }
      case 'in':
        return { kind: 'in', field, values: parseList(state) }
      case 'between': {
        const low = parseValue(state)
        skipSpace(state)
        if (!acceptWord(state, 'AND')) throw invalid('BETWEEN needs two values: field BETWEEN low AND high.')
        return { kind: 'between', field, low, high: parseValue(state) }
      }
      case 'null':
        return { kind: 'null', field }
      case 'not null':
        return not({ kind: 'null', field })
      case 'all':
        throw invalid('The filter operator ALL is not supported. Use IN for a list of values.')
    }
  }
  const filter = plain()
  // Excluding nothing would select every row: an empty list matches nothing in either form.
  if (filter.kind === 'in' && filter.values.length === 0) return filter
  return negated ? not(filter) : filter
}

const slot = (state: State, value: FilterValue): Operand => {
  if (state.values.push(value) > FILTER_LIMITS.values) {
    throw invalid(`The filter has more than ${FILTER_LIMITS.values} values.`)
  }
  return { kind: 'slot', slot: state.values.length - 1 }
}

const PARAM = /^:[^\s:]+$/

const bare = (state: State, text: string, pattern: boolean): Operand => {
  if (PARAM.test(text)) return slot(state, { kind: 'param', name: text })
  if (!pattern && text.toLowerCase() === 'null') {
    throw invalid("NULL can not be compared in a filter: use IS NULL or IS NOT NULL. Quote it to mean the text 'null'.")
  }
  return slot(state, { kind: 'text', text })
}

const parseValue = (
  state: State,
  { within = 'comparison', pattern = false }: { within?: 'comparison' | 'list'; pattern?: boolean } = {},
): Operand => {
  skipSpace(state)
  const char = state.text[state.at]
  if (char === "'" || char === '"') return slot(state, { kind: 'text', text: readQuoted(state) })
  if (char === '(') return deeper(state, (inner) => parseParenthesised(inner, pattern))
  return bare(state, readBare(state, within), pattern)
}

const LITERAL = /[+-]?\d[\d.]*(?:e[+-]?\d+)?|true|false|:[^\s:()]+/iy

/** In parentheses stand literals and functions of time, and nothing else: never SQL. */
const parseParenthesised = (state: State, pattern: boolean): Operand => {
  state.at++
  skipSpace(state)
  const char = state.text[state.at]
  const literal = (): Operand | undefined => {
    if (char === "'" || char === '"' || char === '(') return parseValue(state, { pattern })
    const time = pattern ? undefined : timeAt(state.text, state.at)
    if (time) {
      state.at = time.end
      return time.operand
    }
    LITERAL.lastIndex = state.at
    const found = LITERAL.exec(state.text)?.[0]
    if (found === undefined) return undefined
    state.at += found.length
    return bare(state, found, pattern)
  }
  const operand = literal()
  skipSpace(state)
  if (!operand || state.text[state.at] !== ')') {
    throw invalid(
      `A filter value in parentheses must be a quoted text, a number, true, false, a :param, or one of ${TIME_FUNCTIONS}.`,
    )
  }
  state.at++
  return operand
}

const parseList = (state: State): readonly Operand[] => {
  skipSpace(state)
  if (state.text[state.at] !== '(') throw invalid('Filter value lists must be wrapped in parentheses.')
  state.at++
  skipSpace(state)
  const values: Operand[] = []
  if (state.text[state.at] === ')') {
    state.at++
    return values
  }
  for (;;) {
    values.push(parseValue(state, { within: 'list' }))
    skipSpace(state)
    if (state.text[state.at] !== ',') break
    state.at++
  }
  close(state)
  return values
}
