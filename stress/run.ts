/**
 * `pnpm stress`: the long forms of what `pnpm test` proves shortly, against the same real databases. Results worth
 * keeping are recorded in docs/stress.md. Arguments: `hostile`, `noninterference`, `seeded`, `kills`, `nodes`, `files`, `http`,
 * `sqlite`, `postgres`, `mariadb`; none: all.
 * `GW_PROOF` is a part of the names of the proofs to run on a database.
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { startMariadb } from '../scripts/backends/mariadb.ts'
import { startPostgres } from '../scripts/backends/postgres.ts'
import { startRedis } from '../scripts/backends/redis.ts'
import { DATABASES, type DatabaseName } from './databases/index.ts'
import { FILE_PROOFS } from './files/proofs.ts'
import { openFileStage, STORES, type StoreName } from './files/stage.ts'
import { proveKills } from './kills.ts'
import { proveNodes } from './nodes/proof.ts'
import { LONG_NODES } from './nodes/scale.ts'
import { type Proof, prove, type Stage } from './proof.ts'
import { PROOFS } from './proofs/index.ts'
import { openRemoteStage, REMOTE_PROOFS } from './remote/index.ts'
import { LONG, LONG_FILES } from './scale.ts'
import { openStage } from './stage.ts'

const root = dirname(import.meta.dirname)
/** Milliseconds between two lines that say how far it is. */
const TELLING = 15_000

/** Corpora of hostile calls, which are a part of the connectors' conformance suites. */
const runHostile = (): boolean => {
  const calls = process.env.GW_HOSTILE_CALLS ?? '110000'
  console.log(`\nHostile calls, ${calls} of each kind on each database`)
  const projects = ['@gw/sqlite', '@gw/postgres', '@gw/mysql'].flatMap((project) => ['--project', project])
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', ...projects, 'conformance', '-t', 'hostile', '--testTimeout', '7200000', '--reporter', 'dot'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, GW_HOSTILE_CALLS: calls } },
  )
  return status === 0
}

/** Databases that a role can not tell apart, which are a part of the connectors' tests. */
const runNoninterference = (): boolean => {
  const triples = process.env.GW_TRIPLES ?? '20000'
  console.log(`\nWhat roles hide, ${triples} triples of a schema, a role and a request on each database`)
  const projects = ['@gw/sqlite', '@gw/postgres', '@gw/mysql'].flatMap((project) => ['--project', project])
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', ...projects, 'noninterference', '-t', 'learns nothing', '--testTimeout', '7200000'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, GW_TRIPLES: triples } },
  )
  return status === 0
}

/** Connectors that are wrong on purpose, each through the whole suite of its family. */
const runSeeded = (): boolean => {
  console.log('\nConnectors that are wrong on purpose')
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--project', '@gw/testkit', 'seeded', '--testTimeout', '1800000'],
    { cwd: root, stdio: 'inherit', env: { ...process.env, GW_SEEDED: '1' } },
  )
  return status === 0
}

const SERVERS = {
  sqlite: async () => ({ url: undefined, stop: async () => undefined }),
  postgres: startPostgres,
  mariadb: startMariadb,
} as const

const telling = () => {
  let told = performance.now()
  return (done: number, of: number) => {
    if (performance.now() - told < TELLING) return
    told = performance.now()
    console.log(`    … ${Math.floor((done / of) * 100)} %`)
  }
}

/** @returns whether all of them held; what each has seen is told */
const proveAll = async <S extends Pick<Stage, 'gateway'>>(
  proofs: readonly Proof<S>[],
  stage: S,
  from?: number,
): Promise<boolean> => {
  let held = true
  for (const proof of proofs) {
    const seen = await prove(proof, stage, from).catch((error: unknown) => {
      held = false
      return `FAILED: ${(error as Error).message}`
    })
    console.log(`  ${proof.name}\n    ${seen}`)
  }
  return held
}

/** One proof that is not made of others. */
const told = async (proof: () => Promise<string>): Promise<boolean> => {
  try {
    console.log(`  ${await proof()}`)
    return true
  } catch (error) {
    console.log(`  FAILED: ${(error as Error).message}`)
    return false
  }
}

const chosen = PROOFS.filter(({ name }) => name.includes(process.env.GW_PROOF ?? ''))

const runProofs = async (name: DatabaseName): Promise<boolean> => {
  const server = await SERVERS[name]()
  const { stage, close } = await openStage({ name, server: server.url, scale: LONG, onProgress: telling() })
  console.log(`\n${stage.database.label}, ${LONG.rows} records`)
  try {
    return await proveAll(chosen, stage)
  } finally {
    await close()
    await server.stop()
  }
}

const runKills = async (name: DatabaseName): Promise<boolean> => {
  const server = await SERVERS[name]()
  const kills = Number(process.env.GW_KILLS ?? 200)
  console.log(`\nA gateway in front of ${name} that is killed ${kills} times while clients write`)
  try {
    return await told(() => proveKills({ name, server: server.url, kills, onProgress: telling() }))
  } finally {
    await server.stop()
  }
}

/** Gateway processes that share a store, of which one is killed again and again. */
const runNodes = async (): Promise<boolean> => {
  const { nodes, rate, changes } = LONG_NODES
  console.log(`\nMany nodes: ${nodes}, ${rate} calls a second, ${changes} changes`)
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  try {
    const options = { postgres: postgres.url, redis: redis.url, scale: LONG_NODES, onProgress: telling() }
    return await told(() => proveNodes(options))
  } finally {
    await redis.stop()
    await postgres.stop()
  }
}

/** Large files through the gateway. */
const runFiles = async (): Promise<boolean> => {
  let held = true
  for (const name of Object.keys(STORES) as StoreName[]) {
    const { stage, close } = await openFileStage(name, LONG_FILES[name], telling())
    console.log(`\n${name}, a file of ${(LONG_FILES[name] / 2 ** 20).toFixed(0)} MiB`)
    held = (await proveAll(FILE_PROOFS, stage)) && held
    await close()
  }
  return held
}

/** Bodies through a service over HTTP. `GW_BODY_MIB` makes them shorter. */
const runRemote = async (): Promise<boolean> => {
  const bytes = Number(process.env.GW_BODY_MIB ?? 1024) * 1024 * 1024
  const { stage, close } = await openRemoteStage(bytes)
  console.log(`\nA service over HTTP, bodies of ${bytes} bytes`)
  try {
    return await proveAll(REMOTE_PROOFS, stage, stage.first)
  } finally {
    await close()
  }
}

const names = Object.keys(DATABASES) as DatabaseName[]
const asked = process.argv.slice(2)
const SUITES: readonly string[] = ['hostile', 'noninterference', 'seeded', 'kills', 'nodes', 'files', 'http']
if (chosen.length === 0) {
  console.error(`No proof has '${process.env.GW_PROOF}' in its name.`)
  process.exit(2)
}
const unknown = asked.find((name) => !SUITES.includes(name) && !Object.hasOwn(DATABASES, name))
if (unknown) {
  console.error(`There is no '${unknown}': ${SUITES.join(', ')}, ${names.join(', ')}`)
  process.exit(2)
}
const wanted = (name: string) => asked.length === 0 || asked.includes(name)
let held = wanted('hostile') ? runHostile() : true
if (wanted('noninterference')) held = runNoninterference() && held
if (wanted('seeded')) held = runSeeded() && held
if (wanted('kills')) for (const name of names) held = (await runKills(name)) && held
if (wanted('nodes')) held = (await runNodes()) && held
if (wanted('files')) held = (await runFiles()) && held
if (wanted('http')) held = (await runRemote()) && held
for (const name of names) if (wanted(name)) held = (await runProofs(name)) && held
process.exitCode = held ? 0 : 1
