/**
 * `pnpm backends up [name…]` starts servers that stay until `pnpm backends down [name…]`, and prints the environment
 * variables by which tests find them. Without names: all.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startMariadb } from './mariadb.ts'
import { startJongodb, startMongoJavaServer } from './mongodb.ts'
import { type Backend, startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { Address } from './shared.ts'

interface Running {
  readonly pid: number
  readonly env: Readonly<Record<string, string>>
}
interface Kind {
  start(): Promise<Backend<unknown> & { readonly env: Readonly<Record<string, string>> }>
}

const mongo = (variable: string, start: () => Promise<Backend<Address>>): Kind => ({
  async start() {
    const backend = await start()
    const { host, port, database } = backend.url
    return { ...backend, env: { [variable]: `mongodb://${host}:${port}/${database}` } }
  },
})

const KINDS: Readonly<Record<string, Kind>> = {
  mongodb: mongo('MONGODB_URL', startMongoJavaServer),
  jongodb: mongo('JONGODB_URL', startJongodb),
  postgres: {
    async start() {
      const backend = await startPostgres()
      const { host, port, user, password, database } = backend.url
      const env = { POSTGRES_URL: `postgres://${user}:${password}@${host}:${port}/${database}` }
      return { ...backend, env: { ...env, POSTGRES_LOG: backend.log! } }
    },
  },
  mariadb: {
    async start() {
      const backend = await startMariadb()
      const { host, port, user, password, database } = backend.url
      return { ...backend, env: { MARIADB_URL: `mysql://${user}:${password}@${host}:${port}/${database}` } }
    },
  },
  redis: {
    async start() {
      const backend = await startRedis()
      const { host, port, user, password, database } = backend.url
      return { ...backend, env: { REDIS_URL: `redis://${user}:${password}@${host}:${port}/${database}` } }
    },
  },
}
/** Milliseconds for a server to be there, or gone. */
const PATIENCE = 60_000
const folder = join(dirname(dirname(import.meta.dirname)), '.gw', 'backends')
const stateFile = (name: string) => join(folder, `${name}.json`)
const running = (name: string): Running | undefined => {
  if (!existsSync(stateFile(name))) return undefined
  const state = JSON.parse(readFileSync(stateFile(name), 'utf8')) as Running
  return isAlive(state.pid) ? state : undefined
}
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const until = async (done: () => boolean): Promise<boolean> => {
  const deadline = Date.now() + PATIENCE
  while (!done() && Date.now() < deadline) await sleep(100)
  return done()
}

/** Runs in a process of its own, for as long as the server does. */
const hold = async (name: string): Promise<void> => {
  const { env, stop } = await KINDS[name]!.start()
  writeFileSync(stateFile(name), JSON.stringify({ pid: process.pid, env } satisfies Running), { mode: 0o600 })
  const end = () =>
    void stop().finally(() => {
      rmSync(stateFile(name), { force: true })
      process.exit(0)
    })
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

const up = async (name: string): Promise<void> => {
  if (!running(name)) {
    mkdirSync(folder, { recursive: true })
    rmSync(stateFile(name), { force: true })
    const child = spawn(process.execPath, [import.meta.filename, 'hold', name], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    let ended = false
    child.once('exit', () => {
      ended = true
    })
    if (!(await until(() => ended || running(name) !== undefined)) || ended) throw new Error(`${name} did not start.`)
    child.unref()
  }
  for (const [key, value] of Object.entries(running(name)!.env)) console.log(`${key}=${value}`)
}

const down = async (name: string): Promise<void> => {
  const state = running(name)
  if (!state) return console.log(`${name} is not running.`)
  process.kill(state.pid, 'SIGTERM')
  if (!(await until(() => !isAlive(state.pid)))) throw new Error(`${name} does not stop.`)
  rmSync(stateFile(name), { force: true })
  console.log(`${name} is stopped.`)
}

const [command, ...names] = process.argv.slice(2)
const commands: Readonly<Record<string, (name: string) => Promise<void>>> = { up, down, hold }
const action = command === undefined ? undefined : commands[command]
const unknown = names.find((name) => !Object.hasOwn(KINDS, name))
if (!action || unknown) {
  console.error(`Usage: pnpm backends up|down [${Object.keys(KINDS).join('|')}…]`)
  process.exit(2)
}
for (const name of names.length > 0 ? names : Object.keys(KINDS)) await action(name)
if (command !== 'hold') process.exit(0)
