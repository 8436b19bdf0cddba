import { openGateway, severable, type TestGateway } from '@gw/testkit'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import pgsql from '../src/index.ts'
import type { Opened } from './opened.ts'
import { admin, count, insertPlan, MISSING, opened, readPlan, SCRIPT, server, signal, until } from './opened.ts'

const REFUSED = {
  code: 'unavailable',
  retryable: true,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
}
/** Holds a table, so that every statement on it waits. */
const locking = async (database: string, table: string) => {
  const client = new pg.Client({ ...server, database })
  await client.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in access exclusive mode`)
  return {
    waiting: async (number: number) =>
      until(async () => {
        const [row] = await admin(
          database,
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return row.n === number
      }),
    async unlock() {
      await client.query('commit')
      await client.end()
    },
  }
}
const stream = (db: Opened, name: string) =>
  db.source.stream!(readPlan(db.table(name)), [1_000_000], { signal })[Symbol.asyncIterator]()

describe.skipIf(MISSING)(`more calls than a database answers${MISSING}`, () => {
  test('so many wait by order, more are refused at once, who leaves makes room, and all is well afterwards', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1, shared_connections: 0, queue_limit: 2 })
    const lock = await locking(db.database, 't')
    const order: string[] = []
    const ask = (name: string, own: AbortSignal = signal) =>
      db.source.insert(insertPlan(db.table('t'), ['name']), [[name]], { signal: own }).then(() => void order.push(name))
    const running = ask('first')
    await lock.waiting(1)
    const leaving = new AbortController()
    const leaves = ask('leaves', leaving.signal)
    const second = ask('second')
    const left = expect(leaves).rejects.toMatchObject({ code: 'upstream_timeout' })
    await expect(ask('refused')).rejects.toMatchObject(REFUSED)
    leaving.abort()
    await left
    const third = ask('third')
    await expect(ask('refused')).rejects.toMatchObject(REFUSED)
    await lock.unlock()
    await Promise.all([running, second, third])
    expect(order).toEqual(['first', 'second', 'third'])
    expect(await count(db)).toBe(6)
  })

  test('a wait that is too long ends with 503', async () => {
    await using db = await opened(SCRIPT, { pool_size: 1, shared_connections: 0, queue_timeout: 1 })
    const lock = await locking(db.database, 't')
    const running = count(db)
    await lock.waiting(1)
    await expect(count(db)).rejects.toMatchObject({ ...REFUSED, message: expect.stringMatching(/waited too long/) })
    await lock.unlock()
    expect(await running).toBe(3)
  })

  test('streams leave a connection to the others, and one too many is refused', async () => {
    await using db = await opened(SCRIPT, { pool_size: 3, shared_connections: 0, stream_limit: 10 })
    await db.admin('insert into t (name) select n::text from generate_series(1, 20000) n')
    const open = [stream(db, 't'), stream(db, 't')]
    for (const iterator of open) await iterator.next()
    await expect(stream(db, 't').next()).rejects.toMatchObject(REFUSED)
    expect(await count(db)).toBe(20_003)
    await open[0]!.return!()
    const next = stream(db, 't')
    expect((await next.next()).done).toBe(false)
    await next.return!()
    await open[1]!.return!()
  })

  test('writes that a lock holds up among others are stopped, and each of them is there once', async () => {
    await using db = await opened(SCRIPT, { pool_size: 8, shared_connections: 2 })
    const insert = (name: string) => db.source.insert(insertPlan(db.table('t'), ['name']), [[name]], { signal })
    // Seen to be short, so that the next ones share.
    await insert('before')
    const lock = await locking(db.database, 't')
    const held = Array.from({ length: 5 }, (_, n) => insert(`held ${n}`))
    await lock.waiting(5)
    await lock.unlock()
    await Promise.all(held)
    expect(await db.admin(`select name from t where name like 'held%' order by name`)).toEqual(
      Array.from({ length: 5 }, (_, n) => ({ name: `held ${n}` })),
    )
  })

  test('statements that share a connection wait behind one another no deeper than allowed', async () => {
    await using db = await opened(SCRIPT, { pool_size: 8, shared_connections: 2, queue_limit: 1_000 })
    const read = () => db.source.read(readPlan(db.table('t')), [1], { signal })
    await read()
    const answers = await Promise.all(Array.from({ length: 500 }, read))
    expect(answers.every((rows) => rows.length === 1)).toBe(true)
  })
})

/** A gateway with a service whose way to the database can be severed, and one with a way of its own. */
const withSickService = async (
  config: object,
  work: (gateway: TestGateway, line: Awaited<ReturnType<typeof severable>>, database: string) => Promise<void>,
) => {
  await using db = await opened(SCRIPT)
  const line = await severable(server!)
  const { host, port, user: username, password } = server!
  const own = { database: db.database, username, password }
  const gateway = await openGateway({
    services: {
      sick: {
        type: pgsql,
        config: { ...own, host: line.host, port: line.port, pool_size: 4, queue_limit: 4, ...config },
      },
      db: { type: pgsql, config: { ...own, host, port } },
    },
  })
  try {
    await work(gateway, line, db.database)
  } finally {
    await line.close()
    await gateway.close()
  }
}
const asking = ({ ask }: TestGateway) => ({
  sick: (path = '_table/t/1') => ask({ service: 'sick', path }),
  well: () => ask({ path: '_table/t/1' }),
})
const MANY = 40

describe.skipIf(MISSING)(`a source that is dead${MISSING}`, () => {
  test('which answers no more holds up its own callers only, refuses most of them, and serves when it is back', async () => {
    await withSickService({ shared_connections: 0 }, async (gateway, line) => {
      const { sick, well } = asking(gateway)
      expect((await sick()).status).toBe(200)
      line.freeze()
      const asked = Array.from({ length: MANY }, () => sick())
      // Those that don't hang have been refused before any has been given up.
      const refused = await Promise.race(asked)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
      const others = await Promise.all(Array.from({ length: MANY }, well))
      expect(others.every(({ status }) => status === 200)).toBe(true)
      await line.cut()
      const answers = await Promise.all(asked)
      expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThanOrEqual(MANY - 8)
      await until(async () => (await sick()).status === 200)
    })
  })

  test('also where short statements share its connections', async () => {
    await withSickService({}, async (gateway, line) => {
      const { sick, well } = asking(gateway)
      expect((await sick()).status).toBe(200)
      line.freeze()
      const asked = Array.from({ length: 100 }, () => sick())
      expect((await Promise.race(asked)).status).toBe(503)
      expect((await Promise.all(Array.from({ length: MANY }, well))).every(({ status }) => status === 200)).toBe(true)
      await line.cut()
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      // Whoever waited for a connection may have got a new one.
      expect(statuses.every((status) => status === 503 || status === 200)).toBe(true)
      expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(80)
      await until(async () => (await sick()).status === 200)
    })
  })

  test('which refuses connections is told at once, and the others do not notice', async () => {
    await withSickService({}, async (gateway, line) => {
      const { sick, well } = asking(gateway)
      await line.away()
      const asked = await Promise.all(Array.from({ length: MANY }, (_, n) => (n % 2 ? sick() : well())))
      expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: MANY }, (_, n) => (n % 2 ? 503 : 200)))
      await line.back()
      await until(async () => (await sick()).status === 200)
    })
  })

  test('which is killed in the middle of a statement fails those statements, and runs no write twice', async () => {
    await withSickService({ pool_size: 8 }, async (gateway, _line, database) => {
      const { sick, well } = asking(gateway)
      await admin(
        database,
        `create function held() returns trigger language plpgsql as
          $$ begin perform pg_advisory_xact_lock_shared(7); return new; end $$`,
        'create trigger held before insert on t for each row execute function held()',
      )
      const insert = () =>
        gateway.ask({ service: 'sick', method: 'POST', path: '_table/t', body: { resource: [{ n: 1 }] } })
      expect((await insert()).status).toBe(200)
      const holder = new pg.Client({ ...server, database })
      await holder.connect()
      await holder.query('select pg_advisory_lock(7)')
      const writes = Array.from({ length: 3 }, insert)
      const inserting = `from pg_stat_activity where datname = current_database() and wait_event = 'advisory'
        and query like 'insert%' and query_start < clock_timestamp() - interval '0.3 s'`
      // Alone by now: on a shared connection they would have been stopped.
      await until(async () => (await admin(database, `select pid ${inserting}`)).length === 3)
      await admin(database, `select pg_terminate_backend(pid) ${inserting}`)
      expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([503, 503, 503])
      await holder.end()
      expect((await well()).status).toBe(200)
      expect(await admin(database, 'select from t where n = 1')).toHaveLength(1)
      await until(async () => (await sick()).status === 200)
    })
  })
})
