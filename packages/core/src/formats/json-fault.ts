/** Finds where text stops being JSON; used only once parsing has failed. */

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
  /[ \t\n\r]*(?:([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y
const SPACE = /[ \t\n\r]*/y

/** What may stand where, as a small push-down automaton; a value is a scalar, a string, `{` or `[`. */
type Expects = 'value' | 'value or ]' | 'name or }' | 'name' | 'colon' | 'comma or end'

/**
 * The offset at which text stops being JSON. V8 names no position for an unexpected token, and quotes the body
 * instead, which belongs in neither an answer nor a log.
 */
const faultOffset = (text: string): number => {
  const open: string[] = []
  let expects: Expects = 'value'
  let offset = 0
  for (;;) {
    SPACE.lastIndex = offset
    SPACE.exec(text)
    const start = SPACE.lastIndex
    TOKEN.lastIndex = offset
    const match = TOKEN.exec(text)
    if (!match) return start
    const mark = match[1] ?? (match[2] === undefined ? 'scalar' : 'string')
    const next = step(expects, mark, open)
    if (!next) return start
    expects = next
    offset = TOKEN.lastIndex
  }
}

const step = (expects: Expects, mark: string, open: string[]): Expects | undefined => {
  if (expects === 'colon') return mark === ':' ? 'value' : undefined
  if (expects === 'name' || expects === 'name or }') {
    if (mark === 'string') return 'colon'
    return expects === 'name or }' && mark === '}' ? close('{', open) : undefined
  }
  if (expects === 'comma or end') {
    if (mark === '}') return close('{', open)
    if (mark === ']') return close('[', open)
    if (mark !== ',' || open.length === 0) return undefined
    return open.at(-1) === '{' ? 'name' : 'value'
  }
  if (mark === ']' && expects === 'value or ]') return close('[', open)
  if (mark === '{' || mark === '[') {
    open.push(mark)
    return mark === '{' ? 'name or }' : 'value or ]'
  }
  return mark === 'scalar' || mark === 'string' ? 'comma or end' : undefined
}

const close = (bracket: string, open: string[]): Expects | undefined =>
  open.pop() === bracket ? 'comma or end' : undefined

/** Where text stops being JSON, in words. `firstLine` is the number of its first line. */
export const placeOfFault = (text: string, firstLine: number): string => {
  const before = text.slice(0, faultOffset(text))
  const lineStart = before.lastIndexOf('\n') + 1
  let line = firstLine
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1
  return `at line ${line}, column ${before.length - lineStart + 1}${before.length === text.length ? ', where it ends' : ''}`
}
