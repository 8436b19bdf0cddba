/** The short form of `pnpm stress nodes`. */
import { describe, expect, inject, test } from 'vitest'
import type {} from '../../scripts/backends/shared.ts'
import { proveNodes } from '../nodes/proof.ts'
import { SHORT_NODES } from '../nodes/scale.ts'

const [postgres, redis] = [inject('postgres'), inject('redis')]
const missing = inject('postgresMissing') ?? inject('redisMissing')

describe.skipIf(missing)(`many nodes on PostgreSQL and Redis${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('are one gateway, while everything changes and nodes are killed', async () => {
    const seen = await proveNodes({ postgres: postgres!, redis: redis!, scale: SHORT_NODES })
    console.log(seen)
    expect(seen).not.toBe('')
  })
})
