/** The short form of what `pnpm stress` proves at length. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type {} from '../../scripts/backends/shared.ts'
import type { DatabaseName } from '../databases/index.ts'
import { prove } from '../proof.ts'
import { PROOFS } from '../proofs/index.ts'
import { SHORT } from '../scale.ts'
import { openStage } from '../stage.ts'

const SERVERS = {
  sqlite: { server: undefined, missing: undefined },
  postgres: { server: inject('postgres'), missing: inject('postgresMissing') },
  mariadb: { server: inject('mariadb'), missing: inject('mariadbMissing') },
} as const

for (const name of Object.keys(SERVERS) as DatabaseName[]) {
  const { server, missing } = SERVERS[name]
  describe.skipIf(missing)(`a gateway in front of ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let opened: Awaited<ReturnType<typeof openStage>>
    beforeAll(async () => {
      opened = await openStage({ name, server, scale: SHORT })
    })
    afterAll(() => opened?.close())
    for (const proof of PROOFS)
      test(proof.name, async () => {
        expect(await prove(proof, opened.stage)).not.toBe('')
      })
  })
}
