/** Forms in which databases of PostgreSQL's family send values as text. */
import type { Codec } from './wire.ts'

/** `t` and `f`. */
export const letterCodec: Codec = {
  value: (cell) => cell === 't',
  json: (cell) => (cell === 't' ? 'true' : 'false'),
}

/** `\x` and hexadecimal digits → base64. */
const base64 = (cell: unknown): string => Buffer.from((cell as string).slice(2), 'hex').toString('base64')
export const hexCodec: Codec = { value: base64, json: (cell) => `"${base64(cell)}"` }

/**
 * `{1,NULL,"a \"b\""}`, nested or not. One with bounds of its own (`[0:1]={…}`) stays text.
 * @param delimiter what stands between elements
 */
export const arrayCodec = (elements: Codec, delimiter = ','): Codec => {
  const item = new RegExp(`"((?:[^"\\\\]|\\\\.)*)"|([{}])|([^${delimiter}{}"]+)`, 'gs')
  const value = (cell: unknown) => arrayValue(cell as string, item, elements)
  return { value, json: (cell) => JSON.stringify(value(cell)), array: { elements, delimiter } }
}

const arrayValue = (text: string, item: RegExp, elements: Codec): unknown => {
  if (!text.startsWith('{')) return text
  const open: unknown[][] = []
  for (const [, quoted, brace, bare] of text.matchAll(item)) {
    if (brace === '{') open.push([])
    else if (brace === '}') {
      const closed = open.pop()!
      if (open.length === 0) return closed
      open.at(-1)!.push(closed)
    } else if (quoted !== undefined) open.at(-1)!.push(elements.value(quoted.replace(/\\(.)/gs, '$1')))
    else open.at(-1)!.push(bare === 'NULL' ? null : elements.value(bare))
  }
  return text
}
