import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparing, field, insertPlan, MISSING, type Opened, opened, readPlan, signal } from './opened.ts'

const bothWays = async (db: Opened, name: string) => {
  const plan = readPlan(db.table(name))
  const rows = await db.source.read(plan, [1000], { signal })
  const { rows: text, count } = await db.source.readEncoded!(plan, [1000], { signal })
  expect(text.json).toBe(JSON.stringify(rows))
  expect(count).toBe(rows.length)
  return rows
}

describe.skipIf(MISSING)(`wire forms${MISSING}`, () => {
  test('each type has its form', async () => {
    await using db = await opened(
      [
        `create table t (flag boolean, small smallint, big bigint, price numeric(40,20), free numeric, ratio double precision,
          single real, day date, at timestamp(6), zoned timestamptz, hour time, raw bytea, doc jsonb, id uuid, tags text[],
          grid int[][], money money, span interval, net inet)`,
        `insert into t values (true, -5, 9007199254740993, 12.5, 1e30, 0.1, 0.1, '2024-05-06', '2024-05-06 07:08:09.120000',
          '2024-05-06 07:08:09.5+02', '07:08:09', '\\x00ff', '{"b": [1, "é"], "a": null}',
          '6f1c9b1e-3f6b-4f0e-9d57-0f4c1f0e8f00', array['a "b"', 'c,d', null, 'NULL', '', 'e\\f'], '{{1,2},{3,4}}',
          1234.5, '1 day 02:00', '10.0.0.0/8')`,
        `insert into t (big, price, free, ratio, single, day, at, tags, grid) values (-9007199254740991, 1234567890.12345678901234567890, 'NaN',
          'Infinity', '-0', 'infinity', '0044-03-15 12:00:00 BC', '{}', '[0:1]={5,6}')`,
        `insert into t (flag) values (null)`,
      ],
      { timezone: 'UTC' },
    )
    const [first, second, third] = await bothWays(db, 't')
    expect(first).toEqual({
      flag: true,
      small: -5,
      big: '9007199254740993',
      price: 12.5,
      free: 1e30,
      ratio: 0.1,
      single: 0.1,
      day: '2024-05-06',
      at: '2024-05-06 07:08:09.12',
      zoned: '2024-05-06 05:08:09.5+00',
      hour: '07:08:09',
      raw: 'AP8=',
      doc: { a: null, b: [1, 'é'] },
      id: '6f1c9b1e-3f6b-4f0e-9d57-0f4c1f0e8f00',
      tags: ['a "b"', 'c,d', null, 'NULL', '', 'e\\f'],
      grid: [
        [1, 2],
        [3, 4],
      ],
      money: '$1,234.50',
      span: '1 day 02:00:00',
      net: '10.0.0.0/8',
    })
    expect(second).toMatchObject({
      big: -9007199254740991,
      price: '1234567890.1234567890123456789',
      free: 'NaN',
      ratio: 'Infinity',
      single: 0,
      day: 'infinity',
      at: '0044-03-15 12:00:00 BC',
      tags: [],
      grid: '[0:1]={5,6}',
    })
    expect(Object.values(third!).every((value) => value === null)).toBe(true)
  })

  test('encoded rows are the bytes of JSON.stringify, whatever is stored', async () => {
    await using db = await opened([
      'create table t (f boolean, n bigint, d numeric, x double precision, r real, s text, b bytea, j jsonb, a text[], i bigint[], at timestamp)',
    ])
    const table = db.table('t')
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', '\n', '\u2028', 'é', '😀', 'NULL', ' ') }),
      )
      .map((value) => value.replaceAll('\u0000', '').toWellFormed())
    const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 6 })
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.string({ unit: fc.constantFrom('0', '1', '9') }))
      .map(([whole, fraction]) => (fraction ? `${whole}.${fraction}` : String(whole)))
    const records = fc.array(
      fc.tuple(
        nullable(fc.boolean()),
        nullable(fc.oneof(int64, fc.maxSafeInteger())),
        nullable(fc.oneof(decimal, fc.constantFrom('NaN', 'Infinity', '-Infinity', '1e300', '1e-300', '1e400'))),
        nullable(fc.double()),
        nullable(fc.float()),
        nullable(text),
        nullable(fc.uint8Array()),
        nullable(fc.jsonValue().map((value) => JSON.stringify(value).replaceAll('\\u0000', '').toWellFormed())),
        nullable(fc.array(nullable(text))),
        nullable(fc.array(nullable(int64))),
        nullable(
          fc
            .date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
            .map((date) => date.toISOString()),
        ),
      ),
      { maxLength: 4 },
    )
    const plan = insertPlan(
      table,
      table.fields.map(({ name }) => name),
      ['s', 'a'],
    )
    await fc.assert(
      fc.asyncProperty(records, async (rows) => {
        await db.source.truncate({ kind: 'truncate', table }, [], { signal })
        const inserted = await db.source.insert(plan, rows, { signal })
        expect(inserted.map(({ s, a }) => [s, a])).toEqual(rows.map((row) => [row[5], row[8]]))
        expect(await bothWays(db, 't')).toHaveLength(rows.length)
      }),
      { numRuns: 150 },
    )
  })

  test('integers of 64 bits and long decimals go in and come out digit for digit', async () => {
    await using db = await opened(['create table t (n bigint, d numeric)'])
    const table = db.table('t')
    const values = ['9223372036854775807', '12345678901234567890.123456789']
    expect(await db.source.insert(insertPlan(table, ['n', 'd'], ['n', 'd']), [values], { signal })).toEqual([
      { n: values[0], d: values[1] },
    ])
    const where = comparing(field(table, 'n'), 1)
    expect(await db.source.read({ ...readPlan(table), where }, [10, values[0]], { signal })).toHaveLength(1)
  })

  test('the server’s own settings do not change the forms', async () => {
    await using db = await opened([
      'create table t (at date, raw bytea, x double precision)',
      `insert into t values ('2024-12-31', '\\x00ff', 0.1)`,
      `do $$ begin execute format('alter database %I set datestyle = ''German''', current_database());
        execute format('alter database %I set bytea_output = ''escape''', current_database());
        execute format('alter database %I set extra_float_digits = -3', current_database()); end $$`,
    ])
    expect(await bothWays(db, 't')).toEqual([{ at: '2024-12-31', raw: 'AP8=', x: 0.1 }])
  })

  test('LIKE works on every type, with and without regard to case', async () => {
    await using db = await opened([
      `create type mood as enum ('Sad', 'ok')`,
      `create table t (n int, m mood, s varchar(9)); insert into t values (123, 'Sad', 'ABC'), (4, 'ok', 'x')`,
    ])
    const table = db.table('t')
    const found = async (name: string, pattern: string, insensitive: boolean) => {
      const where = { kind: 'like', field: field(table, name), value: { kind: 'slot', slot: 1 }, insensitive } as const
      return (await db.source.read({ ...readPlan(table), where }, [10, pattern], { signal })).length
    }
    expect(await found('n', '12%', false)).toBe(1)
    expect(await found('m', 'sa%', true)).toBe(1)
    expect(await found('s', 'abc', true)).toBe(1)
    expect(await found('s', 'abc', false)).toBe(0)
  })

  test('time functions look at the database’s clock', async () => {
    await using db = await opened([
      `create table t (at timestamptz, day date, hour time)`,
      `insert into t values (now() - interval '10 minutes', current_date - 3, localtime)`,
    ])
    const table = db.table('t')
    const after = async (name: string, of: 'timestamp' | 'date' | 'time', amount: number, unit: 'minute' | 'day') => {
      const value = { kind: 'time', of, plus: { amount, unit } } as const
      const where = { kind: 'compare', field: field(table, name), op: '>=', value } as const
      return db.source.count({ kind: 'count', table, where }, [], { signal })
    }
    expect(await after('at', 'timestamp', -20, 'minute')).toBe(1)
    expect(await after('at', 'timestamp', -5, 'minute')).toBe(0)
    expect(await after('day', 'date', -3, 'day')).toBe(1)
    expect(await after('day', 'date', -2, 'day')).toBe(0)
    const now = { kind: 'compare', field: field(table, 'hour'), op: '!=', value: { kind: 'time', of: 'time' } } as const
    expect(await db.source.count({ kind: 'count', table, where: now }, [], { signal })).toBe(1)
  })
})
