/** `system/activity`: what was asked of this node lately, in numbers. Gw's own. */
import { endpoint } from '@gw/core'
import type { Counted } from '@gw/core/governance'
import { z } from 'zod'
import { NODE_ID } from '../node.ts'
import type { SystemParts, SystemResource } from './resource.ts'
import { checkSeesAll } from './seeing.ts'

const count = z.int()
const ms = z.number().optional()
const counted = z.object({
  requests: count,
  errors_4xx: count.meta({ description: 'With those beyond a limit.' }),
  errors_5xx: count,
  limited: count.meta({ description: 'Refused because of a limit: 429.' }),
  p50_ms: ms.meta({ description: 'Half of the calls took no longer.' }),
  p95_ms: ms,
  p99_ms: ms,
})
const minute = counted.extend({ time: z.string().meta({ description: 'Its beginning: ISO 8601.' }) })
const response = z
  .object({
    node: z.object({
      id: z.string(),
      version: z.string(),
      node_version: z.string(),
      uptime_seconds: count,
      memory: z.object({ rss: count, heap_used: count }).meta({ description: 'In bytes.' }),
    }),
    minutes: count,
    until: z.string(),
    services: z.array(
      counted.extend({
        name: z.string().nullable().meta({ description: 'null: calls that led to no service.' }),
        buckets: z.array(minute).meta({ description: 'Minutes with calls, in order.' }),
      }),
    ),
    slowest: z.array(
      z.object({
        time: z.string(),
        service: z.string(),
        method: z.string(),
        path: z.string().meta({ description: 'Of the endpoint, with its placeholders.' }),
        status: count,
        duration_ms: z.number(),
      }),
    ),
  })
  .meta({ title: 'Activity' })

const told = ({ requests, clientErrors, serverErrors, limited, p50, p95, p99 }: Counted) => ({
  requests,
  errors_4xx: clientErrors,
  errors_5xx: serverErrors,
  limited,
  ...(p50 !== undefined && { p50_ms: p50, p95_ms: p95!, p99_ms: p99! }),
})

const iso = (time: number): string => new Date(time).toISOString()

const activityOf = ({ gateway, version }: SystemParts, minutes: number): z.output<typeof response> => {
  const { services = [], slowest = [] } = gateway()?.observations?.activity.read(minutes) ?? {}
  const { rss, heapUsed } = process.memoryUsage()
  return {
    node: {
      id: NODE_ID,
      version,
      node_version: process.version,
      uptime_seconds: Math.round(process.uptime()),
      memory: { rss, heap_used: heapUsed },
    },
    minutes,
    until: iso(Date.now()),
    services: services.map(({ service, minutes: each, ...all }) => ({
      name: service ?? null,
      ...told(all),
      buckets: each.map(({ time, ...one }) => ({ time: iso(time), ...told(one) })),
    })),
    slowest: slowest.map(({ time, duration, ...call }) => ({ time: iso(time), ...call, duration_ms: duration })),
  }
}

export const activity: SystemResource = {
  name: 'activity',
  label: 'Activity',
  description: 'What was asked of this node lately.',
  readOnly: true,
  endpoints: (parts) => [
    endpoint({
      id: 'getActivity',
      method: 'GET',
      path: '/activity',
      tags: ['Activity'],
      summary: 'Count what was asked of this node',
      description: 'By service and minute, at most for the last day, as long as this node has run.',
      query: z.object({
        minutes: z.coerce
          .number()
          .int()
          .min(1)
          .max(1_440)
          .default(60)
          .meta({ description: 'How far to look back: 1 to 1440.' }),
      }),
      response,
      errors: ['forbidden'],
      handle(call) {
        checkSeesAll(call)
        return activityOf(parts, call.query.minutes)
      },
    }),
  ],
}
