/** The databases by name. */
import type { BenchDatabase, DatabaseName } from './database.ts'
import { openMariadb } from './mariadb.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/** @param pool connections that a gateway may have */
export const DATABASES: Readonly<Record<DatabaseName, (pool: number) => Promise<BenchDatabase>>> = {
  postgres: openPostgres,
  mariadb: openMariadb,
  sqlite: openSqlite,
}
