/** The short form of what `pnpm stress http` proves with 1 GiB. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prove } from '../proof.ts'
import { openRemoteStage, REMOTE_PROOFS } from '../remote/index.ts'

describe('a gateway in front of a service over HTTP', () => {
  let opened: Awaited<ReturnType<typeof openRemoteStage>>
  beforeAll(async () => {
    opened = await openRemoteStage(100 * 1024 * 1024)
  })
  afterAll(() => opened?.close())
  for (const proof of REMOTE_PROOFS)
    test(proof.name, async () => {
      expect(await prove(proof, opened.stage, opened.stage.first)).not.toBe('')
    })
})
