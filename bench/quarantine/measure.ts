/** One misbehaviour: a service asked at a constant rate, alone and while another one goes wrong. */
import { readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateOpen } from '../load/open.ts'
import { SOURCE, startWith } from '../systems/gateway.ts'
import type { System } from '../systems/process.ts'
import type { Case } from './cases.ts'

/** Requests a second to the service that is watched, and to the one that goes wrong. */
const [WATCHED, WRONG] = [200, 20]
/** By turns; the ratio of their medians counts. */
const ROUNDS = 3
const QUICK = '/api/v2/quick/one'
const FOLDER = join(SOURCE.folder, 'quarantine')

export interface Outcome {
  readonly label: string
  readonly isolated: boolean
  /** 99th percentiles of the watched service, in ms: alone, and beside the wrong one; by round. */
  readonly alone: readonly number[]
  readonly beside: readonly number[]
  readonly ratio: number
  /** Calls of the watched service that were not answered with 200. */
  readonly failures: number
  /** What callers of the wrong service were answered, how often. */
  readonly heard: string
  /** What the log has of it. */
  readonly read: readonly string[]
}

const MEMORY = '200mb'

export const startWrong = async ({ isolated }: Case): Promise<System> => {
  rmSync(join(FOLDER, 'gateway.log'), { force: true })
  const system = await startWith({
    name: 'quarantine',
    level: 'warn',
    connectors: [`./${relative(FOLDER, join(import.meta.dirname, 'connector'))}`],
    server: { requestTimeout: 1_000 },
    services: {
      quick: { type: 'bench-quick' },
      wrong: { type: 'bench-wrong', ...(isolated && { isolation: { process: { memory: MEMORY } } }) },
    },
    probe: QUICK,
  })
  await serves(system)
  return system
}

const answerTo = async ({ url, headers }: System, { path, patience }: Case): Promise<string> => {
  try {
    const signal = AbortSignal.timeout(patience ?? 5_000)
    const answer = await fetch(`${url}/api/v2/wrong/${path}`, { headers, signal })
    await answer.arrayBuffer()
    return String(answer.status)
  } catch {
    return patience === undefined ? 'nothing' : 'rows until they hang up'
  }
}

/** Asks the wrong service until told to stop. @returns what was answered */
const wrongCalls = (system: System, one: Case, counts: Map<string, number>) => {
  let over = false
  const all: Promise<void>[] = []
  const asking = (async () => {
    while (!over) {
      all.push(answerTo(system, one).then((answer) => void counts.set(answer, (counts.get(answer) ?? 0) + 1)))
      await sleep(1_000 / WRONG)
    }
    await Promise.all(all)
  })()
  return async () => {
    over = true
    await asking
  }
}

const ready = ({ url }: System) =>
  fetch(`${url}/readyz`).then(async (answer) => {
    await answer.arrayBuffer()
    return answer.ok
  })

/** Waits until no service is starting any more. */
const serves = async (system: System): Promise<void> => {
  while (!(await ready(system))) await sleep(50)
}

/** ms that something may take to be noticed. */
const NOTICED = 40_000

const noticed = async ({ output }: System, { until }: Case): Promise<void> => {
  const end = performance.now() + NOTICED
  while (until && performance.now() < end && !until.test(readFileSync(output!, 'utf8'))) await sleep(200)
}

/** What only says again what another line has said. */
const REPEATING = /^(more calls failed|call failed: Service 'wrong' is down)/

/** Lines of the log about the wrong service, each kind once. */
const linesOf = ({ output }: System): readonly string[] => {
  const lines = readFileSync(output!, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"wrong"'))
    .map((line) => JSON.parse(line) as { msg: string; reason?: string; error?: { message?: string } | string })
  const told = lines.map(({ msg, reason, error }) => {
    const why = reason ?? (typeof error === 'object' ? error.message : error)
    return why === undefined ? msg : `${msg}: ${why}`
  })
  return [...new Set(told)].filter((line) => !REPEATING.test(line))
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

export const measureCase = async (system: System, one: Case, seconds: number): Promise<Outcome> => {
  const watch = () =>
    generateOpen(system, [{ method: 'GET', path: QUICK }], {
      rate: WATCHED,
      seconds: seconds / ROUNDS,
      connections: 10,
    })
  const counts = new Map<string, number>()
  const [alone, beside]: [number[], number[]] = [[], []]
  let failures = 0
  await watch()
  for (let round = 0; round < ROUNDS; round++) {
    const quiet = await watch()
    const stop = wrongCalls(system, one, counts)
    const loud = await watch()
    await stop()
    alone.push(quiet.goodP99)
    beside.push(loud.goodP99)
    failures += quiet.failures + loud.failures
  }
  await noticed(system, one)
  // What is only counted is summed up after a second.
  await sleep(1_200)
  return {
    label: one.label,
    isolated: one.isolated === true,
    alone,
    beside,
    ratio: median(beside) / median(alone),
    failures,
    heard: [...counts].map(([answer, count]) => `${answer} (${count})`).join(', '),
    read: linesOf(system),
  }
}
