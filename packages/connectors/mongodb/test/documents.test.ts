import { Decimal128, Long, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AGGREGATING, type Opened, opened, TRANSACTING } from './servers.ts'

const ADA = '64b0c0ffee64b0c0ffee0001'
const BOB = '64b0c0ffee64b0c0ffee0002'

const people = () => [
  {
    _id: new ObjectId(ADA),
    name: 'Ada',
    age: 36,
    visits: Long.fromString('9007199254740993'),
    credit: Decimal128.fromString('12.345678901234567890123456789012'),
    born: new Date('1815-12-10T00:00:00Z'),
    seen: new Date('2024-01-02T03:04:05.678Z'),
    address: { city: 'London', zip: 'W1' },
    tags: ['first', 'maths'],
  },
  { _id: new ObjectId(BOB), name: 'Bob', age: 41, visits: Long.fromNumber(7), knows: new ObjectId(ADA), nick: 'bobby' },
]

describe.each([AGGREGATING, TRANSACTING])('documents on $label', (server) => {
  describe.skipIf(server.missing)(server.missing ?? 'are served', () => {
    let at: Opened
    beforeAll(async () => {
      at = await opened(
        server,
        async (db) => {
          await db.collection<object>('people').insertMany(people())
          if (!server.named) await db.createCollection('empty')
          await db.collection('people').createIndex({ name: 1 }, { unique: true, name: 'by_name' })
        },
        { collections: ['people', 'empty'] },
      )
    })
    afterAll(() => at?.close())
    const ask = (path: string, query: object = {}, rest: object = {}) =>
      at.gateway.ask({ path, query, ...rest } as never)
    const body = async (path: string, query: object = {}, rest: object = {}) => {
      const answer = await ask(path, query, rest)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    const names = async (filter: string) =>
      (await body('_table/people', { filter, fields: 'name', order: 'name' })).resource.map((one: any) => one.name)

    test('are answered whole, in relaxed Extended JSON, with `_id` as a text', async () => {
      expect(await body(`_table/people/${ADA}`)).toEqual({
        _id: ADA,
        name: 'Ada',
        age: 36,
        visits: '9007199254740993',
        credit: { $numberDecimal: '12.345678901234567890123456789012' },
        born: { $date: { $numberLong: '-4861728000000' } },
        seen: { $date: '2024-01-02T03:04:05.678Z' },
        address: { city: 'London', zip: 'W1' },
        tags: ['first', 'maths'],
      })
    })
    test('have only the fields that they have', async () => {
      expect(await body(`_table/people/${BOB}`)).toEqual({
        _id: BOB,
        name: 'Bob',
        age: 41,
        visits: 7,
        knows: { $oid: ADA },
        nick: 'bobby',
      })
    })
    test('are read by dotted paths', async () => {
      const [ada] = (await body('_table/people', { fields: 'name,address.city', filter: 'name=Ada' })).resource
      expect(ada).toEqual({ name: 'Ada', 'address.city': 'London' })
      expect(await names('address.city = London')).toEqual(['Ada'])
      expect(await names('tags = maths')).toEqual(['Ada'])
    })
    test.each([
      ['visits = 9007199254740993', ['Ada']],
      ['visits > 9007199254740992', ['Ada']],
      ['age between 40 and 50', ['Bob']],
      ['age != 36', ['Bob']],
      ['NOT (age = 36)', ['Bob']],
      ['nick != other', ['Bob']],
      ['NOT (nick = other)', ['Bob']],
      ['nick is null', ['Ada']],
      ['nick is not null', ['Bob']],
      ["name like 'a%'", ['Ada']],
      ['name contains .', []],
      ['name in (Ada, Bob, $where)', ['Ada', 'Bob']],
      [`_id = ${ADA}`, ['Ada']],
      [`knows = ${ADA}`, ['Bob']],
      ["seen > '2024-01-02 03:04:05'", ['Ada']],
    ])('are found by %s', async (filter, expected) => {
      expect(await names(filter)).toEqual(expected)
    })
    test('are made with fields that nobody knew, and a further look knows them', async () => {
      const record = {
        name: 'Cleo',
        age: 22,
        pets: [{ kind: 'cat', lives: 9 }],
        home: { city: 'Bern', floor: 3 },
        since: { $date: '2024-05-06T00:00:00.000Z' },
      }
      const [made] = (await body('_table/people', { fields: '*' }, { method: 'POST', body: [record] })).resource
      expect(made).toEqual({ _id: expect.stringMatching(/^[0-9a-f]{24}$/), ...record })
      expect(await body(`_table/people/${made._id}`)).toEqual(made)
      expect((await at.db.collection('people').findOne({ name: 'Cleo' }))?.since).toEqual(new Date('2024-05-06'))
      await body(`_table/people/${made._id}`, {}, { method: 'PATCH', body: { 'home.floor': 4, mood: 'good' } })
      expect(await body(`_table/people/${made._id}`, { fields: 'home,mood' })).toEqual({
        home: { city: 'Bern', floor: 4 },
        mood: 'good',
      })
      await body('_schema', { refresh: true })
      const described = await body('_schema/people')
      expect(described.field.map((one: any) => one.name)).toContain('mood')
      await body(`_table/people/${made._id}`, {}, { method: 'DELETE' })
    })
    test('keep numbers of 64 bits and of 34 digits', async () => {
      const record = { name: 'Dora', visits: '9223372036854775807', credit: '0.1000000000000000000000000000000001' }
      const [made] = (await body('_table/people', { fields: 'visits,credit,_id' }, { method: 'POST', body: [record] }))
        .resource
      expect(made).toEqual({ _id: made._id, visits: '9223372036854775807', credit: { $numberDecimal: record.credit } })
      const stored = await at.db.collection('people').findOne({ name: 'Dora' }, { promoteLongs: false })
      expect(stored?.visits).toEqual(Long.MAX_VALUE)
      expect(
        (await ask(`_table/people/${made._id}`, {}, { method: 'PATCH', body: { visits: '9223372036854775808' } }))
          .status,
      ).toBe(400)
      await body(`_table/people/${made._id}`, {}, { method: 'DELETE' })
    })
    test('are refused where their name is taken, told by the field', async () => {
      const answer = await ask('_table/people', {}, { method: 'POST', body: [{ name: 'Ada' }] })
      expect(answer.status).toBe(400)
      expect(answer.body.error.context.resource[0].message).toBe(
        'A record with the same "name" already exists in "people".',
      )
      expect((await ask(`_table/people/${BOB}`, {}, { method: 'PATCH', body: { name: 'Ada' } })).status).toBe(409)
    })
    test.each([
      [{ $where: 'sleep(1)' }],
      [{ mood: { $gt: '' } }],
      [{ mood: { a: [{ $ne: 1 }] } }],
      [{ mood: { $oid: 'short' } }],
      [{ mood: { $oid: ADA, more: 1 } }],
      [{ _id: { $ne: null } }],
      [{ age: { $gt: 1 } }],
      [{ name: { $regex: '.*' } }],
    ])('take no operator: %j', async (record) => {
      const answer = await ask('_table/people', {}, { method: 'POST', body: [{ ...record }] })
      expect(answer.status, answer.text).toBe(400)
      const changed = await ask(`_table/people/${BOB}`, {}, { method: 'PATCH', body: record })
      if (!('_id' in record || '$where' in record)) expect(changed.status, changed.text).toBe(400)
      expect(await at.db.collection('people').countDocuments()).toBe(2)
    })
    test.each(['$where', 'a.$b', 'a..b', '.a', 'a.', '__proto__', 'a.__proto__.b', 'a b', 'x'.repeat(201)])(
      'have no field of the name %s',
      async (name) => {
        expect((await ask('_table/people', { fields: name })).status).toBe(400)
        expect((await ask('_table/people', { filter: `${name} = 1` })).status).toBe(400)
      },
    )
    test('of a collection without any are none, and the first one is taken', async () => {
      expect((await body('_table/empty', {}, { method: 'POST', body: [{ a: 1 }] })).resource[0]._id).toMatch(
        /^[0-9a-f]{24}$/,
      )
    })
  })
})
