/**
 * The filter's tokens. What a piece of text means depends on where it stands (a bare value may hold operators'
 * names, a field may hold blanks), so the parser asks for the token it expects at the cursor. Every scanner moves
 * forward only: reading a filter takes time linear in its length.
 */
import { GwError } from '@gw/core'
import type { Comparison } from '../plan.ts'
import type { Match } from './tree.ts'

export interface Cursor {
  readonly text: string
  at: number
}

/** The wire contract's message (§3.6) for a filter that has no operator where one is due. */
export const UNPARSABLE = 'Invalid or unparsable filter request.'

export const invalid = (message: string): GwError => new GwError('invalid_request', message)

export type Logical = 'and' | 'or' | 'nor' | 'xor'

export type Operator =
  | { readonly kind: 'compare'; readonly op: Comparison }
  | { readonly kind: 'like'; readonly match: Match; readonly insensitive: boolean }
  | { readonly kind: 'in' | 'all' | 'between' | 'null' | 'not null' }

const like = (match: Match, insensitive = false): Operator => ({ kind: 'like', match, insensitive })
const compare = (op: Comparison): Operator => ({ kind: 'compare', op })

const WORD_OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['EQ', compare('=')],
  ['NE', compare('!=')],
  ['GT', compare('>')],
  ['GTE', compare('>=')],
  ['LT', compare('<')],
  ['LTE', compare('<=')],
  ['IN', { kind: 'in' }],
  ['ALL', { kind: 'all' }],
  ['BETWEEN', { kind: 'between' }],
  ['LIKE', like('pattern')],
  ['ILIKE', like('pattern', true)],
  ['CONTAINS', like('contains')],
])
const SYMBOLS: readonly (readonly [string, Comparison])[] = [
  ['>=', '>='],
  ['<=', '<='],
  ['!=', '!='],
  ['<>', '!='],
  ['=', '='],
  ['>', '>'],
  ['<', '<'],
]
const LOGICAL: ReadonlyMap<string, Logical> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOR', 'nor'],
  ['XOR', 'xor'],
])

const isSpace = (char: string | undefined): boolean => char !== undefined && char <= ' ' && /\s/.test(char)
const isWordChar = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char)

export const skipSpace = (cursor: Cursor): void => {
  while (isSpace(cursor.text[cursor.at])) cursor.at++
}

/** The ASCII word at a position in upper case; empty where there is none, or where it goes on with other characters. */
const wordAt = (text: string, at: number): string => {
  let end = at
  // The longest keyword has eight letters; looking no further keeps every look-ahead constant.
  while (end - at <= 8 && /[A-Za-z]/.test(text[end] ?? '')) end++
  return isWordChar(text[end]) ? '' : text.slice(at, end).toUpperCase()
}

/** Moves past a keyword, any case, that ends at a word boundary. */
export const acceptWord = (cursor: Cursor, word: string): boolean => {
  if (wordAt(cursor.text, cursor.at) !== word) return false
  cursor.at += word.length
  return true
}

/** Where a logical operator's word stands at `at`: it must be followed by a blank, a parenthesis or the end. */
const logicalWordAt = (text: string, at: number): Logical | undefined => {
  const word = wordAt(text, at)
  const logical = LOGICAL.get(word)
  if (!logical) return undefined
  const next = text[at + word.length]
  return next === undefined || next === '(' || isSpace(next) ? logical : undefined
}

const symbolicAt = (text: string, at: number): Logical | undefined =>
  text.startsWith('&&', at) ? 'and' : text.startsWith('||', at) ? 'or' : undefined

/** The logical operator ahead, without moving past it. */
export const peekLogical = (cursor: Cursor): Logical | undefined => {
  skipSpace(cursor)
  return symbolicAt(cursor.text, cursor.at) ?? logicalWordAt(cursor.text, cursor.at)
}

export const takeLogical = (cursor: Cursor): void => {
  cursor.at += symbolicAt(cursor.text, cursor.at) ? 2 : wordAt(cursor.text, cursor.at).length
}

const symbolAt = (cursor: Cursor): Operator | undefined => {
  for (const [symbol, op] of SYMBOLS) {
    if (!cursor.text.startsWith(symbol, cursor.at)) continue
    cursor.at += symbol.length
    return compare(op)
  }
  return undefined
}

/** Two words with blanks between them, from the second word on; puts the cursor back where it doesn't stand. */
const acceptNext = (cursor: Cursor, word: string): boolean => {
  const back = cursor.at
  skipSpace(cursor)
  if (acceptWord(cursor, word)) return true
  cursor.at = back
  return false
}

const wordOperatorAt = (cursor: Cursor): Operator | undefined => {
  const back = cursor.at
  const word = wordAt(cursor.text, cursor.at)
  cursor.at += word.length
  const simple = WORD_OPERATORS.get(word)
  if (simple) return simple
  if (word === 'STARTS' && acceptNext(cursor, 'WITH')) return like('starts')
  if (word === 'ENDS' && acceptNext(cursor, 'WITH')) return like('ends')
  if (word === 'IS') {
    const negated = acceptNext(cursor, 'NOT')
    if (acceptNext(cursor, 'NULL')) return { kind: negated ? 'not null' : 'null' }
  }
  cursor.at = back
  return undefined
}

const operatorAt = (cursor: Cursor): { operator: Operator; negated: boolean } | undefined => {
  const back = cursor.at
  const negated = acceptWord(cursor, 'NOT')
  if (negated) skipSpace(cursor)
  const operator = wordOperatorAt(cursor) ?? (negated ? symbolAt(cursor) : undefined)
  if (operator) return { operator, negated }
  cursor.at = back
  return undefined
}

/**
 * A field and the operator after it. The field is everything up to the first operator, blanks included; a word only
 * counts as an operator after a blank.
 */
export const readFieldAndOperator = (cursor: Cursor): { field: string; operator: Operator; negated: boolean } => {
  const start = cursor.at
  while (cursor.at < cursor.text.length) {
    const char = cursor.text[cursor.at]!
    const end = cursor.at
    if (char === '(' || char === ')' || symbolicAt(cursor.text, cursor.at)) break
    const symbol = symbolAt(cursor)
    if (symbol) return { field: fieldText(cursor.text.slice(start, end)), operator: symbol, negated: false }
    if (isSpace(char)) {
      skipSpace(cursor)
      const found = end > start ? operatorAt(cursor) : undefined
      if (found) return { field: fieldText(cursor.text.slice(start, end)), ...found }
    } else cursor.at++
  }
  throw invalid(UNPARSABLE)
}

const fieldText = (text: string): string => {
  const field = text.trim()
  if (field === '') throw invalid(UNPARSABLE)
  return field
}

/** True where a symbol stands next: then a word `NOT` before it was a field's name. */
export const symbolAhead = (cursor: Cursor): boolean => {
  skipSpace(cursor)
  return SYMBOLS.some(([symbol]) => cursor.text.startsWith(symbol, cursor.at))
}

/**
 * A quoted text, the cursor on its opening quote. The quote doubled stands for itself; so does a quote directly
 * followed by a letter or digit, as in `'O'Brien'`, which the wire contract's clients send (§3.4).
 */
export const readQuoted = (cursor: Cursor): string => {
  const { text } = cursor
  const quote = text[cursor.at]!
  let value = ''
  let from = cursor.at + 1
  for (;;) {
    const at = text.indexOf(quote, from)
    if (at < 0) throw invalid(`Unbalanced quote in filter: a ${quote} is not closed.`)
    value += text.slice(from, at)
    if (text[at + 1] === quote) from = at + 2
    else if (isWordChar(text[at + 1]) && !logicalWordAt(text, at + 1)) from = at + 1
    else {
      cursor.at = at + 1
      return value
    }
    value += quote
  }
}

/**
 * A value without quotes: up to the next parenthesis, logical operator or (in lists) comma. Its first word belongs
 * to it even where it reads like an operator: `state = OR`.
 */
export const readBare = (cursor: Cursor, within: 'comparison' | 'list'): string => {
  const { text } = cursor
  const start = cursor.at
  let end = start
  while (cursor.at < text.length) {
    const char = text[cursor.at]!
    if (char === ')' || (within === 'list' && char === ',')) break
    if (char === '(') throw invalid('Filter values that contain parentheses must be quoted.')
    if (within === 'comparison' && symbolicAt(text, cursor.at)) break
    if (isSpace(char)) {
      skipSpace(cursor)
      if (within === 'comparison' && logicalWordAt(text, cursor.at)) break
    } else end = ++cursor.at
  }
  return text.slice(start, end)
}
