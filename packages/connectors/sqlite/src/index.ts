/** SQLite databases as services: a file next to the gateway, no server. */
import { defineSqlServiceType, type SqlDialect, sqliteSyntax } from '@gw/sql'
import { config } from './config.ts'
import { ddl } from './ddl.ts'
import { classify } from './errors.ts'
import { open } from './executor.ts'
import { codec, untypedBinder } from './types.ts'

/** For test suites; the service type is the default export. */
export const dialect: SqlDialect<typeof config> = {
  name: 'sqlite',
  label: 'SQLite',
  description: 'Tables and views of a SQLite database file.',
  config,
  // biome-ignore format: reads as a table
  capabilities: {
    schemas: false, returning: 'returning', upsert: 'on-conflict', procedures: false, functions: false,
    transactions: true, savepoints: true, paging: 'limit-offset', insensitiveLike: true, cancel: true, maxParameters: 32_766,
  },
  syntax: sqliteSyntax,
  ddl,
  codec,
  binder: untypedBinder,
  open,
  classify,
}

export default defineSqlServiceType(dialect)
