/** What loading the records costs: through the gateway, and by the database's own loader, in turns. */
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BenchDatabase } from '../databases/database.ts'
import { cpuTime, type System } from '../systems/process.ts'
import { LOADERS } from './loaders.ts'
import { ndjsonOf, pieces, recordsOf } from './records.ts'

export interface Cost {
  /** Milliseconds. */
  readonly time: number
  /** CPU time of who sends to the database, ms. */
  readonly cpu: number
  /** CPU time of the database's own processes, ms. */
  readonly databaseCpu: number
}

export const WAYS = ['loader', 'gateway', 'transaction'] as const
export type Way = (typeof WAYS)[number]

export interface Bulk {
  readonly database: string
  readonly loader: string
  readonly records: number
  /** One for each run. */
  readonly costs: Readonly<Record<Way, readonly Cost[]>>
  /** The longest that a point read took while an import ran, ms. */
  readonly wait: number
}

/** Runs that count for nothing: a process that has just started compiles what it runs. */
const WARM = 4
const TABLE = '/api/v2/shop/_table'

/** Sends a body as a stream. @returns the answer's text */
const send = async ({ url, headers }: System, query: string, body: Buffer): Promise<string> => {
  const sending = request(`${url}${TABLE}/signups?stream=true${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
  })
  const answered = new Promise<string>((resolve, reject) => {
    sending.once('error', reject).once('response', async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve(text)
    })
  })
  await pipeline(Readable.from(pieces(body)), sending)
  return answered
}

const ownCpu = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

const costOf = async (database: BenchDatabase, cpuOf: () => number, work: () => Promise<unknown>): Promise<Cost> => {
  await database.reset()
  const [cpu, databaseCpu, begun] = [cpuOf(), database.cpu(), performance.now()]
  await work()
  const time = performance.now() - begun
  return { time, cpu: (cpuOf() - cpu) / 1000, databaseCpu: (database.cpu() - databaseCpu) / 1000 }
}

/** The longest that a point read takes while something else runs, ms. */
const longestRead = async ({ url, headers }: System, meanwhile: Promise<unknown>): Promise<number> => {
  let done = false
  const end = meanwhile.finally(() => {
    done = true
  })
  let longest = 0
  while (!done) {
    const begun = performance.now()
    await (await fetch(`${url}${TABLE}/customers/1`, { headers })).text()
    longest = Math.max(longest, performance.now() - begun)
  }
  await end
  return longest
}

/** @throws where the gateway does not answer that it has written all records */
export const measureBulk = async (
  database: BenchDatabase,
  gateway: System,
  count: number,
  runs: number,
): Promise<Bulk> => {
  const records = recordsOf(count)
  const body = ndjsonOf(records)
  const loader = await LOADERS[database.name](database, records)
  const through = async (query: string) => {
    const answer = await send(gateway, query, body)
    if (answer !== JSON.stringify({ count })) throw new Error(`${database.label}: ${answer}`)
  }
  const gatewayCpu = () => cpuTime(gateway.pid)
  const run: Readonly<Record<Way, () => Promise<Cost>>> = {
    loader: () => costOf(database, ownCpu, loader.load),
    gateway: () => costOf(database, gatewayCpu, () => through('')),
    transaction: () => costOf(database, gatewayCpu, () => through('&rollback=true')),
  }
  const costs: Record<Way, Cost[]> = { loader: [], gateway: [], transaction: [] }
  try {
    for (let turn = -WARM; turn < runs; turn += 1) {
      for (const way of turn % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const cost = await run[way]()
        if (turn >= 0) costs[way].push(cost)
      }
    }
    await database.reset()
    const wait = await longestRead(gateway, through(''))
    return { database: database.label, loader: loader.label, records: count, costs, wait }
  } finally {
    await loader.close()
  }
}
