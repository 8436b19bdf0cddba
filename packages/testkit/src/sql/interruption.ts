/** Checks on a database that goes away: 503 while it is, and no restart afterwards. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Check } from '../check.ts'
import { assertSilent, at } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'

/** Asks until the answer is 200; how often in vain is for the caller to judge. */
const recovered = async ({ records }: SqlContext, attempts: number): Promise<readonly number[]> => {
  const statuses: number[] = []
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { status, text } = await records.ask({ path: at('customers', 1) })
    statuses.push(status)
    if (status === 200) return statuses
    assert.equal(status, 503, text)
    assertSilent(text)
    await pause(50)
  }
  assert.fail(`not recovered: ${statuses}`)
}

export const interruptionChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'connections that were cut are replaced without a restart',
    async (context) => {
      await Promise.all([1, 2, 3].map((id) => context.records.ask({ path: at('customers', id) })))
      await context.options.cut?.()
      await recovered(context, 20)
      const answers = await Promise.all([1, 2, 3, 4].map((id) => context.records.ask({ path: at('customers', id) })))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200],
      )
    },
    ({ options }) => (options.cut ? undefined : 'the suite was given no way to cut connections'),
  ),
  sqlCheck(
    'a database that is away is 503, and serves again when it is back',
    async (context) => {
      const { interrupt } = context.options
      await interrupt?.away()
      try {
        for (const ask of [
          { path: at('customers') },
          { method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } },
        ]) {
          const { status, text } = await context.records.ask(ask)
          assert.equal(status, 503, text)
          assertSilent(text)
        }
      } finally {
        await interrupt?.back()
      }
      await recovered(context, 100)
    },
    ({ options }) => (options.interrupt ? undefined : 'the suite was given no way to take the database away'),
  ),
]
