import { describe, expect, test } from 'vitest'
import { comparing, insertPlan, MISSING, opened, readPlan, running, SCRIPT, signal, until } from './opened.ts'

describe.skipIf(MISSING)(`shared connections${MISSING}`, () => {
  test('short reads of many callers need two connections, and each gets its own answer', async () => {
    await using db = await opened(SCRIPT, { pool_size: 8 })
    const table = db.table('t')
    const plan = { ...readPlan(table), where: comparing(table.fields[0]!, 1) } as const
    // What has not been seen to be short is tried by one caller at a time.
    await db.source.readEncoded!(plan, [1, 1], { signal })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => db.source.readEncoded!(plan, [1, 1 + (n % 3)], { signal })),
    )
    const names = answers.map(({ rows }) => JSON.parse(rows.json).map(({ name }: { name: string }) => name))
    expect(names).toEqual(Array.from({ length: 60 }, (_, n) => [['one', 'two', 'three'][n % 3]]))
    const [row] = await db.admin(
      'select count(*) as n from information_schema.processlist where db = database() and id <> connection_id()',
    )
    // One more has read the catalogue.
    expect(Number(row.n)).toBeLessThanOrEqual(3)
  })

  test('a read that holds up others is run by itself instead', async () => {
    await using db = await opened([...SCRIPT, 'create view slowish as select id, sleep(0.2) as slept from t'])
    const rows = await db.source.read(readPlan(db.table('slowish')), [2], { signal })
    expect(rows.map(({ slept }) => slept)).toEqual([false, false])
  })

  test('one that was given up while it ran among others leaves the connection to them', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const left = db.source.read(readPlan(db.table('slow')), [1], { signal: leaving.signal })
    const others = Promise.all(
      Array.from({ length: 10 }, () => db.source.read(readPlan(db.table('t')), [3], { signal })),
    )
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'upstream_timeout' })
    expect((await others).map(({ length }) => length)).toEqual(Array(10).fill(3))
    await until(async () => (await running(db, '%slow%')) === 0)
  })

  test('without shared connections each statement has one for itself', async () => {
    await using db = await opened(SCRIPT, { shared_connections: 0 })
    expect(await db.source.read(readPlan(db.table('t')), [3], { signal })).toHaveLength(3)
  })
})

describe.skipIf(MISSING)(`what an insert returns${MISSING}`, () => {
  test('is what was stored, with what triggers and defaults made of it, whether or not there is a key', async () => {
    await using db = await opened([
      `create table keyed (id int auto_increment primary key, name varchar(20), made datetime default '2024-05-06')`,
      `create trigger shouting before insert on keyed for each row set new.name = upper(new.name)`,
      `create table keyless (name varchar(20), n int default 7)`,
    ])
    const keyed = insertPlan(db.table('keyed'), ['name'], ['id', 'name', 'made'])
    expect(await db.source.insert(keyed, [['a'], ['b']], { signal })).toEqual([
      { id: 1, name: 'A', made: '2024-05-06 00:00:00' },
      { id: 2, name: 'B', made: '2024-05-06 00:00:00' },
    ])
    const keyless = insertPlan(db.table('keyless'), ['name'], ['name', 'n'])
    expect(await db.source.insert(keyless, [[null], ['x']], { signal })).toEqual([
      { name: null, n: 7 },
      { name: 'x', n: 7 },
    ])
  })

  test('is told within a transaction, too, and undone with it', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1 })
    const plan = insertPlan(db.table('t'), ['name'], ['id', 'name', 'n'])
    const work = db.source.transaction!(async (transaction) => {
      expect(await db.source.insert(plan, [['four']], { signal, transaction })).toEqual([{ id: 4, name: 'four', n: 7 }])
      throw new Error('undo')
    }, signal)
    await expect(work).rejects.toThrow()
    expect(await db.source.read(readPlan(db.table('t')), [10], { signal })).toHaveLength(3)
  })

  test('of a view is read back', async () => {
    await using db = await opened([...SCRIPT, 'create view low as select id, name from t where n < 50'])
    const plan = insertPlan(db.table('low'), ['name'], ['name'])
    expect(await db.source.insert(plan, [['four']], { signal })).toEqual([{ name: 'four' }])
  })
})
