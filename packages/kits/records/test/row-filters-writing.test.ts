import type { Grant, RowCondition, RowFilter } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { api, FREE, shop } from './gateway.ts'

const filtered = (
  conditions: readonly RowCondition[],
  op: RowFilter['op'] = 'AND',
  deny: readonly string[] = [],
): Grant => ({
  filters: [{ op, conditions }],
  deny,
})
const OWN = filtered([{ name: 'owner_id', operator: '=', value: '{user.id}' }])
const AS_7 = { grant: OWN, lookups: { 'user.id': 7 } }
const DENIED = { code: 'forbidden', message: 'Denied access to some of the requested fields.' }

describe('records to be stored', () => {
  const create = (body: object, grant: Grant, lookups = { 'user.id': 7 }) =>
    api(shop()).ask('POST /_table/customers', { body: [{ name: 'New', ...body }], grant, lookups })
  const refusedCreate = (body: object, grant: Grant, lookups: Record<string, unknown> = { 'user.id': 7 }) =>
    api(shop()).refused('POST /_table/customers', { body: [{ name: 'New', ...body }], grant, lookups })

  test('a new record inside the filter is created', async () => {
    expect((await create({ owner_id: 7 }, OWN)).resource).toEqual([{ id: 6 }])
    expect((await create({ owner_id: '7' }, OWN)).resource).toEqual([{ id: 6 }])
    expect((await create({ OWNER_ID: '{user.id}' }, OWN)).resource).toEqual([{ id: 6 }])
  })
  test('a new record outside of it, or without the field, is refused', async () => {
    for (const body of [{ owner_id: 8 }, { owner_id: null }, {}, { owner_id: 7, OWNER_ID: 8 }]) {
      expect(await refusedCreate(body, OWN)).toMatchObject(DENIED)
    }
    expect(await refusedCreate({ owner_id: 7 }, OWN, {})).toMatchObject(DENIED)
    expect(await refusedCreate({ owner_id: 7 }, filtered([]))).toMatchObject(DENIED)
  })
  test('a field that the source fills in cannot be judged', async () => {
    const inactive = filtered([{ name: 'active', operator: '=', value: true }])
    expect(await refusedCreate({}, inactive)).toMatchObject(DENIED)
    expect((await create({ active: true }, inactive)).resource).toHaveLength(1)
    expect(await refusedCreate({}, filtered([{ name: 'id', operator: '>', value: 0 }]))).toMatchObject(DENIED)
    expect((await create({}, filtered([{ name: 'id', operator: 'is not null' }]))).resource).toHaveLength(1)
    expect((await create({}, filtered([{ name: 'credit', operator: 'is null' }]))).resource).toHaveLength(1)
  })
  test('a change that leads outside is refused, one that does not touch the field is not', async () => {
    const shown = api(shop())
    for (const body of [{ owner_id: 8 }, { owner_id: null }, { name: 'x', Owner_Id: '8' }]) {
      expect(await shown.refused('PATCH /_table/customers/1', { body, ...AS_7 })).toMatchObject(DENIED)
      expect(
        await shown.refused('PATCH /_table/customers', { body: [body], query: { filter: 'id=1' }, ...AS_7 }),
      ).toMatchObject(DENIED)
      expect(
        await shown.refused('PATCH /_table/customers', { body: [body], query: { ids: '1,3' }, ...AS_7 }),
      ).toMatchObject(DENIED)
      expect(await shown.refused('PUT /_table/customers', { body: [{ id: 1, ...body }], ...AS_7 })).toMatchObject(
        DENIED,
      )
    }
    expect(await shown.ask('PATCH /_table/customers/1', { body: { name: 'x', owner_id: 7 }, ...AS_7 })).toEqual({
      id: 1,
    })
    expect(await shown.ask('PATCH /_table/customers/1', { body: { name: 'y' }, ...AS_7 })).toEqual({ id: 1 })
  })
  test('under OR a record passes where one condition is met, and is denied where none is', async () => {
    const either = filtered(
      [
        { name: 'owner_id', operator: '=', value: 7 },
        { name: 'credit', operator: '>', value: 100 },
      ],
      'OR',
    )
    expect((await create({ owner_id: 7 }, either)).resource).toHaveLength(1)
    expect((await create({ owner_id: 1, credit: 101 }, either)).resource).toHaveLength(1)
    expect(await refusedCreate({ owner_id: 1, credit: 100 }, either)).toMatchObject(DENIED)
    const shown = api(shop())
    const change = (body: object) => ({ body, grant: either })
    expect(await shown.ask('PATCH /_table/customers/1', change({ name: 'x' }))).toEqual({ id: 1 })
    expect(await shown.refused('PATCH /_table/customers/1', change({ credit: 5 }))).toMatchObject(DENIED)
    expect(await shown.ask('PATCH /_table/customers/1', change({ credit: 500 }))).toEqual({ id: 1 })
  })
  test('a list of which the first record is refused stores nothing, and says so as it is', async () => {
    const shown = api(shop())
    const body = [
      { name: 'A', owner_id: 8 },
      { name: 'B', owner_id: 7 },
    ]
    expect(await shown.refused('POST /_table/customers', { body, ...AS_7 })).toMatchObject(DENIED)
    expect(await shown.ask('GET /_table/customers', { query: { count_only: true } })).toBe(5)
    const error = await shown.refused('POST /_table/customers', { body: body.toReversed(), ...AS_7 })
    expect(error.wire?.context).toMatchObject({
      error: [1],
      resource: [{ id: 6 }, { code: 403, ...{ message: DENIED.message } }],
    })
  })
})

describe('upsert under a filter', () => {
  const upserting = () => api(shop(), { allowUpsert: true })
  test('a hidden row is neither shown nor overwritten', async () => {
    const shown = upserting()
    const error = await shown.refused('PUT /_table/customers/2', { body: { name: 'Mine', owner_id: 7 }, ...AS_7 })
    expect(error).toMatchObject({ code: 'not_found', message: "Record with identifier '2' not found." })
    expect(await shown.ask('GET /_table/customers/2')).toMatchObject({ name: 'Bob', owner_id: 8 })
  })
  test('a new row has to lie inside the filter', async () => {
    expect(await upserting().ask('PUT /_table/customers/20', { body: { name: 'New', owner_id: 7 }, ...AS_7 })).toEqual({
      id: 20,
    })
    expect(await upserting().refused('PUT /_table/customers/20', { body: { name: 'New' }, ...AS_7 })).toMatchObject(
      DENIED,
    )
  })
  test('who may not create, creates nothing', async () => {
    const grants = { 'PUT _table/customers': FREE, 'GET _table/customers': FREE }
    expect(await upserting().refused('PUT /_table/customers/20', { body: { name: 'New' }, grants })).toMatchObject({
      code: 'not_found',
    })
    const mine = filtered([{ name: 'owner_id', operator: '=', value: 7 }])
    const narrow = { 'PUT _table/customers': FREE, 'POST _table/customers': mine }
    expect(
      await upserting().refused('PUT /_table/customers/20', { body: { name: 'New', owner_id: 8 }, grants: narrow }),
    ).toMatchObject(DENIED)
  })
})
