/**
 * Functions on fields (the wire contract §9.4), as a language of their own: calls of functions that the source has
 * named, over fields, constants and the value to be stored. What is kept is a tree, never text for the source.
 */
import { GwError } from '@gw/core'

/** `F` is a field's name as long as the text has not been held against a table. */
export type Expression<F> =
  | { readonly kind: 'field'; readonly field: F }
  /** `{value}`: what a record to be stored holds. */
  | { readonly kind: 'value' }
  | { readonly kind: 'constant'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression<F>[] }

const LONGEST = 500
const DEEPEST = 5
const TOKEN =
  /\s*(?:([\p{L}_][\p{L}\p{N}_$]*)|"((?:[^"]|"")+)"|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|(\{value\})|([(),]))/uy

interface Token {
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'value' | 'mark'
  readonly text: string
}
const KINDS: readonly Token['kind'][] = ['name', 'quoted', 'text', 'number', 'value', 'mark']

const wrong = (text: string, what: string): GwError =>
  new GwError('invalid_request', `The function '${text.slice(0, 80)}' can not be read: ${what}`)

const tokensOf = (text: string): readonly Token[] => {
  if (text.length > LONGEST) throw wrong(text, `it is longer than ${LONGEST} characters.`)
  const tokens: Token[] = []
  const whole = text.trim()
  for (let at = 0; at < whole.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(whole)
    if (!found) throw wrong(text, "it may hold calls, names of fields, 'texts', numbers and {value}.")
    const which = found.slice(1).findIndex((part) => part !== undefined)
    tokens.push({ kind: KINDS[which]!, text: found[which + 1]! })
  }
  return tokens
}

/**
 * Reads a text such as `COALESCE(nickname, UPPER(name))`. Names of functions come in capitals.
 * @throws GwError `invalid_request`
 */
export const parseExpression = (text: string): Expression<string> => {
  const tokens = tokensOf(text)
  let at = 0
  const mark = (wanted: string): boolean => {
    const here = tokens[at]
    if (here?.kind !== 'mark' || here.text !== wanted) return false
    at++
    return true
  }
  const item = (depth: number): Expression<string> => {
    if (depth > DEEPEST) throw wrong(text, `calls may be nested ${DEEPEST} deep.`)
    const token = tokens[at++]
    switch (token?.kind) {
      case 'value':
        return { kind: 'value' }
      case 'text':
        return { kind: 'constant', value: token.text.replaceAll("''", "'") }
      case 'number':
        return { kind: 'constant', value: Number(token.text) }
      case 'quoted':
        return { kind: 'field', field: token.text.replaceAll('""', '"') }
      case 'name':
        return mark('(')
          ? { kind: 'call', name: token.text.toUpperCase(), args: list(depth + 1) }
          : { kind: 'field', field: token.text }
      default:
        throw wrong(text, token ? `'${token.text}' is out of place.` : 'it ends too early.')
    }
  }
  const list = (depth: number): readonly Expression<string>[] => {
    if (mark(')')) return []
    const items = [item(depth)]
    while (mark(',')) items.push(item(depth))
    if (!mark(')')) throw wrong(text, 'a parenthesis is not closed.')
    return items
  }
  const whole = item(1)
  if (at < tokens.length) throw wrong(text, `'${tokens[at]!.text}' is out of place.`)
  return whole
}

/** The text of an expression: what `parseExpression` reads as the same one. */
export const printExpression = (expression: Expression<string>): string => {
  switch (expression.kind) {
    case 'value':
      return '{value}'
    case 'constant':
      return typeof expression.value === 'number'
        ? String(expression.value)
        : `'${expression.value.replaceAll("'", "''")}'`
    case 'field':
      return `"${expression.field.replaceAll('"', '""')}"`
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`
  }
}

/** The same expression over other things; `undefined` where one of its fields is nothing there. */
export const mapFields = <A, B>(
  expression: Expression<A>,
  find: (field: A) => B | undefined,
): Expression<B> | undefined => {
  if (expression.kind === 'field') {
    const field = find(expression.field)
    return field === undefined ? undefined : { kind: 'field', field }
  }
  if (expression.kind !== 'call') return expression
  const args = expression.args.map((arg) => mapFields(arg, find))
  return args.every((arg) => arg !== undefined) ? { ...expression, args } : undefined
}

/** Everything in an expression, itself included. */
export function* partsOf<F>(expression: Expression<F>): Generator<Expression<F>> {
  yield expression
  if (expression.kind === 'call') for (const arg of expression.args) yield* partsOf(arg)
}

/** The fields that an expression looks at. */
export const fieldsIn = <F>(expression: Expression<F>): readonly F[] =>
  [...partsOf(expression)].flatMap((part) => (part.kind === 'field' ? [part.field] : []))
