import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { insertPlan, type Opened, opened, readPlan, signal } from './opened.ts'

const SCRIPT = "create table t (id integer primary key, name text); insert into t (name) values ('one')"
const REFUSED = {
  code: 'unavailable',
  retryable: true,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
}
const writing =
  (db: Opened, order: string[]) =>
  (name: string, own: AbortSignal = signal) =>
    db.source.insert(insertPlan(db.table('t'), ['name']), [[name]], { signal: own }).then(() => void order.push(name))
/** A transaction that has written, and lasts until it is told to end. */
const longTransaction = async (db: Opened) => {
  const begun = Promise.withResolvers<void>()
  const ending = Promise.withResolvers<void>()
  const long = db.source.transaction!(async (transaction) => {
    await db.source.insert(insertPlan(db.table('t'), ['name']), [['long']], { signal, transaction })
    begun.resolve()
    await ending.promise
  }, signal)
  await begun.promise
  return { long, end: ending.resolve }
}
const namesIn = (db: Opened) => db.source.read(readPlan(db.table('t')), [100], { signal })

describe('more writers than one', () => {
  test('wait by order behind a long one, are refused where too many wait, and make room where they leave', async () => {
    await using db = await opened(SCRIPT, { queue_limit: 3 })
    const { long, end } = await longTransaction(db)
    const order: string[] = []
    const write = writing(db, order)
    const leaving = new AbortController()
    const first = write('first')
    const left = expect(write('left', leaving.signal)).rejects.toMatchObject({ code: 'upstream_timeout' })
    const second = write('second')
    await expect(write('refused')).rejects.toMatchObject(REFUSED)
    leaving.abort()
    await left
    const third = write('third')
    await expect(write('refused')).rejects.toMatchObject(REFUSED)
    // Readers do not wait for a writer, nor does another service.
    expect(await namesIn(db)).toHaveLength(1)
    end()
    await Promise.all([long, first, second, third])
    expect(order).toEqual(['first', 'second', 'third'])
    expect((await namesIn(db)).map(({ name }) => name)).toEqual(['one', 'long', 'first', 'second', 'third'])
  })

  test('a wait that is too long ends with 503', async () => {
    await using db = await opened(SCRIPT, { queue_timeout: 1 })
    const { long, end } = await longTransaction(db)
    await expect(writing(db, [])('late')).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringMatching(/waited too long/),
    })
    end()
    await long
  })

  test('where another program writes, one waits for it and the others behind that one', async () => {
    await using db = await opened(SCRIPT, { queue_limit: 2, busy_timeout: 60_000 })
    const order: string[] = []
    const write = writing(db, order)
    await write('before')
    const other = new Database(db.path)
    other.exec('begin immediate')
    const waiting = [write('first'), write('second'), write('third')]
    await expect(write('refused')).rejects.toMatchObject(REFUSED)
    expect(await namesIn(db)).toHaveLength(2)
    other.exec('commit')
    other.close()
    await Promise.all(waiting)
    expect(order).toEqual(['before', 'first', 'second', 'third'])
  })

  test('streams are as many as may be', async () => {
    await using db = await opened(SCRIPT, { stream_limit: 1 })
    const stream = () => db.source.stream!(readPlan(db.table('t')), [100], { signal })[Symbol.asyncIterator]()
    const open = stream()
    await open.next()
    await expect(stream().next()).rejects.toMatchObject(REFUSED)
    await open.return!()
    const next = stream()
    expect((await next.next()).done).toBe(false)
    await next.return!()
  })
})
