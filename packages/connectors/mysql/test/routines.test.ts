import type { Routine } from '@gw/sql'
import { describe, expect, test } from 'vitest'
import { MISSING, type Opened, opened, running, signal, until } from './opened.ts'

const SCRIPT = [
  `create table item (id int primary key, price decimal(10,2), flag tinyint(1), big bigint, kinds set('a', 'b'), bin varbinary(4),
    at datetime(3), day date, word varchar(20) character set utf8mb4, ratio float, bits bit(8))`,
  `insert into item values (1, 9.50, true, 9007199254740993, 'a,b', x'00ff', '2024-01-02 03:04:05.500', '2024-01-02', 'Zo\u00eb', 0.1, b'101'),
    (2, null, null, null, null, null, null, null, null, null, null)`,
  `create procedure items() select * from item order by id`,
  `create procedure nothing() begin end`,
  `create procedure typed(out price decimal(10,2), out flag tinyint(1), out big bigint, out at datetime, out bin varbinary(4), out ratio float, inout word varchar(20) character set utf8mb4)
    begin select i.price, i.flag, i.big, i.at, i.bin, i.ratio into price, flag, big, at, bin, ratio from item i where id = 1; set word = concat(word, '!'); end`,
  `create procedure mixed(inout a int, in b int, out c int) begin set c = a * b, a = a + b; select a as one; select b as two, c as three; end`,
  `create procedure own_work(in n int) begin start transaction; insert into item (id) values (n); commit; end`,
  `create procedure half(in n int, out m int) begin insert into item (id) values (n); insert into item (id) values (1); end`,
  `create procedure slow() select sleep(30)`,
  `create function truth() returns tinyint(1) deterministic return true`,
  `create function moment() returns datetime deterministic return '2024-01-02 03:04:05'`,
  `create function price_of(n int) returns decimal(10,2) reads sql data comment 'What it costs' return (select price from item where id = n)`,
  `create function item(n int) returns int deterministic return n`,
  `create procedure item(in n int) select n as n`,
  `create function broken() returns int reads sql data return (select nope from gone)`,
]

const group = async (db: Opened, name: string, kind: Routine['kind']) =>
  (await db.source.routines!.load(signal)).find(kind, name)!
const call = async (db: Opened, name: string, args: readonly unknown[] = [], kind: Routine['kind'] = 'procedure') =>
  db.source.routines!.call((await group(db, name, kind)).variants[0]!, args, { signal })

describe.skipIf(MISSING)(`routines${MISSING}`, () => {
  test('they are found with their parameters, results and comments', async () => {
    await using db = await opened(SCRIPT)
    expect(db.source.routines!.known()).toBeUndefined()
    const { groups } = await db.source.routines!.load(signal)
    const named = (kind: Routine['kind']) => groups.filter((one) => one.kind === kind).map(({ name }) => name)
    expect(named('procedure')).toEqual(['half', 'item', 'items', 'mixed', 'nothing', 'own_work', 'slow', 'typed'])
    expect(named('function')).toEqual(['broken', 'item', 'moment', 'price_of', 'truth'])
    const [price] = (await group(db, `${db.database}.PRICE_OF`, 'function')).variants
    expect(price).toMatchObject({
      description: 'What it costs',
      returns: { kind: 'value', type: 'decimal' },
      parameters: [{ name: 'n', mode: 'IN', type: 'integer' }],
    })
    expect(
      (await group(db, 'typed', 'procedure')).variants[0]!.parameters.map(({ mode, type }) => [mode, type]),
    ).toEqual([
      ['OUT', 'decimal'],
      ['OUT', 'boolean'],
      ['OUT', 'bigint'],
      ['OUT', 'datetime'],
      ['OUT', 'binary'],
      ['OUT', 'float'],
      ['INOUT', 'string'],
    ])
  })

  test('values have the same form as from a table', async () => {
    await using db = await opened(SCRIPT)
    const row = {
      id: 1,
      price: 9.5,
      flag: true,
      big: '9007199254740993',
      kinds: ['a', 'b'],
      bin: 'AP8=',
      at: '2024-01-02 03:04:05.5',
      day: '2024-01-02',
      word: 'Zo\u00eb',
      ratio: 0.1,
      bits: 5,
    }
    const { sets } = await call(db, 'items')
    expect(sets[0]![0]).toEqual(row)
    expect(Object.values(sets[0]![1]!).filter((value) => value !== null)).toEqual([2])
    const { out } = await call(db, 'typed', [...Array(6), 'Zo\u00eb'])
    const { price, flag, big, bin, ratio } = row
    expect(out).toEqual({
      price,
      flag,
      big,
      at: expect.stringMatching(/^2024-01-02 03:04:0[56]$/),
      bin,
      ratio,
      word: 'Zo\u00eb!',
    })
    expect((await call(db, 'truth', [], 'function')).value).toEqual({ is: true })
    expect((await call(db, 'moment', [], 'function')).value).toEqual({ is: '2024-01-02 03:04:05' })
    expect((await call(db, 'price_of', [1], 'function')).value).toEqual({ is: 9.5 })
    expect((await call(db, 'price_of', [9], 'function')).value).toEqual({ is: null })
  })

  test('OUT and INOUT parameters stand beside several row sets, in any order', async () => {
    await using db = await opened(SCRIPT)
    expect(await call(db, 'mixed', [2, 5, undefined])).toEqual({
      sets: [[{ one: 7 }], [{ two: 5, three: 10 }]],
      out: { a: 7, c: 10 },
      value: undefined,
    })
    expect((await call(db, 'mixed', [null, 5, undefined])).out).toEqual({ a: null, c: null })
    expect(await call(db, 'nothing')).toEqual({ sets: [], out: undefined, value: undefined })
  })

  test('calls at the same time do not see each other', async () => {
    await using db = await opened(SCRIPT)
    const numbers = Array.from({ length: 40 }, (_, at) => at)
    const results = await Promise.all(numbers.map((n) => call(db, 'mixed', [n, 1, undefined])))
    expect(results.map(({ out }) => out)).toEqual(numbers.map((n) => ({ a: n + 1, c: n })))
  })

  test('a procedure and a function may share a name', async () => {
    await using db = await opened(SCRIPT)
    expect((await call(db, 'item', [3], 'function')).value).toEqual({ is: 3 })
    expect((await call(db, 'item', [3], 'procedure')).sets).toEqual([[{ n: 3 }]])
  })

  test('a procedure may have a transaction of its own, and one with OUT parameters is undone where it fails', async () => {
    await using db = await opened(SCRIPT)
    await call(db, 'own_work', [50])
    await expect(call(db, 'half', [60, undefined])).rejects.toMatchObject({ code: 'conflict' })
    expect(await db.admin('select id from item where id >= 50')).toEqual([{ id: 50 }])
  })

  test('more rows than fit are refused rather than held', async () => {
    await using db = await opened(
      [
        'create procedure many(in n int) with recursive r(i) as (select 1 union all select i + 1 from r where i < n) select i from r',
        'create procedure after(in n int) begin call many(n); select 1 as one; end',
      ],
      { options: { max_recursive_iterations: 200_000 } },
    )
    expect((await call(db, 'many', [100_000])).sets[0]).toHaveLength(100_000)
    await expect(call(db, 'many', [100_001])).rejects.toMatchObject({ code: 'too_large' })
    await expect(call(db, 'after', [150_000])).rejects.toMatchObject({ code: 'too_large' })
    expect((await call(db, 'after', [2])).sets).toEqual([[{ i: 1 }, { i: 2 }], [{ one: 1 }]])
  })

  test('a connection that breaks during a call is told, and another one serves the next', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const broken = call(db, 'slow')
    broken.catch(() => undefined)
    await until(async () => (await running(db, '%sleep%')) >= 1)
    const [{ id }] = await db.admin(
      `select id from information_schema.processlist where db = database() and info like '%sleep%' and id <> connection_id()`,
    )
    await db.admin(`kill ${id}`)
    await expect(broken).rejects.toMatchObject({ code: 'unavailable' })
    expect((await call(db, 'truth', [], 'function')).value).toEqual({ is: true })
  })

  test('a fault in the routine is told in a fixed sentence', async () => {
    await using db = await opened(SCRIPT)
    await expect(call(db, 'broken', [], 'function')).rejects.toMatchObject({
      code: 'internal',
      message: 'Failed to call database stored function.',
    })
  })

  test('an aborted call stops the routine on the server', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const [slow] = (await group(db, 'slow', 'procedure')).variants
    const calling = db.source.routines!.call(slow!, [], { signal: leaving.signal })
    await until(async () => (await running(db, '%sleep%')) >= 1)
    leaving.abort()
    await expect(calling).rejects.toMatchObject({ code: 'upstream_timeout' })
    await until(async () => (await running(db, '%sleep%')) === 0)
  })

  test('what was made since is found after a refresh', async () => {
    await using db = await opened(SCRIPT)
    await group(db, 'items', 'procedure')
    await db.admin('create function added() returns int deterministic return 1')
    expect(await group(db, 'added', 'function')).toBeUndefined()
    await db.source.refresh(signal)
    expect((await call(db, 'added', [], 'function')).value).toEqual({ is: 1 })
  })
})
