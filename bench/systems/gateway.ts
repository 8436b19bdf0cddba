/** gw as an operator runs it: the `gw` command on a configuration, callers with an API key, a role with a row filter, an access log. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { freePort } from '../../scripts/backends/postgres.ts'
import { type BenchDatabase, REGION } from '../databases/database.ts'
import { type Question, SIGNUP, type Words } from '../workloads.ts'
import { type System, startSystem } from './process.ts'
import { plainRows, type Target } from './target.ts'

/** Which gateway is measured: a script, and a folder in which its packages are found. */
export interface GatewayCode {
  readonly label: string
  readonly script: string
  readonly folder: string
}

export const GATEWAY_SCRIPT = join(dirname(dirname(import.meta.dirname)), 'packages/core/src/bin.ts')
/** The TypeScript of this repository. */
export const SOURCE: GatewayCode = {
  label: 'from source',
  script: GATEWAY_SCRIPT,
  folder: join(dirname(import.meta.dirname), 'results'),
}

/**
 * Of two apps of one gateway. `full`: a role whose row filter lets every row of the data pass, so that b, which has
 * none, gives the same answers. `unfiltered`: a role without one.
 */
export const API_KEYS = { full: 'bench-key-of-a-filtered-role', unfiltered: 'bench-key-of-an-unfiltered-role' } as const

const TABLE = '/api/v2/shop/_table'
const PROBE = `${TABLE}/customers/1`
const get = (path: string) => ({ method: 'GET', path: `${TABLE}/${path}` }) as const
const filter = (text: string) => `filter=${encodeURIComponent(text)}`

export const gatewayWords: Words = (question: Question) => {
  switch (question.ask) {
    case 'customer':
      return get(`customers/${question.id}`)
    case 'named':
      return get(`customers?${filter(`last_name='${question.lastName}'`)}&order=id&limit=${question.limit}`)
    case 'list':
      return get(`customers?order=id&limit=${question.limit}`)
    case 'insert':
      return { method: 'POST', path: `${TABLE}/signups?fields=*`, body: JSON.stringify({ resource: [SIGNUP] }) }
    case 'orders': {
      const { from, limit } = question
      const range = filter(`(id>=${from}) and (id<${from + limit})`)
      const related = 'related=orders_by_customer_id&orders_by_customer_id.order=id'
      return get(`customers?${range}&order=id&limit=${limit}&${related}`)
    }
  }
}

/** `open`: no key, no role, no log. Not a thing to run, but what the rules are compared with. */
const configurationOf = ({ connector, service }: BenchDatabase, open: boolean, folder: string): object => {
  const access = { service: 'shop', component: '_table/*', verbs: ['GET', 'POST'] }
  const filters = [{ name: 'region', operator: '=', value: REGION }]
  if (open) {
    const governance = join(import.meta.dirname, 'open-governance')
    return {
      connectors: [connector, relative(folder, governance)],
      log: { level: 'silent' },
      services: { shop: service },
    }
  }
  return {
    connectors: [connector],
    log: { level: 'info', format: 'json' },
    services: { shop: service },
    roles: { full: { access: [{ ...access, filters }] }, unfiltered: { access: [access] } },
    apps: {
      full: { apiKey: API_KEYS.full, role: 'full' },
      unfiltered: { apiKey: API_KEYS.unfiltered, role: 'unfiltered' },
    },
  }
}

/** Writes a gateway's configuration where its packages are found. @returns its folder */
export const writeConfiguration = (database: BenchDatabase, code: GatewayCode = SOURCE, open = false): string => {
  const folder = join(code.folder, open ? 'gateway-open' : 'gateway')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configurationOf(database, open, folder), null, 2))
  return folder
}

export interface StartGateway {
  readonly database: BenchDatabase
  readonly code: GatewayCode
  /** Without rules, by `open-governance/`. */
  readonly open?: boolean
  /** A folder for a CPU profile. */
  readonly profile?: string
}

/** Starts a gateway; callers have the key of the full rules. */
export const startGateway = async ({ database, code, open = false, profile }: StartGateway): Promise<Target> => {
  const cwd = writeConfiguration(database, code, open)
  const system = await startSystem({
    name: open ? 'open' : 'gw',
    script: code.script,
    args: ['start'],
    nodeArgs: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    cwd,
    env: {},
    port: await freePort(),
    headers: open ? {} : headersOf('full'),
    probe: PROBE,
    output: join(cwd, 'access.log'),
  })
  return { ...system, words: gatewayWords, rows: plainRows }
}

const headersOf = (rules: keyof typeof API_KEYS) => ({ 'X-DreamFactory-API-Key': API_KEYS[rules] })

/** The same process for callers whose role has no row filter. */
export const unfiltered = (gateway: Target): Target => ({
  ...gateway,
  name: 'unfiltered',
  headers: headersOf('unfiltered'),
})

export interface StartWith {
  /** Of its folder. */
  readonly name: string
  readonly connectors: readonly string[]
  readonly services: object
  readonly server?: object
  /** What its log holds. Default: errors alone. */
  readonly level?: 'warn' | 'error'
  /** What the role of its one caller may read. Default: all tables. */
  readonly components?: readonly string[]
  readonly probe: string
}

/** A gateway from source over services of a bench's own, with one caller. */
export const startWith = async ({
  name,
  components = ['*'],
  probe,
  level = 'error',
  ...own
}: StartWith): Promise<System> => {
  const cwd = join(SOURCE.folder, name)
  mkdirSync(cwd, { recursive: true })
  const configuration = {
    ...own,
    log: { level, format: 'json' },
    roles: { full: { access: components.map((component) => ({ service: '*', component, verbs: ['GET'] })) } },
    apps: { full: { apiKey: API_KEYS.full, role: 'full' } },
  }
  writeFileSync(join(cwd, 'gw.config.json'), JSON.stringify(configuration, null, 2))
  return startSystem({
    name: 'gw',
    script: SOURCE.script,
    args: ['start'],
    cwd,
    env: {},
    port: await freePort(),
    headers: headersOf('full'),
    probe,
    output: join(cwd, 'gateway.log'),
  })
}
