import { defineSqlServiceType, type SqlDialect, sqliteSyntax } from '@gw/sql'
import { config } from './config.ts'
import { classify } from './errors.ts'
import { open } from './executor.ts'
import { binder, codec } from './types.ts'

/**
 * What one database says for itself; everything that databases share is the kit's. This one is SQLite by Node's own
 * driver: replace it file by file. For test suites; the service type is the default export.
 */
export const dialect: SqlDialect<typeof config> = {
  name: 'placeholder',
  label: 'Placeholder',
  description: 'Tables and views of a database file.',
  config,
  // Say less where yours does less: what is not said is refused politely.
  capabilities: {
    schemas: false,
    returning: 'returning',
    upsert: 'on-conflict',
    procedures: false,
    functions: false,
    transactions: true,
    savepoints: true,
    paging: 'limit-offset',
    insensitiveLike: true,
    cancel: false,
    maxParameters: 32_766,
  },
  // The kit knows those of PostgreSQL and of MySQL, too: take the nearest, and change what differs.
  syntax: sqliteSyntax,
  codec,
  binder,
  open,
  classify,
}

export default defineSqlServiceType(dialect)
