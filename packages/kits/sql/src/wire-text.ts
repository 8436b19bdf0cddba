/** Forms in which databases of PostgreSQL's family send values as text. */
import { cast, type Field } from '@gw/records'
import type { Binder } from './compile/slots.ts'
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

/** A list's values one by one, however deep; null, and what is no list, stay as they are. */
export const elementwise = (bind: (value: unknown) => unknown): Binder => {
  const each = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(each) : value === null || value === undefined ? null : bind(value)
  return (value) => (Array.isArray(value) ? each(value) : value)
}

/** base64 → bytes, for what is inside a field of another type. */
export const bytesOf =
  (field: Field): Binder =>
  (value) =>
    cast({ ...field, type: 'binary' }, value)

/** A list as an array literal. */
export const arrayText = (list: readonly unknown[], delimiter: string): string => {
  const element = (value: unknown): string => {
    if (Array.isArray(value)) return arrayText(value, delimiter)
    return value === null || value === undefined ? 'NULL' : `"${String(value).replace(/["\\]/g, '\\$&')}"`
  }
  return `{${list.map(element).join(delimiter)}}`
}
