/** `system/limit_cache`: how far the limits are used up, and their counts set to nothing (platform.md §6). */
import { endpoint, GwError, isTrue, rows } from '@gw/core'
import { z } from 'zod'
import type { StoredLimit } from '../limits/limit.ts'
import type { SystemParts, SystemResource } from './resource.ts'

const record = z
  .object({
    id: z.int().meta({ description: 'Of the limit.' }),
    key: z.string().meta({ description: 'Which calls are counted; with the caller, where each has a count.' }),
    max: z.int().meta({ description: 'Calls in a period.' }),
    attempts: z.int().meta({ description: 'Calls so far.' }),
    remaining: z.int().meta({ description: 'Calls that are left.' }),
  })
  .meta({ title: 'LimitCount' })

export type LimitCount = z.output<typeof record>

const ALL = 'all'

/** The counts of a limit: one, or one for each caller who has called. */
export const countsOf = async ({ counters }: SystemParts, limit: StoredLimit): Promise<readonly LimitCount[]> => {
  const found = await counters.list(limit.counts)
  const counted: Iterable<readonly [string, number]> = limit.type.each
    ? [...found].map(([of, { calls }]) => [of, calls] as const).sort(([a], [b]) => (a < b ? -1 : 1))
    : [[ALL, found.get(ALL)?.calls ?? 0] as const]
  return [...counted].map(([of, calls]) => {
    const attempts = Math.min(Math.max(calls, 0), limit.rate)
    return {
      id: limit.id,
      key: of === ALL ? limit.key : `${limit.key}.${of}`,
      max: limit.rate,
      attempts,
      remaining: limit.rate - attempts,
    }
  })
}

const limitsWith = ({ snapshot }: SystemParts, ids: readonly number[]): readonly StoredLimit[] =>
  ids.map((id) => {
    const found = snapshot().limits.find((limit) => limit.id === id)
    if (!found) throw new GwError('not_found', `There is no active limit with the id ${id}.`)
    return found
  })

const idsIn = (text: string): readonly number[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      if (!/^\d{1,10}$/.test(one))
        throw new GwError('invalid_request', `The ids are numbers of limits; '${one}' is none.`)
      return Number(one)
    })

const cleared = async (parts: SystemParts, limits: readonly StoredLimit[]) => {
  for (const { counts } of limits) await parts.counters.clear(counts)
  return rows({ items: limits.map(({ id }) => ({ id })), identifier: ['id'] })
}

const id = z.object({ id: z.coerce.number().int().meta({ description: 'Of the limit.' }) })
const common = { tags: ['Limits'] } as const

export const limitCache: SystemResource = {
  name: 'limit_cache',
  label: 'Limit counts',
  description: 'How far limits are used up.',
  endpoints: (parts) => [
    endpoint({
      ...common,
      id: 'getLimitCounts',
      method: 'GET',
      path: '/limit_cache',
      summary: 'List the counts of all limits',
      query: z.object({ ids: z.string().optional().meta({ description: 'Of these limits only.' }) }),
      async handle(call) {
        const limits = call.query.ids === undefined ? parts.snapshot().limits : limitsWith(parts, idsIn(call.query.ids))
        const counts = await Promise.all(limits.map((limit) => countsOf(parts, limit)))
        return rows({ items: counts.flat(), identifier: ['id'] })
      },
    }),
    endpoint({
      ...common,
      id: 'getLimitCount',
      method: 'GET',
      path: '/limit_cache/{id}',
      summary: 'Read the counts of a limit',
      params: id,
      errors: ['not_found'],
      async handle(call) {
        const [limit] = limitsWith(parts, [call.params.id])
        const counts = await countsOf(parts, limit!)
        return limit!.type.each ? rows({ items: counts, identifier: ['id'] }) : counts[0]!
      },
    }),
    endpoint({
      ...common,
      id: 'deleteLimitCounts',
      method: 'DELETE',
      path: '/limit_cache',
      summary: 'Let limits begin anew',
      query: z.object({
        ids: z.string().optional().meta({ description: 'Which limits.' }),
        allow_delete: z.string().optional().meta({ description: 'With true, and without ids: all of them.' }),
      }),
      errors: ['not_found'],
      async handle(call) {
        const { ids, allow_delete: all } = call.query
        if (ids !== undefined) return cleared(parts, limitsWith(parts, idsIn(ids)))
        if (!isTrue(all))
          throw new GwError('invalid_request', 'Say which limits with ids, or send allow_delete=true for all of them.')
        return cleared(parts, parts.snapshot().limits)
      },
    }),
    endpoint({
      ...common,
      id: 'deleteLimitCount',
      method: 'DELETE',
      path: '/limit_cache/{id}',
      summary: 'Let a limit begin anew',
      params: id,
      errors: ['not_found'],
      async handle(call) {
        const limits = limitsWith(parts, [call.params.id])
        await cleared(parts, limits)
        return { id: limits[0]!.id }
      },
    }),
  ],
}
