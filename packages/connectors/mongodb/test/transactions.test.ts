import type { Db } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AGGREGATING, type Opened, opened, TRANSACTING } from './servers.ts'

const PLACES = [
  { _id: 1, name: 'Bern' },
  { _id: 2, name: 'Basel' },
]
const places = async (at: Opened) =>
  (await at.db.collection('places').find().sort({ _id: 1 }).toArray()).map(({ _id, name }) => `${_id} ${name}`)
const two = [
  { _id: 3, name: 'Biel' },
  { _id: 1, name: 'taken' },
]

const fill = async (db: Db): Promise<void> => {
  await db.collection<{ _id: number }>('places').insertMany(PLACES)
  await db.collection<{ _id: number }>('streets').insertOne({ _id: 1, place: 1, name: 'Marktgasse' } as never)
}
const served = (server: typeof TRANSACTING, settings: object = {}): (() => Opened) => {
  let at: Opened
  beforeAll(async () => {
    at = await opened(server, fill, {
      collections: ['places', 'streets'],
      ...settings,
    })
  })
  afterAll(() => at?.close())
  return () => at
}

describe.skipIf(TRANSACTING.missing)('where the deployment has transactions', () => {
  const at = served(TRANSACTING)
  const ask = (method: string, body: unknown, query: object = {}, path = '_table/places') =>
    at().gateway.ask({ method, path, query, body } as never)

  test('rollback undoes the records before the one that failed', async () => {
    const answer = await ask('POST', two, { rollback: true })
    expect(answer.status, answer.text).toBe(400)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('without rollback, the records before it stay', async () => {
    expect((await ask('POST', two)).body.error.context.error).toEqual([1])
    expect(await places(at())).toEqual(['1 Bern', '2 Basel', '3 Biel'])
    expect((await ask('DELETE', undefined, { ids: '3' })).status).toBe(200)
  })
  test('several calls are one', async () => {
    const steps = (id: number) => [
      { method: 'PATCH', path: '_table/places/1', body: { name: 'Thun' } },
      { method: 'PATCH', path: `_table/places/${id}`, body: { name: 'Chur' } },
    ]
    expect((await ask('POST', { steps: steps(9) }, {}, '_batch')).status).toBe(404)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
    expect((await ask('POST', { steps: steps(2) }, {}, '_batch')).status).toBe(200)
    expect(await places(at())).toEqual(['1 Thun', '2 Chur'])
  })
})

describe.skipIf(TRANSACTING.missing)('writes that depend on what they find, where there are transactions', () => {
  const at = served(TRANSACTING, { idempotency_keys: true })
  const ask = (method: string, path: string, body?: unknown, headers: object = {}, query: object = {}) =>
    at().gateway.ask({ method, path, body, headers, query } as never)
  const tag = async () => (await ask('GET', '_table/places/1')).headers.get('etag')!

  test('are done where the record is what was read, and not where it is something else', async () => {
    const first = await tag()
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const answer = await ask(method, '_table/places/1', method === 'DELETE' ? undefined : { name: 'X' }, {
        'if-match': '"other"',
      })
      expect(answer.status, answer.text).toBe(412)
    }
    expect((await ask('PATCH', '_table/places/1', { name: 'Chur' }, { 'if-match': first })).status).toBe(200)
    expect((await ask('PATCH', '_table/places/1', { name: 'Thun' }, { 'if-match': first })).status).toBe(412)
    expect((await ask('PUT', '_table/places/1', { name: 'Bern' }, { 'if-match': await tag() })).status).toBe(200)
    expect((await ask('PATCH', '_table/places/9', { name: 'Thun' }, { 'if-match': '*' })).status).toBe(404)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('are undone where it was asked for', async () => {
    const answer = await ask('PATCH', '_table/places/1', { name: 'Thun' }, { prefer: 'tx=rollback' }, { fields: '*' })
    expect([answer.status, answer.body, answer.headers.get('preference-applied')]).toEqual([
      200,
      { _id: 1, name: 'Thun' },
      'tx=rollback',
    ])
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
    const most = { prefer: 'handling=strict, max-affected=1' }
    expect((await ask('PATCH', '_table/places', [{ name: 'X' }], most, { filter: '_id > 0' })).status).toBe(400)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('are done once for a key, and told again', async () => {
    const key = { 'idempotency-key': 'order-5' }
    const first = await ask('POST', '_table/places', [{ name: 'Olten' }], key)
    expect(first.status, first.text).toBe(200)
    const again = await ask('POST', '_table/places', [{ name: 'Olten' }], key)
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([200, first.text, 'true'])
    expect(await at().db.collection('places').countDocuments({ name: 'Olten' })).toBe(1)
    expect((await ask('POST', '_table/places', [{ name: 'Aarau' }], key)).status).toBe(422)
    const failing = { 'idempotency-key': 'order-6' }
    expect((await ask('POST', '_table/places', [{ _id: 1, name: 'taken' }], failing)).status).toBe(400)
    expect((await ask('POST', '_table/places', [{ _id: 7, name: 'free' }], failing)).status, 'nothing was kept').toBe(
      200,
    )
    await at().db.collection<{ _id: number }>('places').deleteOne({ _id: 7 })
    await at().db.collection('places').deleteMany({ name: 'Olten' })
  })
  test('are done once for a key that many send at once', async () => {
    const key = { 'idempotency-key': 'order-7' }
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ask('POST', '_table/places', [{ name: 'Uster' }], key, { fields: '*' })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(11)
    expect(await at().db.collection('places').countDocuments({ name: 'Uster' })).toBe(1)
    // One that fails lets the next one try.
    const failing = { 'idempotency-key': 'order-8' }
    const taken = [{ _id: 1, name: 'taken' }]
    const failed = await Promise.all(Array.from({ length: 4 }, () => ask('POST', '_table/places', taken, failing)))
    expect(failed.map(({ status }) => status)).toEqual(Array(4).fill(400))
    await at().db.collection('places').deleteMany({ name: 'Uster' })
  })
  test('take records of virtual relations along, also where any key may be stored', async () => {
    const relation = { type: 'has_many', field: '_id', ref_table: 'streets', ref_field: 'place' }
    expect((await ask('POST', '_schema/places/_related', { resource: [relation] })).status).toBe(200)
    const nested = { _id: 5, name: 'Zug', streets_by_place: [{ name: 'Seeweg' }] }
    expect((await ask('POST', '_table/places', [nested])).status).toBe(200)
    expect(await at().db.collection('places').findOne({ name: 'Zug' })).toEqual({ _id: 5, name: 'Zug' })
    expect(await at().db.collection('streets').findOne({ name: 'Seeweg' })).toMatchObject({ name: 'Seeweg', place: 5 })
    expect((await ask('DELETE', '_table/places/5')).status).toBe(200)
  })
  test('and the kept answers are in nobody’s reach', async () => {
    for (const path of ['_table/gw_idempotency_keys', '_schema/gw_idempotency_keys'])
      expect((await ask('GET', path)).status).toBe(404)
    expect(await at().db.collection('gw_idempotency_keys').countDocuments()).toBeGreaterThan(0)
  })
})

describe.skipIf(AGGREGATING.missing)('where the deployment has no transactions', () => {
  const at = served(AGGREGATING, { idempotency_keys: true })
  const ask = (method: string, body: unknown, query: object = {}, path = '_table/places') =>
    at().gateway.ask({ method, path, query, body } as never)

  test('rollback is refused, plainly, and nothing is written', async () => {
    const answer = await ask('POST', [{ _id: 5, name: 'Chur' }], { rollback: true })
    expect([answer.status, answer.body.error.message]).toEqual([501, 'Rollback is not supported by this service.'])
    expect((await ask('POST', { steps: [] }, {}, '_batch')).status).not.toBe(200)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('what would have to depend on what a record is, or be undone, is refused by name', async () => {
    const asked: readonly (readonly [object, RegExp])[] = [
      [{ 'if-match': '*' }, /make a write depend/],
      [{ prefer: 'tx=rollback' }, /no transactions/],
      [{ 'idempotency-key': 'a' }, /Idempotency-Key/],
    ]
    for (const [headers, message] of asked) {
      const answer = await at().gateway.ask({
        method: 'PATCH',
        path: '_table/places/1',
        body: { name: 'X' },
        headers,
      } as never)
      expect([answer.status, answer.body.error.message], answer.text).toEqual([501, expect.stringMatching(message)])
    }
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('records before one that failed stay as the contract has it, and a taken id takes nobody’s record away', async () => {
    expect((await ask('POST', two)).body.error.context.error).toEqual([1])
    expect(await places(at())).toEqual(['1 Bern', '2 Basel', '3 Biel'])
    expect((await ask('POST', [two[1]])).status).toBe(400)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel', '3 Biel'])
  })
})
