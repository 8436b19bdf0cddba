import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { insertPlan, opened, readPlan, signal } from './opened.ts'

const SCRIPT = `create table t (id integer primary key, name text unique, n int check (n < 100));
  create table owner (id integer primary key);
  create table late (id integer primary key, owner int references owner(id) deferrable initially deferred);
  create trigger bomb before insert on t when new.name = 'bomb' begin select raise(rollback, 'no bombs'); end`

type Db = Awaited<ReturnType<typeof opened>>

const insert = (db: Db, name: string, n = 1, own: AbortSignal = signal) =>
  db.source.insert(insertPlan(db.table('t'), ['name', 'n'], ['id']), [[name, n]], { signal: own })
const names = async (db: Db): Promise<unknown[]> =>
  (await db.source.read(readPlan(db.table('t')), [100], { signal })).map(({ name }) => name)
const settled = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.code))

const logSize = (path: string): number => statSync(`${path}-wal`).size
/** Bytes in the log for each page that a commit has changed. */
const FRAME = 4_096 + 24

describe('writes of one turn', () => {
  test('are committed together, before any is answered', async () => {
    await using db = await opened(SCRIPT)
    await insert(db, 'first')
    const before = logSize(db.path)
    const other = new Database(db.path, { readonly: true })
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        await insert(db, `name ${at}`)
        return other.prepare('select count(*) from t').pluck().get()
      }),
    )
    other.close()
    expect(seen).toEqual(Array(20).fill(21))
    // Each commit writes a table's page and an index's page; twenty of them would write forty.
    expect(logSize(db.path) - before).toBeLessThan(10 * FRAME)
  })

  test('fail each by itself', async () => {
    await using db = await opened(SCRIPT)
    const calls = [insert(db, 'a'), insert(db, 'a'), insert(db, 'b', 100), insert(db, 'c')]
    expect(await settled(calls)).toEqual(['done', 'conflict', 'invalid_request', 'done'])
    expect(await names(db)).toEqual(['a', 'c'])
  })

  test('are done once where one of them undoes the transaction', async () => {
    await using db = await opened(SCRIPT)
    const calls = [insert(db, 'a'), insert(db, 'bomb'), insert(db, 'b')]
    expect(await settled(calls)).toEqual(['done', 'invalid_request', 'done'])
    expect(await names(db)).toEqual(['a', 'b'])
  })

  test('are not concerned where another fails as late as at the commit', async () => {
    await using db = await opened(SCRIPT)
    const late = insertPlan(db.table('late'), ['owner'])
    const calls = [insert(db, 'a'), db.source.insert(late, [[7]], { signal }), insert(db, 'b')]
    const [first, second, third] = await settled(calls)
    expect([first, third]).toEqual(['done', 'done'])
    expect(second).not.toBe('done')
    expect(await names(db)).toEqual(['a', 'b'])
    expect(await db.source.read(readPlan(db.table('late')), [100], { signal })).toEqual([])
  })

  test('leave out whose caller has left', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const calls = [insert(db, 'a'), insert(db, 'b', 1, leaving.signal), insert(db, 'c')]
    leaving.abort(Object.assign(new Error('left'), { code: 'left' }))
    expect((await settled(calls)).filter((one) => one === 'done')).toHaveLength(2)
    expect(await names(db)).toEqual(['a', 'c'])
  })

  test('wait for a transaction, and are not part of it', async () => {
    await using db = await opened(SCRIPT)
    await insert(db, 'first')
    const plan = insertPlan(db.table('t'), ['name', 'n'])
    const undone = db.source.transaction!(async (transaction) => {
      await db.source.insert(plan, [['inside', 1]], { signal, transaction })
      throw new Error('undo')
    }, signal)
    const calls = [insert(db, 'a'), insert(db, 'b')]
    await expect(undone).rejects.toThrow()
    expect(await settled(calls)).toEqual(['done', 'done'])
    expect(await names(db)).toEqual(['first', 'a', 'b'])
  })

  test('wait for another program', async () => {
    await using db = await opened(SCRIPT)
    await insert(db, 'first')
    const other = new Database(db.path)
    other.exec(`begin immediate; insert into t (name) values ('other')`)
    const calls = [insert(db, 'a'), insert(db, 'b')]
    await new Promise((resolve) => setTimeout(resolve, 50))
    other.exec('commit')
    other.close()
    expect(await settled(calls)).toEqual(['done', 'done'])
    expect((await names(db)).toSorted()).toEqual(['a', 'b', 'first', 'other'])
  })
})
