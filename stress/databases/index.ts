/** The databases by name, on servers that run already. */
import type { Scale } from '../scale.ts'
import type { Address, StressDatabase } from './database.ts'
import { openMariadb } from './mariadb.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export { type Address, freshName, type StressDatabase } from './database.ts'

export const DATABASES = {
  sqlite: (_server: Address | undefined, scale: Scale): Promise<StressDatabase> => openSqlite(undefined, scale),
  postgres: (server: Address | undefined, scale: Scale): Promise<StressDatabase> => openPostgres(server!, scale),
  mariadb: (server: Address | undefined, scale: Scale): Promise<StressDatabase> => openMariadb(server!, scale),
} as const
export type DatabaseName = keyof typeof DATABASES
