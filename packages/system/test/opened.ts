/** A gateway whose governance is a store, in a folder of its own, with an administrator who proves it by a token. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ServiceType } from '@gw/core'
import type { Governance, GovernanceContext } from '@gw/core/governance'
import { createGateway, type Gateway, type GatewayOptions } from '@gw/core/kernel'
import { createLogger, governanceContext, openProject } from '@gw/core/open'
import Database from 'better-sqlite3'
import { createAdmin } from '../src/identity/first-admin.ts'
import type { SessionVerifier } from '../src/identity/sessions.ts'
import { createSystem } from '../src/system.ts'

const CONNECTORS = ['sqlite', 'postgres', 'mysql', 'smtp'].map((name) =>
  resolve(import.meta.dirname, '../../connectors', name),
)

export const ADMIN_TOKEN = 'administrator'
export const PASSWORD = 'sixteen or more letters'
export const AS_ADMIN = { 'x-dreamfactory-session-token': ADMIN_TOKEN }

/** Tokens instead of sessions: `administrator`, or a user's number. */
const tokens: SessionVerifier = {
  verify: (token) => ({
    id: token === ADMIN_TOKEN ? 1 : Number(token),
    name: token,
    email: `${token}@gw.test`,
    active: true,
    admin: token === ADMIN_TOKEN,
  }),
  basic: async () => {
    throw new Error('Nobody sends passwords here.')
  },
}

export interface Answer {
  readonly status: number
  readonly body: any
}

export interface Opened {
  readonly gateway: Gateway
  readonly governance: Governance
  readonly folder: string
  /** As the administrator, unless `headers` say otherwise. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Setup {
  /** Of `gw.config`. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Without one, it has its own, which is removed at the end. */
  readonly folder?: string
  /** Beside those of the connectors. */
  readonly types?: readonly ServiceType<any>[]
  /** People sign in, instead of sending the tokens of these tests. */
  readonly sessions?: 'real'
  /** The folder stays, for another gateway. */
  readonly keep?: boolean
  /** `false`: there is nobody yet. */
  readonly admin?: false
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'gw-system-'))

export const withTypes = (
  registry: GatewayOptions['registry'],
  types: readonly ServiceType<any>[],
): GatewayOptions['registry'] => ({
  ...registry,
  types: () => [
    ...registry.types(),
    ...types.map(({ name }) => ({ name, package: 'tests', version: '1.0.0', contract: '^1.0' })),
  ],
  load: async (name) => types.find((type) => type.name === name) ?? registry.load(name),
})

interface InFolder extends Pick<GatewayOptions, 'configuration' | 'registry' | 'log'> {
  readonly context: GovernanceContext
}

/** What a governance is made with in a folder that holds this `gw.config`. */
export const contextIn = async (folder: string, config: object = {}): Promise<InFolder> => {
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify({ connectors: CONNECTORS, ...config }))
  const { configuration, registry } = await openProject({ cwd: folder })
  const log = createLogger({ level: 'silent', format: 'json' })
  const context: GovernanceContext = governanceContext(configuration, registry, log.logger)
  return { configuration, registry, log, context }
}

export const opened = async ({
  config = {},
  folder = newFolder(),
  types = [],
  keep = false,
  sessions,
  admin,
}: Setup = {}): Promise<Opened> => {
  const { configuration, registry: found, log, context: made } = await contextIn(folder, config)
  const registry = withTypes(found, types)
  const context = { ...made, types: registry }
  if (admin !== false)
    await createAdmin(context, { name: 'Root', email: 'root@gw.test', password: PASSWORD }).catch((error: Error) => {
      // A store that a test opens again has one.
      if (!error.message.includes('is taken')) throw error
    })
  const governance = await createSystem(context, sessions === 'real' ? {} : { sessions: tokens })
  const gateway = createGateway({ configuration, registry, governance, log })
  await gateway.start()
  return {
    gateway,
    governance,
    folder,
    async ask(method, path, body, headers = AS_ADMIN) {
      const response = await gateway.fetch(
        new Request(`http://gateway.test/api/v2/${path}`, {
          method,
          headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      return { status: response.status, body: await response.json() }
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop()
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A SQLite database for services to serve. */
export const shopIn = (folder: string): string => {
  const path = join(folder, 'shop.db')
  const database = new Database(path)
  database.exec(`create table items (id integer primary key, name varchar(20), owner integer);
    insert into items values (1, 'lamp', 1), (2, 'chair', 2)`)
  database.close()
  return path
}
