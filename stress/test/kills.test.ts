/** The short form of what `pnpm stress kills` proves at length. */
import { describe, expect, inject, test } from 'vitest'
import type {} from '../../scripts/backends/shared.ts'
import type { DatabaseName } from '../databases/index.ts'
import { proveKills } from '../kills.ts'

const SERVERS = {
  sqlite: { server: undefined, missing: undefined },
  postgres: { server: inject('postgres'), missing: inject('postgresMissing') },
  mariadb: { server: inject('mariadb'), missing: inject('mariadbMissing') },
} as const

for (const name of Object.keys(SERVERS) as DatabaseName[]) {
  const { server, missing } = SERVERS[name]
  describe.skipIf(missing)(`a gateway in front of ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    test('that is killed while clients write loses nothing, and does nothing twice', async () => {
      expect(await proveKills({ name, server, kills: 4 })).toMatch(/^4 kills/)
    })
  })
}
