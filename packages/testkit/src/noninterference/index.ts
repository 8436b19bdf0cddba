/**
 * The suite for what a role hides: over schemas, roles and requests at random, no answer depends on hidden rows or on
 * denied fields. `GW_TRIPLES` sets how many (400 without it; `pnpm stress noninterference` runs 20,000), `GW_SEED` which.
 */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { bind } from '../suite.ts'
import type { NoninterferenceOptions, TwinDatabases } from './databases.ts'
import { runNoninterference } from './run.ts'

export type { NoninterferenceOptions, TwinDatabases } from './databases.ts'
export { type RunOptions, runNoninterference, type Tally } from './run.ts'

const TRIPLES = Number(process.env.GW_TRIPLES ?? 400)
const SEED = Number(process.env.GW_SEED ?? 1)

interface Context {
  readonly options: NoninterferenceOptions
  readonly databases: TwinDatabases
}

const check: Check<Context> = {
  name: 'a caller learns nothing of what its role hides, over schemas, roles and requests at random',
  async run({ options, databases }) {
    const tally = await runNoninterference(options, databases, { triples: TRIPLES, seed: SEED, mostDifferences: 10 })
    const { triples, answered, inherent, differences } = tally
    if (process.env.GW_TRIPLES)
      console.log(`${triples} triples, ${answered} answered with 200, ${inherent} conflicts with hidden rows`)
    assert.equal(differences.length, 0, differences.join('\n\n'))
    assert.ok(answered >= triples / 6, `only ${answered} of ${triples} requests were answered: they prove little`)
    assert.ok(inherent <= triples / 10, `${inherent} of ${triples} met an unseen row: what remains proves little`)
  },
}

/** Declares the vitest suite. */
export const noninterference = (options: NoninterferenceOptions): void =>
  bind<Context>({
    family: 'noninterference',
    title: `${options.type.name} keeps what roles hide`,
    checks: [check],
    open: async () => ({ options, databases: await options.prepare() }),
    close: ({ databases }) => databases.close(),
    timeout: process.env.GW_TRIPLES ? 7_200_000 : 180_000,
  })
