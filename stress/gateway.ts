/** The gateway as an operator runs it, in a process of its own: what is proved is about that process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GATEWAY_SCRIPT } from '../bench/systems/gateway.ts'
import { startSystem } from '../bench/systems/process.ts'
import { freePort } from '../scripts/backends/postgres.ts'

export interface Gateway {
  readonly url: string
  readonly key: string
  readonly pid: number
  stop(): Promise<void>
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>
}

const KEY = 'key-of-a-stress-run'
/** Connections of a service, as its configuration has it by default, and the one over which statements are stopped. */
export const CONNECTIONS = 10 + 1

/** What the gateway serves, under the name `shop`. */
export interface Served {
  readonly connector: string
  readonly service: { readonly type: string; readonly config: Readonly<Record<string, unknown>> }
  /** Below the service: answered with 200 as soon as it is there. Default: a list of the database's items. */
  readonly probe?: string
  /** Addresses that it may call beside public ones. */
  readonly allow?: readonly string[]
}

export interface StartOptions {
  /** Default: any that is free. */
  readonly port?: number
  /** Settings of the service beside those that reach what is behind it. */
  readonly config?: Readonly<Record<string, unknown>>
  /** A path below the service that answers as soon as it serves. Default: a table of a database. */
  readonly probe?: string
  /** More of the gateway's configuration. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** @param served what stands behind it: a connector, and a service of it */
export const startGateway = async (
  { connector, service, probe: own = '_table/items?limit=1', allow }: Served,
  { port, config = {}, probe = own, settings }: StartOptions = {},
): Promise<Gateway> => {
  // Inside this package, so that the connectors are found.
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'gateway-'))
  const configuration = {
    connectors: [connector],
    log: { level: 'error' },
    services: { shop: { ...service, config: { ...service.config, ...config } } },
    roles: {
      all: {
        access: ['', '*'].map((component) => ({ service: 'shop', component, verbs: ['GET', 'POST', 'PUT', 'DELETE'] })),
      },
    },
    ...(allow && { egress: { allow } }),
    apps: { stress: { apiKey: KEY, role: 'all' } },
    ...settings,
  }
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
  const system = await startSystem({
    name: 'gateway',
    script: GATEWAY_SCRIPT,
    args: ['start'],
    cwd: folder,
    env: {},
    port: port ?? (await freePort()),
    headers: { 'x-dreamfactory-api-key': KEY },
    probe: `/api/v2/shop/${probe}`,
  })
  return {
    url: system.url,
    key: KEY,
    pid: system.pid,
    async stop() {
      await system.stop()
      rmSync(folder, { recursive: true, force: true })
    },
    async kill() {
      process.kill(system.pid, 'SIGKILL')
      await system.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
