/** Lists of any length, read while they are sent: `GET _table/t?stream=true`. */
import { GwError, type Reply, rows } from '@gw/core'
import type { RecordsParams } from '../params/query.ts'
import type { Row } from '../source.ts'
import { targetOf } from './read.ts'
import { filterSlots, type Work } from './work.ts'

/** What a stream can't go together with: it has no place for it, or it would need all records first. */
const APART = {
  related: 'related',
  group: 'group',
  ids: 'ids',
  cursor: 'cursor',
  includeCount: 'include_count',
  countOnly: 'count_only',
  includeSchema: 'include_schema',
} as const satisfies Partial<Record<keyof RecordsParams, string>>

const refuseApart = ({ params, records }: Work): void => {
  const found = Object.entries(APART).find(([key]) => {
    const value = params[key as keyof typeof APART]
    return value !== undefined && value !== false
  })
  const name = found?.[1] ?? (records ? 'records in the body' : undefined)
  if (name) throw new GwError('invalid_request', `The parameter stream can not be used together with ${name}.`)
}

/** More than any table has: a slot takes a number. */
const ALL = Number.MAX_SAFE_INTEGER

/** How many records to read, and how many are too many: what is cut off there would look complete. */
const boundsOf = ({ params: { limit }, options: { maxStreamRecords } }: Work): { limit: number; most: number } => {
  const most = maxStreamRecords > 0 ? maxStreamRecords : ALL
  if (limit === undefined || limit < 1) return { limit: most === ALL ? ALL : most + 1, most }
  if (limit <= most) return { limit, most }
  throw new GwError('invalid_request', `A stream of this service has ${most} records at most. Ask for fewer.`)
}

/** Milliseconds in which a reader has to take a batch: who takes none holds a connection that others wait for. */
const PATIENCE = 120_000

async function* eachOf(batches: AsyncIterable<readonly Row[]>, most: number): AsyncGenerator<Row> {
  const iterator = batches[Symbol.asyncIterator]()
  let stalled = false
  let seen = 0
  const letGo = () => {
    stalled = true
    void iterator.return?.().catch(() => undefined)
  }
  try {
    for (;;) {
      const next = await iterator.next()
      // What was let go ends like what is complete.
      if (stalled) throw new GwError('unavailable', 'The records were not read for too long.')
      if (next.done) return
      seen += next.value.length
      if (seen > most)
        throw new GwError(
          'invalid_request',
          `The request selects more than ${most} records. Ask for fewer by filter or limit.`,
        )
      const timer = setTimeout(letGo, PATIENCE)
      try {
        yield* next.value
      } finally {
        clearTimeout(timer)
      }
    }
  } finally {
    await iterator.return?.()
  }
}

/** Every record that the filter selects, in memory that does not grow with their number. */
export const streamList = (work: Work): Reply => {
  refuseApart(work)
  const { params, planner, rows: claims, scope, source, run } = work
  if (work.call.objects)
    throw new GwError('not_supported', 'The parameter stream can not be used where a script looks at the answer.')
  if (!source.stream) throw new GwError('not_supported', 'This service can not stream its records.')
  const { target, filter } = targetOf(work)
  const listed = work.identifiers.length > 0 ? work.identifiers : scope.fields.slice(0, 1)
  const { limit, most } = boundsOf(work)
  const offset = Math.max(0, params.offset ?? 0)
  const { plan, casts } = planner.read(work, {
    fields: params.fields,
    only: params.asList ? listed : undefined,
    order: params.order,
    offset: offset > 0,
    target,
  })
  const values = [...filterSlots(work, filter, casts), ...claims.values, limit]
  if (offset > 0) values.push(offset)
  return rows({ items: eachOf(source.stream(plan, values, run), most), identifier: listed.map(({ name }) => name) })
}
