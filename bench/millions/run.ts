/**
 * Exports, imports and walks of a million records, against a gateway in a process of its own: how long they take, how
 * much its memory grows, and how soon a database stops for a client that has left. Part of `pnpm stress`.
 *
 * GW_MILLION_ROWS (1000000), GW_ABORTS (10000) and GW_SLOW_SECONDS (20) make it shorter or longer, GW_WALK_ONLY=1
 * leaves all but the walk out. Arguments: names of
 * databases; none: all.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../scripts/backends/postgres.ts'
import { GATEWAY_SCRIPT } from '../systems/gateway.ts'
import { residentMemory, type System, startSystem } from '../systems/process.ts'
import { type Client, clientOf, countLines, readSlowly } from './client.ts'
import { DATABASES, type MillionDatabase } from './databases.ts'
import { walk } from './walk.ts'

const ROWS = Number(process.env.GW_MILLION_ROWS ?? 1_000_000)
const ABORTS = Number(process.env.GW_ABORTS ?? 10_000)
const SLOW_SECONDS = Number(process.env.GW_SLOW_SECONDS ?? 20)
/** Records with which the process is warmed up. */
const WARM = Math.min(ROWS, 200_000)
/** MiB that the process may grow by while it works. */
const MOST_GROWTH = 64
/** Milliseconds for a database to stop. */
const SOON = 1_000
const WALK_ONLY = process.env.GW_WALK_ONLY === '1'
const KEY = 'millions'
/** Connections of a service, as its configuration has it by default. */
const POOL = 10

let failed = false
const check = (holds: boolean, what: string): string => {
  if (!holds) failed = true
  return `${holds ? '' : 'FAILED: '}${what}`
}
const progress = (text: string) => process.stdout.write(process.stdout.isTTY ? `\r\x1b[K  ${text}` : '')
let shown = 0
const counting = (what: string, total: number) => (done: number) => {
  if (performance.now() - shown < 500) return
  shown = performance.now()
  if (process.stdout.isTTY) progress(`${what}: ${Math.floor((done / total) * 100)} %`)
  else if (Math.floor((done / total) * 4) > Math.floor(((done - total / 200) / total) * 4))
    console.log(`  … ${what}: ${Math.floor((done / total) * 100)} %`)
}

/** Runs something, and says how long it took and how much the gateway grew meanwhile. */
const measured = async (what: string, pid: number, work: () => Promise<string>): Promise<void> => {
  const before = residentMemory(pid)
  let peak = before
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentMemory(pid))
  }, 25)
  const begun = performance.now()
  try {
    const told = await work()
    const seconds = (performance.now() - begun) / 1000
    const growth = peak - before
    progress('')
    console.log(
      `  ${what}: ${told}; ${seconds.toFixed(1)} s, ${check(growth < MOST_GROWTH, `grew by ${growth.toFixed(0)} MiB to ${peak.toFixed(0)}`)}`,
    )
  } finally {
    clearInterval(sampling)
  }
}

const start = async ({ connector, service }: MillionDatabase): Promise<System> => {
  // Inside bench, so that its packages are found.
  const folder = join(dirname(import.meta.dirname), 'results', 'millions', connector.replace('@gw/', ''))
  mkdirSync(folder, { recursive: true })
  const config = { ...service.config, max_records: 10_000 }
  const configuration = {
    connectors: [connector],
    log: { level: 'error' },
    services: { shop: { ...service, config } },
    roles: { all: { access: [{ service: 'shop', component: '*', verbs: ['GET', 'POST', 'DELETE'] }] } },
    apps: { millions: { apiKey: KEY, role: 'all' } },
  }
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
  return startSystem({
    name: 'gateway',
    script: GATEWAY_SCRIPT,
    args: ['start'],
    cwd: folder,
    env: {},
    port: await freePort(),
    headers: { 'x-dreamfactory-api-key': KEY },
    probe: '/api/v2/shop/_table/items?limit=1',
  })
}

function* generated(rows: number): Generator<string> {
  let text = ''
  for (let id = 1; id <= rows; id++) {
    text += `{"id":${id},"name":"n${id % 1000}","amount":${id % 100}.5,"note":"${'y'.repeat(60)}","created":"2026-01-01 00:00:00"}\n`
    if (text.length < 60_000) continue
    yield text
    text = ''
  }
  yield text
}

/** Milliseconds until the database does nothing for the gateway any more. */
const quiet = async (database: MillionDatabase, pid: number): Promise<number> => {
  const begun = performance.now()
  while ((await database.busy(pid)) > 0) {
    if (performance.now() - begun > 20_000) break
    await pause(5)
  }
  return performance.now() - begun
}
const busy = async (database: MillionDatabase, pid: number): Promise<void> => {
  for (let at = 0; at < 400 && (await database.busy(pid)) === 0; at++) await pause(5)
}

const exports = async (client: Client, pid: number): Promise<void> => {
  const formats = [
    ['NDJSON', 'application/x-ndjson', ROWS],
    ['CSV', 'text/csv', ROWS + 1],
  ] as const
  for (const [format, accept, expected] of formats) {
    await measured(`export as ${format}`, pid, async () => {
      const { answer } = await client.open('_table/items?stream=true', accept)
      const lines = await countLines(answer, counting(`export as ${format}`, expected))
      return check(lines === expected, `${lines} lines`)
    })
  }
}

const slowReader = async (database: MillionDatabase, client: Client, pid: number): Promise<void> => {
  await measured('export to a reader of 1 MB/s, who then leaves', pid, async () => {
    const { request, answer } = await client.open('_table/items?stream=true&order=name')
    const bytes = await readSlowly(answer, 1_000_000, SLOW_SECONDS * 1000)
    request.destroy()
    const stopped = await quiet(database, pid)
    return `${(bytes / 1e6).toFixed(0)} MB read, ${check(stopped < SOON, `the database stopped after ${stopped.toFixed(0)} ms`)}`
  })
  if (!database.slow) return
  for (const path of ['_table/slow?limit=5', '_table/slow?stream=true']) {
    const pending = client.open(path)
    pending.catch(() => undefined)
    await busy(database, pid)
    // Nothing has been answered yet: the agent's sockets are all that there is of the call.
    client.close()
    const stopped = await quiet(database, pid)
    console.log(`  leaving ${path}: ${check(stopped < SOON, `the database stopped after ${stopped.toFixed(0)} ms`)}`)
  }
}

const imports = async (client: Client, pid: number): Promise<void> => {
  for (const rollback of [false, true]) {
    await measured(`import of NDJSON${rollback ? ' in one transaction' : ''}`, pid, async () => {
      const path = `_table/imported?stream=true${rollback ? '&rollback=true' : ''}`
      const { status, body } = await client.send(path, 'application/x-ndjson', generated(ROWS))
      const { body: count } = await client.call('GET', '_table/imported?count_only=true')
      return check(
        status === 200 && body.count === ROWS && count === ROWS,
        `${status} ${JSON.stringify(body)}, ${count} stored`,
      )
    })
    await client.call('DELETE', '_table/imported?force=true')
  }
}

/** Calls whose client leaves: before the answer, at its beginning, in its middle. */
const aborts = async (database: MillionDatabase, client: Client, pid: number): Promise<void> => {
  await measured(`${ABORTS} aborted calls`, pid, async () => {
    const paths = ['_table/items?stream=true', '_table/items?limit=1000', '_table/items?stream=true&limit=5000']
    let done = 0
    const tell = counting('aborted calls', ABORTS)
    const leave = async () => {
      while (done < ABORTS) {
        const n = done++
        tell(done)
        const { request, answer } = await client.open(paths[n % paths.length]!)
        if (n % 2 === 0) await new Promise((resolve) => answer.once('data', resolve))
        answer.on('error', () => undefined)
        request.destroy()
      }
    }
    await Promise.all(Array.from({ length: 8 }, leave))
    const stopped = await quiet(database, pid)
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.call('GET', '_table/items?limit=1')))
    const served = answers.filter(({ status }) => status === 200).length
    let open = await database.connections(pid)
    // Those that are broken are gone a moment later.
    for (let at = 0; at < 50 && open > POOL; at++) {
      await pause(20)
      open = await database.connections(pid)
    }
    return check(
      served === 40 && open <= POOL && stopped < SOON,
      `${served} of 40 calls served afterwards, ${open} connections, quiet after ${stopped.toFixed(0)} ms`,
    )
  })
}

const run = async (name: string): Promise<void> => {
  const database = await DATABASES[name]!(ROWS)
  console.log(`\n${database.label}, ${ROWS} records`)
  const system = await start(database)
  const { pid } = system
  const client = clientOf(system.url, KEY)
  try {
    // What a process needs to work at all is not growth: a runtime takes memory for its young objects as it needs it.
    await countLines((await client.open(`_table/items?stream=true&limit=${WARM}`)).answer, () => undefined)
    for (const rollback of ['false', 'true']) {
      await client.send(`_table/imported?stream=true&rollback=${rollback}`, 'application/x-ndjson', generated(WARM))
      await client.call('DELETE', '_table/imported?force=true')
    }
    if (!WALK_ONLY) {
      await exports(client, pid)
      await slowReader(database, client, pid)
      await imports(client, pid)
      await aborts(database, client, pid)
    }
    await measured('walk behind a cursor while others write', pid, async () => {
      const { seen, twice, missed, inserted, deleted } = await walk(client, ROWS, counting('walk', ROWS))
      return check(
        twice === 0 && missed === 0 && inserted > 0 && deleted > 0,
        `${seen} seen, ${twice} twice, ${missed} missed, while ${inserted} were inserted and ${deleted} deleted`,
      )
    })
  } finally {
    client.close()
    await system.stop()
    await database.stop()
  }
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(DATABASES, name))
if (unknown) {
  console.error(`There is no database '${unknown}': ${Object.keys(DATABASES).join(', ')}`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : Object.keys(DATABASES)) await run(name)
rmSync(join(dirname(import.meta.dirname), 'results', 'millions'), { recursive: true, force: true })
process.exitCode = failed ? 1 : 0
