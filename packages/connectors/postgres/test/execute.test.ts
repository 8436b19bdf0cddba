import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  comparing,
  count,
  field,
  insertPlan,
  MISSING,
  type Opened,
  opened,
  readPlan,
  running,
  SCRIPT,
  signal,
  until,
} from './opened.ts'

describe.skipIf(MISSING)(`statements${MISSING}`, () => {
  test('one plan is one prepared statement, also where the values differ', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const table = db.table('t')
    const plan = { ...readPlan(table), where: comparing(field(table, 'id'), 1) }
    for (const id of [1, 2, 3]) expect(await db.source.read(plan, [1, id], { signal })).toHaveLength(1)
    const prepared = await kept(db)
    expect(prepared.filter((statement) => statement.includes('where "id" = $1'))).toHaveLength(1)
  })

  test('a connection keeps the statements used last, and no more than its share', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const table = db.table('t')
    for (let size = 1; size <= 300; size++) {
      const values = Array.from({ length: size }, (_, at) => ({ kind: 'slot', slot: at + 1 }) as const)
      const where = { kind: 'in', field: field(table, 'id'), values } as const
      await db.source.read({ ...readPlan(table), where }, [1, ...values.map(() => 1)], { signal })
    }
    const prepared = await kept(db)
    // 256 with the one that looks at them.
    expect(prepared).toHaveLength(255)
    expect(prepared.some((statement) => statement.includes('$300'))).toBe(true)
    expect(prepared.some((statement) => statement.includes('in ($1)'))).toBe(false)
  })

  test('a column whose type changed under a prepared statement is read, without anyone noticing', async () => {
    await using db = await opened([`create table t (a int)`, `insert into t values (1)`], { pool_size: 1 })
    const plan = readPlan(db.table('t'))
    expect(await db.source.read(plan, [1], { signal })).toEqual([{ a: 1 }])
    await db.admin('alter table t alter a type bigint')
    expect(await db.source.read(plan, [1], { signal })).toEqual([{ a: 1 }])
    await db.source.transaction!(async (transaction) => {
      await db.source.read(plan, [1], { signal, transaction })
    }, signal)
    await db.admin('alter table t alter a type text')
    await expect(
      db.source.transaction!((transaction) => db.source.read(plan, [1], { signal, transaction }), signal),
    ).rejects.toMatchObject({ code: 'conflict', retryable: true })
  })

  test('a statement that the connection has lost is prepared again', async () => {
    await using db = await opened(
      [
        ...SCRIPT,
        'create function forget() returns int language plpgsql as $$ begin deallocate all; return 1; end $$',
        'create view forgetting as select forget() as f',
      ],
      { pool_size: 1 },
    )
    const plan = readPlan(db.table('t'))
    expect(await db.source.read(plan, [9], { signal })).toHaveLength(3)
    await db.source.read(readPlan(db.table('forgetting')), [1], { signal })
    expect(await db.source.read(plan, [9], { signal })).toHaveLength(3)
  })

  test('a table that is gone is a conflict, and the catalogue is looked up again', async () => {
    await using db = await opened(SCRIPT)
    const plan = readPlan(db.table('t'))
    await db.admin('drop table t cascade')
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
    const clashing = records.map(([name, n], at) => [at === 32_999 ? 'one' : `again ${name}`, n])
    await expect(db.source.insert(plan, clashing, { signal })).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db)).toBe(33_003)
  })

  test('a violation is told in the kit’s words, with the catalogue’s names', async () => {
    await using db = await opened([
      ...SCRIPT,
      'create table c (t_id int not null references t, pair int, unique (t_id, pair))',
    ])
    const tell = (table: string, record: Record<string, unknown>) =>
      db.source
        .insert(insertPlan(db.table(table), Object.keys(record)), [Object.values(record)], { signal })
        .catch(({ code, message }) => [code, message])
    expect(await tell('t', { name: 'one' })).toEqual([
      'conflict',
      'A record with the same "name" already exists in "t".',
    ])
    expect(await tell('c', { t_id: 99 })).toEqual([
      'conflict',
      'The reference in "t_id" of "c" does not hold: the other record is missing, or is still referred to.',
    ])
    expect(await tell('c', { pair: 1 })).toEqual(['invalid_request', 'Field "t_id" can not be NULL.'])
    expect(await tell('t', { n: 100 })).toEqual([
      'invalid_request',
      'The record breaks a rule of "t" about its values.',
    ])
    expect(await tell('t', { n: 'x' })).toEqual(['invalid_request', 'A value does not fit the type of its field.'])
    expect(await tell('t', { n: 99999999999 })).toMatchObject(['invalid_request', expect.stringContaining('range')])
    expect(await tell('slow', { slept: 'x' })).toMatchObject(['invalid_request', expect.stringContaining('written')])
  })

  const kept = async (db: Opened): Promise<readonly string[]> => {
    // The pool has one connection: what a view shows of its session is what was prepared on it.
    await db.admin("create or replace view kept as select statement from pg_prepared_statements where name like 'gw%'")
    await db.source.refresh(signal)
    const rows = await db.source.read(readPlan(db.table('kept')), [1000], { signal })
    return rows.map(({ statement }) => String(statement)).filter((statement) => !statement.includes('"kept"'))
  }
})

describe.skipIf(MISSING)(`transactions${MISSING}`, () => {
  test('are undone where they throw, and also where a failure in them was passed over', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name'])
    const work = db.source.transaction!(async (transaction) => {
      await db.source.insert(plan, [['four']], { signal, transaction })
      expect(await count(db)).toBe(3)
      await db.source.insert(plan, [['one']], { signal, transaction }).catch(() => undefined)
    }, signal)
    await expect(work).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db)).toBe(3)
    await db.source.transaction!((transaction) => db.source.insert(plan, [['four']], { signal, transaction }), signal)
    expect(await count(db)).toBe(4)
  })

  test('a deferred constraint that fails at the end is told like any other', async () => {
    await using db = await opened([...SCRIPT, 'create table c (t_id int references t deferrable initially deferred)'])
    const plan = insertPlan(db.table('c'), ['t_id'])
    const work = db.source.transaction!(
      (transaction) => db.source.insert(plan, [[99]], { signal, transaction }),
      signal,
    )
    await expect(work).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db, 'c')).toBe(0)
  })

  test('statements asked for at the same time run one after the other', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const plan = insertPlan(db.table('t'), ['name'], ['id'])
    const names = ['a', 'b', 'c', 'd']
    // `pg` would line them up as well, but warns that it will not do so for ever.
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    const rows = await db.source.transaction!(
      (transaction) => Promise.all(names.map((name) => db.source.insert(plan, [[name]], { signal, transaction }))),
      signal,
    )
    expect(rows.flat()).toEqual([{ id: 4 }, { id: 5 }, { id: 6 }, { id: 7 }])
    await pause(0)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
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
  })
})
