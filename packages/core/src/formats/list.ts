/** What a caller's parameters make of a list: `as_list`, `fields` on lists of names, and the wrapper. */
import type { Rows } from '../reply.ts'
import { isTrue } from '../truth.ts'
import { type Query, single } from './query.ts'

/** Where headers are read from; names are in lower case. */
export interface HeaderReader {
  get(name: string): string | null | undefined
}

/** Turns a row into what is sent of it; `undefined` leaves the row out. */
export type Shape = (row: unknown) => unknown

const names = (parameter: string | readonly string[] | undefined): readonly string[] | undefined => {
  if (parameter === undefined) return undefined
  const list = (typeof parameter === 'string' ? parameter : parameter.join(','))
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return list.length > 0 ? list : undefined
}

const isRecord = (row: unknown): row is Record<string, unknown> =>
  typeof row === 'object' && row !== null && !Array.isArray(row)

const pluck = (identifier: readonly string[]): Shape => {
  const [only] = identifier
  if (identifier.length === 1 && only !== undefined) {
    return (row) => (isRecord(row) ? row[only] : row)
  }
  return (row) => (isRecord(row) ? `(${identifier.map((name) => row[name] ?? '').join(',')})` : row)
}

const keep = (wanted: readonly string[]): Shape => {
  const kept = new Set(wanted.map((name) => name.toLowerCase()))
  return (row) =>
    isRecord(row) ? Object.fromEntries(Object.entries(row).filter(([name]) => kept.has(name.toLowerCase()))) : row
}

type List = Pick<Rows, 'identifier' | 'listing'>

/** A list of names is identified by whatever the caller names; records by what their service resolved. */
const identifierOf = ({ identifier, listing }: List, query: Query): readonly string[] =>
  (listing ? (names(query.id_field) ?? identifier) : (identifier ?? names(query.id_field))) ?? ['name']

/**
 * How the rows of a list are trimmed (the wire contract §0.5).
 * @returns `undefined` where they are sent as they are.
 */
export const shapeOf = (list: List, query: Query): Shape | undefined => {
  if (query.as_list !== undefined && isTrue(single(query.as_list))) return pluck(identifierOf(list, query))
  if (!list.listing) return undefined
  const fields = names(query.fields)
  if (fields?.includes('*')) return undefined
  const access = isTrue(single(query.include_access)) ? ['access'] : []
  return keep([...(fields ?? identifierOf(list, query)), ...access])
}

/**
 * Whether a list is wrapped: as `wrap` says in query or header, else as configured. `meta` needs the wrapper in
 * any case, for it has no other place.
 */
export const isWrapped = (meta: unknown, query: Query, headers: HeaderReader, always: boolean): boolean => {
  if (meta !== undefined) return true
  const asked = single(query.wrap)
  const header = headers.get('wrap')
  if (asked === undefined && !header) return always
  return isTrue(asked) || isTrue(header)
}
