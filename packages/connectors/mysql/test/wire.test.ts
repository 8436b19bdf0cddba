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
    await using db = await opened([
      `create table t (flag boolean, tiny tinyint, small smallint unsigned, medium mediumint, whole int, big bigint, huge bigint unsigned,
        price decimal(40,20), ratio double, single float, day date, at datetime(6), stamp timestamp(3) null, hour time(2), born year,
        raw varbinary(9), picture blob, doc json, id uuid, mood enum('sad', 'ok'), tags set('a', 'b', 'c'), bits bit(12), wide bit(64),
        one bit(1), fixed char(5), place point)`,
      `insert into t values (true, -5, 65535, -8388608, 2147483647, 9007199254740993, 18446744073709551615,
        12.5, 0.1, 0.1, '2024-05-06', '2024-05-06 07:08:09.120000', '2024-05-06 07:08:09.5', '-30:08:09.50', 2024,
        x'00ff', x'ff', '{"b": [1, "é"], "a": null}', '6f1c9b1e-3f6b-4f0e-9d57-0f4c1f0e8f00', 'ok', 'a,c', b'100000000001',
        b'1111111111111111111111111111111111111111111111111111111111111111', b'1', 'ab', point(1, 2))`,
      `insert into t (flag, big, price, ratio, single, at, hour, tags, one) values
        (false, -9007199254740991, -1234567890.12345678901234567890, -0e0, 16777216, '0044-03-15', '838:59:59', '', b'0')`,
      `insert into t (flag) values (null)`,
    ])
    const [first, second, third] = await bothWays(db, 't')
    expect(first).toEqual({
      flag: true,
      tiny: -5,
      small: 65535,
      medium: -8388608,
      whole: 2147483647,
      big: '9007199254740993',
      huge: '18446744073709551615',
      price: 12.5,
      ratio: 0.1,
      single: 0.1,
      day: '2024-05-06',
      at: '2024-05-06 07:08:09.12',
      stamp: '2024-05-06 07:08:09.5',
      hour: '-30:08:09.5',
      born: '2024',
      raw: 'AP8=',
      picture: '/w==',
      doc: { a: null, b: [1, 'é'] },
      id: '6f1c9b1e-3f6b-4f0e-9d57-0f4c1f0e8f00',
      mood: 'ok',
      tags: ['a', 'c'],
      bits: 2049,
      wide: '18446744073709551615',
      one: true,
      fixed: 'ab',
      place: 'POINT(1 2)',
    })
    expect(second).toMatchObject({
      flag: false,
      big: -9007199254740991,
      price: '-1234567890.1234567890123456789',
      ratio: 0,
      single: 16777216,
      at: '0044-03-15 00:00:00',
      hour: '838:59:59',
      tags: [],
      one: false,
    })
    expect(Object.values(third!).every((value) => value === null)).toBe(true)
  })

  test('encoded rows are the bytes of JSON.stringify, whatever is stored', async () => {
    await using db = await opened([
      `create table t (f boolean, n bigint, u bigint unsigned, d decimal(60,25), x double, r float, s longtext, b blob, j json,
        a set('a', 'b', 'c'), at datetime(6))`,
    ])
    const table = db.table('t')
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({
          unit: fc.constantFrom('"', '\\', '{', '}', ',', '\n', '\u2028', 'é', '😀', 'NULL', ' ', '\u0000'),
        }),
      )
      .map((value) => value.toWellFormed())
    const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 6 })
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
    const decimal = fc
      .tuple(
        fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
        fc.string({ unit: fc.constantFrom('0', '1', '9'), maxLength: 25 }),
      )
      .map(([whole, fraction]) => (fraction ? `${whole}.${fraction}` : String(whole)))
    const records = fc.array(
      fc.tuple(
        nullable(fc.boolean()),
        nullable(fc.oneof(int64, fc.maxSafeInteger())),
        nullable(uint64),
        nullable(decimal),
        nullable(fc.double({ noNaN: true, noDefaultInfinity: true })),
        nullable(fc.float({ noNaN: true, noDefaultInfinity: true })),
        nullable(text),
        nullable(fc.uint8Array()),
        nullable(fc.jsonValue().map((value) => JSON.stringify(value).toWellFormed())),
        nullable(fc.subarray(['a', 'b', 'c'])),
        nullable(
          fc
            .date({ min: new Date('1000-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
            .map((date) => date.toISOString().slice(0, -1)),
        ),
      ),
      { maxLength: 4 },
    )
    const plan = insertPlan(
      table,
      table.fields.map(({ name }) => name),
    )
    await fc.assert(
      fc.asyncProperty(records, async (rows) => {
        await db.source.truncate({ kind: 'truncate', table }, [], { signal })
        await db.source.insert(plan, rows, { signal })
        const stored = await bothWays(db, 't')
        const digits = (value: unknown) => (value === null ? null : String(value))
        const single = (value: unknown) => (value === null ? null : Math.fround(value as number) + 0)
        expect(stored.map(({ n, u, x, r, s, a }) => [digits(n), digits(u), x, single(r), s, a])).toEqual(
          rows.map(([, n, u, , x, r, s, , , a]) => [digits(n), u, x === null ? x : x + 0, single(r), s, a]),
        )
        expect(stored.map(({ b }) => b)).toEqual(
          rows.map(([, , , , , , , b]) => (b === null ? b : Buffer.from(b).toString('base64'))),
        )
      }),
      { numRuns: 150 },
    )
  })

  test('integers of 64 bits and long decimals go in, come out and are compared digit for digit', async () => {
    await using db = await opened(['create table t (n bigint, u bigint unsigned, d decimal(40,10))'])
    const table = db.table('t')
    const values = ['9223372036854775807', '18446744073709551615', '12345678901234567890.123456789']
    await db.source.insert(insertPlan(table, ['n', 'u', 'd']), [values], { signal })
    expect(await db.source.read(readPlan(table), [1], { signal })).toEqual([
      { n: values[0], u: values[1], d: values[2] },
    ])
    const found = async (name: string, value: string, more: object = {}) => {
      const where = { ...comparing(field(table, name), 1), ...more }
      return (await db.source.read({ ...readPlan(table), where }, [10, value], { signal })).length
    }
    for (const [at, name] of ['n', 'u', 'd'].entries()) {
      expect(await found(name, values[at]!)).toBe(1)
      expect(await found(name, `${values[at]!.slice(0, -1)}4`)).toBe(0)
      const one = { kind: 'in', values: [{ kind: 'slot', slot: 1 }] }
      expect(await found(name, values[at]!, one)).toBe(1)
      expect(await found(name, `${values[at]!.slice(0, -1)}4`, one)).toBe(0)
    }
    const tooBig = db.source.insert(insertPlan(table, ['u']), [['18446744073709551616']], { signal })
    await expect(tooBig).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('a number in single precision is found by what was stored', async () => {
    await using db = await opened(['create table t (r float)', 'insert into t values (0.1)'])
    const plan = { ...readPlan(db.table('t')), where: comparing(field(db.table('t'), 'r'), 1) }
    expect(await db.source.read(plan, [10, 0.1], { signal })).toEqual([{ r: 0.1 }])
  })

  test('LIKE works on every type, with and without regard to case', async () => {
    await using db = await opened([
      `create table t (n int, m enum('Sad', 'ok'), s varchar(9), d date)`,
      `insert into t values (123, 'Sad', 'ABC', '2024-05-06'), (4, 'ok', 'x', null)`,
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
    expect(await found('d', '2024-%', false)).toBe(1)
  })

  test('time functions look at the database’s clock', async () => {
    await using db = await opened([
      `create table t (at timestamp, day date, hour time)`,
      `insert into t values (now() - interval 10 minute, current_date - interval 3 day, current_time)`,
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
    expect(await after('hour', 'time', -1, 'minute')).toBe(1)
  })
})
