import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { catalogOf, extrasStore, flatMapInTurns, relationsOf, type Table, withExtras } from '../src/index.ts'
import { memorySource } from '../src/memory.ts'
import { api, customers, FREE, ID, table } from './gateway.ts'

/** Turns of the event loop while something is done. */
const turnsDuring = async (work: () => Promise<unknown>): Promise<number> => {
  let turns = 0
  let done = false
  const counting = (async () => {
    while (!done) {
      await turn()
      turns += 1
    }
  })()
  await work()
  done = true
  await counting
  return turns
}

const many = (count: number): readonly Table[] => Array.from({ length: count }, (_, n) => table(`t${n}`, [ID]))

/** Tables whose fields nobody has asked for yet, each but the first with a reference to the first. */
const unread = (count: number) => {
  const asked: string[] = []
  const tables = Array.from({ length: count }, (_, n): Table => {
    const { fields, ...rest } = table(`t${n}`, [ID])
    return {
      ...rest,
      foreignKeys: n === 0 ? [] : [{ name: `k${n}`, columns: ['id'], table: n < 4 ? 't0' : 't1', references: ['id'] }],
      get fields() {
        asked.push(`t${n}`)
        return fields
      },
    }
  })
  return { tables, asked }
}

describe('a catalogue of thousands of tables', () => {
  test('work over many items lets others have their turn, and keeps the order', async () => {
    const items = Array.from({ length: 1000 }, (_, n) => n)
    let found: readonly number[] = []
    const turns = await turnsDuring(async () => {
      found = await flatMapInTurns(items, (n) => (n % 2 === 0 ? [n, -n] : []))
    })
    expect(found).toEqual(items.flatMap((n) => (n % 2 === 0 ? [n, -n] : [])))
    expect(turns).toBeGreaterThanOrEqual(10)
  })

  test.each(['GET /_table', 'GET /_schema'])('%s lists them in turns', async (line) => {
    const { ask } = api(memorySource({ tables: many(1000) }))
    let answer: any
    const turns = await turnsDuring(async () => {
      answer = await ask(line)
    })
    expect(turns).toBeGreaterThanOrEqual(10)
    expect(answer.resource).toHaveLength(1000)
  })

  test('the names that roles are made of are listed in turns', async () => {
    const { ask } = api(memorySource({ tables: many(1000) }))
    const turns = await turnsDuring(() => ask('GET /', { query: { as_access_list: 'true' } }))
    expect(turns).toBeGreaterThanOrEqual(20)
  })

  test('relations of a table are known without looking at the fields of thousands of others', () => {
    const { tables, asked } = unread(1000)
    const relations = relationsOf(tables[0]!, catalogOf(tables))
    expect([...relations.keys()]).toEqual(['t1_by_id', 't2_by_id', 't3_by_id'])
    expect(asked).toEqual([])
  })

  test('a list of names, and extras of one table, leave the fields of others as they are', async () => {
    const { tables, asked } = unread(1000)
    const store = extrasStore({
      get: async () => ({ value: { alias: 'first', fields: {} }, version: 1 }) as never,
      put: async () => 1,
      delete: async () => true,
      list: async () => ['extras/t0'],
    })
    await store.load()
    const source = withExtras({ ...memorySource({ tables: [customers] }), catalog: () => catalogOf(tables) }, store)
    const { ask } = api(source)
    const { resource } = await ask('GET /_table', {
      grants: { 'GET _table': FREE, '_table/first': FREE, '_table/t9': FREE },
    })
    expect(resource.map(({ name }: any) => name)).toEqual(['first', 't9'])
    // Those that refer to it show its alias.
    expect(new Set(asked)).toEqual(new Set(['t0', 't1', 't2', 't3']))
  })
})
