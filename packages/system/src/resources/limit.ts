/** What `system/limit` answers beside its table: `related=limit_cache_by_limit_id`, which is in no table. */
import { type Call, type Endpoint, isRows, type Reply, rows } from '@gw/core'
import { callWith } from '@gw/records'
import { countsOf, type LimitCount } from './limit-cache.ts'
import type { SystemParts } from './resource.ts'

const COUNTS = 'limit_cache_by_limit_id'

type Query = Readonly<Record<string, unknown>>
interface Limit {
  readonly id?: unknown
}

/** The query without that relation; nothing where it does not ask for it. */
const withoutCounts = (query: Query): Query | undefined => {
  const names = typeof query.related === 'string' ? query.related.split(',').map((name) => name.trim()) : []
  if (!names.includes(COUNTS)) return undefined
  const { related: _, ...rest } = query
  const others = names.filter((name) => name !== COUNTS && name !== '')
  return others.length > 0 ? { ...rest, related: others.join(',') } : rest
}

/** By the id of the limit, which has to be among the record's fields. */
const attach = async (parts: SystemParts, record: Limit): Promise<object> => {
  const limit = parts.snapshot().limits.find(({ id }) => id === Number(record.id))
  const counts: readonly LimitCount[] = limit ? await countsOf(parts, limit) : []
  return { ...record, [COUNTS]: counts }
}

const attached = async (parts: SystemParts, reply: Reply): Promise<Reply> => {
  if (!isRows(reply)) return attach(parts, reply as Limit)
  const { items } = reply
  if (!Array.isArray(items)) return reply
  return rows({ ...reply, items: await Promise.all(items.map((record: Limit) => attach(parts, record))) })
}

export const withCounts = (endpoint: Endpoint, parts: SystemParts): Endpoint => {
  if (endpoint.method !== 'GET') return endpoint
  return {
    ...endpoint,
    async handle(call: Call) {
      const query = withoutCounts(call.query as Query)
      if (!query) return endpoint.handle(call)
      return attached(parts, await endpoint.handle(callWith(call, { query })))
    },
  }
}
