/** MySQL and MariaDB databases as services. */
import { defineSqlServiceType, mysqlSyntax, type SqlDialect } from '@gw/sql'
import { config } from './config.ts'
import { ddl } from './ddl.ts'
import { classify } from './errors.ts'
import { open } from './executor.ts'
import { binder, codec } from './types.ts'

/** For test suites; the service type is the default export. */
export const dialect: SqlDialect<typeof config> = {
  name: 'mysql',
  aliases: ['mariadb'],
  label: 'MySQL',
  description: 'Tables, views, functions and procedures of a MySQL or MariaDB database.',
  config,
  // biome-ignore format: reads as a table
  capabilities: {
    schemas: true, returning: 'none', upsert: 'on-duplicate-key', procedures: true, functions: true,
    transactions: true, savepoints: true, paging: 'limit-offset', insensitiveLike: true, cancel: true, maxParameters: 65_535,
  },
  syntax: mysqlSyntax,
  ddl,
  codec,
  binder,
  open,
  classify,
}

export default defineSqlServiceType(dialect)
