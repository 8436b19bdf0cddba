/** The short form of what `pnpm stress kills` proves at length. */
import { expect, test } from 'vitest'
import { proveKills } from '../kills.ts'
import { onEachDatabase } from './databases.ts'

onEachDatabase((name, server) => {
  test('that is killed while clients write loses nothing, and does nothing twice', async () => {
    expect(await proveKills({ name, server, kills: 4 })).toMatch(/^4 kills/)
  })
})
