import { openGateway, severable } from '@gw/testkit'
import { createConnection } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import mysql from '../src/index.ts'
import type { Opened } from './opened.ts'
import {
  admin,
  count,
  insertPlan,
  MISSING,
  opened,
  readPlan,
  running,
  SCRIPT,
  server,
  signal,
  until,
} from './opened.ts'

const REFUSED = {
  code: 'unavailable',
  retryable: true,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
}
/** Holds a table, so that every statement on it waits. */
const locking = async (database: string, table: string) => {
  const client = await createConnection({ ...server, database })
  await client.query(`lock tables ${table} write`)
  return async () => {
    await client.query('unlock tables')
    await client.end()
  }
}
const stream = (db: Opened, name: string) =>
  db.source.stream!(readPlan(db.table(name)), [1_000_000], { signal })[Symbol.asyncIterator]()

describe.skipIf(MISSING)(`more calls than a database answers${MISSING}`, () => {
  test('so many wait by order, more are refused at once, who leaves makes room, and all is well afterwards', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1, queue_limit: 2 })
    const unlock = await locking(db.database, 't')
    const order: string[] = []
    const ask = (name: string, own: AbortSignal = signal) =>
      db.source.insert(insertPlan(db.table('t'), ['name']), [[name]], { signal: own }).then(() => void order.push(name))
    const first = ask('first')
    await until(async () => (await running(db, '%insert%')) === 1)
    const leaving = new AbortController()
    const leaves = ask('leaves', leaving.signal)
    const second = ask('second')
    const left = expect(leaves).rejects.toMatchObject({ code: 'upstream_timeout' })
    await expect(ask('refused')).rejects.toMatchObject(REFUSED)
    leaving.abort()
    await left
    const third = ask('third')
    await expect(ask('refused')).rejects.toMatchObject(REFUSED)
    await unlock()
    await Promise.all([first, second, third])
    expect(order).toEqual(['first', 'second', 'third'])
    expect(await count(db)).toBe(6)
  })

  test('streams leave a connection to the others, and one too many is refused', async () => {
    await using db = await opened(SCRIPT, { pool_size: 2, stream_limit: 10 })
    await db.admin('insert into t (name) select seq from seq_1_to_20000')
    const open = stream(db, 't')
    await open.next()
    await expect(stream(db, 't').next()).rejects.toMatchObject(REFUSED)
    expect(await count(db)).toBe(20_003)
    await open.return!()
    const next = stream(db, 't')
    expect((await next.next()).done).toBe(false)
    await next.return!()
  })
})

describe.skipIf(MISSING)(`a source that is dead${MISSING}`, () => {
  test('holds up its own callers only, refuses most of them, and serves when it is back', async () => {
    await using db = await opened(SCRIPT)
    const line = await severable(server!)
    const { host, port, user: username, password } = server!
    const own = { database: db.database, schema: 'default', username, password }
    const gateway = await openGateway({
      services: {
        sick: { type: mysql, config: { ...own, host: line.host, port: line.port, pool_size: 2, queue_limit: 4 } },
        db: { type: mysql, config: { ...own, host, port } },
      },
    })
    const sick = () => gateway.ask({ service: 'sick', path: '_table/t/1' })
    const well = () => gateway.ask({ path: '_table/t/1' })
    try {
      expect((await sick()).status).toBe(200)
      line.freeze()
      const asked = Array.from({ length: 40 }, sick)
      const refused = await Promise.race(asked)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
      expect((await Promise.all(Array.from({ length: 40 }, well))).every(({ status }) => status === 200)).toBe(true)
      await line.cut()
      expect((await Promise.all(asked)).filter(({ status }) => status === 503).length).toBeGreaterThanOrEqual(34)
      await until(async () => (await sick()).status === 200)
      await line.away()
      expect((await Promise.all([sick(), well()])).map(({ status }) => status)).toEqual([503, 200])
      await line.back()
      await until(async () => (await sick()).status === 200)
      const killed = gateway.ask({ service: 'sick', path: '_table/slow' })
      await until(async () => (await running(db, '%slow%')) === 1)
      const slow = await db.admin(
        `select id from information_schema.processlist where db = database() and info like '%slow%' and id <> connection_id()`,
      )
      await admin(db.database, ...slow.map(({ id }) => `kill ${id}`))
      expect((await killed).status).toBe(503)
      expect((await Promise.all([sick(), well()])).map(({ status }) => status)).toEqual([200, 200])
    } finally {
      await line.close()
      await gateway.close()
    }
  })
})
