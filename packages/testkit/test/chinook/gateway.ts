/** A `gw start` of its own, in a folder of its own, whose configuration the test edits. */
import { type ChildProcess, spawn } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join, relative, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')
const KEY = 'chinook-parity'

/** Fetches keep connections alive: one that the server closes at the same moment would look like a failed request. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface RunningGateway {
  /** Writes the configuration with these services; the gateway finds out by itself. */
  configure(services: Readonly<Record<string, object>>): void
  ask(service: string, path: string, init?: { method?: string; body?: unknown; query?: object }): Promise<Answer>
  /** Asks until a service answers something other than "not there (yet)". */
  serving(service: string): Promise<void>
  /** Whether it is still the process that was started. */
  alive(): boolean
  output(): string
  stop(): Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const configurationOf = (folder: string, port: number, services: object) => ({
  server: { port, drainTimeout: 2_000 },
  connectors: ['sqlite', 'postgres', 'mysql', 'mongodb'].map((name) => {
    const path = relative(folder, join(REPOSITORY, 'packages/connectors', name))
    return path.startsWith('.') ? path : `./${path}`
  }),
  services,
  roles: { all: { access: [{ service: '*', component: '*', verbs: 31 }] } },
  apps: { parity: { apiKey: KEY, role: 'all' } },
})

/** Starts `gw start` in a folder with a first set of services. */
export const startGateway = async (folder: string, services: object): Promise<RunningGateway> => {
  const port = await freePort()
  const file = join(folder, 'gw.config.json')
  // Written beside and renamed, as editors do: a half-written file is nobody's intention.
  const configure = (wanted: object) => {
    writeFileSync(`${file}.new`, JSON.stringify(configurationOf(folder, port, wanted), undefined, 2))
    renameSync(`${file}.new`, file)
  }
  configure(services)
  let output = ''
  const child: ChildProcess = spawn(process.execPath, [join(REPOSITORY, 'packages/core/src/bin.ts'), 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'test' },
  })
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))

  const ask: RunningGateway['ask'] = async (service, path, { method = 'GET', body, query = {} } = {}) => {
    const url = new URL(`http://127.0.0.1:${port}/api/v2/${service}/${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    const response = await fetch(url, {
      method,
      headers: { 'x-dreamfactory-api-key': KEY, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  const until = async (what: string, done: () => Promise<boolean>) => {
    for (let attempt = 0; attempt < 900; attempt++) {
      if (child.exitCode !== null) throw new Error(`The gateway ended before ${what}:\n${output}`)
      if (await done().catch(() => false)) return
      await pause(100)
    }
    throw new Error(`Waited in vain for ${what}:\n${output}`)
  }
  await until('it was ready', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok)
  return {
    configure,
    ask,
    serving: (service) => until(`'${service}' was served`, async () => (await ask(service, '_table')).status === 200),
    alive: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
