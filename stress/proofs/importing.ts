import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { write } from '../client.ts'
import type { StressDatabase } from '../databases/index.ts'
import { allServed, busy, emptied, type Proof, quiet, type Stage } from '../proof.ts'
import { records } from './records.ts'

const NDJSON = 'application/x-ndjson'

const whole = (how: string, query: string): Proof => ({
  name: `an import of NDJSON ${how} is complete, and takes no memory for its length`,
  async run(stage) {
    const { client, database, scale } = stage
    await emptied(stage)
    const { status, body } = await client.send(`_table/imported?${query}`, NDJSON, records(scale))
    assert.deepEqual({ status, body }, { status: 200, body: { count: scale.rows } })
    assert.deepEqual(await database.imported(), { count: scale.rows, last: scale.rows })
    return `${scale.rows} records`
  },
})

/** Sends half of a body, waits until something of it is being written, and leaves. */
const leaveInTheMiddle = async (stage: Stage, query: string, isUnderWay: () => Promise<unknown>): Promise<string> => {
  const { client, scale } = stage
  await emptied(stage)
  const { request } = client.begin('POST', `_table/imported?${query}`, { 'content-type': NDJSON })
  await write(request, records({ ...scale, rows: Math.ceil(scale.rows / 2) }))
  await isUnderWay()
  request.destroy()
  return quiet(stage)
}

/** What is stored when nothing has been added for a while: what had arrived whole may still be written. */
const settled = async (database: StressDatabase) => {
  for (let before = await database.imported(); ; ) {
    await pause(500)
    const now = await database.imported()
    if (now.count === before.count) return now
    before = now
  }
}

const leaving: readonly Proof[] = [
  {
    name: 'of an import whose client leaves in its middle, the records of its first groups stay, and no others',
    async run(stage) {
      const { database, scale } = stage
      const written = async () => (await database.imported()).count
      const stopped = await leaveInTheMiddle(stage, 'stream=true', async () => {
        while ((await written()) === 0) await pause(5)
      })
      const served = await allServed(stage)
      const { count, last } = await settled(database)
      assert.ok(count > 0 && count < scale.rows)
      assert.equal(last, count, 'those that stay are not the first')
      return `${count} stayed, ${stopped}, ${served}`
    },
  },
  {
    name: 'of an import in one transaction whose client leaves in its middle nothing stays',
    async run(stage) {
      const stopped = await leaveInTheMiddle(stage, 'stream=true&rollback=true', () => busy(stage))
      assert.deepEqual(await stage.database.imported(), { count: 0, last: 0 })
      return `${stopped}, ${await allServed(stage)}`
    },
  },
]

export const importing: readonly Proof[] = [
  whole('in groups', 'stream=true'),
  whole('in one transaction', 'stream=true&rollback=true'),
  ...leaving,
]
