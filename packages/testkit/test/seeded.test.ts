/**
 * The suites are measured by connectors that are wrong on purpose. The short form runs, for each, the check that is to
 * notice; `pnpm stress seeded` (`GW_SEEDED=1`) runs whole suites and counts.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSuite } from '../src/index.ts'
import { GOOD, VARIANTS } from './seeded/index.ts'
import { type Measured, measure, tableOf } from './seeded/measure.ts'
import { startWeather } from './seeded/services.ts'

const WHOLE = process.env.GW_SEEDED !== undefined
const only = process.env.GW_SEEDED_ONLY ?? ''

let stop: () => void
beforeAll(async () => {
  stop = await startWeather()
})
afterAll(() => stop())

describe.skipIf(!WHOLE)('every suite passes', () => {
  const good = Object.entries(GOOD).filter(([of]) => of.includes(only))
  test.each(good)('%s', { timeout: 900_000 }, async (_of, make) => {
    const outcomes = await runSuite(await make())
    const failed = outcomes.filter(({ state }) => state === 'failed')
    expect(failed.map(({ name, error }) => `${name}: ${error}`)).toEqual([])
  })
})

const measured: Measured[] = []
describe.each(
  Map.groupBy(
    VARIANTS.filter(({ of }) => of.includes(only)),
    ({ of }) => of,
  )
    .entries()
    .toArray(),
)('of %s is noticed that it', (_of, those) => {
  test.each(those.map((variant) => [variant.what, variant] as const))(
    '%s',
    { timeout: 900_000 },
    async (_what, variant) => {
      const result = await measure(variant, WHOLE)
      measured.push(result)
      if (WHOLE) {
        console.log(
          `${result.of}: ${result.what}: ${result.failed.length} noticed, ${Math.round(result.took)} ms: ${result.failed.slice(0, 3).join('; ')}`,
        )
        return
      }
      expect(variant.caughtBy, 'the check that is to notice is not named').toBeDefined()
      expect(result.named, `noticed by: ${result.failed.join('; ') || 'nothing'}`).toBe(true)
    },
  )
})

test.runIf(WHOLE)('at least 95 of 100 are noticed, and no fewer than 40 were tried', () => {
  const table = tableOf(measured)
  if (process.env.GW_SEEDED_TABLE) writeFileSync(process.env.GW_SEEDED_TABLE, `${table}\n`)
  const caught = measured.filter(({ failed }) => failed.length > 0).length
  console.log(`${table}\n\n${caught} of ${measured.length} were noticed`)
  if (only === '') expect(measured.length).toBeGreaterThanOrEqual(40)
  expect(caught / measured.length).toBeGreaterThanOrEqual(0.95)
})
