/** What there is to reach: HTTP servers that ask no database, and a database that is asked without HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../../scripts/backends/postgres.ts'
import type { BenchDatabase } from '../databases/database.ts'
import { openPostgres } from '../databases/postgres.ts'
import { pgbench, pgbenchMissing, STATEMENTS } from '../load/pgbench.ts'
import { compare } from '../measure/compare.ts'
import { interleave, measureRun, warmUp } from '../measure/rounds.ts'
import { USUAL_CONNECTIONS } from '../options.ts'
import type { CeilingResults, Measured, StatementRuns } from '../report/results.ts'
import { median } from '../statistics.ts'
import { baselineWords, startBaseline } from '../systems/baseline.ts'
import { startGateway } from '../systems/gateway.ts'
import { startSystem } from '../systems/process.ts'
import { plainRows, type Target } from '../systems/target.ts'
import { WORKLOADS, type Workload } from '../workloads.ts'
import type { Session } from './session.ts'

/** A short answer and a long one. */
const ANSWERS = WORKLOADS.filter(({ name }) => name === 'W1' || name === 'W4')
const SERVERS = ['node', 'hono', 'fastify'] as const
export const CEILING_STEPS = ANSWERS.length + STATEMENTS.length

export const measureCeiling = async (session: Session): Promise<CeilingResults> => {
  const { options, code, circumstances, progress } = session
  const database = await openPostgres(options.pool)
  const running: Target[] = []
  try {
    progress.say('Ceiling: loading 100,000 customers …')
    await database.load({ orders: false })
    running.push(await startBaseline(database, options.pool))
    running.push(await startGateway({ database, code }))
    const http: Measured[] = []
    for (const workload of ANSWERS) http.push(await measureHttp(session, database, workload, running))
    const statementsMissing = await pgbenchMissing()
    const statements = statementsMissing === undefined ? await measureStatements(session, database) : []
    return { circumstances, http, statements, statementsMissing, clients: options.pool }
  } finally {
    await Promise.all(running.map((target) => target.stop()))
    await database.stop()
  }
}

const measureHttp = async (
  { options, generate, progress }: Session,
  database: BenchDatabase,
  workload: Workload,
  asking: readonly Target[],
): Promise<Measured> => {
  const [baseline, gateway] = asking as [Target, Target]
  const folder = mkdtempSync(join(tmpdir(), 'gw-ceiling-'))
  const started: Target[] = []
  try {
    const file = join(folder, 'answer.json')
    writeFileSync(file, await answerOf(baseline, workload))
    for (const name of SERVERS) started.push(await startServer(name, file))
    const targets = [...started, baseline, gateway]
    const load = { connections: USUAL_CONNECTIONS, seconds: options.seconds }
    const bench = { database, generate }
    const size = (await compare(workload, gateway, baseline, true))!
    const bytes = Object.fromEntries(targets.map(({ name }) => [name, size]))
    await warmUp(bench, targets, workload, load.connections)
    const runs = await interleave(targets, options.runs, (target) => measureRun(bench, target, workload, load))
    const said = targets.map(
      ({ name }) => `${name} ${median(runs[name]!.map(({ perSecond }) => perSecond)).toFixed(0)}/s`,
    )
    progress.step(`HTTP with the bytes of ${workload.name}: ${said.join(', ')}`)
    return { workload: workload.name, connections: load.connections, bytes, runs }
  } finally {
    await Promise.all(started.map((target) => target.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

const answerOf = async ({ url, words }: Target, { questions }: Workload): Promise<Buffer> => {
  const response = await fetch(`${url}${words(questions[0]!)!.path}`)
  return Buffer.from(await response.arrayBuffer())
}

const startServer = async (name: (typeof SERVERS)[number], file: string): Promise<Target> => {
  const script = join(dirname(import.meta.dirname), 'systems/ceiling/http.ts')
  const system = await startSystem({
    name,
    script,
    args: [name],
    env: { ANSWER_FILE: file },
    port: await freePort(),
    probe: '/customers/1',
  })
  return { ...system, words: baselineWords, rows: plainRows }
}

const measureStatements = async ({ options, progress }: Session, database: BenchDatabase): Promise<StatementRuns[]> => {
  const measured: StatementRuns[] = []
  for (const workload of STATEMENTS) {
    const perSecond: number[] = []
    for (let round = 0; round < options.runs; round += 1) {
      await database.reset()
      perSecond.push(await pgbench(database.address!, workload, options.pool, options.seconds))
    }
    progress.step(`pgbench ${workload}: ${median(perSecond).toFixed(0)} statements/s`)
    measured.push({ workload, perSecond })
  }
  return measured
}
