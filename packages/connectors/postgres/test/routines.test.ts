import type { Routine } from '@gw/sql'
import { describe, expect, test } from 'vitest'
import { MISSING, type Opened, opened, running, signal, sourceOn, until } from './opened.ts'

const SCRIPT = [
  `create schema sales`,
  `create domain email as varchar(80) check (value like '%@%')`,
  `create type mood as enum ('sad', 'ok')`,
  `create table item (id int primary key, price numeric(10,2), tags text[], mood mood)`,
  `insert into item values (1, 9.50, '{a,b}', 'ok'), (2, 12345678901234567.25::numeric(30,2) * 0 + 2, null, null)`,
  `create function items() returns setof item language sql as 'select * from item order by id'`,
  `create function first_item() returns item language sql as 'select * from item order by id limit 1'`,
  `create function numbers(n int) returns setof bigint language sql as 'select i::bigint from generate_series(1, n) i'`,
  `create function stats(out low numeric, out high numeric, inout n int default 5) language sql as 'select min(price), max(price), n * 2 from item'`,
  `create function pairs(out a int, out b text) returns setof record language sql as 'values (1, ''x''), (2, ''y'')'`,
  `create function moods() returns mood[] language sql as $$ select '{ok,sad}'::mood[] $$`,
  `create table diary (id int, moods mood[], gone int, mail email)`,
  `alter table diary drop column gone`,
  `insert into diary values (1, '{sad}', 'a@b')`,
  `create function diaries() returns setof diary language sql as 'select * from diary'`,
  `create function feelings(out mood[], out text) language sql as $$ select '{ok}'::mood[], 'x'::text $$`,
  `create function nothing() returns void language sql as 'select 1'`,
  `create function named(a int, b int default 10, c int default 100) returns int language sql as 'select a + b + c'`,
  `create function unnamed(int, int default 10) returns int language sql as 'select $1 + $2'`,
  `create function summed(base int, variadic more int[]) returns int language sql as 'select base + coalesce((select sum(m) from unnest(more) m), 0)::int'`,
  `create function variant(a int) returns text language sql as 'select ''int'''`,
  `create function variant(a text) returns text language sql as 'select ''text'''`,
  `create function variant(a int, b int) returns text language sql as 'select ''two'''`,
  `create function mailed(address email) returns text language sql as 'select address'`,
  `create function padded(c char(3)) returns text language sql as 'select c::text'`,
  `create function typed() returns table (big bigint, num numeric, flag boolean, doc jsonb, bin bytea, at timestamptz, day date, ids int[], mood mood, mail email, dbl float8)
    language sql as $$ select 9007199254740993, 1.50, true, '{"a":[1]}'::jsonb, '\\x00ff'::bytea, timestamptz '2024-01-02 03:04:05+00',
      date '2024-01-02', '{1,2}'::int[], 'ok'::mood, 'a@b'::email, 'nan'::float8 $$`,
  `create function kept(jsonb, int[], bytea, timestamp, boolean) returns table (doc jsonb, list int[], bin bytea, at timestamp, flag boolean)
    language sql as 'select $1, $2, $3, $4, $5'`,
  `create function cursors() returns setof refcursor language plpgsql as $$
    declare a refcursor; b refcursor;
    begin open a for select 1 as one; return next a; open b for select 2 as two union all select 3; return next b; end $$`,
  `create function "One Cursor"() returns refcursor language plpgsql as $$
    declare c refcursor := 'odd "name" .x';
    begin open c for select id from item order by id; return c; end $$`,
  `create function many(n int) returns setof int language sql as 'select generate_series(1, n)'`,
  `create function slow() returns int language sql as 'select 1 from pg_sleep(30)'`,
  `create function sales.total() returns int language sql as 'select 5'`,
  `create function broken() returns int language plpgsql as $$ begin return (select nope from gone); end $$`,
  `create function divided(a int) returns int language sql as 'select 1 / a'`,
  `comment on function named(int, int, int) is 'Adds'`,
  `create procedure committing(n int) language plpgsql as $$ begin insert into item (id) values (n); commit; insert into item (id) values (n + 1); end $$`,
  // None of these can be called with plain values.
  `create function on_change() returns trigger language plpgsql as $$ begin return new; end $$`,
  `create function loose() returns setof record language sql as 'select 1'`,
  `create function anything(a anyelement) returns anyelement language sql as 'select a'`,
  `create aggregate worst (int) (sfunc = int4smaller, stype = int)`,
  `create function "od/d(x)"() returns int language sql as 'select 1'`,
]

const routines = async (db: Opened) => db.source.routines!.load(signal)
const variants = async (db: Opened, name: string, kind: Routine['kind'] = 'function') =>
  (await routines(db)).find(kind, name)!.variants
const call = async (
  db: Opened,
  name: string,
  args: readonly unknown[] = [],
  kind: Routine['kind'] = 'function',
  at = 0,
) => db.source.routines!.call((await variants(db, name, kind))[at]!, args, { signal })

describe.skipIf(MISSING)(`routines${MISSING}`, () => {
  test('those that can be called are found, and no others', async () => {
    await using db = await opened(SCRIPT)
    expect(db.source.routines!.known()).toBeUndefined()
    const { groups } = await routines(db)
    expect(groups.filter(({ kind }) => kind === 'function').map(({ name }) => name)).toEqual([
      'One Cursor',
      'broken',
      'cursors',
      'diaries',
      'divided',
      'feelings',
      'first_item',
      'items',
      'kept',
      'mailed',
      'many',
      'moods',
      'named',
      'nothing',
      'numbers',
      'padded',
      'pairs',
      'slow',
      'stats',
      'summed',
      'typed',
      'unnamed',
      'variant',
      'sales.total',
    ])
    expect(groups.filter(({ kind }) => kind === 'procedure').map(({ name }) => name)).toEqual(['committing'])
    const [named] = await variants(db, 'PUBLIC.Named')
    expect(named).toMatchObject({
      description: 'Adds',
      returns: { kind: 'value', type: 'integer' },
      parameters: [
        { name: 'a', mode: 'IN' },
        { name: 'b', default: '10' },
        { name: 'c', default: '100' },
      ],
    })
    expect((await variants(db, 'mailed'))[0]!.parameters[0]).toMatchObject({
      type: 'string',
      dbType: 'email',
      length: 80,
    })
    expect((await variants(db, 'unnamed'))[0]!.parameters.map(({ name }) => name)).toEqual(['$1', '$2'])
    expect((await variants(db, 'pairs'))[0]!.returns).toMatchObject({
      kind: 'rows',
      columns: [{ name: 'a' }, { name: 'b' }],
    })
  })

  test('one schema can be chosen, and what the user may not run is left out', async () => {
    await using db = await opened([
      ...SCRIPT,
      `do $$ begin create role gw_limited login password 'limited'; exception when duplicate_object then null; end $$`,
      `revoke execute on function named(int, int, int) from public`,
    ])
    const own = sourceOn({ database: db.database, schema: 'sales' })
    const limited = sourceOn({ database: db.database, username: 'gw_limited', password: 'limited' })
    expect((await own.source.routines!.load(signal)).groups.map(({ name }) => name)).toEqual(['total'])
    const found = await limited.source.routines!.load(signal)
    expect(found.find('function', 'items')).toBeDefined()
    expect(found.find('function', 'named')).toBeUndefined()
    expect(found.find('function', 'sales.total')).toBeUndefined()
    await Promise.all([own.close(), limited.close()])
  })

  test('functions give values, rows or OUT parameters', async () => {
    await using db = await opened(SCRIPT)
    const items = [
      { id: 1, price: 9.5, tags: ['a', 'b'], mood: 'ok' },
      { id: 2, price: 2, tags: null, mood: null },
    ]
    expect(await call(db, 'items')).toEqual({ sets: [items], out: undefined, value: undefined })
    expect((await call(db, 'first_item')).sets).toEqual([[items[0]]])
    expect((await call(db, 'numbers', [2])).sets).toEqual([[{ numbers: 1 }, { numbers: 2 }]])
    expect(await call(db, 'stats', [undefined, undefined, undefined])).toMatchObject({
      sets: [],
      out: { low: 2, high: 9.5, n: 10 },
    })
    expect(await call(db, 'stats', [undefined, undefined, 1])).toMatchObject({ out: { n: 2 } })
    expect((await call(db, 'pairs', [undefined, undefined])).sets).toEqual([
      [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    ])
    expect((await call(db, 'moods')).value).toEqual({ is: ['ok', 'sad'] })
    expect((await call(db, 'diaries')).sets).toEqual([[{ id: 1, moods: ['sad'], mail: 'a@b' }]])
    expect((await variants(db, 'diaries'))[0]!.returns?.columns?.map(({ name }) => name)).toEqual([
      'id',
      'moods',
      'mail',
    ])
    expect((await call(db, 'feelings', [undefined, undefined])).out).toEqual({ $1: ['ok'], $2: 'x' })
    expect(await call(db, 'nothing')).toEqual({ sets: [], out: undefined, value: undefined })
    expect((await call(db, 'sales.total')).value).toEqual({ is: 5 })
  })

  test('defaults hold for what is not given, with and without names', async () => {
    await using db = await opened(SCRIPT)
    const value = async (name: string, args: readonly unknown[]) => (await call(db, name, args)).value?.is
    expect(await value('named', [1, undefined, undefined])).toBe(111)
    expect(await value('named', [1, undefined, 3])).toBe(14)
    expect(await value('named', [1, 2, 3])).toBe(6)
    expect(await value('named', [1, null, 3])).toBe(null)
    expect(await value('unnamed', [1, undefined])).toBe(11)
    expect(await value('unnamed', [1, 2])).toBe(3)
    expect(await value('summed', [1, [2, 3]])).toBe(6)
    expect(await value('summed', [1, undefined])).toBe(1)
    expect(await value('padded', ['abc'])).toBe('abc')
  })

  test('variants are called by the types of their parameters', async () => {
    await using db = await opened(SCRIPT)
    const found = await variants(db, 'variant')
    for (const routine of found) {
      const args = routine.parameters.map(() => '1')
      const { value } = await db.source.routines!.call(routine, args, { signal })
      expect(value?.is).toBe(args.length === 2 ? 'two' : routine.parameters[0]!.dbType === 'text' ? 'text' : 'int')
    }
    expect(found).toHaveLength(3)
  })

  test('values leave in the same form as from a table, and come in as given', async () => {
    await using db = await opened(SCRIPT, { timezone: 'UTC' })
    expect((await call(db, 'typed')).sets[0]![0]).toEqual({
      big: '9007199254740993',
      num: 1.5,
      flag: true,
      doc: { a: [1] },
      bin: 'AP8=',
      at: '2024-01-02 03:04:05+00',
      day: '2024-01-02',
      ids: [1, 2],
      mood: 'ok',
      mail: 'a@b',
      dbl: 'NaN',
    })
    const args = ['{"a":1}', [1, 2], new Uint8Array([0, 255]), '2024-01-02 03:04:05', false]
    expect((await call(db, 'kept', args)).sets[0]![0]).toEqual({
      doc: { a: 1 },
      list: [1, 2],
      bin: 'AP8=',
      at: '2024-01-02 03:04:05',
      flag: false,
    })
  })

  test('cursors are unfolded into row sets, whatever they are called', async () => {
    await using db = await opened(SCRIPT)
    expect((await call(db, 'cursors')).sets).toEqual([[{ one: 1 }], [{ two: 2 }, { two: 3 }]])
    expect(await call(db, 'one cursor')).toEqual({ sets: [[{ id: 1 }, { id: 2 }]], out: undefined, value: undefined })
  })

  test('a procedure that commits by itself may, because it is called outside any transaction', async () => {
    await using db = await opened(SCRIPT)
    await call(db, 'committing', [50], 'procedure')
    expect(await db.admin('select id from item where id >= 50 order by id')).toEqual([{ id: 50 }, { id: 51 }])
  })

  test('more rows than fit are refused rather than held', async () => {
    await using db = await opened(SCRIPT)
    expect((await call(db, 'many', [100_000])).sets[0]).toHaveLength(100_000)
    await expect(call(db, 'many', [100_001])).rejects.toMatchObject({ code: 'too_large' })
  })

  test('a fault of the caller is told as such, one of the routine in a fixed sentence', async () => {
    await using db = await opened(SCRIPT)
    await expect(call(db, 'mailed', ['nobody'])).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(call(db, 'named', ['x', 1, 1])).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(call(db, 'committing', [1], 'procedure')).rejects.toMatchObject({ code: 'conflict' })
    await expect(call(db, 'broken')).rejects.toMatchObject({
      code: 'internal',
      message: 'Failed to call database stored function.',
    })
  })

  test('an aborted call stops the routine on the server', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const [slow] = await variants(db, 'slow')
    const calling = db.source.routines!.call(slow!, [], { signal: leaving.signal })
    await until(async () => (await running(db, '%slow%')) === 1)
    leaving.abort()
    await expect(calling).rejects.toMatchObject({ code: 'upstream_timeout' })
    await until(async () => (await running(db, '%slow%')) === 0)
  })

  test('they are read once, again when asked or when the tables were, and a change is made known', async () => {
    await using db = await opened(SCRIPT)
    const before = await routines(db)
    expect(await routines(db)).toBe(before)
    await db.source.refresh(signal)
    expect(await routines(db), 'an unchanged catalogue keeps its objects').toBe(before)
    await db.admin('create function added() returns int language sql as $$ select 1 $$')
    expect((await routines(db)).find('function', 'added')).toBeUndefined()
    await db.source.refresh(signal)
    expect((await routines(db)).find('function', 'added')).toBeDefined()
    expect(db.host.events).toEqual([{ event: 'catalog.changed', payload: {} }])
    await db.admin('drop function added()')
    const after = await db.source.routines!.refresh(signal)
    expect(after.find('function', 'added')).toBeUndefined()
  })

  test('what a routine gives may change its shape between calls', async () => {
    await using db = await opened(SCRIPT)
    expect((await call(db, 'items')).sets[0]![0]).not.toHaveProperty('extra')
    await db.admin('alter table item add column extra int default 1')
    for (let turn = 0; turn < 12; turn++) expect((await call(db, 'items')).sets[0]![0]).toHaveProperty('extra', 1)
  })
})
