/** Things that are asked for by name. */
import type { Call } from '@gw/core'
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
