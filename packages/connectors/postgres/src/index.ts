/** PostgreSQL databases as services. */
import { defineSqlServiceType, postgresSyntax, type SqlDialect } from '@gw/sql'
import { config } from './config.ts'
import { ddl } from './ddl.ts'
import { embed } from './embed.ts'
import { classify } from './errors.ts'
import { open } from './executor.ts'
import { binder, codec } from './types.ts'

/** For test suites; the service type is the default export. */
export const dialect: SqlDialect<typeof config> = {
  name: 'pgsql',
  aliases: ['postgres'],
  label: 'PostgreSQL',
  description: 'Tables, views, functions and procedures of a PostgreSQL database.',
  config,
  // biome-ignore format: reads as a table
  capabilities: {
    schemas: true, returning: 'returning', upsert: 'on-conflict', procedures: true, functions: true,
    transactions: true, savepoints: true, paging: 'limit-offset', insensitiveLike: true, cancel: true, maxParameters: 65_535,
  },
  syntax: { ...postgresSyntax, embed },
  ddl,
  codec,
  binder,
  open,
  classify,
}

export default defineSqlServiceType(dialect)
