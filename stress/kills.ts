/**
 * A gateway that is killed again and again while clients write through it, some of whom do not wait for the answer:
 * each write has an `Idempotency-Key` and is sent until it is answered. Nothing is lost, and nothing is done twice.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../scripts/backends/postgres.ts'
import { clientOf } from './client.ts'
import { type Address, DATABASES, type DatabaseName } from './databases/index.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { SHORT } from './scale.ts'

export interface KillOptions {
  readonly name: DatabaseName
  readonly server?: Address | undefined
  /** How often the gateway is killed. */
  readonly kills: number
  readonly onProgress?: (done: number, of: number) => void
}

/** Clients that write at the same time. */
const WRITERS = 8
/** Milliseconds for which a gateway lives once it answers; how many is left to chance. */
const LIFE = 120
/** How many of the requests are left alone before they are answered, and within how many milliseconds. */
const LEFT = { share: 0.3, within: 20 } as const
/** What no other number of a record can be, so that each is one client's. */
const APART = 1_000_000

const ENTRIES = {
  resource: [
    {
      name: 'entries',
      field: [
        { name: 'id', type: 'id' },
        { name: 'number', type: 'integer', allow_null: false },
      ],
    },
  ],
}

type Client = ReturnType<typeof clientOf>

/** Sends until there is an answer, as a client would that does not know what became of its request. */
const insist = async (client: Client, number: number): Promise<{ readonly id: number; readonly sent: number }> => {
  // Two records in one request: half of it would show.
  const body = JSON.stringify({ resource: [{ number }, { number: -number }] })
  const headers = { 'content-type': 'application/json', 'idempotency-key': `entry-${number}` }
  for (let sent = 1; ; sent += 1) {
    try {
      const { request, answer } = client.begin('POST', '_table/entries', headers)
      request.end(body)
      if (Math.random() < LEFT.share) setTimeout(() => request.destroy(), Math.random() * LEFT.within)
      const incoming = await answer
      let text = ''
      for await (const chunk of incoming) text += chunk
      if (incoming.statusCode === 200) return { id: JSON.parse(text).resource[0].id, sent }
      assert.ok([409, 503].includes(incoming.statusCode!), `${incoming.statusCode} ${text}`)
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_ASSERTION') throw error
    }
    await pause(5)
  }
}

/** What is stored, by number; read in pages. */
const stored = async (client: Client): Promise<readonly { readonly id: number; readonly number: number }[]> => {
  const all: { id: number; number: number }[] = []
  for (;;) {
    const last = all.at(-1)?.id ?? 0
    const { status, body } = await client.call(
      'GET',
      `_table/entries?order=id&limit=5000&filter=${encodeURIComponent(`id > ${last}`)}`,
    )
    assert.equal(status, 200, JSON.stringify(body))
    if (body.resource.length === 0) return all
    all.push(...body.resource)
  }
}

/** @returns what was seen @throws AssertionError where a write was lost, or done twice */
export const proveKills = async ({ name, server, kills, onProgress = () => {} }: KillOptions): Promise<string> => {
  const database = await DATABASES[name](server, { ...SHORT, rows: 10, note: 1 })
  const options = { port: await freePort(), config: { idempotency_keys: true, max_records: 10_000 } }
  const start = () => startGateway(database, options)
  let gateway: Gateway = await start()
  const client = clientOf(gateway)
  const answered = new Map<number, number>()
  let repeated = 0
  let stopping = false
  const write = async (writer: number): Promise<void> => {
    for (let count = 1; !stopping; count += 1) {
      const number = writer * APART + count
      const { id, sent } = await insist(client, number)
      answered.set(number, id)
      if (sent > 1) repeated += 1
    }
  }
  try {
    assert.equal((await client.call('POST', '_schema', ENTRIES)).status, 200)
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer + 1)))
    for (let killed = 0; killed < kills; killed += 1) {
      await Promise.race([pause(Math.random() * LIFE), writing])
      await gateway.kill()
      gateway = await start()
      onProgress(killed + 1, kills)
    }
    stopping = true
    await writing
    const entries = await stored(client)
    const byNumber = new Map(entries.map(({ id, number }) => [number, id]))
    assert.equal(byNumber.size, entries.length, 'a write was done twice')
    assert.equal(entries.length, answered.size * 2, 'a write was lost, or done and never answered')
    for (const [number, id] of answered) assert.equal(byNumber.get(number), id, 'the answer is of another record')
    assert.ok(repeated > 0, 'no kill met a write')
    return `${kills} kills, ${answered.size} requests, of which ${repeated} were sent more than once; each was done once`
  } finally {
    stopping = true
    client.close()
    await gateway.stop()
    await database.close()
  }
}
