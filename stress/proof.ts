/** What holds of a gateway however long it runs, and how that is looked at. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { residentMemory } from '../bench/systems/process.ts'
import type { Client } from './client.ts'
import type { StressDatabase } from './databases/index.ts'
import { CONNECTIONS, type Gateway } from './gateway.ts'
import type { Scale } from './scale.ts'

export interface Stage {
  readonly database: StressDatabase
  readonly gateway: Gateway
  readonly client: Client
  readonly scale: Scale
  /** Told now and then how much of what is to be done is done. */
  readonly onProgress: (done: number, of: number) => void
}
export interface Proof<S = Stage> {
  /** A sentence about the gateway. */
  readonly name: string
  /** @returns what was seen @throws AssertionError where it does not hold */
  readonly run: (stage: S) => Promise<string>
}

/** MiB that the gateway's process may grow by during one proof. */
const MOST_GROWTH = 64
/** Milliseconds between two looks at it. */
const LOOK = 25

/**
 * Runs a proof; the gateway's memory is watched in each of them.
 * @param from MiB that it may grow from. Default: what the process has now
 * @returns what was seen
 */
export const prove = async <S extends Pick<Stage, 'gateway'>>(
  { run }: Proof<S>,
  stage: S,
  from?: number,
): Promise<string> => {
  const { pid } = stage.gateway
  const before = from ?? residentMemory(pid)
  let peak = before
  const looking = setInterval(() => {
    peak = Math.max(peak, residentMemory(pid))
  }, LOOK)
  const begun = performance.now()
  try {
    const seen = await run(stage)
    const growth = peak - before
    const told = `grew by ${growth.toFixed(0)} MiB to ${peak.toFixed(0)}`
    assert.ok(growth < MOST_GROWTH, `the gateway ${told}, which is not less than ${MOST_GROWTH}; ${seen}`)
    return `${seen}; ${((performance.now() - begun) / 1000).toFixed(1)} s, ${told}`
  } finally {
    clearInterval(looking)
  }
}

/** Asks again until it is so. @returns whether it became so, and milliseconds */
export const until = async (limit: number, isSo: () => Promise<boolean>): Promise<{ so: boolean; after: number }> => {
  const begun = performance.now()
  for (;;) {
    const so = await isSo()
    const after = performance.now() - begun
    if (so || after > limit) return { so, after }
    await pause(5)
  }
}

/** Waits until the database does something for the gateway. */
export const busy = async ({ database, gateway }: Stage): Promise<void> => {
  const { so } = await until(60_000, async () => (await database.busy(gateway.pid)) > 0)
  assert.ok(so, 'the database has nothing to do')
}

/** Waits until the database does nothing for the gateway any more: soon. @returns milliseconds */
export const quiet = async ({ database, gateway, scale }: Stage): Promise<string> => {
  const { so, after } = await until(scale.soon, async () => (await database.busy(gateway.pid)) === 0)
  assert.ok(so, `${after.toFixed(0)} ms after the client had left, the database was still at work for it`)
  return `quiet after ${after.toFixed(0)} ms`
}

/** More calls at once than there are connections are all served, with no more connections than there may be. */
export const allServed = async ({ database, gateway, client }: Stage): Promise<string> => {
  const calls = 4 * CONNECTIONS
  const answers = await Promise.all(Array.from({ length: calls }, () => client.call('GET', '_table/items?limit=1')))
  const served = answers.filter(({ status }) => status === 200).length
  assert.equal(served, calls, 'some calls were not served afterwards')
  // Those that are broken are gone a moment later.
  const { so } = await until(10_000, async () => (await database.connections(gateway.pid)) <= CONNECTIONS)
  const open = await database.connections(gateway.pid)
  assert.ok(so, `${open} connections are open, and ${CONNECTIONS} may be`)
  return `${served} calls served afterwards, ${open} connections`
}

/** Empties what an import fills. */
export const emptied = async ({ database }: Stage): Promise<void> => {
  await database.empty()
  assert.deepEqual(await database.imported(), { count: 0, last: 0 })
}
