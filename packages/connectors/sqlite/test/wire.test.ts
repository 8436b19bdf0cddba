import fc from 'fast-check'
import { expect, test } from 'vitest'
import { field, insertPlan, opened, readPlan, signal } from './opened.ts'

const bothWays = async (db: Awaited<ReturnType<typeof opened>>, name: string) => {
  const plan = readPlan(db.table(name))
  const rows = await db.source.read(plan, [1000], { signal })
  const { rows: text, count } = await db.source.readEncoded!(plan, [1000], { signal })
  expect(text.json).toBe(JSON.stringify(rows))
  expect(count).toBe(rows.length)
  return rows
}

test('each type has its wire form, and a cell of another class reads as what it is', async () => {
  await using db = await opened(`
    create table t (flag boolean, big integer, price decimal(10,2), ratio double, at datetime, raw blob, doc json, note);
    insert into t values
      (1, 9007199254740993, 12.50, 0.1, '2024-05-06 07:08:09.123456+02', x'00ff', '{"a": [1, "é"]}', 'x'),
      (0, -9007199254740991, '0.10', 9e999, '2024-05-06', '', 'not json', 7),
      ('yes', 'seven', '123456789012345678.90', -0.0, 1714979289, 'text', '5', x'01'),
      (null, null, null, null, null, null, null, null)`)
  expect(await bothWays(db, 't')).toEqual([
    {
      flag: true,
      big: '9007199254740993',
      price: 12.5,
      ratio: 0.1,
      at: '2024-05-06 07:08:09.123456+02',
      raw: 'AP8=',
      doc: { a: [1, 'é'] },
      note: 'x',
    },
    {
      flag: false,
      big: -9007199254740991,
      price: 0.1,
      ratio: 'Infinity',
      at: '2024-05-06',
      raw: '',
      doc: 'not json',
      note: 7,
    },
    {
      flag: true,
      big: 'seven',
      price: '123456789012345680',
      ratio: 0,
      at: 1714979289,
      raw: 'dGV4dA==',
      doc: 5,
      note: 'AQ==',
    },
    { flag: null, big: null, price: null, ratio: null, at: null, raw: null, doc: null, note: null },
  ])
})

test('encoded rows are the bytes of JSON.stringify, whatever is stored', async () => {
  await using db = await opened(
    'create table t (flag boolean, n integer, d decimal, x real, s text, b blob, j json, u)',
  )
  const table = db.table('t')
  const names = table.fields.map(({ name }) => name)
  const anything = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\u0000', '\n', '\u2028', '\ud800', 'é', '😀', '<', '0', '.', '-') }),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.json(),
    fc.uint8Array(),
    fc.boolean(),
    fc.tuple(fc.maxSafeInteger(), fc.nat()).map(([a, b]) => `${a}.${b}0`),
  )
  const plan = insertPlan(table, names)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(...names.map(() => anything)), { maxLength: 4 }), async (records) => {
      await db.source.truncate({ kind: 'truncate', table }, [], { signal })
      await db.source.insert(plan, records, { signal })
      expect(await bothWays(db, 't')).toHaveLength(records.length)
    }),
    { numRuns: 150 },
  )
})

test('columns named like array indexes or like __proto__ keep object and bytes alike', async () => {
  await using db = await opened('create table t (b, "2", "__proto__", "1"); insert into t values (1, 2, 3, 4)')
  const [row] = await bothWays(db, 't')
  expect(Object.entries(row!)).toEqual([
    ['1', 4],
    ['2', 2],
    ['b', 1],
    ['__proto__', 3],
  ])
})

test('integers of 64 bits go in and come out digit for digit', async () => {
  await using db = await opened('create table t (id integer primary key, n bigint)')
  const table = db.table('t')
  const [row] = await db.source.insert(insertPlan(table, ['n'], ['n']), [['9223372036854775807']], { signal })
  expect(row).toEqual({ n: '9223372036854775807' })
  const where = {
    kind: 'compare',
    field: field(table, 'n'),
    op: '=',
    value: { kind: 'slot', slot: 1 },
  } as const
  expect(await db.source.read({ ...readPlan(table), where }, [10, '9223372036854775807'], { signal })).toEqual([
    { id: 1, n: '9223372036854775807' },
  ])
  expect(await db.source.read({ ...readPlan(table), where }, [10, '9223372036854775806'], { signal })).toEqual([])
})

test('a number in a text column stays the text it was, without a point', async () => {
  await using db = await opened('create table t (s text)')
  const plan = insertPlan(db.table('t'), ['s'], ['s'])
  expect(await db.source.insert(plan, [[5]], { signal })).toEqual([{ s: '5' }])
})

test('an expression in a view is compared as the number it is', async () => {
  await using db = await opened(
    'create table t (a int); insert into t values (2), (3); create view v as select a * 10 as n from t',
  )
  const view = db.table('v')
  const where = { kind: 'compare', field: view.fields[0]!, op: '=', value: { kind: 'slot', slot: 1 } } as const
  expect(await db.source.read({ ...readPlan(view), where }, [10, '20'], { signal })).toEqual([{ n: 20 }])
})
