import assert from 'node:assert/strict'
import { countLines, readSlowly } from '../client.ts'
import { type Proof, quiet } from '../proof.ts'

/** Bytes a second. */
const SLOW_RATE = 1_000_000

const whole = (format: string, accept: string, headers: number): Proof => ({
  name: `an export as ${format} is complete, and takes no memory for its length`,
  async run({ client, scale, onProgress }) {
    const { answer } = await client.open('_table/items?stream=true', accept)
    const lines = await countLines(answer, (done) => onProgress(done, scale.rows))
    assert.equal(lines, scale.rows + headers)
    return `${lines} lines`
  },
})

export const exporting: readonly Proof[] = [
  whole('NDJSON', 'application/x-ndjson', 0),
  whole('CSV', 'text/csv', 1),
  {
    name: 'a reader of 1 MB/s takes no memory, and the database stops when it leaves',
    async run(stage) {
      const { client, scale } = stage
      const { request, answer } = await client.open('_table/items?stream=true&order=name')
      const bytes = await readSlowly(answer, SLOW_RATE, scale.slow)
      assert.ok(bytes > 0)
      request.destroy()
      return `${(bytes / 1e6).toFixed(0)} MB read, ${await quiet(stage)}`
    },
  },
]
