/** Which format an answer has: `file`, then the `accept` parameter, then the header; JSON where nothing is asked. */
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import { isTrue } from '../truth.ts'

export type Format = 'json' | 'xml' | 'csv' | 'ndjson' | 'text'

/** In the order of preference among equals. */
const TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/plain': 'text',
  'text/csv': 'csv',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
}
const NAMES = Object.keys(TYPES)

const EXTENSIONS: Readonly<Record<string, Format>> = {
  json: 'json',
  xml: 'xml',
  csv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  txt: 'text',
}

const FALSE = new Set(['', 'false', '0', 'no', 'off', 'n', 'f'])

/** Whether `file` asks for a download at all: `file=false` does not. */
export const asksForFile = (file: string | undefined): file is string =>
  file !== undefined && !FALSE.has(file.toLowerCase())

const formatOfFile = (file: string): Format | undefined => {
  if (isTrue(file)) return 'json'
  const extension = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined
}

const best = (accept: string, names: readonly string[]): string | undefined =>
  new Negotiator({ headers: { accept } }).mediaType(names)

const JSON_TYPE = 'application/json'

const resolve = (accept: string): Format | undefined => {
  const winner = best(accept, NAMES)
  if (winner === undefined || winner === JSON_TYPE) return winner && TYPES[winner]
  // Among equally wanted types the library takes the one written first. Where JSON also wins once the order is
  // turned round, it is an equal, and preferred.
  const reversed = accept.split(',').reverse().join(',')
  return best(reversed, [winner, JSON_TYPE]) === JSON_TYPE ? 'json' : TYPES[winner]
}

/** `false` stands for "nothing acceptable", which a cache of `undefined` could not hold. */
const resolved = new LRUCache<string, Format | false>({ max: 200 })
const CACHED_LENGTH = 256

export interface Wanted {
  /** The `Accept` header. */
  readonly accept?: string | null | undefined
  /** The `accept` query parameter: overrides the header. */
  readonly override?: string | undefined
  /** The `file` query parameter: a name whose extension forces the format, or true for JSON. */
  readonly file?: string | undefined
}

/**
 * The answer's format by RFC 9110 quality values, JSON preferred among equals.
 * @returns `undefined` where nothing that can be sent is acceptable.
 */
export const negotiate = ({ accept, override, file }: Wanted): Format | undefined => {
  if (asksForFile(file)) {
    const forced = formatOfFile(file)
    if (forced) return forced
  }
  const wanted = override || accept
  if (!wanted || wanted === '*/*' || wanted === JSON_TYPE) return 'json'
  if (wanted.length > CACHED_LENGTH) return resolve(wanted)
  let format = resolved.get(wanted)
  if (format === undefined) {
    format = resolve(wanted) ?? false
    resolved.set(wanted, format)
  }
  return format || undefined
}
