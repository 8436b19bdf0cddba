/**
 * Opens the store: a database of whatever kind a SQL connector is installed for. The connector brings the driver, the
 * pool, the security of connections and the words for failures; the tables are this package's.
 */
import { chmod, mkdir, open as openFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { CONTRACT_VERSION, GwError, type Host, type Logger } from '@gw/core'
import { ConfigurationError, coerceScalars, type GovernanceContext, pathOf } from '@gw/core/governance'
import { type SqlDialect, type SqlSource, sqlDialectOf, sqlSource } from '@gw/sql'
import type { SystemConfig } from '../config.ts'
import { storeCatalog } from './catalog.ts'

/** Families whose SQL the migrations know. */
const FAMILIES = ['sqlite', 'pgsql', 'mysql'] as const
export type Family = (typeof FAMILIES)[number]

export interface Store extends Pick<SqlSource, 'source' | 'run' | 'db' | 'ping'> {
  readonly family: Family
  /** Of a store that is a file: where the key's file goes. */
  readonly directory: string | undefined
  close(): Promise<void>
}

/** Where a SQLite store is unless its configuration says otherwise; relative to the configuration's folder. */
const DEFAULT_FILE = '.gw/system.db'
const MEMORY = ':memory:'

/** What a store needs beside what its operator says: times in UTC, and nothing of other schemas. */
const PRESET: Readonly<Record<Family, object>> = {
  sqlite: { database: DEFAULT_FILE, create: true },
  pgsql: { timezone: 'UTC' },
  mysql: { timezone: '+00:00', schema: 'default' },
}

const wrong = (message: string, ...path: readonly PropertyKey[]): ConfigurationError =>
  new ConfigurationError([{ path: pathOf(['system', 'store', ...path]), message }])

const dialectFor = async ({ type }: SystemConfig['store'], types: GovernanceContext['types']) => {
  const loaded = await types.load(type).catch((error: unknown) => {
    throw wrong(`needs a connector. ${(error as Error).message}`, 'type')
  })
  const dialect = sqlDialectOf(loaded)
  const family = FAMILIES.find((one) => one === loaded.name)
  if (!dialect || !family) throw wrong(`"${type}" can not be a store: use one of ${FAMILIES.join(', ')}`, 'type')
  return { dialect, family }
}

const validated = async (dialect: SqlDialect, config: object): Promise<any> => {
  const { validate, jsonSchema } = dialect.config['~standard']
  const written = await validate(config)
  if (!written.issues) return written.value
  // As with every service: `${env:PORT}` is always a text.
  const result = await validate(coerceScalars(config, jsonSchema.input({ target: 'draft-07' })))
  if (!result.issues) return result.value
  throw new ConfigurationError(
    result.issues.map(({ path = [], message }) => ({
      path: pathOf(['system', 'store', ...path.map((part) => (typeof part === 'object' ? part.key : part))]),
      message: message.replace(/^Invalid input: /, ''),
    })),
  )
}

const hostFor = (root: string, log: Logger): Host => ({
  service: 'system',
  contract: CONTRACT_VERSION,
  log,
  fetch: async () => {
    throw new GwError('forbidden', 'The store makes no calls.')
  },
  state: {
    get: async () => undefined,
    put: async () => 0,
    delete: async () => false,
    list: async () => [],
  },
  resolvePath: (path) => (isAbsolute(path) ? path : resolve(root, path)),
  emit: () => {},
})

/** A new file is its owner's alone from the first moment on. */
const prepareFile = async (path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await openFile(path, 'a', 0o600)
  await handle.close()
  await chmod(path, 0o600)
}

/** The connector's dialect with the catalogue that is known beforehand; nothing else of a database is looked at. */
const ownDialect = (dialect: SqlDialect): SqlDialect => {
  const { embed: _, ...syntax } = dialect.syntax
  return {
    ...dialect,
    syntax,
    ddl: undefined,
    capabilities: { ...dialect.capabilities, procedures: false, functions: false },
    open: (config, host) => ({
      ...dialect.open(config as never, host),
      routines: undefined,
      introspect: async () => storeCatalog(),
    }),
  }
}

/**
 * Opens nothing yet but, for SQLite, the file.
 * @throws ConfigurationError where there is no connector for it, or its settings are wrong
 */
export const openStore = async (
  { store: settings }: Pick<SystemConfig, 'store'>,
  { root, log, types }: Pick<GovernanceContext, 'root' | 'log' | 'types'>,
): Promise<Store> => {
  const { dialect, family } = await dialectFor(settings, types)
  const { type: _, ...given } = settings
  const config = await validated(dialect, { ...PRESET[family], ...given, schema_refresh: 0 })
  const host = hostFor(root, log)
  const file = family === 'sqlite' && config.database !== MEMORY ? host.resolvePath(config.database) : undefined
  if (file !== undefined) await prepareFile(file)
  const { source, catalog, run, db, ping, close } = sqlSource(ownDialect(dialect), config, host)
  await catalog.refresh(AbortSignal.timeout(1_000))
  return {
    family,
    directory: file === undefined ? undefined : dirname(file),
    source,
    run,
    db,
    ping,
    async close() {
      catalog.stop()
      await close()
    },
  }
}
