/**
 * What governance costs, as three callers of one table in one process. `none`: a gateway that asks nobody who they are
 * and writes nothing down. `key`: one with `@gw/system`, called with an API key whose role sees everything. `governed`:
 * the same one, called with a session besides, by a user whose role has a row filter and whose calls a limit counts.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_OPTIONS } from '../../packages/core/src/commands/node-options.ts'
import { freePort } from '../../scripts/backends/postgres.ts'
import { type BenchDatabase, REGION } from '../databases/database.ts'
import { gatewayWords, SOURCE, writeConfiguration } from '../systems/gateway.ts'
import { startSystem } from '../systems/process.ts'
import { plainRows, type Target } from '../systems/target.ts'

export const CALLERS = ['none', 'key', 'governed'] as const
export type CallerName = (typeof CALLERS)[number]

export interface Taxed {
  readonly callers: Readonly<Record<CallerName, Target>>
  stop(): Promise<void>
}

const ADMIN = { email: 'bench@gw.test', password: 'the password of the bench' }
const USER = { email: 'caller@gw.test', password: 'the password of the caller' }
/** Calls a minute: never used up. */
const RATE = 1_000_000_000

const writeGoverned = ({ connector }: BenchDatabase): string => {
  const cwd = join(SOURCE.folder, 'tax')
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  // The store is SQLite, whatever the service is.
  const connectors = [...new Set([connector, '@gw/sqlite', '@gw/system'])]
  const config = { connectors, log: { level: 'info', format: 'json' } }
  writeFileSync(join(cwd, 'gw.config.json'), JSON.stringify(config, null, 2))
  const env = { ...process.env, GW_ADMIN_PASSWORD: ADMIN.password }
  const made = spawnSync(process.execPath, [SOURCE.script, 'admin', 'create', '--email', ADMIN.email], {
    cwd,
    env,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`gw admin create failed: ${made.stderr.slice(-2000)}`)
  return cwd
}

type Headers = Readonly<Record<string, string>>

const asking = (url: string) => async (path: string, body: object, headers: Headers) => {
  const response = await fetch(`${url}/api/v2/${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 400)}`)
  return JSON.parse(text)
}

/** Makes the service, the roles, the apps, the user and their limit, over the API. @returns what each caller sends */
const govern = async (url: string, { service }: BenchDatabase): Promise<Record<'key' | 'governed', Headers>> => {
  const post = asking(url)
  const { session_token: admin } = await post('system/admin/session', ADMIN, {})
  const create = async (resource: string, record: object) => {
    const token = { 'x-dreamfactory-session-token': admin }
    const { resource: made } = await post(`system/${resource}?fields=*`, { resource: [record] }, token)
    return made[0]
  }
  const active = { is_active: true }
  const shop = await create('service', { name: 'shop', ...active, ...service })
  const access = { service_id: shop.id, component: '_table/*', verb_mask: 1, requestor_mask: 3 }
  const role = (name: string, row: object) =>
    create('role', { name, ...active, role_service_access_by_role_id: [{ ...access, ...row }] })
  const all = await role('all', {})
  // What the row filter compares with is a lookup of the user, as it is where everyone sees their own.
  const own = await role('own', { filters: [{ name: 'region', operator: '=', value: '{region}' }] })
  const [open, web] = [
    await create('app', { name: 'open', ...active, role_id: all.id }),
    await create('app', { name: 'web', ...active }),
  ]
  const user = await create('user', {
    name: 'Caller',
    ...active,
    ...USER,
    lookup_by_user_id: [{ name: 'region', value: REGION }],
    user_to_app_to_role_by_user_id: [{ app_id: web.id, role_id: own.id }],
  })
  const limit = { type: 'instance.user.service', user_id: user.id, service_id: shop.id, rate: RATE, period: 'minute' }
  await create('limit', { name: 'reads', ...active, ...limit })
  const key = { 'x-dreamfactory-api-key': web.api_key }
  const { session_token: token } = await post('user/session', USER, key)
  return {
    key: { 'x-dreamfactory-api-key': open.api_key },
    governed: { ...key, 'x-dreamfactory-session-token': token },
  }
}

export const startTaxed = async (database: BenchDatabase): Promise<Taxed> => {
  const [open, governed] = [writeConfiguration(database, SOURCE, true), writeGoverned(database)]
  const [openPort, port] = [await freePort(), await freePort()]
  const system = await startSystem({
    name: 'governed',
    script: join(import.meta.dirname, 'process.ts'),
    nodeArgs: NODE_OPTIONS,
    args: [open, String(openPort), governed, String(port)],
    env: {},
    port,
    probe: '/api/v2/system/environment',
    output: join(governed, 'access.log'),
  })
  try {
    const headers = await govern(system.url, database)
    const target = (name: CallerName, own: object): Target => ({
      ...system,
      name,
      words: gatewayWords,
      rows: plainRows,
      ...own,
    })
    return {
      callers: {
        none: target('none', { url: `http://127.0.0.1:${openPort}`, headers: {} }),
        key: target('key', { headers: headers.key }),
        governed: target('governed', { headers: headers.governed }),
      },
      stop: system.stop,
    }
  } catch (error) {
    await system.stop()
    throw error
  }
}
