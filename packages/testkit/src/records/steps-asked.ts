/** Words for batches of steps, as the checks on them ask for and look at them. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'

export interface Step {
  readonly id?: string
  readonly method: string
  readonly path: string
  readonly query?: object
  readonly body?: unknown
}

export const C = at('customers')
export const O = at('orders')
export const kim = { name: 'Kim', email: 'kim@example.com' }
export const ref = (path: unknown) => ({ $ref: path })
export const batch = (steps: readonly Step[], more: Partial<Ask> = {}): Ask => ({
  method: 'POST',
  path: '_batch',
  body: { steps },
  ...more,
})
export const get = (path: string, query: object = {}): Step => ({ method: 'GET', path, query })
export const post = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  method: 'POST',
  path,
  body,
  ...more,
})
export const patch = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  ...post(path, body, more),
  method: 'PATCH',
})

export const bodiesOf = async (context: RecordsContext, ask: Ask): Promise<readonly any[]> =>
  (await given(context, ask)).steps.map(({ body }: any) => body)

export const assertNothingDone = async (context: RecordsContext): Promise<void> => {
  for (const table of ['customers', 'orders']) await assertStored(context, table)
  const counts = [(await context.stored('order_lines')).length, (await context.stored('journal')).length]
  assert.deepEqual(counts, [4, 3])
}

/** Asks for steps of which one has to fail, and expects that nothing has happened. */
export const failing = async (
  context: RecordsContext,
  ask: Ask,
  step: string | undefined,
  statuses: number | readonly number[] = 400,
  message?: RegExp,
): Promise<any> => {
  const error = await refused(context, ask, statuses, message)
  assert.equal(error.context?.step, step, JSON.stringify(error))
  await assertNothingDone(context)
  return error
}

export const stepsCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> =>
  recordsCheck(name, run, 'transactions')

export const NEW = post(C, { resource: [kim] }, { id: 'kim' })
