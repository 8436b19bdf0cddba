/**
 * vitest's globalSetup: one PostgreSQL for the whole run, the one of `POSTGRES_URL` where that is set. Tests read
 * `inject('postgres')`; where it is undefined, `inject('postgresMissing')` says why, and suites skip by that name.
 */
import { startPostgres } from './postgres.ts'
import { sharedBackend } from './shared.ts'

export default sharedBackend({
  name: 'postgres',
  label: 'PostgreSQL',
  variable: 'POSTGRES_URL',
  logVariable: 'POSTGRES_LOG',
  port: 5432,
  start: startPostgres,
})
