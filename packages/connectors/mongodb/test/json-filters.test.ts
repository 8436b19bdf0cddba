import { ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AGGREGATING, type Numbered, type Opened, opened, TRANSACTING } from './servers.ts'

const ID = '64b0c0ffee64b0c0ffee0001'
const THINGS = () => [
  {
    _id: 1,
    name: 'Ada',
    team: 'red',
    age: 36,
    secret: 'x',
    seen: new Date('2024-01-02T03:04:05Z'),
    owner: new ObjectId(ID),
  },
  { _id: 2, name: 'bob', team: 'blue', age: 41, secret: 'y', tags: ['a', 'b'], home: { city: 'Bern', floor: 2 } },
  {
    _id: 3,
    name: 'Cleo',
    team: 'red',
    age: null,
    secret: 'z',
    tags: ['b'],
    pets: [
      { kind: 'cat', lives: 9 },
      { kind: 'dog', lives: 1 },
    ],
  },
]
const RED = {
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: 'team', operator: '=', value: 'red' }] } }],
}
const DISCREET = { access: [{ component: '*', deny: ['secret'] }] }

describe.each([AGGREGATING, TRANSACTING])('filters as JSON on $label', (server) => {
  describe.skipIf(server.missing)(server.missing ?? 'are read', () => {
    let at: Opened
    beforeAll(async () => {
      at = await opened(server, (db) => db.collection<Numbered>('things').insertMany(THINGS()), {
        collections: ['things'],
      })
    })
    afterAll(() => at?.close())
    const asked = (filter: unknown, as?: object) =>
      at.gateway.ask({
        path: '_table/things',
        query: { filter: JSON.stringify(filter), order: '_id', fields: '_id' },
        ...(as && { as }),
      } as never)
    const ids = async (filter: unknown, as?: object) => {
      const answer = await asked(filter, as)
      expect(answer.status, answer.text).toBe(200)
      return answer.body.resource.map((one: any) => one._id)
    }

    test.each<[object, readonly number[]]>([
      [{ name: 'Ada' }, [1]],
      [{ team: 'red', age: 36 }, [1]],
      [{ age: { $gt: 36 } }, [2]],
      [{ age: { $gte: 36, $lt: 41 } }, [1]],
      [{ age: { $ne: 36 } }, [2, 3]],
      [{ age: null }, [3]],
      [{ age: { $ne: null } }, [1, 2]],
      [{ age: { $in: [36, null] } }, [1, 3]],
      [{ age: { $nin: [36] } }, [2, 3]],
      [{ age: { $not: { $gt: 36 } } }, [1, 3]],
      [{ $or: [{ name: 'Ada' }, { age: 41 }] }, [1, 2]],
      [{ $nor: [{ name: 'Ada' }, { age: 41 }] }, [3]],
      [{ $and: [{ team: 'red' }, { $or: [{ age: 36 }, { age: 1 }] }] }, [1]],
      [{ tags: 'b' }, [2, 3]],
      [{ tags: { $all: ['a', 'b'] } }, [2]],
      [{ 'home.city': 'Bern' }, [2]],
      [{ home: { city: 'Bern', floor: 2 } }, [2]],
      [{ owner: { $oid: ID } }, [1]],
      [{ owner: ID }, [1]],
      [{ seen: { $gt: { $date: '2024-01-01T00:00:00Z' } } }, [1]],
      [{ seen: '2024-01-02 03:04:05' }, [1]],
      [{ name: { $in: ['$where', 'Ada'] } }, [1]],
    ])('%j', async (filter, expected) => {
      expect(await ids(filter)).toEqual(expected)
    })
    test.skipIf(server === TRANSACTING).each<[object, readonly number[]]>([
      [{ tags: { $size: 2 } }, [2]],
      [{ age: { $exists: true } }, [1, 2, 3]],
      [{ tags: { $exists: false } }, [1]],
      [{ name: { $regex: '^[AB]' } }, [1]],
      [{ name: { $regex: '^[AB]', $options: 'i' } }, [1, 2]],
      [{ name: { $not: { $regex: 'o', $options: '' } } }, [1]],
      [{ pets: { $elemMatch: { kind: 'cat', lives: { $gt: 5 } } } }, [3]],
      [{ pets: { $elemMatch: { kind: 'dog', lives: { $gt: 5 } } } }, []],
      [{ pets: { $elemMatch: { $or: [{ kind: 'cow' }, { lives: 1 }] } } }, [3]],
    ])('%j', async (filter, expected) => {
      expect(await ids(filter)).toEqual(expected)
    })
    test('in a body, as objects, for reads, changes and deletes', async () => {
      const read = await at.gateway.ask({
        method: 'POST',
        headers: { 'x-http-method': 'GET' },
        path: '_table/things',
        query: { fields: '_id' },
        body: { filter: { age: { $gt: 36 } } },
      } as never)
      expect(read.body.resource).toEqual([{ _id: 2 }])
      await at.db.collection<Numbered>('things').insertMany([
        { _id: 8, name: 'new', team: 'green' },
        { _id: 9, name: 'new', team: 'grey' },
      ])
      const changed = await at.gateway.ask({
        method: 'PATCH',
        path: '_table/things',
        query: { filter: '{"name":"new","team":{"$ne":"grey"}}' },
        body: [{ age: 5 }],
      } as never)
      expect(changed.body.resource).toEqual([{ _id: 8 }])
      const gone = await at.gateway.ask({
        method: 'DELETE',
        path: '_table/things',
        body: { filter: { name: 'new' } },
      } as never)
      expect(gone.body.resource).toEqual([{ _id: 8 }, { _id: 9 }])
      for (const method of ['PATCH', 'DELETE']) {
        const nothing = await at.gateway.ask({
          method,
          path: '_table/things',
          query: { filter: '{}' },
          body: method === 'PATCH' ? [{ age: 1 }] : undefined,
        } as never)
        expect(nothing.status, nothing.text).toBe(400)
      }
      expect(await at.db.collection('things').countDocuments()).toBe(3)
    })
    test.each<[unknown, RegExp]>([
      [{ $where: 'sleep(1000)' }, /not permitted/],
      [{ name: { $where: 'true' } }, /not permitted/],
      [{ $expr: { $function: { body: 'x', args: [], lang: 'js' } } }, /not permitted/],
      [{ $expr: { $gt: ['$age', 1] } }, /not permitted/],
      [{ $jsonSchema: {} }, /not permitted/],
      [{ $text: { $search: 'x' } }, /not permitted/],
      [{ $comment: 'x' }, /not permitted/],
      [{ name: { $type: 2 } }, /not permitted/],
      [{ name: { $function: 'x' } }, /not permitted/],
      [{ name: { $not: { $where: 'x' } } }, /not permitted/],
      [{ name: { $eq: { $where: 'x' } } }, /single value|without the key|text/],
      [{ home: { a: { $where: 'x' } } }, /without the key/],
      [{ home: { $in: [{ $where: 'x' }] } }, /without the key/],
      [{ name: { $gt: 1, plain: 2 } }, /not permitted/],
      [{ pets: { $elemMatch: { $where: 'x' } } }, /not permitted/],
      [{ pets: { $elemMatch: { $expr: 1 } } }, /not permitted/],
      [{ pets: { $elemMatch: { $gt: 1 } } }, /not permitted/],
      [{ pets: { $elemMatch: 'x' } }, /\$elemMatch/],
      [{ pets: { $elemMatch: { 'a.$b': 1 } } }, /Invalid or unparsable field/],
      [{ $or: [] }, /one condition/],
      [{ $or: [{}] }, /empty object/],
      [{ $and: 'x' }, /list/],
      [{ $eq: 1 }, /not permitted/],
      [{ 'a.$b': 1 }, /Invalid or unparsable field/],
      [{ 'a.__proto__': 1 }, /Invalid or unparsable field/],
      [{ name: { $regex: 'x'.repeat(1_001) } }, /\$regex/],
      [{ name: { $regex: 'x', $options: 'e' } }, /\$options/],
      [{ name: { $options: 'i' } }, /\$options/],
      [{ tags: { $size: '1' } }, /\$size/],
      [{ age: { $gt: { a: 1 } } }, /one value/],
      [{ age: { $exists: 1 } }, /true or false/],
      [
        Array.from({ length: 1_001 }).reduce((all: any) => ({ $or: [...all.$or, { age: 1 }] }), { $or: [] }),
        /too many conditions/,
      ],
      [Array.from({ length: 30 }).reduce((inner: any) => ({ $and: [inner] }), { age: 1 }), /too deeply/],
      [{ age: { $in: Array.from({ length: 10_001 }, (_, at) => at) } }, /too many values|too long/],
    ])('and %j is refused', async (filter, message) => {
      const answer = await at.gateway.ask({
        method: 'POST',
        headers: { 'x-http-method': 'GET' },
        path: '_table/things',
        body: { filter },
      } as never)
      expect(answer.status, answer.text).toBe(400)
      expect(answer.body.error.message).toMatch(message)
    })
    test.each(['{', '{"a":}', '[{"name":"Ada"}]', '{"name":"Ada"} or 1=1'])('and %s is no filter', async (filter) => {
      const answer = await at.gateway.ask({ path: '_table/things', query: { filter } } as never)
      expect(answer.status, answer.text).toBe(400)
    })
    test('within the role’s filter, whatever they say', async () => {
      expect(await ids({ age: { $ne: 5 } }, RED)).toEqual([1, 3])
      expect(await ids({ $or: [{ team: 'blue' }, { team: 'red' }] }, RED)).toEqual([1, 3])
      expect(await ids({ $nor: [{ team: 'red' }] }, RED)).toEqual([])
      expect(await ids({ team: { $ne: 'red' } }, RED)).toEqual([])
      expect(await ids({ name: 'bob' }, RED)).toEqual([])
    })
    test('and say nothing of a denied field', async () => {
      for (const filter of [
        { secret: 'x' },
        { SECRET: 'x' },
        { secret: { $ne: 'q' } },
        { 'secret.a': 1 },
        { $or: [{ name: 'Ada' }, { secret: { $gt: '' } }] },
        { $nor: [{ secret: 'x' }] },
        { name: 'Ada', secret: { $exists: true } },
        // Beside a denied field nothing is open: what no rule knows could hold the same.
        { pets: { $elemMatch: { kind: 'cat' } } },
      ]) {
        const answer = await asked(filter, DISCREET)
        expect(answer.status, answer.text).toBe(400)
        expect(answer.body.error.message).toMatch(/Invalid or unparsable field/)
      }
      expect(await ids({ age: { $gt: 36 } }, DISCREET)).toEqual([2])
    })
  })
})
