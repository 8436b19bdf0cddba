import { describe, expect, test } from 'vitest'
import { type Condition, type Field, fieldOf } from '../src/index.ts'
import { evaluate } from '../src/memory/evaluate.ts'
import { api, customers, shop } from './gateway.ts'

const options = { signal: new AbortController().signal }
const named = (name: string): Field => fieldOf(customers, name)!
const slot = (at: number) => ({ kind: 'slot', slot: at }) as const

describe('conditions follow SQL’s three-valued logic', () => {
  const unknown: Condition = { kind: 'compare', field: named('credit'), op: '=', value: slot(0) }
  const yes: Condition = { kind: 'not', item: { kind: 'null', field: named('name') } }
  const no: Condition = { kind: 'null', field: named('name') }
  const row = { name: 'Cleo', credit: null }
  const truth = (condition: Condition, values: readonly unknown[] = [5]) => evaluate(condition, row, values)
  test.each<[string, Condition, boolean | undefined]>([
    ['null = 5', unknown, undefined],
    ['NOT unknown', { kind: 'not', item: unknown }, undefined],
    ['unknown AND true', { kind: 'and', items: [unknown, yes] }, undefined],
    ['unknown AND false', { kind: 'and', items: [unknown, no] }, false],
    ['unknown OR true', { kind: 'or', items: [unknown, yes] }, true],
    ['unknown OR false', { kind: 'or', items: [unknown, no] }, undefined],
    ['unknown XOR true', { kind: 'xor', left: unknown, right: yes }, undefined],
    ['true XOR false', { kind: 'xor', left: yes, right: no }, true],
    ['null IN (5)', { kind: 'in', field: named('credit'), values: [slot(0)] }, undefined],
    ['IN ()', { kind: 'in', field: named('credit'), values: [] }, false],
    ['null BETWEEN', { kind: 'between', field: named('credit'), low: slot(0), high: slot(0) }, undefined],
    ['never', { kind: 'never' }, false],
    ['NOT never', { kind: 'not', item: { kind: 'never' } }, true],
  ])('%s', (_, condition, expected) => {
    expect(truth(condition)).toBe(expected)
  })
  test('x NOT IN a list with null is unknown, and a comparison with null too', () => {
    const listed: Condition = { kind: 'in', field: named('name'), values: [slot(0), slot(1)] }
    expect(truth({ kind: 'not', item: listed }, ['Ada', null])).toBeUndefined()
    expect(truth(listed, ['Cleo', null])).toBe(true)
    expect(truth({ kind: 'like', field: named('name'), value: slot(0), insensitive: false }, [null])).toBeUndefined()
  })
})

describe('constraints', () => {
  const insert = (values: readonly (readonly unknown[])[], columns: readonly string[]) => {
    const source = shop()
    const plan = { kind: 'insert', table: customers, columns: columns.map(named), returning: [named('id')] } as const
    return { source, done: source.insert(plan, values, options) }
  }
  test('a statement that breaks one changes nothing', async () => {
    const { source, done } = insert(
      [
        ['x', 'x@y'],
        ['y', 'ada@example.com'],
      ],
      ['name', 'email'],
    )
    await expect(done).rejects.toMatchObject({ code: 'conflict' })
    expect(await api(source).ask('GET /_table/customers', { query: { count_only: true } })).toBe(5)
  })
  test('null is not equal to null in a unique field, and not allowed where it is not nullable', async () => {
    expect(
      await insert(
        [
          ['x', null],
          ['y', null],
        ],
        ['name', 'email'],
      ).done,
    ).toEqual([{ id: 6 }, { id: 7 }])
    await expect(insert([[null]], ['name']).done).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(insert([['x'.repeat(51)]], ['name']).done).rejects.toThrow('too long')
  })
  test('dates are dates', async () => {
    for (const born of ['yesterday', '2023-02-29', '2024-13-01']) {
      await expect(insert([['x', born]], ['name', 'born']).done).rejects.toMatchObject({ code: 'invalid_request' })
    }
    expect(await insert([['x', '2024-02-29']], ['name', 'born']).done).toHaveLength(1)
  })
})

describe('transactions', () => {
  const rename = {
    kind: 'update',
    table: customers,
    set: [{ field: named('name'), slot: 0 }],
    where: { kind: 'not', item: { kind: 'never' } },
    returning: [],
  } as const
  const distinct = async (source: ReturnType<typeof shop>) =>
    new Set(
      (await api(source).ask('GET /_table/customers', { query: { fields: 'name' } })).resource.map(
        (row: any) => row.name,
      ),
    ).size
  test('are undone where their work throws, and seen by others only when they are done', async () => {
    const source = shop()
    await expect(
      source.transaction!(async (transaction) => {
        await source.update(rename, ['same'], { ...options, transaction })
        expect(await distinct(source)).toBe(5)
        throw new Error('no')
      }, options.signal),
    ).rejects.toThrow('no')
    expect(await distinct(source)).toBe(5)
    await source.transaction!(
      async (transaction) => source.update(rename, ['same'], { ...options, transaction }),
      options.signal,
    )
    expect(await distinct(source)).toBe(1)
  })
  test('make other writers wait, so that none of their work is lost', async () => {
    const source = shop()
    const insert = { kind: 'insert', table: customers, columns: [named('name')], returning: [] } as const
    const slow = source.transaction!(async (transaction) => {
      await Promise.resolve()
      await source.update(rename, ['same'], { ...options, transaction })
    }, options.signal)
    await Promise.all([slow, source.insert(insert, [['New']], options)])
    expect(await distinct(source)).toBe(2)
  })
})

test('rows as text are the same rows', async () => {
  const source = shop()
  const plan = { kind: 'read', table: customers, fields: customers.fields, order: [], limit: 0 } as const
  const encoded = await source.readEncoded!(plan, [3], options)
  expect(encoded.count).toBe(3)
  expect(encoded.rows.json).toBe(JSON.stringify(await source.read(plan, [3], options)))
})
