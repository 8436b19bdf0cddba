/** Gateways of one service with one caller, and of many of each: in gw.config, and in a store. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../scripts/backends/postgres.ts'
import { type BenchDatabase, CUSTOMERS, REGION } from '../databases/database.ts'
import { SOURCE } from '../systems/gateway.ts'
import { type System, startSystem } from '../systems/process.ts'
import type { HttpRequest } from '../workloads.ts'

export interface Population {
  readonly services: number
  /** Roles, each with an app of its own and the app's key. */
  readonly callers: number
}
export const PLACES = ['gw.config', 'a store'] as const
export type Place = (typeof PLACES)[number]

const keyOf = (caller: number): string => `bench-key-of-caller-number-${String(caller).padStart(6, '0')}`
const variableOf = (caller: number): string => `GW_APP_A${caller}_API_KEY`
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

const pathOf = (caller: number, { services }: Population): string =>
  `/api/v2/s${caller % services}/_table/customers/${1 + ((caller * 7919) % CUSTOMERS)}`

/** Point reads of one caller, or of all in turn; a key in the query belongs to its request alone. */
export const requestsOf = (population: Population, everybody: boolean): readonly HttpRequest[] =>
  numbers(everybody ? population.callers : 1).map((caller) => ({
    method: 'GET',
    path: `${pathOf(caller, population)}?api_key=${keyOf(caller)}`,
  }))

const FILTERS = [{ name: 'region', operator: '=', value: REGION }]

const configurationOf = ({ connector, service }: BenchDatabase, { services, callers }: Population): object => ({
  connectors: [connector],
  log: { level: 'info', format: 'json' },
  services: Object.fromEntries(numbers(services).map((at) => [`s${at}`, service])),
  roles: Object.fromEntries(
    numbers(callers).map((at) => [
      `r${at}`,
      { access: [{ service: `s${at % services}`, component: '_table/*', verbs: ['GET'], filters: FILTERS }] },
    ]),
  ),
  apps: Object.fromEntries(numbers(callers).map((at) => [`a${at}`, { apiKey: keyOf(at), role: `r${at}` }])),
})

/** The same as `gw export` writes it. */
const documentOf = ({ service }: BenchDatabase, { services, callers }: Population): object => ({
  services: numbers(services).map((at) => ({ name: `s${at}`, is_active: true, ...service })),
  roles: numbers(callers).map((at) => ({
    name: `r${at}`,
    is_active: true,
    service_access: [
      { service: `s${at % services}`, component: '_table/*', verb_mask: 1, requestor_mask: 3, filters: FILTERS },
    ],
  })),
  apps: numbers(callers).map((at) => ({
    name: `a${at}`,
    is_active: true,
    role: `r${at}`,
    api_key: `\${env:${variableOf(at)}}`,
  })),
})

const gw = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): void => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [SOURCE.script, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`gw ${args[0]} failed: ${stderr.slice(-2000)}${stdout.slice(-2000)}`)
}

const write = (cwd: string, database: BenchDatabase, place: Place, population: Population): void => {
  const file = join(cwd, 'gw.config.json')
  if (place === 'gw.config') {
    writeFileSync(file, JSON.stringify(configurationOf(database, population)))
    return
  }
  const store = { connectors: [database.connector, '@gw/system'], log: { level: 'info', format: 'json' }, system: {} }
  writeFileSync(file, JSON.stringify(store))
  writeFileSync(join(cwd, 'all.json'), JSON.stringify(documentOf(database, population)))
  // More variables than a process may be given: they come from the file beside gw.config.
  writeFileSync(
    join(cwd, '.env'),
    numbers(population.callers)
      .map((at) => `${variableOf(at)}=${keyOf(at)}\n`)
      .join(''),
  )
  gw(cwd, ['import', 'all.json'], {})
}

export const startPopulated = async (
  database: BenchDatabase,
  place: Place,
  population: Population,
): Promise<System> => {
  const cwd = join(SOURCE.folder, `growth-${place === 'gw.config' ? 'config' : 'store'}-${population.callers}`)
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  write(cwd, database, place, population)
  return startSystem({
    name: `${place}, ${population.services} services, ${population.callers} callers`,
    script: SOURCE.script,
    args: ['start'],
    cwd,
    env: {},
    port: await freePort(),
    probe: requestsOf(population, false)[0]!.path,
    output: join(cwd, 'access.log'),
    patience: 300_000,
  })
}
