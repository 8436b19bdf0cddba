import { describe, expect, test } from 'vitest'
import {
  comparing,
  count,
  field,
  insertPlan,
  killAll,
  MISSING,
  type Opened,
  opened,
  readPlan,
  running,
  SCRIPT,
  signal,
  sourceOn,
  until,
} from './opened.ts'

describe.skipIf(MISSING)(`statements${MISSING}`, () => {
  test('one plan is one prepared statement, also where the values differ', async () => {
    await using db = await opened([...SCRIPT, KEPT], { pool_size: 1 })
    const table = db.table('t')
    const plan = { ...readPlan(table), where: comparing(field(table, 'id'), 1) }
    expect(await db.source.read(plan, [1, 1], { signal })).toHaveLength(1)
    await kept(db)
    const before = await kept(db)
    for (const id of [2, 3]) expect(await db.source.read(plan, [1, id], { signal })).toHaveLength(1)
    expect(await kept(db)).toBe(before)
  })

  test('the server keeps the statements used last, and no more than a connection’s share', async () => {
    await using db = await opened([...SCRIPT, KEPT], { pool_size: 1 })
    const table = db.table('t')
    for (let size = 1; size <= 300; size++) {
      const values = Array.from({ length: size }, (_, at) => ({ kind: 'slot', slot: at + 1 }) as const)
      const where = { kind: 'in', field: field(table, 'id'), values } as const
      await db.source.read({ ...readPlan(table), where }, [1, ...values.map(() => 1)], { signal })
    }
    await kept(db)
    expect(await kept(db)).toBe(256)
  })

  test('a statement that will not run again is not kept', async () => {
    await using db = await opened([...SCRIPT, KEPT], { pool_size: 1 })
    const plan = insertPlan(db.table('t'), ['name'])
    await db.source.insert(plan, [['x'], ['y']], { signal })
    await kept(db)
    const before = await kept(db)
    for (let at = 0; at < 5; at++)
      await db.source.insert(
        plan,
        Array.from({ length: at + 3 }, (_, no) => [`${at} ${no}`]),
        { signal },
      )
    expect(await kept(db)).toBe(before)
  })

  test('a column whose type changed under a prepared statement is read, without anyone noticing', async () => {
    await using db = await opened([`create table t (a int)`, `insert into t values (1)`], { pool_size: 1 })
    const plan = readPlan(db.table('t'))
    expect(await db.source.read(plan, [1], { signal })).toEqual([{ a: 1 }])
    await db.admin('alter table t modify a bigint')
    expect(await db.source.read(plan, [1], { signal })).toEqual([{ a: 1 }])
  })

  test('a table that is gone is a conflict, and the catalogue is looked up again', async () => {
    await using db = await opened(SCRIPT)
    const plan = readPlan(db.table('t'))
    await db.admin('drop view slow', 'drop table t')
    await expect(db.source.read(plan, [1], { signal })).rejects.toMatchObject({ code: 'conflict', retryable: true })
    await until(async () => db.host.events.length > 0)
    expect(db.table('t')).toBeUndefined()
  })

  test('more records than one statement can take are all there, or none of them', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name', 'n'], ['id'])
    const records = Array.from({ length: 33_000 }, (_, at) => [`name ${at}`, at % 100])
    const ids = (await db.source.insert(plan, records, { signal })).map(({ id }) => id as number)
    expect(ids).toHaveLength(33_000)
    expect(ids.every((id, at) => at === 0 || id > ids[at - 1]!)).toBe(true)
    const [row] = await db.admin(`select name from t where id = ${ids[32_999]}`)
    expect(row.name).toBe('name 32999')
    const clashing = records.map(([name, n], at) => [at === 32_999 ? 'one' : `again ${name}`, n])
    await expect(db.source.insert(plan, clashing, { signal })).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db)).toBe(33_003)
  }, 120_000)

  test('generated keys are told right where the server counts in steps', async () => {
    await using db = await opened(SCRIPT, { options: { auto_increment_increment: 10, auto_increment_offset: 3 } })
    const table = db.table('t')
    const rows = await db.source.insert(insertPlan(table, ['name'], ['id', 'name']), [['a'], ['b'], ['c']], { signal })
    const stored = await db.admin(`select id, name from t where name in ('a', 'b', 'c') order by id`)
    expect(rows).toEqual(stored.map(({ id, name }) => ({ id, name })))
    expect(rows[1]!.id as number).toBe((rows[0]!.id as number) + 10)
  })

  test('a key of 0 is stored as 0, and one of 64 bits digit for digit', async () => {
    await using db = await opened(['create table t (id bigint unsigned auto_increment primary key, n int)'])
    const table = db.table('t')
    const plan = insertPlan(table, ['id', 'n'], ['id', 'n'])
    for (const id of [0, '9223372036854775808'])
      expect(await db.source.insert(plan, [[id, 1]], { signal })).toEqual([{ id, n: 1 }])
  })

  test('without a key, records are answered one by one, also those with a null', async () => {
    await using db = await opened(['create table t (a int, b varchar(9) default "x")'])
    const plan = insertPlan(db.table('t'), ['a', 'b'], ['a', 'b'])
    expect(
      await db.source.insert(
        plan,
        [
          [null, 'p'],
          [2, 'q'],
        ],
        { signal },
      ),
    ).toEqual([
      { a: null, b: 'p' },
      { a: 2, b: 'q' },
    ])
  })

  test('a violation is told in the kit’s words, with the catalogue’s names', async () => {
    await using db = await opened([
      ...SCRIPT,
      'create table c (t_id int not null, pair int, unique (t_id, pair), foreign key (t_id) references t (id))',
      'create view joined as select t.id, c.pair from t join c on c.t_id = t.id',
    ])
    const tell = (table: string, record: Record<string, unknown>) =>
      db.source
        .insert(insertPlan(db.table(table), Object.keys(record)), [Object.values(record)], { signal })
        .catch(({ code, message }) => [code, message])
    expect(await tell('t', { name: 'one' })).toEqual([
      'conflict',
      'A record with the same "name" already exists in "t".',
    ])
    expect(await tell('t', { id: 1 })).toEqual(['conflict', 'A record with the same "id" already exists in "t".'])
    expect(await tell('c', { t_id: 99 })).toEqual([
      'conflict',
      'The reference in "t_id" of "c" does not hold: the other record is missing, or is still referred to.',
    ])
    expect(await tell('c', { pair: 1 })).toEqual(['invalid_request', 'Field "t_id" can not be NULL.'])
    expect(await tell('t', { n: 100 })).toEqual([
      'invalid_request',
      'The record breaks a rule of "t" about its values.',
    ])
    expect(await tell('t', { name: 'x'.repeat(101) })).toEqual([
      'invalid_request',
      'A value is too long for its field.',
    ])
    expect(await tell('t', { n: 99999999999 })).toMatchObject(['invalid_request', expect.stringContaining('range')])
    expect(await tell('joined', { id: 1, pair: 2 })).toMatchObject([
      'invalid_request',
      expect.stringContaining('written'),
    ])
  })

  test('a value that does not fit is refused, unless the service is told otherwise', async () => {
    await using db = await opened([`create table t (a varchar(3), d date)`])
    const strict = db.source.insert(insertPlan(db.table('t'), ['a']), [['long']], { signal })
    await expect(strict).rejects.toMatchObject({ code: 'invalid_request' })
    const day = db.source.insert(insertPlan(db.table('t'), ['d']), [['2024-02-30']], { signal })
    await expect(day).rejects.toMatchObject({ code: 'invalid_request' })
    await using lax = await opened([`create table t (a varchar(3))`], { strict: false })
    await lax.source.insert(insertPlan(lax.table('t'), ['a']), [['long']], { signal })
    expect(await lax.source.read(readPlan(lax.table('t')), [1], { signal })).toEqual([{ a: 'lon' }])
  })

  /** Statements that the one session has prepared and not closed, with the one that looks. */
  const kept = async (db: Opened): Promise<number> => {
    const counts = await db.source.read(readPlan(db.table('kept')), [2], { signal })
    const [closed, prepared] = counts.map(({ n }) => Number(n)).toSorted((a, b) => a - b)
    return prepared! - closed!
  }
})
/** What a session has prepared and closed. */
const KEPT = `create view kept as select variable_value as n from information_schema.session_status
  where variable_name in ('Com_stmt_prepare', 'Com_stmt_close')`

describe.skipIf(MISSING)(`transactions${MISSING}`, () => {
  test('are undone where they throw', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name'])
    const work = db.source.transaction!(async (transaction) => {
      await db.source.insert(plan, [['four']], { signal, transaction })
      expect(await count(db)).toBe(3)
      await db.source.insert(plan, [['one']], { signal, transaction })
    }, signal)
    await expect(work).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db)).toBe(3)
    await db.source.transaction!((transaction) => db.source.insert(plan, [['four']], { signal, transaction }), signal)
    expect(await count(db)).toBe(4)
  })

  test('one that the server undoes by itself changes nothing more, though its failure was passed over', async () => {
    await using db = await opened(SCRIPT)
    const table = db.table('t')
    const change = (id: number, name: string) => {
      const where = comparing(field(table, 'id'), 1)
      const plan = {
        kind: 'update',
        table,
        set: [{ field: field(table, 'name'), slot: 0 }],
        where,
        returning: [],
      } as const
      return [plan, [name, id]] as const
    }
    let arrived = 0
    const both = Promise.withResolvers<void>()
    const work = (first: number, second: number) =>
      db.source.transaction!(async (transaction) => {
        const options = { signal, transaction }
        await db.source.update(...change(first, `${first}a`), options)
        if (++arrived === 2) both.resolve()
        await both.promise
        await db.source.update(...change(second, `${second}b`), options).catch(() => undefined)
        await db.source.insert(insertPlan(table, ['name']), [[`by ${first}`]], options).catch(() => undefined)
      }, signal)
    const ends = await Promise.allSettled([work(1, 2), work(2, 1)])
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(ends.find((end) => end.status === 'rejected')!.reason).toMatchObject({ code: 'conflict', retryable: true })
    expect(await count(db)).toBe(4)
  })

  test('statements asked for at the same time run one after the other', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const plan = insertPlan(db.table('t'), ['name'], ['id'])
    const names = ['a', 'b', 'c', 'd']
    const rows = await db.source.transaction!(
      (transaction) => Promise.all(names.map((name) => db.source.insert(plan, [[name]], { signal, transaction }))),
      signal,
    )
    expect(rows.flat()).toEqual([{ id: 4 }, { id: 5 }, { id: 6 }, { id: 7 }])
  })
})

describe.skipIf(MISSING)(`cancelling${MISSING}`, () => {
  test('an aborted call stops the statement on the server', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const reading = db.source.read(readPlan(db.table('slow')), [1], { signal: leaving.signal })
    await until(async () => (await running(db, '%slow%')) === 1)
    leaving.abort()
    await expect(reading).rejects.toMatchObject({ code: 'upstream_timeout' })
    await until(async () => (await running(db, '%slow%')) === 0)
    expect(await count(db)).toBe(3)
  })

  test('an aborted transaction is undone, and its connection is not used again', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const leaving = new AbortController()
    const work = db.source.transaction!(async (transaction) => {
      const options = { signal: leaving.signal, transaction }
      await db.source.insert(insertPlan(db.table('t'), ['name']), [['four']], options)
      setTimeout(() => leaving.abort(), 20)
      await db.source.read(readPlan(db.table('slow')), [1], options)
    }, leaving.signal)
    await expect(work).rejects.toMatchObject({ code: 'upstream_timeout' })
    expect(await count(db)).toBe(3)
  })

  test('a call that is given up while it waits for a connection does not take one', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const [holding, leaving] = [new AbortController(), new AbortController()]
    const held = db.source.read(readPlan(db.table('slow')), [1], { signal: holding.signal })
    await until(async () => (await running(db, '%slow%')) === 1)
    const waiting = db.source.read(readPlan(db.table('t')), [1], { signal: leaving.signal })
    leaving.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'upstream_timeout' })
    holding.abort()
    await expect(held).rejects.toMatchObject({ code: 'upstream_timeout' })
    expect(await count(db)).toBe(3)
  })

  test('a statement that takes longer than it may is a timeout', async () => {
    await using db = await opened(SCRIPT, { statement_timeout: 50 })
    await expect(db.source.read(readPlan(db.table('slow')), [1], { signal })).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    expect(await count(db)).toBe(3)
  })

  test('where the server takes no cancel, the connection is cut', async () => {
    await using db = await opened(SCRIPT)
    const username = `${db.database}_one`
    await db.admin(
      `create user ${username} identified by 'one' with max_user_connections 1`,
      `grant select on ${db.database}.* to ${username}`,
    )
    const own = sourceOn({ database: db.database, username, password: 'one', pool_size: 1 }, db.host)
    await own.catalog.refresh(signal)
    const leaving = new AbortController()
    const slow = own.catalog.current().byName.get('slow')!
    const reading = own.source.read(readPlan(slow), [1], { signal: leaving.signal })
    await until(async () => (await running(db, '%slow%')) === 1)
    leaving.abort()
    await expect(reading).rejects.toMatchObject({ code: 'upstream_timeout' })
    await killAll(db)
    await until(() =>
      own.ping(signal).then(
        () => true,
        () => false,
      ),
    )
    await own.close()
    await db.admin(`drop user ${username}`)
  })
})
