import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { dialect } from '../src/index.ts'
import { field, insertPlan, opened, readPlan, signal } from './opened.ts'

const SCRIPT = `create table t (id integer primary key, name text unique, n int check (n < 100) default 7);
  insert into t (name) values ('one'), ('two'), ('three')`
const byId = (db: Awaited<ReturnType<typeof opened>>) =>
  ({
    kind: 'compare',
    field: field(db.table('t'), 'id'),
    op: '=',
    value: { kind: 'slot', slot: 0 },
  }) as const
const count = (db: Awaited<ReturnType<typeof opened>>) =>
  db.source.count({ kind: 'count', table: db.table('t') }, [], { signal })

describe('writing', () => {
  test('an insert gives back generated keys and defaults, one by one and together', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name'], ['id', 'n'])
    expect(await db.source.insert(plan, [['four']], { signal })).toEqual([{ id: 4, n: 7 }])
    expect(await db.source.insert(plan, [['five'], ['six']], { signal })).toEqual([
      { id: 5, n: 7 },
      { id: 6, n: 7 },
    ])
    expect(await db.source.insert(insertPlan(db.table('t'), [], ['id']), [[], []], { signal })).toEqual([
      { id: 7 },
      { id: 8 },
    ])
  })

  test('more records than one statement can take are all there, or none of them', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name', 'n'], ['id'])
    const records = Array.from({ length: 17_000 }, (_, at) => [`name ${at}`, at % 100])
    expect(await db.source.insert(plan, records, { signal })).toHaveLength(17_000)
    expect(await count(db)).toBe(17_003)
    const clashing = records.map(([name, n], at) => [at === 16_999 ? 'one' : `again ${name}`, n])
    await expect(db.source.insert(plan, clashing, { signal })).rejects.toMatchObject({ code: 'conflict' })
    expect(await count(db)).toBe(17_003)
  })

  test('an update returns rows after it, a delete rows before it, and both say how many matched', async () => {
    await using db = await opened(SCRIPT)
    const table = db.table('t')
    const set = [{ field: field(table, 'n'), slot: 1 }]
    const returning = [field(table, 'name'), field(table, 'n')]
    const update = { kind: 'update', table, set, where: byId(db), returning } as const
    expect(await db.source.update(update, [1, 9], { signal })).toEqual({ count: 1, rows: [{ name: 'one', n: 9 }] })
    expect(await db.source.update(update, [1, 9], { signal })).toMatchObject({ count: 1 })
    expect(await db.source.update({ ...update, returning: [] }, [1, 9], { signal })).toEqual({ count: 1, rows: [] })
    expect(await db.source.update({ ...update, set: [] }, [2], { signal })).toEqual({
      count: 1,
      rows: [{ name: 'two', n: 7 }],
    })
    const remove = { kind: 'delete', table, where: byId(db), returning } as const
    expect(await db.source.delete(remove, [1], { signal })).toEqual({ count: 1, rows: [{ name: 'one', n: 9 }] })
    expect(await db.source.delete(remove, [1], { signal })).toEqual({ count: 0, rows: [] })
  })

  test('a violation names the fields, and nothing of the statement', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name', 'n'])
    await expect(db.source.insert(plan, [['one', 1]], { signal })).rejects.toMatchObject({
      code: 'conflict',
      message: 'A record with the same "name" already exists in "t".',
    })
    await expect(db.source.insert(plan, [['x', 100]], { signal })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The record breaks a rule about its values.',
    })
  })
})

describe('transactions', () => {
  test('what a transaction does is undone where it throws, and unseen until it commits', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name'])
    const inside = async (end: () => void) => {
      await db.source.transaction!(async (transaction) => {
        await db.source.insert(plan, [['four']], { signal, transaction })
        expect(await db.source.count({ kind: 'count', table: db.table('t') }, [], { signal, transaction })).toBe(4)
        expect(await count(db)).toBe(3)
        end()
      }, signal)
    }
    await expect(
      inside(() => {
        throw new Error('no')
      }),
    ).rejects.toMatchObject({ code: 'upstream_failed' })
    expect(await count(db)).toBe(3)
    await inside(() => undefined)
    expect(await count(db)).toBe(4)
  })

  test('a write outside waits for the open transaction, and gives up when its caller does', async () => {
    await using db = await opened(SCRIPT)
    const plan = insertPlan(db.table('t'), ['name'])
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const events: string[] = []
    const transaction = db.source.transaction!(async () => {
      begin()
      await held
      events.push('transaction')
    }, signal)
    await begun
    const waiting = db.source.insert(plan, [['four']], { signal }).then(() => events.push('insert'))
    const impatient = new AbortController()
    const given = db.source.insert(plan, [['five']], { signal: impatient.signal })
    setTimeout(() => impatient.abort(), 5)
    await expect(given).rejects.toMatchObject({ code: 'upstream_timeout' })
    expect(events).toEqual([])
    letGo()
    await Promise.all([transaction, waiting])
    expect(events).toEqual(['transaction', 'insert'])
  })

  test('in memory, reads too wait for the open transaction: there is one connection', async () => {
    await using db = await opened(undefined, { database: ':memory:', statements: [SCRIPT] })
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const done = db.source.transaction!(async (transaction) => {
      await db.source.truncate({ kind: 'truncate', table: db.table('t') }, [], { signal, transaction })
      begin()
      await held
      throw new Error('undo')
    }, signal).catch(() => undefined)
    await begun
    const seen = count(db)
    setTimeout(letGo, 5)
    expect(await seen).toBe(3)
    await done
  })

  test('an ended transaction runs nothing, rather than running it outside', async () => {
    await using db = await opened(SCRIPT)
    const leaked = await db.source.transaction!(async (transaction) => transaction, signal)
    await expect(
      db.source.truncate({ kind: 'truncate', table: db.table('t') }, [], { signal, transaction: leaked }),
    ).rejects.toMatchObject({ code: 'internal' })
    expect(await count(db)).toBe(3)
  })
})

describe('the file', () => {
  test('a missing one is an error that does not tell the path, unless it may be created', async () => {
    const error = await opened(undefined).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(String(error)).not.toContain('test.db')
    await using db = await opened(undefined, { create: true, statements: ['create table if not exists made (a)'] })
    expect(db.table('made')).toBeDefined()
  })

  test('one that is no database says so', async () => {
    await using db = await opened(SCRIPT)
    const { writeFileSync } = await import('node:fs')
    const { sqlSource } = await import('@gw/sql')
    writeFileSync(`${db.path}.txt`, 'a text, long enough to be looked at as a database header')
    const bad = sqlSource(dialect, dialect.config.parse({ database: `${db.path}.txt` }), db.host)
    await expect(bad.catalog.refresh(signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The database file is damaged or is not a database.',
    })
    await bad.close()
  })

  test('one that is open for reading only refuses writes and serves reads', async () => {
    await using db = await opened(SCRIPT, { readonly: true })
    expect(await count(db)).toBe(3)
    await expect(db.source.insert(insertPlan(db.table('t'), ['name']), [['x']], { signal })).rejects.toMatchObject({
      code: 'not_supported',
    })
  })

  test('an option that is no plain PRAGMA is refused', async () => {
    const accepts = (options: object) => dialect.config.safeParse({ database: 'x', options }).success
    expect(accepts({ 'cache_size = 1; drop table t; --': 1 })).toBe(false)
    expect(accepts({ cache_size: '1; drop table t' })).toBe(false)
    await using db = await opened(SCRIPT, { options: { cache_size: -4000 } })
    expect(await count(db)).toBe(3)
  })

  test('another program’s lock is waited for without holding other calls up, and not for ever', async () => {
    await using db = await opened(SCRIPT, { busy_timeout: 60 })
    const plan = insertPlan(db.table('t'), ['name'])
    const other = new Database(db.path)
    other.exec('begin immediate')
    const waiting = db.source.insert(plan, [['four']], { signal })
    expect(await count(db)).toBe(3)
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    const second = db.source.insert(plan, [['five']], { signal })
    setTimeout(() => other.exec('commit').close(), 5)
    expect(await second).toEqual([{}])
  })

  test('a table that was changed meanwhile is a conflict, and the catalogue is looked up again', async () => {
    await using db = await opened(SCRIPT)
    const plan = readPlan(db.table('t'))
    new Database(db.path).exec('alter table t rename column n to m').close()
    await expect(db.source.read(plan, [1], { signal })).rejects.toMatchObject({ code: 'conflict', retryable: true })
    await db.source.refresh(signal)
    expect(field(db.table('t'), 'm')).toBeDefined()
    expect(db.host.events).toHaveLength(1)
  })
})

test('an aborted call does not begin', async () => {
  await using db = await opened(SCRIPT)
  const plan = insertPlan(db.table('t'), ['name'])
  await expect(db.source.insert(plan, [['x']], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'upstream_timeout',
  })
  expect(await count(db)).toBe(3)
})
