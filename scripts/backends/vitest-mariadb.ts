/**
 * vitest's globalSetup for the projects that test on MariaDB: one for the whole run, the one of `MARIADB_URL` where
 * that is set. Tests read `inject('mariadb')`; where it is undefined, `inject('mariadbMissing')` says why.
 */
import { startMariadb } from './mariadb.ts'
import { sharedBackend } from './shared.ts'

export default sharedBackend({
  name: 'mariadb',
  label: 'MariaDB',
  variable: 'MARIADB_URL',
  port: 3306,
  start: startMariadb,
})
