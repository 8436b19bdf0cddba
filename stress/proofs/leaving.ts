/** Clients that leave before, during and after what they asked for. */
import assert from 'node:assert/strict'
import { allServed, busy, emptied, type Proof, quiet, type Stage } from '../proof.ts'

const RECORD = { id: 1, name: 'a', amount: 1, created: '2026-01-01 00:00:00' }
/** Clients at a time. */
const CROWD = 8

const leaveOne = async ({ client, scale: { page } }: Stage, number: number): Promise<void> => {
  const lists = ['stream=true', `limit=${page / 10}`, `stream=true&limit=${page / 2}`]
  const { request, answer } = await client.open(`_table/items?${lists[number % lists.length]}`)
  answer.on('error', () => undefined)
  if (number % 2 === 0) await new Promise((resolve) => answer.once('data', resolve).once('close', resolve))
  request.destroy()
}

export const leaving: readonly Proof[] = [
  {
    name: 'the statement of a client that leaves before its answer is stopped',
    async run(stage) {
      const seen: string[] = []
      for (const path of stage.database.lengthy) {
        const { request } = stage.client.begin('GET', path)
        request.end()
        await busy(stage)
        request.destroy()
        seen.push(`${path}: ${await quiet(stage)}`)
      }
      return seen.join(', ') || 'nothing to stop'
    },
  },
  {
    name: 'a batch whose client leaves is stopped and undone',
    async run(stage) {
      const { client, database } = stage
      await emptied(stage)
      const { request } = client.begin('POST', '_batch', { 'content-type': 'application/json' })
      const writing = { method: 'POST', path: '_table/imported', body: { resource: [RECORD] } }
      request.end(JSON.stringify({ steps: [writing, ...database.lengthySteps] }))
      await busy(stage)
      request.destroy()
      const stopped = await quiet(stage)
      assert.deepEqual(await database.imported(), { count: 0, last: 0 })
      return `${stopped}, ${await allServed(stage)}`
    },
  },
  {
    name: 'clients that leave before an answer, at its beginning and in its middle take no connection with them',
    async run(stage) {
      const { aborts } = stage.scale
      let done = 0
      const leave = async () => {
        while (done < aborts) {
          await leaveOne(stage, done++)
          stage.onProgress(done, aborts)
        }
      }
      await Promise.all(Array.from({ length: CROWD }, leave))
      return `${done} left, ${await quiet(stage)}, ${await allServed(stage)}`
    },
  },
]
