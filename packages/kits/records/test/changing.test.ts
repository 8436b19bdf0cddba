import type { GwError } from '@gw/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { api, PEOPLE, shop, watched } from './gateway.ts'

const C = '/_table/customers'
const count = (shown: ReturnType<typeof api>, name = 'customers') =>
  shown.ask(`GET /_table/${name}`, { query: { count_only: true } })
/** The failure of the only record of a batch. */
const inner = (error: GwError): any => {
  expect(error.wire).toMatchObject({ status: 400, code: 1000, context: { error: [0] } })
  return (error.wire!.context as any).resource[0]
}

afterEach(() => {
  vi.useRealTimers()
})

describe.each(['PUT', 'PATCH'])('%s', (method) => {
  test('by id changes the fields given, and answers the id', async () => {
    const shown = api(shop())
    expect(await shown.ask(`${method} ${C}/2`, { body: { name: 'x' } })).toEqual({ id: 2 })
    expect(await shown.ask(`GET ${C}/2`)).toEqual({ ...PEOPLE[1], name: 'x' })
    expect(await shown.ask(`${method} ${C}/2`, { body: { name: 'x' }, query: { fields: 'name,id' } })).toEqual({
      name: 'x',
      id: 2,
    })
    expect(
      await shown.ask(`${method} ${C}/2`, { body: { resource: [{ name: 'y' }] }, query: { fields: 'name' } }),
    ).toEqual({ name: 'y' })
    expect(
      await shown.ask(`${method} ${C}/2`, { body: { resource: { name: 'z' } }, query: { fields: 'name' } }),
    ).toEqual({ name: 'z' })
  })
  test('by id leaves the id alone, and a body of nothing known changes nothing', async () => {
    const source = watched(shop())
    const shown = api(source)
    expect(await shown.ask(`${method} ${C}/2`, { body: { id: 77, nope: 1 } })).toEqual({ id: 2 })
    expect(source.ran.map(({ name }) => name)).toEqual(['read'])
    expect((await shown.refused(`${method} ${C}/99`, { body: { nope: 1 } })).code).toBe('not_found')
    expect((await shown.refused(`${method} ${C}/99`, { body: { name: 'x' } })).message).toBe(
      "Record with identifier '99' not found.",
    )
    expect((await shown.refused(`${method} ${C}/2`, { body: undefined })).message).toMatch(/^No record/)
  })
  test('by id shows failures as they are', async () => {
    const shown = api(shop())
    expect(await shown.refused(`${method} ${C}/1`, { body: { email: 'bob@example.com' } })).toMatchObject({
      code: 'conflict',
    })
    expect(await shown.refused(`${method} ${C}/1`, { body: { owner_id: 'x' } })).toMatchObject({
      message: "Field 'owner_id' must be a valid integer.",
    })
    expect(await shown.refused(`${method} ${C}/1`, { body: { name: null } })).toMatchObject({
      message: "Field 'name' can not be NULL.",
    })
  })
  test('by ids applies the first record to all of them', async () => {
    const shown = api(shop())
    const body = { resource: [{ name: 'same' }, { name: 'ignored' }] }
    expect((await shown.ask(`${method} ${C}`, { query: { ids: '4,2' }, body })).resource).toEqual([
      { id: 4 },
      { id: 2 },
    ])
    expect(
      (await shown.ask(`GET ${C}`, { query: { filter: 'name = same', fields: 'id', order: 'id' } })).resource,
    ).toEqual([{ id: 2 }, { id: 4 }])
    expect((await shown.ask(`${method} ${C}`, { query: { ids: '1' }, body: { name: 'bare' } })).resource).toEqual([
      { id: 1 },
    ])
  })
  test('by filter changes what matches with one statement, and answers it as it is then', async () => {
    const source = watched(shop())
    const query = { filter: 'active = false', fields: 'id,active' }
    const answer = await api(source).ask(`${method} ${C}`, { query, body: { resource: [{ active: true }] } })
    expect(answer.resource).toEqual([
      { id: 2, active: true },
      { id: 5, active: true },
    ])
    expect(source.ran.map(({ name }) => name)).toEqual(['update'])
  })
  test('by a list of records needs the id of each', async () => {
    const shown = api(shop())
    const body = [
      { id: 2, name: 'a' },
      { ID: '3', name: 'b' },
    ]
    expect((await shown.ask(`${method} ${C}`, { body, query: { fields: 'name' } })).resource).toEqual([
      { name: 'a' },
      { name: 'b' },
    ])
    const lines = [{ order_id: 1, line: 2, product: 'x' }]
    expect((await shown.ask(`${method} /_table/lines`, { body: lines })).resource).toEqual([{ order_id: 1, line: 2 }])
    const error = await shown.refused(`${method} ${C}`, { body: [{ name: 'c' }] })
    expect(inner(error).message).toBe('Required id field(s) not found in record 0: id')
    const keyless = await shown.refused(`${method} /_table/journal`, { body: [{ kind: 'x' }] })
    expect(inner(keyless).message).toBe('No valid identifier found for this table.')
  })
  test('of nothing in particular changes nothing', async () => {
    const source = watched(shop())
    const shown = api(source)
    const body = { resource: [{ name: 'all' }] }
    for (const query of [{}, { filter: '' }, { filter: '  ' }, { where: '' }, { ids: '' }, { ids: ' , ' }]) {
      expect((await shown.refused(`${method} ${C}`, { query, body })).code).toBe('invalid_request')
    }
    for (const filter of [{}, [], 0, false]) {
      expect((await shown.refused(`${method} ${C}`, { body: { ...body, filter } })).code).toBe('invalid_request')
    }
    expect(source.ran).toEqual([])
  })
})

describe('upsert', () => {
  const made = { name: 'New' }
  test('creates what is not there by id, by ids, and in lists of records, where the service allows it', async () => {
    const shown = api(shop(), { allowUpsert: true })
    expect(await shown.ask(`PUT ${C}/50`, { body: made })).toEqual({ id: 50 })
    expect(
      (
        await shown.ask(`PATCH ${C}`, {
          body: [
            { id: 51, ...made },
            { id: 1, ...made },
          ],
          query: { fields: 'id,name' },
        })
      ).resource,
    ).toEqual([
      { id: 51, name: 'New' },
      { id: 1, name: 'New' },
    ])
    expect((await shown.ask(`PUT ${C}`, { query: { ids: '52,2' }, body: [made] })).resource).toEqual([
      { id: 52 },
      { id: 2 },
    ])
    expect(await count(shown)).toBe(8)
  })
  test('does not create by filter, nor where the record is not complete', async () => {
    const shown = api(shop(), { allowUpsert: true })
    expect((await shown.ask(`PUT ${C}`, { query: { filter: 'id = 60' }, body: [made] })).resource).toEqual([])
    expect((await shown.refused(`PUT ${C}/60`, { body: { credit: 1 } })).message).toBe(
      "Required field 'name' can not be NULL.",
    )
    expect(await count(shown)).toBe(5)
  })
  test('is no part of a service that does not allow it', async () => {
    expect((await api(shop()).refused(`PUT ${C}/50`, { body: made })).code).toBe('not_found')
  })
})
