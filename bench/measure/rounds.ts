/** Short runs of several systems, interleaved (A B, B A, …), so that a noisy moment of the machine hits all of them. */
import { truncateSync } from 'node:fs'
import type { BenchDatabase } from '../databases/database.ts'
import type { Generator, Load, Sample } from '../load/closed.ts'
import { familyCpuTime, settle } from '../systems/process.ts'
import type { Target } from '../systems/target.ts'
import { type HttpRequest, requestsOf, type Workload } from '../workloads.ts'

export interface Run extends Sample {
  /** CPU of the system's processes for each request, µs. */
  readonly cpu: number
  /** CPU of the database's own processes for each request, µs. */
  readonly databaseCpu: number
}
/** Values by the name of their system; those at one place belong to one round. */
export type ByRound<T> = Readonly<Record<string, readonly T[]>>

/** The order of a round: every other one is reversed, so that nobody always follows the same neighbour. */
export const orderOf = <T>(targets: readonly T[], round: number): readonly T[] =>
  round % 2 === 0 ? targets : targets.toReversed()

/** Measures each target once a round. */
export const interleave = async <T>(
  targets: readonly Target[],
  rounds: number,
  measure: (target: Target) => Promise<T>,
): Promise<ByRound<T>> => {
  const byName = Object.fromEntries(targets.map(({ name }) => [name, [] as T[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const target of orderOf(targets, round)) byName[target.name]?.push(await measure(target))
  }
  return byName
}

export interface Bench {
  readonly database: Pick<BenchDatabase, 'reset' | 'cpu'>
  readonly generate: Generator
}

/** How long a process that has just been started is asked before anything counts, s: it has to be compiled. */
const WARMING = 3

/** Asks systems that have just been started for a while; what comes of it is thrown away. */
export const warmUp = async (
  bench: Bench,
  targets: readonly Target[],
  workload: Workload,
  connections: number,
): Promise<void> => {
  for (const target of targets) await measureRun(bench, target, workload, { connections, seconds: WARMING })
}

/** How often a run is repeated, each time twice as long, where nothing was answered within it. */
const PATIENCE = 3

/** One run of one target. @throws where a request failed, or nothing is ever answered */
export const measureRun = async (bench: Bench, target: Target, workload: Workload, load: Load): Promise<Run> => {
  const requests = requestsOf(workload, target.words)
  if (requests === undefined) throw new Error(`${target.name} has no words for ${workload.name}.`)
  const said = `${target.name}, ${workload.name}, ${load.connections} connections`
  for (let attempt = 0; attempt <= PATIENCE; attempt += 1) {
    if (workload.writes) await bench.database.reset()
    const seconds = load.seconds * 2 ** attempt
    const run = await accounted(bench, target, requests, { ...load, seconds })
    // What it still has in hand must not cost the next one.
    await settle(target.pid)
    if (run.failures > 0) throw new Error(`${said}: ${run.failures} requests failed.`)
    if (run.requests > 0) return run
  }
  throw new Error(`${said}: nothing was answered within ${load.seconds * 2 ** PATIENCE} s.`)
}

const accounted = async (
  { database, generate }: Bench,
  target: Target,
  requests: readonly HttpRequest[],
  load: Load,
): Promise<Run> => {
  // A log that grows for minutes would measure the disk.
  if (target.output !== undefined) truncateSync(target.output)
  const cpu = familyCpuTime(target.pid)
  const databaseCpu = database.cpu()
  const sample = await generate(target, requests, load)
  return {
    ...sample,
    cpu: (familyCpuTime(target.pid) - cpu) / sample.requests,
    databaseCpu: (database.cpu() - databaseCpu) / sample.requests,
  }
}
