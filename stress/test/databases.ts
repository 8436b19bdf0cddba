/** The databases of the short forms: those that run, and why the others are skipped. */
import { describe, inject } from 'vitest'
import type {} from '../../scripts/backends/shared.ts'
import type { Address, DatabaseName } from '../databases/index.ts'

const SERVERS = {
  sqlite: { server: undefined, missing: undefined },
  postgres: { server: inject('postgres'), missing: inject('postgresMissing') },
  mariadb: { server: inject('mariadb'), missing: inject('mariadbMissing') },
} as const

/** Declares the same tests for a gateway in front of each database. */
export const onEachDatabase = (tests: (name: DatabaseName, server: Address | undefined) => void): void => {
  for (const name of Object.keys(SERVERS) as DatabaseName[]) {
    const { server, missing } = SERVERS[name]
    describe.skipIf(missing)(`a gateway in front of ${name}${missing ? ` (skipped: ${missing})` : ''}`, () =>
      tests(name, server),
    )
  }
}
