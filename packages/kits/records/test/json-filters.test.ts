import { expect, test } from 'vitest'
import { isJsonFilter, jsonFilter } from '../src/filter/json.ts'

const told = (filter: unknown): readonly [shape: string, values: readonly unknown[]] => {
  const { shape, values } = jsonFilter(filter)!
  return [shape, values.map((one) => (one.kind === 'json' ? one.value : one))]
}

test.each<[object, string, readonly unknown[]]>([
  [{ a: 1 }, '"a"=?', [1]],
  [{ a: null }, '"a"null', []],
  [{ a: 1, b: { $lt: 2, $gte: 1 } }, 'and("a"=?,and("b"<?,"b">=?))', [1, 2, 1]],
  [{ a: { $ne: 1 } }, 'none("a"=?)', [1]],
  [{ a: { $in: [1, null] } }, 'or("a"in(?),"a"null)', [1]],
  [{ a: { $nin: [] } }, 'none("a"in())', []],
  [{ a: { $all: [1, 2] } }, 'and("a"=?,"a"=?)', [1, 2]],
  [{ a: { $exists: false } }, 'none("a"exists)', []],
  [{ a: { $regex: 'x', $options: 'i' } }, '"a"matches-i?', ['x']],
  [{ a: { $not: { $size: 2 } } }, 'none("a"size?)', [2]],
  [{ a: { $elemMatch: { b: 1 } } }, '"a"element("b"=?)', [1]],
  [{ $nor: [{ a: 1 }, { b: 2 }] }, 'none(or("a"=?,"b"=?))', [1, 2]],
  // A value is a value: Extended JSON, and parts of documents.
  [{ a: { $oid: 'x' } }, '"a"=?', [{ $oid: 'x' }]],
  [{ a: { b: { c: 1 } } }, '"a"=?', [{ b: { c: 1 } }]],
])('%j is a tree with its values beside it', (filter, shape, values) => {
  expect(told(filter)).toEqual([shape, values])
  expect(told(JSON.stringify(filter))).toEqual([shape, values])
})

test('a name is never structure', () => {
  expect(told({ 'a"=?,"b': 1 })[0]).toBe(String.raw`"a\"=?,\"b"=?`)
})

test('an empty object has no tree, as an empty text has none', () => {
  expect(jsonFilter({})).toBeUndefined()
  expect(jsonFilter(' {} ')).toBeUndefined()
})

test('only what begins like an object is read as one', () => {
  expect([' {"a":1}', { a: 1 }, ['a'], null].map(isJsonFilter)).toEqual([true, true, true, true])
  expect(['a = 1', '(a = 1)', '', 5, true, undefined].map(isJsonFilter)).toEqual(Array(6).fill(false))
})

test.each([
  { $where: 'x' },
  { $expr: {} },
  { $jsonSchema: {} },
  { a: { $where: 'x' } },
  { a: { $mod: [2, 0] } },
  { a: { $geoNear: {} } },
  { a: { $constructor: 1 } },
  { a: { $gt: 1, b: 1 } },
  { $or: [{ $where: 'x' }] },
  { a: { $elemMatch: { $where: 'x' } } },
])('%j is not permitted', (filter) => {
  expect(() => jsonFilter(filter)).toThrow(/not permitted/)
})
