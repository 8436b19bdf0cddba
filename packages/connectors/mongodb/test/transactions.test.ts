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

const served = (server: typeof TRANSACTING): (() => Opened) => {
  let at: Opened
  beforeAll(async () => {
    at = await opened(server, (db) => db.collection<{ _id: number }>('places').insertMany(PLACES), {
      collections: ['places'],
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

describe.skipIf(AGGREGATING.missing)('where the deployment has no transactions', () => {
  const at = served(AGGREGATING)
  const ask = (method: string, body: unknown, query: object = {}, path = '_table/places') =>
    at().gateway.ask({ method, path, query, body } as never)

  test('rollback is refused, plainly, and nothing is written', async () => {
    const answer = await ask('POST', [{ _id: 5, name: 'Chur' }], { rollback: true })
    expect([answer.status, answer.body.error.message]).toEqual([501, 'Rollback is not supported by this service.'])
    expect((await ask('POST', { steps: [] }, {}, '_batch')).status).not.toBe(200)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel'])
  })
  test('records before one that failed stay as the contract has it, and a taken id takes nobody’s record away', async () => {
    expect((await ask('POST', two)).body.error.context.error).toEqual([1])
    expect(await places(at())).toEqual(['1 Bern', '2 Basel', '3 Biel'])
    expect((await ask('POST', [two[1]])).status).toBe(400)
    expect(await places(at())).toEqual(['1 Bern', '2 Basel', '3 Biel'])
  })
})
