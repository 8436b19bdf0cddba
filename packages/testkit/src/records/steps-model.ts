/** Random batches of steps against the reference, where the same calls are made one by one. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { Answer, Ask } from '../harness.ts'
import { closeRecords, openRecords, type RecordsContext, recordsCheck } from './context.ts'
import { comparable, compareStored, type ModelOptions } from './model.ts'
import { anyCall } from './model-calls.ts'
import { referenceSubject } from './reference.ts'

const stepOf = ({ method = 'GET', path, query, body }: Ask) => ({ method, path, query, body })

/** All of the calls happen and answer as they do alone; or the first that fails alone is named, and nothing happens. */
const compare = async (context: RecordsContext, reference: RecordsContext, asks: readonly Ask[]): Promise<void> => {
  await Promise.all([context.fresh(), reference.fresh()])
  const answer = await context.ask({ method: 'POST', path: '_batch', body: { steps: asks.map(stepOf) } })
  const alone: Answer[] = []
  for (const ask of asks) {
    alone.push(await reference.ask(ask))
    if (alone.at(-1)!.status !== 200) break
  }
  const told = `${JSON.stringify(asks.map(stepOf))}\n→ ${answer.text.slice(0, 600)}`
  const last = alone.at(-1)!
  if (last.status === 200) {
    assert.equal(answer.status, 200, told)
    for (const [index, { status, body }] of answer.body.steps.entries()) {
      const step = { ...alone[index]!, status, body }
      assert.deepEqual(comparable(asks[index]!, step), comparable(asks[index]!, alone[index]!), told)
    }
  } else {
    assert.equal(answer.status, last.status, told)
    assert.equal(answer.body.error.context.index, alone.length - 1, told)
    await reference.fresh()
  }
  await compareStored(context, reference)
}

/** The check that compares batches of steps with the same calls made one by one. */
export const stepsModelCheck = ({ runs, seed }: ModelOptions = {}): Check<RecordsContext> =>
  recordsCheck(
    'random batches of steps answer and store what the same calls do one by one, or nothing at all',
    async (context) => {
      const { type, prepare } = referenceSubject()
      const reference = await openRecords({ type, prepare, lacks: ['answers'] })
      const property = fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 6 }), (asks) =>
        compare(context, reference, asks),
      )
      const chosen = seed ?? (Number(process.env.GW_SEED) || undefined)
      try {
        await fc.assert(property, {
          numRuns: runs ?? (Number(process.env.GW_STRESS) || 25),
          ...(chosen !== undefined && { seed: chosen }),
        })
      } finally {
        await closeRecords(reference)
      }
    },
    'transactions',
  )
