/**
 * Answers kept for a while (the wire contract §2.8). An entry belongs to a plan and all its values, which are the
 * statement and everything bound to it: table, grant, fields, the caller's resolved row filters. Whoever gets an entry
 * would have got the same rows from the source.
 *
 * Every write empties the cache as a whole: views, triggers and cascading references change tables that a write does
 * not name. What other programs write is seen when the time is up.
 */
import { after, type Encoded, encoded, type Ready } from '@gw/core'
import { LRUCache } from 'lru-cache'
import type { EncodedRows, RecordsSource, RunOptions, Values } from './source.ts'

export interface CacheOptions {
  /** Milliseconds that an answer is kept; 0: none is. */
  readonly ttl: number
}

/** Bounds: answers, what they take together, and one of them, in bytes. */
const ENTRIES = 10_000
const BYTES = 64_000_000
const LARGEST = 4_000_000
/** Characters of a key: lists of thousands of identifiers are not asked for twice. */
const LONGEST_KEY = 4_000

const ids = new WeakMap<object, number>()
let lastId = 0
/** A number for a plan, as long as it lives; none is given twice. */
const idOf = (plan: object): number => {
  let id = ids.get(plan)
  if (id === undefined) {
    id = ++lastId
    ids.set(plan, id)
  }
  return id
}

/** Distinct for distinct values: each part says its type, and texts their length. `undefined`: not to be kept. */
const keyOf = (kind: string, plan: object, values: Values): string | undefined => {
  let key = `${kind}${idOf(plan)}`
  for (const value of values) {
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)
    key += `|${value === null ? 'null' : value instanceof Uint8Array ? 'bytes' : typeof value}${text.length}:${text}`
    if (key.length > LONGEST_KEY) return undefined
  }
  return key
}

interface Entry {
  readonly answer: unknown
  readonly size: number
}

const sizeOf = ({ bytes, json }: Encoded): number => (bytes ? bytes.byteLength : json.length * 2)

/** Bytes that are kept, and sent more than once, are not to be given back when they were sent. */
const shared = ({ rows, count }: EncodedRows): EncodedRows => ({
  rows: rows.bytes ? encoded(rows.bytes) : rows,
  count,
})

/** What writes, also where it does so at once. */
const WRITING: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'truncate'])

/** Calls a function when something is done, whichever way it ends: `writes` says whether what is at once counts. */
const settling = (work: () => unknown, then: () => void, writes: boolean): unknown => {
  let result: unknown
  try {
    result = work()
  } catch (error) {
    then()
    throw error
  }
  if (result instanceof Promise) return result.finally(then)
  if (writes) then()
  return result
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** What neither reads nor writes rows, or has its own way below. */
const UNTOUCHED: ReadonlySet<string> = new Set(['capabilities', 'catalog', 'stream', 'collationKeys'])

/**
 * A source whose reads are kept. Not kept: what is read in a transaction, and streams. Whatever else a source can do
 * counts as a write, so that a new ability can not leave stale answers behind.
 */
export const cachedSource = (source: RecordsSource, { ttl }: CacheOptions): RecordsSource => {
  if (ttl <= 0) return source
  const cache = new LRUCache<string, Entry>({
    max: ENTRIES,
    maxSize: BYTES,
    maxEntrySize: LARGEST,
    ttl,
    sizeCalculation: ({ size }, key) => size + key.length * 2 + 100,
  })
  /** Counts writes: what was read before one must not be kept after it. */
  let generation = 0
  const empty = (): void => {
    generation += 1
    cache.clear()
  }

  const kept = async <T>(
    key: string | undefined,
    { transaction, fresh, signal }: RunOptions,
    read: () => Ready<T>,
    keep: (answer: T) => Entry,
    give: (answer: unknown) => T,
  ): Promise<T> => {
    if (transaction || key === undefined) return read()
    const found = fresh ? undefined : cache.get(key)
    if (found) {
      signal.throwIfAborted()
      return give(found.answer)
    }
    const begun = generation
    const answer = await read()
    if (begun === generation) cache.set(key, keep(answer))
    return answer
  }
  /** As text, because whoever gets rows may change them. */
  const asText = <T>(rows: T): Entry => {
    const text = JSON.stringify(rows)
    return { answer: text, size: text.length * 2 }
  }
  const fromText = (answer: unknown) => JSON.parse(answer as string)

  /** Anything that may write empties the cache when it is done, or has failed halfway. */
  const writing = (object: object): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(object).map(([name, member]) => {
        if (UNTOUCHED.has(name)) return [name, member]
        if (typeof member === 'function') {
          const inside = (args: readonly unknown[]) =>
            args.some((arg) => typeof arg === 'object' && arg !== null && (arg as RunOptions).transaction !== undefined)
          // In a transaction nothing is to be seen yet: its end empties the cache.
          return [
            name,
            (...args: unknown[]) => {
              const work = () => member.apply(object, args)
              return inside(args) ? work() : settling(work, empty, WRITING.has(name))
            },
          ]
        }
        return [name, isPlain(member) ? writing(member) : member]
      }),
    )

  return {
    ...(writing(source) as unknown as RecordsSource),
    read: (plan, values, options) =>
      kept(keyOf('r', plan, values), options, () => source.read(plan, values, options), asText, fromText),
    count: (plan, values, options) =>
      kept(keyOf('c', plan, values), options, () => source.count(plan, values, options), asText, fromText),
    ...(source.group && {
      group: (plan, values, options) =>
        kept(keyOf('g', plan, values), options, () => source.group!(plan, values, options), asText, fromText),
    }),
    ...(source.readEncoded && {
      readEncoded: (plan, values, options) =>
        kept(
          keyOf('e', plan, values),
          options,
          () => after(source.readEncoded!(plan, values, options), shared),
          (answer): Entry => ({ answer, size: sizeOf(answer.rows) }),
          (answer) => answer as EncodedRows,
        ),
    }),
  }
}
