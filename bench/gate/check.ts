/** `pnpm bench --check`: a short, fixed run, and whether gw needs more CPU for a request than it did. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchDatabase, DatabaseName } from '../databases/database.ts'
import { DATABASES } from '../databases/open.ts'
import { compare } from '../measure/compare.ts'
import { type ByRound, interleave, measureRun, type Run, warmUp } from '../measure/rounds.ts'
import { USUAL_CONNECTIONS } from '../options.ts'
import type { Session } from '../parts/session.ts'
import { median, pairedRatios } from '../statistics.ts'
import { startBaseline } from '../systems/baseline.ts'
import { startGateway } from '../systems/gateway.ts'
import type { Target } from '../systems/target.ts'
import { WORKLOADS, type Workload } from '../workloads.ts'
import { type Cost, decide, describe, type Observation, type Recorded, suspects, type Verdict } from './decide.ts'

const RECORDED = join(import.meta.dirname, 'recorded.json')
const CHECKED: readonly DatabaseName[] = ['sqlite', 'postgres']
const NAMES = ['W1', 'W2', 'W4', 'W5']
const ROUNDS = 8
const SECONDS = 1
/** Where a first look is worrying, a longer one decides. */
const SECOND_LOOK = 16
export const CHECK_STEPS = CHECKED.length * NAMES.length

/** @returns whether nothing has become slower */
export const check = async (session: Session): Promise<boolean> => {
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recorded
  const verdicts: Verdict[] = []
  for (const name of CHECKED) {
    verdicts.push(...(await on(session, name, (pair) => checkDatabase(session, name, recorded, pair))))
  }
  console.log(`\n${verdicts.map(describe).join('\n')}`)
  const bad = verdicts.filter(({ outcome }) => outcome !== 'kept')
  if (bad.length > 0)
    console.log(`\n${bad.length} of ${verdicts.length} are not as recorded in bench/gate/recorded.json.`)
  return bad.length === 0
}

/** Writes down what gw needs now, for later checks to compare with. */
export const record = async (session: Session): Promise<void> => {
  const recorded: Record<string, number> = {}
  for (const name of CHECKED) {
    const seen = await on(session, name, (pair) => observeAll(session, name, pair, ROUNDS))
    for (const { key, ratios } of seen) recorded[key] = Math.round(median(ratios) * 1000) / 1000
  }
  writeFileSync(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`)
  console.log(`Recorded in bench/gate/recorded.json:\n${JSON.stringify(recorded, null, 2)}`)
}

interface Pair {
  readonly database: BenchDatabase
  readonly gateway: Target
  readonly baseline: Target
}

const on = async <T>(
  { options, code, progress }: Session,
  name: DatabaseName,
  work: (pair: Pair) => Promise<T>,
): Promise<T> => {
  const database = await DATABASES[name](options.pool)
  const running: Target[] = []
  try {
    progress.say(`${database.label}: loading 100,000 customers …`)
    await database.load({ orders: false })
    const baseline = await startBaseline(database, options.pool)
    running.push(baseline)
    const gateway = await startGateway({ database, code })
    running.push(gateway)
    return await work({ database, gateway, baseline })
  } finally {
    await Promise.all(running.map((target) => target.stop()))
    await database.stop()
  }
}

const checkDatabase = async (
  session: Session,
  name: DatabaseName,
  recorded: Recorded,
  pair: Pair,
): Promise<readonly Verdict[]> => {
  const first = (await observeAll(session, name, pair, ROUNDS)).map((seen) => decide(recorded, seen))
  const again = new Set(suspects(first).map((key) => key.split(' ')[1]))
  if (again.size === 0) return first
  session.progress.say(`Looking again at ${[...again].join(', ')}, for longer …`)
  const second: Verdict[] = []
  for (const workload of WORKLOADS.filter((each) => again.has(each.name))) {
    const seen = await observe(session, name, pair, workload, SECOND_LOOK)
    second.push(...seen.map((each) => decide(recorded, each)))
  }
  return first.map((verdict) => second.find(({ key }) => key === verdict.key) ?? verdict)
}

const observeAll = async (
  session: Session,
  name: DatabaseName,
  pair: Pair,
  rounds: number,
): Promise<readonly Observation[]> => {
  const observations: Observation[] = []
  for (const workload of WORKLOADS.filter((each) => NAMES.includes(each.name))) {
    const seen = await observe(session, name, pair, workload, rounds)
    const said = seen.map(({ key, ratios }) => `${key.split(' ')[2]} ${median(ratios).toFixed(2)}`)
    session.progress.step(`${name} ${workload.name}, times the CPU of b: ${said.join(', ')}`)
    observations.push(...seen)
  }
  return observations
}

const observe = async (
  { generate }: Session,
  name: DatabaseName,
  { database, gateway, baseline }: Pair,
  workload: Workload,
  rounds: number,
): Promise<readonly Observation[]> => {
  const load = { connections: USUAL_CONNECTIONS, seconds: SECONDS }
  const bench = { database, generate }
  await compare(workload, gateway, baseline, true)
  await warmUp(bench, [gateway, baseline], workload, load.connections)
  const runs = await interleave([baseline, gateway], rounds, (target) => measureRun(bench, target, workload, load))
  const costs: readonly Cost[] = name === 'sqlite' ? ['gateway'] : ['gateway', 'database']
  return costs.map((cost) => ({ key: `${name} ${workload.name} ${cost}`, ratios: costRatios(runs, cost) }))
}

const costRatios = (runs: ByRound<Run>, cost: Cost): readonly number[] => {
  const of = (name: string) => (runs[name] ?? []).map((run) => (cost === 'gateway' ? run.cpu : run.databaseCpu))
  return pairedRatios(of('gw'), of('b'))
}
