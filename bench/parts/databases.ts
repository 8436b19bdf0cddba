/** gw and b on one database: every workload at each level of concurrency, the price of the rules, and open loops. */
import { dirname, join } from 'node:path'
import type { BenchDatabase, DatabaseName } from '../databases/database.ts'
import { DATABASES } from '../databases/open.ts'
import { generateOpen } from '../load/open.ts'
import { compare } from '../measure/compare.ts'
import { startMeasured } from '../measure/footprint.ts'
import { interleave, measureRun, warmUp } from '../measure/rounds.ts'
import { USUAL_CONNECTIONS } from '../options.ts'
import type { DatabaseResults, Measured, OpenMeasured } from '../report/results.ts'
import { ratiosOf, ratioText } from '../report/tables.ts'
import { median } from '../statistics.ts'
import { startBaseline } from '../systems/baseline.ts'
import { startGateway, unfiltered } from '../systems/gateway.ts'
import type { Target } from '../systems/target.ts'
import { requestsOf, type Workload, type WorkloadName } from '../workloads.ts'
import type { Session } from './session.ts'

const STARTS = 3
/** Connections of an open loop: more than it ever needs, so that requests wait for the system and not for these. */
const OPEN_CONNECTIONS = 64

/** Those of the workloads whose answers differ most in size, and the one that writes: all six would take too long. */
const OPENED: readonly WorkloadName[] = ['W1', 'W2', 'W4', 'W5']
const isOpened = ({ name }: Workload): boolean => OPENED.includes(name)

/** How many lines of progress a database gives. */
export const stepsOf = ({ workloads, connections }: Session['options']): number =>
  workloads.length * connections.length + (measuresUsual(connections) ? workloads.filter(isOpened).length : 0) + 1

const usualFirst = (levels: readonly number[]): readonly number[] =>
  levels.toSorted((a, b) => Number(b === USUAL_CONNECTIONS) - Number(a === USUAL_CONNECTIONS))
const measuresUsual = (connections: readonly number[]): boolean => connections.includes(USUAL_CONNECTIONS)

export const measureDatabase = async (session: Session, name: DatabaseName): Promise<DatabaseResults> => {
  const { options, code, progress, circumstances } = session
  const database = await DATABASES[name](options.pool)
  const running: Target[] = []
  const start = async (starts: number, open: () => Promise<Target>) => {
    const started = await startMeasured(starts, open)
    running.push(started.target)
    return started
  }
  try {
    progress.say(`${database.label}: loading 100,000 customers and 500,000 orders …`)
    await database.load({ orders: options.workloads.some(({ orders }) => orders) })
    const profile = options.profile ? { profile: join(dirname(import.meta.dirname), 'results') } : {}
    const gateway = await start(STARTS, () => startGateway({ database, code, ...profile }))
    const baseline = await start(STARTS, () => startBaseline(database, options.pool))
    const pair = [baseline.target, gateway.target]
    await warmUp({ database, generate: session.generate }, pair, options.workloads[0]!, USUAL_CONNECTIONS)
    const measured: Measured[] = []
    for (const connections of usualFirst(options.connections)) {
      for (const workload of options.workloads) {
        measured.push(await measureClosed(session, database, workload, connections, pair))
      }
    }
    const rules = await measureRules(session, database, gateway.target)
    const usual = measured.filter(({ connections }) => connections === USUAL_CONNECTIONS)
    const open: OpenMeasured[] = []
    for (const saturated of usual.filter(({ workload }) => OPENED.includes(workload)))
      open.push(await measureOpen(session, database, saturated, pair))
    const footprints = { gw: gateway.footprint(), b: baseline.footprint() }
    return { circumstances, label: database.label, measured, open, rules, footprints }
  } finally {
    await Promise.all(running.map((target) => target.stop()))
    await database.stop()
  }
}

/** Each system as fast as it answers. */
const measureClosed = async (
  { options, generate, progress }: Session,
  database: BenchDatabase,
  workload: Workload,
  connections: number,
  targets: readonly Target[],
): Promise<Measured> => {
  const bench = { database, generate }
  const bytes: Record<string, number> = {}
  const baseline = targets[0]!
  for (const target of targets) bytes[target.name] = (await compare(workload, target, baseline, true))!
  // The first level warms up for the others.
  if (connections === usualFirst(options.connections)[0])
    for (const target of targets) await measureRun(bench, target, workload, { connections, seconds: 1 })
  const runs = await interleave(targets, options.runs, (target) =>
    measureRun(bench, target, workload, { connections, seconds: options.seconds }),
  )
  const measured = { workload: workload.name, connections, bytes, runs }
  progress.step(
    `${database.label} ${workload.name} ${workload.label}, ${connections} connections: ${ratioText(ratiosOf(measured, 'gw'))} of b`,
  )
  return measured
}

/** A point read with the rules, with fewer, and without. */
const measureRules = async (
  { options, code, generate, progress }: Session,
  database: BenchDatabase,
  gateway: Target,
): Promise<Measured | undefined> => {
  const workload = options.workloads.find(({ name }) => name === 'W1')
  if (workload === undefined) {
    progress.step(`${database.label}: the price of the rules is measured with W1 only`)
    return undefined
  }
  const open = await startGateway({ database, code, open: true })
  try {
    const targets = [open, unfiltered(gateway), gateway]
    const bench = { database, generate }
    const load = { connections: USUAL_CONNECTIONS, seconds: options.seconds }
    const bytes: Record<string, number> = {}
    for (const target of targets) bytes[target.name] = (await compare(workload, target, gateway, true))!
    await warmUp(bench, [open], workload, load.connections)
    for (const target of targets) await measureRun(bench, target, workload, load)
    const runs = await interleave(targets, options.runs, (target) => measureRun(bench, target, workload, load))
    const measured = { workload: workload.name, connections: load.connections, bytes, runs }
    progress.step(`${database.label} W1 with its rules: ${ratioText(ratiosOf(measured, 'gw', 'open'))} of without`)
    return measured
  } finally {
    await open.stop()
  }
}

/** Each system at half of what it can do. */
const measureOpen = async (
  { options, progress }: Session,
  database: BenchDatabase,
  saturated: Measured,
  targets: readonly Target[],
): Promise<OpenMeasured> => {
  const workload = options.workloads.find(({ name }) => name === saturated.workload)!
  const rates = Object.fromEntries(
    targets.map(({ name }) => [name, median(saturated.runs[name]!.map(({ perSecond }) => perSecond)) / 2]),
  )
  const runs = await interleave(targets, options.runs, async (target) => {
    if (workload.writes) await database.reset()
    const load = { rate: rates[target.name]!, seconds: options.seconds, connections: OPEN_CONNECTIONS }
    const sample = await generateOpen(target, requestsOf(workload, target.words)!, load)
    if (sample.failures > 0) throw new Error(`${target.name}, ${workload.name}: ${sample.failures} requests failed.`)
    return sample
  })
  const p99 = (name: string) => median(runs[name]!.map((sample) => sample.p99)).toFixed(1)
  progress.step(`${database.label} ${workload.name} at half of saturation: p99 gw ${p99('gw')} ms, b ${p99('b')} ms`)
  return { workload: workload.name, rates, runs }
}
