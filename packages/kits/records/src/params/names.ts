/** Things that are asked for by name. */
import type { Call } from '@gw/core'
import type { Row } from '../source.ts'
import { readBody } from './body.ts'
import { parseIds } from './fields.ts'
import type { RecordsParams } from './query.ts'

/** What `ids`, or the body, names: `{"ids": […]}`, or a list of names or of objects with a name. */
export const namesIn = (call: Call<unknown, RecordsParams, unknown>): readonly string[] | undefined => {
  const { params, records } = readBody('GET', call.query, call.body)
  if (params.ids !== undefined) return parseIds(params.ids).map(String)
  return records?.map((record) =>
    String(typeof record === 'object' && record !== null ? (record as { name?: unknown }).name : record),
  )
}

/**
 * A description, or what `fields` asks for of it; names in any case, `*` for all.
 * @param fields as the client wrote it; absent: all
 */
export const trimmed = (described: Row, fields: string | undefined): Row => {
  if (!fields) return described
  const wanted = new Set(fields.split(',').map((name) => name.trim().toLowerCase()))
  if (wanted.has('*')) return described
  return Object.fromEntries(Object.entries(described).filter(([key]) => wanted.has(key.toLowerCase())))
}

/** Descriptions as a list asks for them; bare identifiers are plucked from whole ones. */
export const trimmedItems = (items: readonly Row[], { fields, asList }: RecordsParams): readonly Row[] =>
  asList ? items : items.map((item) => trimmed(item, fields))

/** Whether `schema` asks for something: what is in that schema, or called so. Absent: everything. */
export const inSchema = (thing: { readonly name: string; readonly schema?: string | undefined }, schema?: string) => {
  if (!schema) return true
  const wanted = schema.toLowerCase()
  return thing.schema?.toLowerCase() === wanted || thing.name.toLowerCase().startsWith(`${wanted}.`)
}
