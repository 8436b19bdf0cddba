/**
 * `pnpm bench`: gw against b, a hand-written Fastify server that answers the same bytes from the same database. Short runs, interleaved (b gw, gw b, …), so that a noisy moment hits both; the ratio of each pair counts.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compare } from './compare.ts'
import type { BenchDatabase } from './databases/database.ts'
import { openMariadb } from './databases/mariadb.ts'
import { openPostgres } from './databases/postgres.ts'
import { openSqlite } from './databases/sqlite.ts'
import { findGenerator, type Generator } from './generator.ts'
import {
  type Footprint,
  type Measured,
  markdown,
  type Pair,
  type Results,
  type Run,
  ratios,
  writeReport,
} from './report.ts'
import { median } from './statistics.ts'
import { API_KEY, GATEWAY_SCRIPT, writeConfiguration } from './systems/gateway.ts'
import { cpuTime, residentMemory, type System, startSystem } from './systems/process.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    /** Or mariadb, or sqlite. */
    database: { type: 'string', default: 'postgres' },
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '32' },
    pool: { type: 'string', default: '10' },
    /** Names, separated by commas. */
    only: { type: 'string' },
    /** Write a CPU profile of the gateway into bench/results. */
    profile: { type: 'boolean', default: false },
    /** Leave docs/performance.md as it is. */
    'no-report': { type: 'boolean', default: false },
  },
})
const runs = Number(options.runs)
const seconds = Number(options.seconds)
const connections = Number(options.connections)
const workloads = WORKLOADS.filter(({ name }) => options.only?.split(',').includes(name) ?? true)
const STARTS = 3
const PROBE = '/customers/1'

const DATABASES: Readonly<Record<string, (pool: number) => Promise<BenchDatabase>>> = {
  postgres: openPostgres,
  mariadb: openMariadb,
  sqlite: openSqlite,
}
const openDatabase = DATABASES[options.database]
if (!openDatabase) throw new Error(`--database is one of ${Object.keys(DATABASES).join(', ')}.`)
const database = await openDatabase(Number(options.pool))
const systems: System[] = []

const startGateway = (): Promise<System> => {
  const cwd = writeConfiguration(database)
  const headers = { 'X-DreamFactory-API-Key': API_KEY }
  const probe = `/api/v2/shop/_table${PROBE}`
  return startSystem({
    name: 'gw',
    script: GATEWAY_SCRIPT,
    args: ['start'],
    nodeArgs: options.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(import.meta.dirname, 'results')}`] : [],
    cwd,
    env: {},
    port: 18_901,
    headers,
    probe,
  })
}
const startBaseline = (): Promise<System> => {
  const script = join(import.meta.dirname, 'systems', 'baselines', `${options.database}.ts`)
  const env = { ...database.env, POOL: options.pool }
  return startSystem({ name: 'b', script, env, port: 18_902, probe: PROBE })
}

/** Starts a system a few times; the last one stays. */
const startMeasured = async (start: () => Promise<System>): Promise<{ system: System; footprint: Footprint }> => {
  const startup: number[] = []
  const idle: number[] = []
  for (let time = 1; ; time += 1) {
    const system = await start()
    await delay(1000)
    startup.push(system.startup)
    idle.push(residentMemory(system.pid))
    if (time === STARTS) return { system, footprint: { startup, idle } }
    await system.stop()
  }
}

const measure = async (generate: Generator, system: System, workload: Workload, duration: number): Promise<Run> => {
  if (workload.writes) await database.reset()
  const questions = system.name === 'gw' ? workload.gateway : workload.baseline
  const cpu = cpuTime(system.pid)
  const databaseCpu = database.cpu()
  const sample = await generate(system, questions, { connections, seconds: duration })
  if (sample.failures > 0) throw new Error(`${system.name}, ${workload.label}: ${sample.failures} requests failed.`)
  return {
    ...sample,
    cpu: (cpuTime(system.pid) - cpu) / sample.requests,
    databaseCpu: (database.cpu() - databaseCpu) / sample.requests,
  }
}

const measureWorkload = async (
  generate: Generator,
  workload: Workload,
  gateway: System,
  baseline: System,
): Promise<Measured> => {
  const bytes = await compare(workload, gateway, baseline)
  for (const system of [gateway, baseline]) await measure(generate, system, workload, 1)
  const pairs: Pair[] = []
  for (let run = 0; run < runs; run += 1) {
    const order = run % 2 === 0 ? [baseline, gateway] : [gateway, baseline]
    const byName = new Map<string, Run>()
    for (const system of order) byName.set(system.name, await measure(generate, system, workload, seconds))
    pairs.push({ gateway: byName.get('gw') as Run, baseline: byName.get('b') as Run })
  }
  const measured = { workload: workload.name, label: workload.label, bytes, pairs }
  console.log(`${workload.label.padEnd(34)} ${median(ratios(measured)).toFixed(2)} of b`)
  return measured
}

try {
  const orders = workloads.some((workload) => workload.orders)
  console.log(`Loading 100,000 customers${orders ? ' and 500,000 orders' : ''} …`)
  await database.load({ orders })
  const gateway = await startMeasured(startGateway)
  systems.push(gateway.system)
  const baseline = await startMeasured(startBaseline)
  systems.push(baseline.system)
  const generator = await findGenerator()
  const measured: Measured[] = []
  for (const workload of workloads) {
    measured.push(await measureWorkload(generator.generate, workload, gateway.system, baseline.system))
  }
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    command: ['pnpm bench', ...process.argv.slice(2)].join(' '),
    generator: generator.name,
    database: database.label,
    connections,
    seconds,
    measured,
    gateway: gateway.footprint,
    baseline: baseline.footprint,
  }
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}.json`),
    JSON.stringify(results, null, 2),
  )
  console.log(`\n${markdown(results)}`)
  if (!options['no-report'])
    writeReport(join(dirname(import.meta.dirname), 'docs', 'performance.md'), markdown(results), database.label)
} finally {
  await Promise.all(systems.map((system) => system.stop()))
  await database.stop()
}
