import type { Grant } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { type Ask, api, FREE, shop, watched } from './gateway.ts'

/** The plans of two calls, by what ran. */
const plans = async (line: string, first: Ask, second: Ask = first): Promise<[any, any]> => {
  const source = watched(shop())
  const shown = api(source)
  const settle = (ask: Ask) => shown.ask(line, ask).catch(() => undefined)
  await settle(first)
  const before = source.ran.at(-1)!
  await settle(second)
  return [before.plan, source.ran.at(-1)!.plan]
}
const C = 'GET /_table/customers'
const grant = (value: unknown): Grant => ({
  filters: [{ op: 'AND', conditions: [{ name: 'owner_id', operator: '=', value }] }],
  deny: [],
})

describe('calls of one shape get the same plan object', () => {
  test.each<[string, Ask, Ask]>([
    [C, { query: { filter: 'id = 1' } }, { query: { filter: "ID='2'" } }],
    [C, { query: { filter: 'id IN (1,2)', limit: 5 } }, { query: { filter: 'id IN (3,4)', limit: 7 } }],
    [
      C,
      { query: { filter: "name CONTAINS 'a'" } },
      { query: { filter: 'name CONTAINS :p' }, body: { params: { ':p': 'x' } } },
    ],
    [C, { query: { offset: 1 } }, { query: { offset: 2, limit: 1 } }],
    [C, { query: { ids: '1,2,3' } }, { query: { ids: '2,3,4,5' } }],
    [`${C}/1`, {}, { query: { include_count: true } }],
    [C, { grant: grant('{user.id}') }, { grant: grant('{user.id}'), lookups: { 'user.id': 7 } }],
    ['POST /_table/customers', { body: [{ name: 'a', credit: 1 }] }, { body: [{ credit: null, name: 'b' }] }],
    ['PATCH /_table/customers/1', { body: { name: 'a' } }, { body: { NAME: 'b' } }],
    [
      'PATCH /_table/customers',
      { query: { filter: 'id=1' }, body: [{ name: 'a' }] },
      { query: { filter: 'id=2' }, body: [{ name: 'b' }] },
    ],
    ['DELETE /_table/lines', { body: [{ order_id: 1, line: 1 }] }, { body: [{ line: 2, order_id: 1 }] }],
    ['DELETE /_table/journal', { query: { force: true } }, { query: { force: true } }],
  ])('%s %o and %o', async (line, first, second) => {
    const shared = 'grant' in first ? { grant: first.grant! } : {}
    const lookups = { lookups: { 'user.id': 8 } }
    const [a, b] = await plans(line, { ...lookups, ...first, ...shared }, { ...lookups, ...second, ...shared })
    expect(a).toBeDefined()
    expect(b).toBe(a)
  })
  test('also by path, whatever the id', async () => {
    const source = watched(shop())
    const shown = api(source)
    await shown.ask(`${C}/1`)
    await shown.ask(`${C}/2`)
    expect(source.ran[0]!.plan).toBe(source.ran[1]!.plan)
    expect(source.ran.map(({ values }) => values)).toEqual([
      [1, 1],
      [2, 1],
    ])
  })
})

describe('calls of another shape get another plan', () => {
  test.each<[string, Ask, Ask]>([
    [C, { query: { filter: 'id = 1' } }, { query: { filter: 'id != 1' } }],
    [C, { query: { filter: 'id = 1' } }, { query: { filter: 'owner_id = 1' } }],
    [C, { query: { filter: 'id IN (1,2)' } }, { query: { filter: 'id IN (1,2,3)' } }],
    [C, { query: { fields: 'id' } }, { query: { fields: 'name' } }],
    [C, { query: { order: 'id' } }, { query: { order: 'id desc' } }],
    [C, { query: {} }, { query: { offset: 1 } }],
    [C, { grant: FREE }, { grant: { filters: [], deny: ['secret'] } }],
    [C, { grant: grant(7) }, { grant: grant(7) }],
    [C, { query: { fields: '' } }, { query: { fields: '*' } }],
    ['POST /_table/customers', { body: [{ name: 'a' }] }, { body: [{ name: 'a', born: null }] }],
    ['PATCH /_table/customers/1', { body: { name: 'a' } }, { body: { name: 'a' }, query: { fields: '*' } }],
  ])('%s %o and %o', async (line, first, second) => {
    const [a, b] = await plans(line, first, second)
    expect(a).toBeDefined()
    expect(b).not.toBe(a)
  })
  test('a claim that is missing never shares the plan of one that is there', async () => {
    const role = grant('{user.id}')
    const [a, b] = await plans(C, { grant: role, lookups: { 'user.id': 7 } }, { grant: role })
    expect(a.where).toMatchObject({ kind: 'compare', op: '=' })
    expect(b.where).toEqual({ kind: 'never' })
  })
  test('separators in what a client sends do not make two shapes one', async () => {
    const source = watched(shop())
    const shown = api(source)
    await shown.ask(C, { query: { order: 'name', filter: 'id = 1' } })
    const shape = '"id"=?'
    for (const order of [`name\u0001f${shape}`, `name x\u0001f${shape}`, `name x\u0001f${shape}\u0001`]) {
      await shown.ask(C, { query: { order } }).catch(() => undefined)
    }
    expect(new Set(source.ran.map(({ plan }) => plan)).size).toBe(source.ran.length)
  })
})

test('a client’s filter and a role’s are joined as trees, each with its own slots', async () => {
  const source = watched(shop())
  const query = { filter: 'id > 0 OR id < 0', limit: 5, offset: 1 }
  await api(source).ask(C, { query, grant: grant('{user.id}'), lookups: { 'user.id': 7 } })
  const { plan, values } = source.ran[0]!
  expect(plan.where).toMatchObject({
    kind: 'and',
    items: [
      {
        kind: 'or',
        items: [
          { op: '>', value: { slot: 0 } },
          { op: '<', value: { slot: 1 } },
        ],
      },
      { kind: 'compare', op: '=', value: { slot: 2 } },
    ],
  })
  expect([plan.limit, plan.offset]).toEqual([3, 4])
  expect(values).toEqual([0, 0, 7, 5, 1])
})

test('a plan holds nothing that a client sent', async () => {
  const source = watched(shop())
  const marker = 'sentbyclient'
  const shown = api(source)
  await shown.ask(C, { query: { filter: `name = '${marker}' AND email CONTAINS ${marker}`, order: `id ${marker}` } })
  await shown.ask('POST /_table/customers', { body: [{ name: marker }] })
  await shown.ask('PATCH /_table/customers', {
    query: { filter: `name = ${marker}` },
    body: [{ name: marker, [marker]: 1 }],
  })
  expect(source.ran).toHaveLength(3)
  expect(JSON.stringify(source.ran.map(({ values }) => values))).toContain(marker)
  expect(JSON.stringify(source.ran.map(({ plan }) => plan))).not.toContain(marker)
})
