import { Decimal128 } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AGGREGATING, type Numbered, type Opened, opened, TRANSACTING } from './servers.ts'

const PEOPLE = () => [
  { _id: 1, name: 'Ada', team: 'red', age: 36, secret: 'x', tags: ['a', 'b', 'a'], pets: [{ kind: 'cat', lives: 9 }] },
  {
    _id: 2,
    name: 'Bob',
    team: 'blue',
    age: 41,
    secret: 'y',
    credit: Decimal128.fromString('1.5'),
    home: { city: 'Bern' },
  },
  { _id: 3, name: 'Cleo', team: 'red', age: 22, secret: 'z', scores: [3, 9, 5] },
]
/** What it refuses by itself, and so does not prove. */
const UNKNOWN_TO_JONGODB = /pets\.0|\$(?:push|pull|pullAll|pop|mul|min|max)"/

const RED = {
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: 'team', operator: '=', value: 'red' }] } }],
}
const DISCREET = { access: [{ component: '*', deny: ['secret'] }] }

describe.each([AGGREGATING, TRANSACTING])('documents on $label', (server) => {
  describe.skipIf(server.missing)(server.missing ?? 'are changed', () => {
    let at: Opened
    beforeAll(async () => {
      at = await opened(server, (db) => db.collection<Numbered>('people').insertMany(PEOPLE()), {
        collections: ['people'],
      })
    })
    beforeEach(async () => {
      await at.db.collection('people').deleteMany({})
      await at.db.collection<Numbered>('people').insertMany(PEOPLE())
    })
    afterAll(() => at?.close())
    const ask = (method: string, path: string, body?: unknown, more: object = {}) =>
      at.gateway.ask({ method, path: `_table/people${path}`, body, ...more } as never)
    const done = async (...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    const refused = async (status: number, message: RegExp, ...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked)
      expect(answer.status, answer.text).toBe(status)
      expect(JSON.stringify(answer.body.error)).toMatch(message)
      expect(await at.db.collection('people').find().sort({ _id: 1 }).toArray()).toEqual(PEOPLE())
    }
    const stored = (id: number) => at.db.collection<any>('people').findOne({ _id: id })
    const all = { query: { fields: '*' } }

    describe('by PUT', () => {
      test('to what was sent, and nothing else', async () => {
        const answer = await done('PUT', '/1', { name: 'Ada L.', born: 1815, home: { city: 'London' } }, all)
        expect(answer).toEqual({ _id: 1, name: 'Ada L.', born: 1815, home: { city: 'London' } })
        expect(await stored(1)).toEqual(answer)
        expect(await stored(2)).toEqual(PEOPLE()[1])
      })
      test('each of a list, of ids, and of a filter, further keys included', async () => {
        const list = [
          { _id: 1, name: 'A' },
          { _id: 2, name: 'B', x: 1 },
        ]
        await done('PUT', '', { resource: list })
        expect([await stored(1), await stored(2)]).toEqual(list)
        await done('PUT', '', { resource: [{ name: 'C' }] }, { query: { ids: '2' } })
        expect(await stored(2)).toEqual({ _id: 2, name: 'C' })
        const answer = await done(
          'PUT',
          '',
          { resource: [{ name: 'old' }] },
          { query: { filter: 'age < 30', fields: '*' } },
        )
        expect(answer.resource).toEqual([{ _id: 3, name: 'old' }])
        expect(await stored(3)).toEqual({ _id: 3, name: 'old' })
      })
      test('and fields that the caller is denied stay, as does what nobody has listed', async () => {
        await done('PUT', '/1', { name: 'A' }, { as: DISCREET })
        expect(await stored(1)).toEqual({ _id: 1, name: 'A', secret: 'x' })
        await at.db.collection('people').updateMany({}, { $set: { unheard: 1 } })
        await done('PUT', '/3', { name: 'C', secret: 'mine' }, { as: DISCREET })
        expect(await stored(3)).toEqual({ _id: 3, name: 'C', secret: 'z', unheard: 1 })
      })
      test.each([
        [{ team: 'blue', name: 'A' }],
        // Without its team it would be in none.
        [{ name: 'A' }],
        [{ name: 'A', team: null }],
      ])('and not out of the caller’s row filter: %j', async (record) => {
        await refused(403, /Denied access/, 'PUT', '/1', record, { as: RED })
        await refused(403, /Denied access/, 'PUT', '', [record], { as: RED, query: { filter: 'age > 0' } })
      })
      test('and not into it: what is outside is not there', async () => {
        await refused(404, /not found/, 'PUT', '/2', { name: 'B', team: 'red' }, { as: RED })
        await done('PUT', '/1', { name: 'A', team: 'red' }, { as: RED })
        expect(await stored(1)).toEqual({ _id: 1, name: 'A', team: 'red' })
      })
      test('and not by operators, by paths, or to nothing', async () => {
        await refused(400, /belong into a PATCH/, 'PUT', '/1', { $set: { name: 'A' } })
        await refused(400, /belong into a PATCH/, 'PUT', '/1', { name: 'A', $inc: { age: 1 } })
        await refused(400, /a part of/, 'PUT', '/2', { 'home.city': 'Basel' })
        await refused(400, /No valid fields/, 'PUT', '/1', { resource: [{ _id: 1 }] })
      })
    })

    describe('by PATCH', () => {
      test('which leaves what is not sent', async () => {
        await done('PATCH', '/2', { age: 42, 'home.zip': '3000' })
        expect(await stored(2)).toEqual({ ...PEOPLE()[1], age: 42, home: { city: 'Bern', zip: '3000' } })
      })
      test.each<[object, number, object]>([
        [{ $inc: { age: 1 } }, 1, { age: 37 }],
        [{ $inc: { 'pets.0.lives': -2 }, name: 'A' }, 1, { name: 'A', pets: [{ kind: 'cat', lives: 7 }] }],
        [{ $mul: { age: 2 } }, 1, { age: 72 }],
        [{ $min: { age: 30 }, $max: { logins: 4 } }, 1, { age: 30, logins: 4 }],
        [{ $unset: { team: '' } }, 1, { team: undefined }],
        [{ $set: { 'home.city': 'Bonn', name: 'B' } }, 2, { home: { city: 'Bonn' }, name: 'B' }],
        [{ $push: { tags: 'c' } }, 1, { tags: ['a', 'b', 'a', 'c'] }],
        [{ $push: { pets: { kind: 'dog' } } }, 1, { pets: [{ kind: 'cat', lives: 9 }, { kind: 'dog' }] }],
        [{ $push: { tags: { $each: ['c', 'd'] } } }, 1, { tags: ['a', 'b', 'a', 'c', 'd'] }],
        [{ $addToSet: { tags: { $each: ['b', 'c'] } } }, 1, { tags: ['a', 'b', 'a', 'c'] }],
        [{ $pull: { tags: 'a' } }, 1, { tags: ['b'] }],
        [{ $pull: { scores: { $gte: 5 } } }, 3, { scores: [3] }],
        [{ $pullAll: { scores: [3, 9] } }, 3, { scores: [5] }],
        [{ $pop: { scores: 1 } }, 3, { scores: [3, 9] }],
      ])('with %j', async (body, id, changed) => {
        const answer = await ask('PATCH', `/${id}`, body)
        if (server === TRANSACTING && UNKNOWN_TO_JONGODB.test(JSON.stringify(body)))
          return expect([answer.status, await stored(id)]).toEqual([400, PEOPLE()[id - 1]])
        expect(answer.status, answer.text).toBe(200)
        const expected = { ...PEOPLE()[id - 1], ...changed }
        expect(await stored(id)).toEqual(expected)
      })
      test('of many at once, by ids, by filter and by a list', async () => {
        await done('PATCH', '', { resource: [{ $inc: { age: 1 } }] }, { query: { ids: '1,2' } })
        await done('PATCH', '', { resource: [{ $inc: { age: 1 } }] }, { query: { filter: 'team = red' } })
        await done('PATCH', '', { resource: [{ _id: 3, $inc: { age: 10 }, name: 'C' }] })
        const ages = (await at.db.collection('people').find().sort({ _id: 1 }).toArray()).map(({ age }) => age)
        expect(ages).toEqual([38, 42, 33])
        expect((await stored(3))?.name).toBe('C')
      })
      test.each([
        '$where',
        '$rename',
        '$setOnInsert',
        '$bit',
        '$expr',
        '$function',
        '$replaceWith',
        '$',
        '$set.name',
        '$__proto__',
      ])('and not with %s', async (operator) => {
        await refused(400, /not permitted/, 'PATCH', '/1', { [operator]: { name: 'x' } })
        await refused(400, /not permitted/, 'PATCH', '/1', { age: 1, [operator]: { name: 'x' } })
      })
      test.each<[object, RegExp]>([
        [{ $inc: { age: 'many' } }, /integer|number/],
        [{ $inc: { age: null } }, /not null/],
        [{ $inc: { name: 1 } }, /number/],
        [{ $inc: { new: { $gt: 1 } } }, /number/],
        [{ $inc: 1 }, /object of fields/],
        [{ $set: {} }, /object of fields/],
        [{ $inc: { age: 1 }, $set: { age: 2 } }, /twice/],
        [{ age: 5, $inc: { age: 1 } }, /twice/],
        [{ $inc: { age: 1 }, age: 5 }, /twice/],
        [{ $set: { _id: 9 } }, /can not be changed/],
        [{ $unset: { _id: '' } }, /can not be changed/],
        [{ $set: { 'tags.$': 'x' } }, /Invalid field/],
        [{ $set: { 'tags.$[]': 'x' } }, /Invalid field/],
        [{ $set: { $where: 'x' } }, /Invalid field/],
        [{ $set: { 'a.__proto__.b': 'x' } }, /Invalid field/],
        [{ $push: { name: 'x' } }, /lists/],
        [{ $push: { tags: { $where: 'x' } } }, /\$each/],
        [{ $push: { tags: { $each: ['x'], $slice: '1' } } }, /whole number/],
        [{ $push: { tags: { $each: [{ $where: 'x' }] } } }, /without the key/],
        [{ $addToSet: { tags: { $each: 'x' } } }, /list/],
        [{ $pull: { tags: { $where: 'true' } } }, /\$pull/],
        [{ $pull: { tags: { $elemMatch: { a: 1 } } } }, /\$pull/],
        [{ $pull: { pets: { kind: { $where: 'x' } } } }, /without the key/],
        [{ $pull: { tags: { $in: [{ $expr: 1 }] } } }, /without the key/],
        [{ $pop: { tags: 2 } }, /1 or -1/],
        [{ $currentDate: { name: true } }, /date and time/],
        [{ $currentDate: { seen: { $type: 'timestamp' } } }, /date and time/],
      ])('and %j is refused', async (body, message) => {
        await refused(400, message, 'PATCH', '/1', body)
      })
      test('with the time of the server', async () => {
        const answer = await ask('PATCH', '/1', { $currentDate: { seen: true } })
        if (answer.status !== 200) return expect(server).toBe(TRANSACTING)
        expect((await stored(1))?.seen).toBeInstanceOf(Date)
      })
      test('and never what the caller is denied', async () => {
        for (const operator of [
          '$set',
          '$unset',
          '$inc',
          '$min',
          '$push',
          '$pull',
          '$addToSet',
          '$pop',
          '$currentDate',
        ])
          for (const name of ['secret', 'SECRET', 'secret.x', 'unheard'])
            await refused(400, /Invalid field/, 'PATCH', '/1', { [operator]: { [name]: 1 } }, { as: DISCREET })
        await done('PATCH', '/1', { $inc: { age: 1 } }, { as: DISCREET })
        expect((await stored(1))?.secret).toBe('x')
      })
      test('within the row filter, before and after', async () => {
        const as = RED
        await refused(404, /not found/, 'PATCH', '/2', { $inc: { age: 1 } }, { as })
        for (const body of [
          { $set: { team: 'blue' } },
          { $unset: { team: '' } },
          { $min: { team: 'blue' } },
          { $max: { team: 'x' } },
        ])
          await refused(403, /Denied access/, 'PATCH', '/1', body, { as })
        await refused(400, /Invalid field/, 'PATCH', '/1', { $set: { 'team.x': 1 } }, { as })
        await done('PATCH', '/1', { $inc: { age: 1 }, $set: { team: 'red' } }, { as })
        await done('PATCH', '', { resource: [{ $inc: { age: 1 } }] }, { as, query: { filter: 'age > 0' } })
        const ages = (await at.db.collection('people').find().sort({ _id: 1 }).toArray()).map(({ age }) => age)
        expect(ages).toEqual([38, 41, 23])
      })
      test('makes no record of operators, also where others would be made', async () => {
        const answer = await ask('PATCH', '/77', { $inc: { age: 1 } })
        expect(answer.status, answer.text).toBe(404)
      })
    })
    test('POST takes no operator beside fields', async () => {
      const answer = await ask('POST', '', [{ name: 'X', $set: { age: 1 } }])
      expect(answer.status, answer.text).toBe(400)
      expect(await at.db.collection('people').countDocuments()).toBe(3)
    })
  })
})
