import type { Document } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { AGGREGATING, type Numbered, type Opened, opened, TRANSACTING } from './servers.ts'

const TASKS = {
  name: 'tasks',
  label: 'To do',
  field: [
    { name: '_id', type: 'id' },
    { name: 'title', type: 'string', length: 40 },
    { name: 'mail', type: 'string', allow_null: true, is_unique: true },
    { name: 'rank', type: 'integer', allow_null: true, is_index: true },
    { name: 'price', type: 'decimal', allow_null: true },
    { name: 'due', type: 'datetime', allow_null: true },
    { name: 'parts', type: 'array', allow_null: true },
    { name: 'created', type: 'timestamp_on_create', allow_null: true },
  ],
}

describe.skipIf(AGGREGATING.missing)('collections', () => {
  let at: Opened
  beforeAll(async () => {
    at = await opened(AGGREGATING, (db) =>
      db.collection<Numbered>('free').insertMany([
        { _id: 1, a: 1 },
        { _id: 2, a: 'x', b: 2 },
      ]),
    )
  })
  afterEach(async () => {
    await ask('DELETE', '_schema/tasks')
  })
  afterAll(() => at?.close())
  const ask = (method: string, path: string, body?: unknown, more: object = {}) =>
    at.gateway.ask({ method, path, body, ...more } as never)
  const done = async (...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }
  const validator = async (name: string): Promise<Document | undefined> => {
    const found = (await at.db.listCollections({ name }).toArray()) as {
      name: string
      options?: { validator?: Document }
    }[]
    return found.find((one) => one.name === name)?.options?.validator
  }
  const indexes = async (name: string) =>
    (await at.db.collection(name).listIndexes().toArray()).map(({ name: own, unique = false }) => [own, unique])

  test('are made with a validator and indexes, and dropped', async () => {
    expect(await done('POST', '_schema', { resource: [TASKS] })).toEqual({ resource: [{ name: 'tasks' }] })
    expect(await validator('tasks')).toEqual({
      $jsonSchema: {
        bsonType: 'object',
        required: ['title'],
        properties: {
          _id: { bsonType: 'objectId' },
          title: { bsonType: 'string', maxLength: 40 },
          mail: { bsonType: ['string', 'null'] },
          rank: { bsonType: ['int', 'null'] },
          price: { bsonType: ['decimal', 'null'] },
          due: { bsonType: ['date', 'null'] },
          parts: { bsonType: ['array', 'null'] },
          created: { bsonType: ['date', 'null'] },
        },
      },
    })
    expect(await indexes('tasks')).toEqual([
      ['_id_', expect.anything()],
      ['undx_tasks_mail', true],
      ['ndx_tasks_rank', false],
    ])
    const described = await done('GET', '_schema/tasks')
    expect(described.label).toBe('To do')
    expect(
      described.field
        .map(({ name, type, allow_null, is_unique, is_index, length }: any) => [
          name,
          type,
          allow_null,
          is_unique,
          is_index,
          length,
        ])
        .slice(0, 4),
    ).toEqual([
      ['_id', 'string', false, true, true, null],
      ['title', 'string', false, false, false, 40],
      ['mail', 'string', true, true, true, null],
      ['rank', 'integer', true, false, true, null],
    ])
    const [made] = (
      await done('POST', '_table/tasks', [{ title: 'one', price: '1.50', extra: [1] }], { query: { fields: '*' } })
    ).resource
    expect(made).toMatchObject({
      title: 'one',
      price: { $numberDecimal: '1.50' },
      extra: [1],
      created: { $date: expect.any(String) },
    })
    expect((await ask('POST', '_table/tasks', [{ rank: 1 }])).status).toBe(400)
    expect(await done('DELETE', '_schema/tasks')).toEqual({ success: true })
    expect((await ask('GET', '_table/tasks')).status).toBe(404)
    expect(await validator('tasks')).toBeUndefined()
  })
  test('get, change and lose fields', async () => {
    await done('POST', '_schema', { resource: [TASKS] })
    await done('POST', '_table/tasks', [{ title: 'one', rank: 3, loose: 'x' }])
    await done('PATCH', '_schema/tasks', {
      field: [
        { name: 'note', type: 'text', allow_null: true, is_index: true },
        { name: 'title', length: 80 },
      ],
    })
    expect((await validator('tasks'))?.$jsonSchema.properties).toMatchObject({
      note: { bsonType: ['string', 'null'] },
      title: { bsonType: 'string', maxLength: 80 },
    })
    expect(await indexes('tasks')).toContainEqual(['ndx_tasks_note', false])
    await done('PATCH', '_schema/tasks/_field/rank', { is_index: false, allow_null: false })
    expect(await indexes('tasks')).not.toContainEqual(['ndx_tasks_rank', false])
    expect((await validator('tasks'))?.$jsonSchema).toMatchObject({
      required: ['title', 'rank'],
      properties: { rank: { bsonType: 'int' } },
    })
    await done('PATCH', '_schema/tasks/_field/rank', { type: 'bigint', allow_null: true }).catch(() => undefined)
    await done('DELETE', '_schema/tasks/_field/mail')
    expect(Object.keys((await validator('tasks'))?.$jsonSchema.properties)).not.toContain('mail')
    expect(await indexes('tasks')).not.toContainEqual(['undx_tasks_mail', true])
    await done('DELETE', '_schema/tasks/_field/note')
    const [left] = (await done('GET', '_table/tasks')).resource
    expect(left).toMatchObject({ title: 'one', loose: 'x' })
  })
  test('without a validator get one for what is said of them, and lose what a dropped field held', async () => {
    await done('POST', '_schema/free/_field/c', { type: 'boolean', allow_null: true })
    expect(await validator('free')).toEqual({
      $jsonSchema: { bsonType: 'object', properties: { c: { bsonType: ['bool', 'null'] } } },
    })
    await done('DELETE', '_schema/free/_field/b')
    expect(await at.db.collection('free').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, a: 1 },
      { _id: 2, a: 'x' },
    ])
    await done('DELETE', '_schema/free/_field/c')
  })
  test('keep records that a change would lock out: they are told first', async () => {
    const refused = async (message: RegExp, ...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked)
      expect([answer.status, answer.body.error.message], answer.text).toEqual([409, expect.stringMatching(message)])
    }
    const before = await validator('free')
    await refused(/without 'must'/, 'POST', '_schema/free/_field/must', { type: 'integer' })
    await refused(/another type/, 'PATCH', '_schema/free/_field/a', { type: 'integer', allow_null: true })
    expect(await validator('free')).toEqual(before)
  })
  test.each<[object, number, RegExp]>([
    [{ name: 'k', type: 'id' }, 501, /'_id'/],
    [{ name: 'k', type: 'integer', is_primary_key: true }, 501, /'_id'/],
    [{ name: 'a', type: 'integer', default: 5 }, 501, /no defaults/],
    [{ name: 'a', type: 'integer', auto_increment: true }, 501, /counted up/],
    [{ name: 'a', type: 'reference', ref_table: 'free', ref_field: '_id' }, 501, /_related/],
    [{ name: 'a', type: 'decimal', precision: 5, scale: 2 }, 501, /precision/],
    [{ name: 'a', type: 'uuid' }, 501, /no type/],
    [{ name: 'a', db_type: 'javascript' }, 400, /database type/],
    [{ name: '$where', type: 'string' }, 400, /named/],
    [{ name: 'a.b', type: 'string' }, 400, /named/],
  ])('and a field that documents can not have is refused: %j', async (field, status, message) => {
    const answer = await ask('POST', '_schema', { resource: [{ name: 'tasks', field: [field] }] })
    expect(answer.status, answer.text).toBe(status)
    expect(answer.body.error.message).toMatch(message)
    expect(await validator('tasks')).toBeUndefined()
  })
  test.each(['system.users', 'a$b', 'gw_idempotency_keys', ''])('and none is called %j', async (name) => {
    const answer = await ask('POST', '_schema', { resource: [{ name, field: [{ name: 'a', type: 'string' }] }] })
    expect(answer.status, answer.text).toBe(400)
  })
  test('are made and dropped by those who may', async () => {
    const as = { user: { id: 1 }, access: [{ component: '_schema/*', verbs: ['GET'] }, { component: '_table/*' }] }
    expect((await ask('POST', '_schema', { resource: [TASKS] }, { as })).status).toBe(403)
    expect((await ask('DELETE', '_schema/free', undefined, { as })).status).toBe(403)
    expect(await at.db.collection('free').countDocuments()).toBe(2)
  })
})

test.skipIf(TRANSACTING.missing)('a service that is told its collections makes none', async () => {
  const at = await opened(TRANSACTING, (db) => db.collection<Numbered>('a').insertOne({ _id: 1 }), {
    collections: ['a'],
  })
  const answer = await at.gateway.ask({ method: 'POST', path: '_schema', body: { resource: [TASKS] } } as never)
  expect([answer.status, answer.body.error.message]).toEqual([501, expect.stringMatching(/makes none/)])
  await at.close()
})
