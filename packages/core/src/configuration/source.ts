/** Reads the text of a configuration file; knows nothing of what it should hold. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Document, LineCounter } from 'yaml'
import { yaml } from '../lazy.ts'
import { ConfigurationError } from './problems.ts'
import type { ConfigurationFormat } from './schema.ts'

export interface Source {
  readonly value: unknown
  /** The line of a path, from 1; `undefined` where the format has no lines to show. */
  lineOf(path: readonly PropertyKey[]): number | undefined
}

/** @throws ConfigurationError with the line, if the file cannot be read as what its name says it is */
export const readSource = async (file: string, format: ConfigurationFormat): Promise<Source> => {
  if (format === 'ts' || format === 'js') return { value: await importConfiguration(file), lineOf: () => undefined }
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  if (format === 'yaml') {
    const { document, lineOf } = readYaml(text, file)
    return { value: document.toJS(), lineOf }
  }
  const value = parseJson(text, file)
  // JSON.parse silently takes the last of two equal keys: a service would be lost.
  if (membersIn(text) !== membersOf(value)) readYaml(text, file)
  return { value, lineOf: (path) => readYaml(text, file).lineOf(path) }
}

/** JSON is YAML, too. @throws ConfigurationError with the lines of what is wrong, keys that are there twice among it */
const readYaml = (text: string, file: string) => {
  const counter = new (yaml().LineCounter)()
  const document = yaml().parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const faults = document.errors.map(({ message, pos }) => ({ path: '', message, line: counter.linePos(pos[0]).line }))
  if (faults.length > 0) throw new ConfigurationError(faults, basename(file))
  return { document, lineOf: (path: readonly PropertyKey[]) => lineOfPath(document, counter, path) }
}

/** How many keys stand in a JSON text: texts before a colon. */
const membersIn = (json: string): number =>
  [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length
/** How many of them are left in what it was parsed to. */
const membersOf = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce(
        (sum, item) => sum + membersOf(item),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      )

/** The version query makes Node read the file again; what the file itself imports stays as it is. */
const importConfiguration = async (file: string): Promise<unknown> => {
  try {
    const module = await import(/* @vite-ignore */ `${pathToFileURL(file).href}?version=${++versions}-${Date.now()}`)
    if ('default' in module) return module.default
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new ConfigurationError([{ path: '', message: `cannot be imported: ${reason}` }], basename(file), {
      cause: error,
    })
  }
  throw new ConfigurationError(
    [{ path: '', message: 'has no default export: write `export default defineConfig({ … })`' }],
    basename(file),
  )
}
let versions = 0

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { line, column } = faultOf(text)
    // The parser's own message quotes the text around the fault, which may be a secret.
    const reason = (error as Error).message.replace(/, (\.\.\.)?".*$/s, '').replace(/ (in JSON )?at position.*$/s, '')
    throw new ConfigurationError(
      [{ path: '', message: `is not valid JSON: ${reason} (column ${column})`, line }],
      basename(file),
    )
  }
}

/** Where JSON stops being JSON: the shortest beginning that fails otherwise than by its end. */
const faultOf = (text: string): { readonly line: number; readonly column: number } => {
  let whole = 0
  let broken = text.length
  while (whole < broken) {
    const middle = (whole + broken) >> 1
    if (failsByItsEnd(text.slice(0, middle + 1))) whole = middle + 1
    else broken = middle
  }
  const before = text.slice(0, whole).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
const failsByItsEnd = (beginning: string): boolean => {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = /position (\d+)/.exec(message)
    return (
      message.startsWith('Unexpected end') ||
      message.startsWith('Unterminated') ||
      Number(position?.[1] ?? -1) >= beginning.length
    )
  }
}

const lineOfPath = (document: Document, counter: LineCounter, path: readonly PropertyKey[]): number | undefined => {
  const key = path.at(-1)
  if (key === undefined) return undefined
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  const { isMap, isNode, isScalar, isSeq } = yaml()
  const node = isMap(parent)
    ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key
    : isSeq(parent) && typeof key === 'number'
      ? parent.items[key]
      : undefined
  if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
  return lineOfPath(document, counter, path.slice(0, -1))
}
