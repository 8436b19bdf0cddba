import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BenchDatabase } from '../databases/database.ts'
import { openSqlite } from '../databases/sqlite.ts'
import { findGenerator } from '../load/closed.ts'
import { CALLERS, startTaxed, type Taxed } from '../tax/gateway.ts'
import { measureTax } from '../tax/measure.ts'
import { kept, taxText } from '../tax/report.ts'

const PATIENCE = 300_000
const PATH = '/api/v2/shop/_table/customers/1'

describe('the three callers of one table', { timeout: PATIENCE }, () => {
  let database: BenchDatabase
  let taxed: Taxed
  beforeAll(async () => {
    database = await openSqlite()
    await database.load({ orders: false })
    taxed = await startTaxed(database)
  }, PATIENCE)
  afterAll(async () => {
    await taxed?.stop()
    await database?.stop()
  }, PATIENCE)
  const ask = (caller: (typeof CALLERS)[number], headers = taxed.callers[caller].headers) =>
    fetch(`${taxed.callers[caller].url}${PATH}`, { headers: { ...headers } })

  it('are what they are called: one is asked nothing, one for a key, one is governed in every way', async () => {
    expect((await ask('none')).headers.get('x-ratelimit-limit')).toBeNull()
    expect((await ask('key')).headers.get('x-ratelimit-limit')).toBeNull()
    expect((await ask('governed')).headers.get('x-ratelimit-limit')).toBe('1000000000')
    // Neither without a key, nor with that of the governed caller alone.
    expect((await ask('key', {})).status).toBe(400)
    const { 'x-dreamfactory-api-key': key } = taxed.callers.governed.headers
    expect((await ask('governed', { 'x-dreamfactory-api-key': key! })).status).toBe(400)
    // The row filter is in force: of another region, there is no row for its caller.
    await database.run("update customers set region = 'south' where id = 1")
    const statuses = await Promise.all(CALLERS.map(async (caller) => (await ask(caller)).status))
    await database.run("update customers set region = 'north' where id = 1")
    expect(statuses).toEqual([200, 200, 404])
  })

  it('are measured in turns, and those alone who are governed by a store are in the log', async () => {
    const { generate } = await findGenerator()
    const load = { connections: 4, seconds: 1 }
    const runs = await measureTax(taxed, { database, generate, load, rounds: 2, warm: false })
    for (const caller of CALLERS) {
      expect(runs[caller]).toHaveLength(2)
      for (const run of runs[caller]!) expect(run).toMatchObject({ failures: 0, requests: expect.any(Number) })
    }
    expect(kept({ database: 'SQLite', runs })).toBeGreaterThan(0)
    expect(taxText([{ database: 'SQLite', runs }])).toContain('| SQLite |')
    const log = () => readFileSync(taxed.callers.none.output!, 'utf8').split('\n').length
    const lines = async (caller: (typeof CALLERS)[number]) => {
      // What is under way is written soon after.
      for (let before = -1; before !== log(); await new Promise((resolve) => setTimeout(resolve, 300))) before = log()
      const before = log()
      for (let call = 0; call < 5; call += 1) await ask(caller)
      await expect.poll(() => log() - before, { timeout: 5_000 }).toBe(caller === 'none' ? 0 : 5)
    }
    for (const caller of CALLERS) await lines(caller)
  })
})

it('What governance costs is told as a part of what there is without, round by round', () => {
  const run = (perSecond: number, cpu: number) => ({ perSecond, cpu }) as never
  const runs = {
    none: [run(1_000, 100), run(500, 200)],
    key: [run(950, 105), run(480, 210)],
    governed: [run(900, 110), run(400, 240)],
  }
  expect(kept({ database: 'Abacus', runs })).toBeCloseTo(0.85)
  expect(taxText([{ database: 'Abacus', runs }])).toContain(
    '| Abacus | 750 | 715 | 650 | **0.95** (0.95–0.96) | **0.85** (0.80–0.90) | 150 | 158 | 175 | **1.15** (1.10–1.20) |',
  )
})
