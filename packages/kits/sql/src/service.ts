/** A SQL dialect → a service type. */
import { defineServiceType, type Output, type Schema, type ServiceType } from '@gw/core'
import { recordsService } from '@gw/records'
import type { SqlCapabilities, SqlConfig, SqlDialect } from './dialect.ts'
import { sqlSource } from './source.ts'

declare module '@gw/core' {
  interface Capabilities {
    readonly sql?: SqlCapabilities
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
      create: (config: Output<S>, host) =>
        recordsService(config as SqlConfig, host, (named) => sqlSource(dialect, config, host, named)),
    }),
  )
