/** A SQL dialect → a service type. */
import { defineServiceType, type Output, type Schema, type ServiceType } from '@gw/core'
import {
  cachedSource,
  cacheOptions,
  extrasStore,
  type RecordsSource,
  recordsCanonical,
  recordsEndpoints,
  recordsExplanation,
  recordsOptions,
  recordsResources,
  routineResources,
  withExtras,
} from '@gw/records'
import type { SqlCapabilities, SqlConfig, SqlDialect } from './dialect.ts'
import { sqlSource } from './source.ts'

declare module '@gw/core' {
  interface Capabilities {
    readonly sql?: SqlCapabilities
    /** Tables can be made, changed and dropped. */
    readonly schema?: boolean
  }
}

const DIALECT = Symbol.for('gw.sql.dialect')

/**
 * The dialect of a SQL service type: for a program that keeps tables of its own in whatever database there is a
 * connector for. `undefined` for other types.
 */
export const sqlDialectOf = (type: ServiceType): SqlDialect | undefined =>
  (type as { readonly [DIALECT]?: SqlDialect })[DIALECT]

const withDialect = <T extends ServiceType<any>>(dialect: SqlDialect<any>, type: T): T => ({
  [DIALECT]: dialect,
  ...type,
})

/** How long a look at the database's structure may take that was asked for, in milliseconds. */
const FLUSH_TIMEOUT = 60_000
/** How long the health check waits for the database, in milliseconds. */
const HEALTH_TIMEOUT = 5_000

/** What a SQL connector default-exports: `defineSqlServiceType({ name: 'pgsql', … })`. */
export const defineSqlServiceType = <S extends Schema<any, SqlConfig>>(dialect: SqlDialect<S>): ServiceType<S> =>
  withDialect(
    dialect,
    defineServiceType<S>({
      contract: 1,
      name: dialect.name,
      ...(dialect.aliases ? { aliases: dialect.aliases } : {}),
      label: dialect.label,
      description: dialect.description,
      group: 'Database',
      config: dialect.config,
      capabilities: {
        rowFilters: true,
        fieldRules: true,
        sql: dialect.capabilities,
        ...(dialect.ddl ? { schema: true } : {}),
      },
      create(config: Output<S>, host) {
        const { source: bare, catalog, ping, close } = sqlSource(dialect, config, host, () => source.catalog())
        const extras = extrasStore(host.state, () => host.emit('catalog.changed', {}))
        const source: RecordsSource = withExtras(bare, extras)
        const cached = cachedSource(source, cacheOptions(config as SqlConfig))
        return {
          endpoints: recordsEndpoints(cached, recordsOptions(config as SqlConfig), extras),
          async start(signal) {
            await extras.load()
            await catalog.refresh(signal)
            catalog.watch()
          },
          health: (signal) => ping(AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT)])),
          resources: async (signal) => [...recordsResources(source), ...(await routineResources(source, signal))],
          canonical: recordsCanonical(source),
          explanation: recordsExplanation(source, recordsOptions(config as SqlConfig)),
          async flush() {
            // A look at the structure forgets answers, too.
            await cached.refresh(AbortSignal.timeout(FLUSH_TIMEOUT))
          },
          async stop() {
            catalog.stop()
            await close()
          },
        }
      },
    }),
  )
