/** `POST /_batch`: several calls on records in one transaction, each of which may use what those before it answered. */
import { type Endpoint, endpoint, METHODS } from '@gw/core'
import { z } from 'zod'
import type { Kit } from '../execute/work.ts'
import { runSteps } from '../steps/run.ts'
import { preferred } from './preferred.ts'

/** Steps of one batch: its transaction holds locks while it runs. */
const MOST_STEPS = 100

const step = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z_][\w-]{0,63}$/, 'Begins with a letter and has letters, digits, _ and - only.')
    .optional()
    .meta({
      description: 'What later steps call it by. Default: its position, beginning with 0.',
      examples: ['order'],
    }),
  method: z.enum(METHODS as ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .max(4_000)
    .regex(/^_table\/[^?#]+$/, 'Is a path below _table/, without a query string.')
    .meta({ description: 'Below the service, as in a URL.', examples: ['_table/orders', '_table/orders/5'] }),
  query: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({ description: 'The parameters that the query string of such a call would have.' }),
  body: z.unknown().optional().meta({
    description:
      'The body that such a call would have. Where a value stands in it, {"$ref": "order.resource.0.id"} is that value out of the answer of an earlier step; {"$value": …} is what it holds, as it is.',
  }),
})

const request = z
  .object({
    steps: z
      .array(step)
      .min(1)
      .max(MOST_STEPS)
      .meta({ description: `One to ${MOST_STEPS} calls, made in this order.` }),
  })
  .meta({ title: 'BatchRequest' })

const answer = z
  .object({
    steps: z
      .array(z.object({ id: z.string(), status: z.int(), body: z.unknown() }))
      .meta({ description: 'What each step answered.' }),
  })
  .meta({ title: 'BatchResponse' })

/** @param records the endpoints that may be steps */
export const batchEndpoints = (kit: Kit, records: readonly Endpoint[]): readonly Endpoint[] => {
  const allowed = new Set(records)
  return [
    endpoint({
      id: 'runBatch',
      method: 'POST',
      path: '/_batch',
      component: '_batch',
      tags: ['Records'],
      summary: 'Make several calls one',
      description:
        'Runs calls on records in order, in one transaction: all of them happen, or nothing does, and the error says which step failed. The caller needs the right to _batch, and for every step the right to that call.',
      body: request,
      response: answer,
      errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
      keeps: ['tx', 'max-affected', 'idempotency-key'],
      handle: (call) =>
        preferred(
          kit,
          call,
          async (own) => ({ steps: [...(await runSteps(kit, own, own.body.steps, allowed))] }),
          'steps',
        ),
    }),
  ]
}
