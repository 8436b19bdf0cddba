import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from './demo.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/guides/filters.md'), 'utf8')
const lines = [...page.matchAll(/^```http\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'))

describe('the filters guide', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  }, 120_000)
  afterAll(() => demo.stop())

  it('has its examples where this test finds them', () => {
    expect(lines.length).toBeGreaterThan(20)
  })

  const count = async (table: string, query: string): Promise<unknown> =>
    (await demo.call(`/api/v2${table}?count_only=true${query}`)).json()

  it.each(lines)('sends what the gateway understands: %s', async (line) => {
    const [, table = '', filter = ''] = /^GET (\S+)\?filter=(.*)$/.exec(line) ?? []
    const found = await count(table, `&filter=${encodeURIComponent(filter)}`)
    expect(found).toEqual(expect.any(Number))
    // How many lie within a year of today depends on the day; everything else finds some records, and not all.
    if (/NOW|CURRENT/.test(filter)) return
    expect(found).toBeGreaterThan(0)
    if (!filter.includes('@')) expect(found).toBeLessThan((await count(table, '')) as number)
  })
})
