import { setTimeout as pause } from 'node:timers/promises'
import { encoded } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { cachedSource, type RecordsSource } from '../src/index.ts'
import { api, customers, field, PEOPLE, shop, watched } from './gateway.ts'

const PLAN = { kind: 'read', table: customers, fields: customers.fields, order: [], limit: 0 } as const
const { signal } = new AbortController()

const cached = (ttl = 60_000, replace: Partial<RecordsSource> = {}) => {
  const source = watched(shop(), replace)
  return { source, ran: source.ran, own: cachedSource(source, { ttl }) }
}

describe('answers that are kept', () => {
  test('belong to a plan and to the values with their types', async () => {
    const { ran, own } = cached()
    for (const values of [
      [1],
      ['1'],
      [true],
      ['true'],
      [null],
      ['null'],
      [1, 2],
      ['1|number1:2'],
      [new Uint8Array([1])],
      ['AQ=='],
    ])
      await own.count({ kind: 'count', table: customers }, values, { signal })
    // A plan of its own each time: nothing is shared between plans that look the same.
    expect(ran).toHaveLength(10)
    const plan = { kind: 'count', table: customers } as const
    ran.splice(0)
    const lists = [
      [1],
      ['1'],
      [true],
      ['true'],
      [null],
      ['null'],
      [1, 2],
      ['1|number1:2'],
      [new Uint8Array([1])],
      ['AQ=='],
    ]
    for (const values of [...lists, ...lists]) await own.count(plan, values, { signal })
    expect(ran).toHaveLength(lists.length)
  })

  test('are given anew for each caller, so that changing one changes no other', async () => {
    const { own } = cached()
    for (let round = 0; round < 3; round++) {
      const rows = (await own.read(PLAN, [10], { signal })) as { name: string }[]
      expect(rows[0]!.name).toBe(PEOPLE[0]!.name)
      rows[0]!.name = 'changed'
    }
  })

  test('are gone when their time is up', async () => {
    const { ran, own } = cached(40)
    await own.read(PLAN, [10], { signal })
    await own.read(PLAN, [10], { signal })
    expect(ran).toHaveLength(1)
    await pause(60)
    await own.read(PLAN, [10], { signal })
    expect(ran).toHaveLength(2)
  })

  test('are not kept where a write ended while they were read', async () => {
    const gate = Promise.withResolvers<void>()
    const base = shop()
    const { own } = cached(60_000, {
      read: async (...args) => {
        const rows = await base.read(...args)
        await gate.promise
        return rows
      },
      delete: (...args) => base.delete(...args),
    })
    const reading = own.read(PLAN, [10], { signal })
    const where = { kind: 'compare', field: customers.fields[0]!, op: '=', value: { kind: 'slot', slot: 0 } } as const
    await own.delete({ kind: 'delete', table: customers, where, returning: [] }, [5], { signal })
    gate.resolve()
    expect(await reading).toHaveLength(5)
    expect(await own.read(PLAN, [10], { signal })).toHaveLength(4)
  })

  test('are neither taken nor kept in a transaction, whose end empties the cache', async () => {
    const { ran, own } = cached()
    await own.read(PLAN, [10], { signal })
    const columns = [field('name')]
    await own.transaction!(async (transaction) => {
      await own.insert({ kind: 'insert', table: customers, columns, returning: [] }, [['Zoe']], { signal, transaction })
      expect(await own.read(PLAN, [10], { signal, transaction })).toHaveLength(6)
      expect(await own.read(PLAN, [10], { signal })).toHaveLength(5)
    }, signal)
    expect(await own.read(PLAN, [10], { signal })).toHaveLength(6)
    expect(ran.filter(({ name }) => name === 'read')).toHaveLength(3)
  })

  test('are emptied by whatever else a source can do, known here or not', async () => {
    const source = { ...shop(), novelty: async () => 1, more: { deep: async () => 2 } }
    const own = cachedSource(source, { ttl: 60_000 }) as typeof source
    const reads = watched(source)
    const counted = cachedSource({ ...source, read: reads.read } as RecordsSource, { ttl: 60_000 }) as typeof source
    for (const act of [() => counted.novelty(), () => counted.more.deep(), () => counted.refresh(signal)]) {
      await counted.read(PLAN, [10], { signal })
      await counted.read(PLAN, [10], { signal })
      const before = reads.ran.length
      await act()
      await counted.read(PLAN, [10], { signal })
      expect(reads.ran.length).toBe(before + 1)
    }
    expect(await own.novelty()).toBe(1)
  })

  test('that are too large, or asked for with too many values, are not kept', async () => {
    const { ran, own } = cached()
    const many = Array.from({ length: 3_000 }, (_, at) => at)
    for (let round = 0; round < 2; round++) await own.count({ kind: 'count', table: customers }, many, { signal })
    const text = 'x'.repeat(3_000_000)
    const huge = cached(60_000, { read: async () => [{ name: text }] })
    for (let round = 0; round < 2; round++) await huge.own.read(PLAN, [10], { signal })
    expect([ran.length, huge.ran.length]).toEqual([2, 2])
  })

  test('keep their bytes, which the source gave away to whoever sends them first', async () => {
    const { own } = cached(60_000, {
      readEncoded: async () => ({ rows: encoded(Buffer.from('[{"name":"Ada"}]'), { owned: true }), count: 1 }),
    })
    for (let round = 0; round < 2; round++) {
      const { rows } = await own.readEncoded!(PLAN, [10], { signal })
      expect([rows.json, rows.owned]).toEqual(['[{"name":"Ada"}]', false])
    }
  })

  test('are not there at all where caching is off', () => {
    const source = shop()
    expect(cachedSource(source, { ttl: 0 })).toBe(source)
  })

  test('serve a client through the endpoints, until refresh asks for better', async () => {
    const { ran, source } = cached()
    const { ask } = api(cachedSource(source, { ttl: 60_000 }))
    for (let round = 0; round < 3; round++) await ask('GET /_table/customers/1')
    expect(ran).toHaveLength(1)
    await ask('GET /_table/customers/1', { query: { refresh: 'true' } })
    expect(ran).toHaveLength(2)
    await ask('GET /_table/customers/1')
    expect(ran).toHaveLength(2)
  })

  test('are nobody else’s, also where two callers have the same role', async () => {
    const { source } = cached()
    const { ask } = api(cachedSource(source, { ttl: 60_000 }))
    const conditions = [{ name: 'owner_id', operator: '=', value: '{user.id}' }]
    const grant = { filters: [{ op: 'AND', conditions }], deny: [] } as const
    for (let round = 0; round < 3; round++) {
      for (const id of [7, 8, 9]) {
        const mine = PEOPLE.filter(({ owner_id }) => owner_id === id)
        for (const as of [{ lookups: { 'user.id': id } }, { lookups: { 'user.id': id }, objects: true }]) {
          expect((await ask('GET /_table/customers', { grant, ...as })).resource).toEqual(mine)
          expect(await ask('GET /_table/customers', { grant, ...as, query: { count_only: 'true' } })).toBe(mine.length)
        }
      }
      expect((await ask('GET /_table/customers', { grant })).resource).toEqual([])
    }
  })
})
