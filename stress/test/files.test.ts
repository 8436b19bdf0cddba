/** The short form of `pnpm stress files`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FILE_PROOFS } from '../files/proofs.ts'
import { openFileStage, STORES, type StoreName } from '../files/stage.ts'
import { prove } from '../proof.ts'
import { SHORT_FILES } from '../scale.ts'

for (const name of Object.keys(STORES) as StoreName[]) {
  describe(`a gateway in front of files in ${name}`, () => {
    let opened: Awaited<ReturnType<typeof openFileStage>>
    beforeAll(async () => {
      opened = await openFileStage(name, SHORT_FILES[name])
    })
    afterAll(() => opened?.close())
    for (const proof of FILE_PROOFS)
      test(proof.name, async () => {
        const seen = await prove(proof, opened.stage)
        expect(seen).not.toBe('')
      })
  })
}
