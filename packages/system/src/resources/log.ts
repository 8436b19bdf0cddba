/** `system/log`: the last lines of this node's log, as it was written: masked. Gw's own. */
import { endpoint } from '@gw/core'
import type { Observations, RecentLine } from '@gw/core/governance'
import { z } from 'zod'
import { NODE_ID } from '../node.ts'
import type { SystemResource } from './resource.ts'
import { checkSeesAll } from './seeing.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

const query = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Only lines after this sequence: go on with `last`.' }),
  level: z.enum(LEVELS).optional().meta({ description: 'Only lines of this severity or a higher one.' }),
  service: z.string().optional().meta({ description: 'Only lines about this service.' }),
  status: z
    .string()
    .regex(/^[1-5](?:\d\d|xx)$/i, 'must be a status such as 404, or a class of them such as 5xx')
    .optional()
    .meta({ description: 'Only requests that were answered with it: `404`, `5xx`.' }),
  limit: z.coerce.number().int().min(1).max(2_000).default(100).meta({ description: 'How many lines: 1 to 2000.' }),
})
type Wanted = z.output<typeof query>

const line = z.looseObject({
  sequence: z.int().meta({ description: 'Counts on, for this node, from its start.' }),
  time: z.string(),
  level: z.enum(LEVELS),
  msg: z.string(),
})
const response = z
  .object({
    node: z.string().meta({ description: 'Whose log it is: sequences of another node, or another start, are others.' }),
    resource: z.array(line).meta({ description: 'In the order in which they were written.' }),
    last: z.int().meta({ description: 'What to send as `after`, to go on.' }),
    missed: z.int().meta({ description: 'Lines after `after` that are there no more.' }),
  })
  .meta({ title: 'LogLines' })

type Line = Readonly<Record<string, unknown>>

const parsed = ({ text, sequence }: RecentLine): Line | undefined => {
  try {
    return { ...(JSON.parse(text) as Line), sequence }
  } catch {
    return undefined
  }
}

const wants = ({ level, service, status }: Wanted): ((line: Line) => boolean) => {
  const least = level === undefined ? 0 : LEVELS.indexOf(level)
  const named = service?.toLowerCase()
  const digits = status?.toLowerCase().replaceAll('x', '')
  return (one) =>
    LEVELS.indexOf(one.level as (typeof LEVELS)[number]) >= least &&
    (named === undefined || String(one.service ?? '').toLowerCase() === named) &&
    (digits === undefined || (one.status !== undefined && String(one.status).startsWith(digits)))
}

const linesIn = (log: Observations['log'], wanted: Wanted) => {
  const { last, first } = log
  // A sequence that has not been reached is one of another node, or from before a restart.
  const after = wanted.after !== undefined && wanted.after <= last ? wanted.after : undefined
  const fits = wants(wanted)
  const found: Line[] = []
  for (const one of log.since(after ?? 0)) {
    const entry = parsed(one)
    if (entry && fits(entry)) found.push(entry)
    // Without a place to go on from, the newest are wanted.
    if (after === undefined && found.length === wanted.limit) break
  }
  const lines = found.reverse().slice(0, wanted.limit)
  const cut = after !== undefined && found.length > wanted.limit
  return {
    resource: lines as z.output<typeof line>[],
    last: cut ? Number(lines.at(-1)!.sequence) : last,
    missed: after === undefined ? 0 : Math.max(0, first - after - 1),
  }
}

export const log: SystemResource = {
  name: 'log',
  label: 'Log',
  description: 'The last lines of the log of this node.',
  readOnly: true,
  endpoints: ({ gateway }) => [
    endpoint({
      id: 'getLog',
      method: 'GET',
      path: '/log',
      tags: ['Log'],
      summary: 'Read the last lines of the log',
      description: 'At most the last 2,000 of this node, as far as log.level of gw.config lets them be written.',
      query,
      response,
      errors: ['forbidden'],
      handle(call) {
        checkSeesAll(call)
        const kept = gateway()?.observations?.log
        return { node: NODE_ID, ...(kept ? linesIn(kept, call.query) : { resource: [], last: 0, missed: 0 }) }
      },
    }),
  ],
}
