/** The short form of what `pnpm stress` proves at length. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prove } from '../proof.ts'
import { PROOFS } from '../proofs/index.ts'
import { SHORT } from '../scale.ts'
import { openStage } from '../stage.ts'
import { onEachDatabase } from './databases.ts'

onEachDatabase((name, server) => {
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
