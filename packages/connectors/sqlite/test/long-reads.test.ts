import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { isLong, type PlanStep, pace, planWeight } from '@gw/sql'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { field, insertPlan, opened, readPlan, signal } from './opened.ts'

/** About 8 MiB of rows without an index by which `kind` could be found, and a view that never ends. */
const SCRIPT = `create table many (id integer primary key, kind text, big integer, bytes blob, text text);
  with recursive n (n) as (select 1 union all select n + 1 from n where n < 40000)
  insert into many select n, 'kind' || (n % 20000), 9007199254740993 + n, x'00ff', printf('%.150c', 'x') from n;
  create view endless as with recursive n (n) as (select 1 union all select n + 1 from n where n < 1e12) select count(*) as id from n;
  create view broken as select id, json_extract('no json', '$.' || kind) as value from many;`
const SMALL = `create table t (id integer primary key, name text unique, n int);
  create table u (id integer primary key, t int references t, n int); create index u_by_t on u (t)`

/** The other processes that have a database open. */
const readersOf = ({ path }: { readonly path: string }): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path)
      } catch {
        return false
      }
    })
    .map(Number)
const settled = async (db: { readonly path: string }, wanted: number): Promise<void> => {
  await expect.poll(() => readersOf(db), { timeout: 60_000, interval: 5 }).toHaveLength(wanted)
}
/** Until one runs its statement: it has had more of the processor than starting takes. */
const atWork = async (db: { readonly path: string }): Promise<void> => {
  const ticks = () =>
    readersOf(db).map((pid) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[11]))
  await settled(db, 1)
  const [started] = ticks()
  await expect.poll(() => ticks()[0]! - started!, { timeout: 4_000 }).toBeGreaterThan(20)
}
const filtered = (db: Awaited<ReturnType<typeof opened>>) =>
  ({
    ...readPlan(db.table('many')),
    where: { kind: 'compare', field: field(db.table('many'), 'kind'), op: '=', value: { kind: 'slot', slot: 1 } },
  }) as const

describe.runIf(process.platform === 'linux')('a read that takes long', () => {
  test('gives what it would give in the process itself, of every type', async () => {
    await using db = await opened(SCRIPT)
    const rows = await db.source.read(filtered(db), [10, 'kind7'], { signal })
    const expected = (id: number) => ({
      id,
      kind: 'kind7',
      big: String(9007199254740993n + BigInt(id)),
      bytes: 'AP8=',
      text: 'x'.repeat(150),
    })
    expect(rows).toEqual([expected(7), expected(20_007)])
    expect(readersOf(db)).toHaveLength(1)
    expect(await db.source.read(filtered(db), [10, 'none'], { signal })).toEqual([])
    expect(readersOf(db)).toHaveLength(1)
  })

  test('lets others be served meanwhile, is ended when its caller leaves, and costs the next one nothing', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const endless = db.source.read(readPlan(db.table('endless')), [1], { signal: leaving.signal })
    const outcome = endless.catch((error: unknown) => error)
    await atWork(db)
    const plan = insertPlan(db.table('many'), ['kind'])
    expect(await db.source.insert(plan, [['new']], { signal })).toHaveLength(1)
    expect(await db.source.read(readPlan(db.table('many')), [3], { signal })).toHaveLength(3)
    expect(readersOf(db)).toHaveLength(1)
    leaving.abort()
    expect(await outcome).toMatchObject({ code: 'upstream_timeout' })
    await settled(db, 0)
    expect(await db.source.read(filtered(db), [10, 'new'], { signal })).toHaveLength(1)
  })

  test('waits where as many run as may, and gives up when its caller does', async () => {
    await using db = await opened(SCRIPT, { long_reads: 1, queue_timeout: 300 })
    const [first, second] = [new AbortController(), new AbortController()]
    const read = ({ signal: own }: AbortController) =>
      db.source.read(readPlan(db.table('endless')), [1], { signal: own }).catch(({ code }: { code: string }) => code)
    const reads = [read(first), read(second)]
    await settled(db, 1)
    second.abort()
    expect(await reads[1]).toBe('upstream_timeout')
    const waiting = db.source.read(filtered(db), [10, 'kind7'], { signal })
    first.abort()
    expect(await waiting).toHaveLength(2)
    expect(await reads[0]).toBe('upstream_timeout')
  })

  test('fails as it would in the process itself, and when its own is gone', async () => {
    await using db = await opened(SCRIPT)
    const broken = {
      ...readPlan(db.table('broken')),
      order: [{ field: field(db.table('broken'), 'value'), descending: false }],
    }
    await expect(db.source.read(broken, [1], { signal })).rejects.toMatchObject({ code: 'upstream_failed' })
    const endless = db.source.read(readPlan(db.table('endless')), [1], { signal }).catch((error: unknown) => error)
    await atWork(db)
    for (const pid of readersOf(db)) process.kill(pid, 'SIGKILL')
    expect(await endless).toMatchObject({ code: 'unavailable', retryable: true })
    expect(await db.source.read(filtered(db), [10, 'kind7'], { signal })).toHaveLength(2)
  })

  test('streams piece by piece, and gives its process back when its reader leaves', async () => {
    await using db = await opened(SCRIPT)
    const plan = {
      ...readPlan(db.table('many')),
      order: [{ field: field(db.table('many'), 'kind'), descending: true }],
    }
    const sizes: number[] = []
    for await (const batch of db.source.stream!(plan, [1_000_000], { signal })) sizes.push(batch.length)
    expect([sizes.reduce((sum, size) => sum + size), Math.max(...sizes)]).toEqual([40_000, 256])
    const [before] = readersOf(db)
    for await (const batch of db.source.stream!(plan, [1_000_000], { signal })) {
      expect(batch).toHaveLength(256)
      break
    }
    expect(await db.source.stream!(plan, [1], { signal })[Symbol.asyncIterator]().next()).toMatchObject({ done: false })
    expect(readersOf(db)).toContain(before)
  })

  test('ends with its service', async () => {
    const db = await opened(SCRIPT)
    await db.source.read(filtered(db), [10, 'kind7'], { signal })
    await settled(db, 1)
    await db[Symbol.asyncDispose]()
    await settled(db, 0)
  })
})

describe('what is judged by its plan', () => {
  const database = new Database(':memory:').exec(SMALL)
  test.each([
    ['light', 'select * from t where id = ?'],
    ['light', 'select * from t where name = ?'],
    ['light', 'select * from u where t in (select value from json_each(?))'],
    ['light', 'select * from t order by id limit ?'],
    ['light', 'select *, (select json_group_array(u.id) from u where u.t = t.id) from t where id = ?'],
    ['light', 'select * from (select u.*, row_number() over (partition by t) r from u where t = ?) where r < 3'],
    ['scan', 'select * from t where n = ? limit 1'],
    ['scan', 'select * from t where name like ? limit 10'],
    ['scan', 'select count(*) from t where n > ?'],
    ['scan', 'select * from t order by n limit ?'],
    ['scan', 'select n, count(*) from t group by n having count(*) > ?'],
    ['scan', 'select * from t order by id limit 1 offset ?'],
    ['scan', 'select * from t where exists (select 1 from u where u.t = t.id and u.n = ?)'],
    ['product', 'select * from t where exists (select 1 from u where u.n = t.n and u.n <> ?) limit 1'],
    ['product', 'select * from t, u where t.n = u.n + ?'],
    ['product', 'select *, (select max(n) from u where u.n < t.n) from t where id = ?'],
    ['endless', 'with recursive n (n) as (select 1 union all select n + 1 from n where n < ?) select * from n limit 1'],
  ] as const)('%s: %s', (weight, sql) => {
    const steps = database.prepare<unknown[], PlanStep>(`explain query plan ${sql}`).all(1)
    expect(planWeight(sql, steps)).toBe(weight)
  })
})

describe('what runs elsewhere', () => {
  const [MB, quick, unknown] = [1 << 20, pace(), pace()]
  for (let run = 0; run < 4; run++) quick.ran(1)
  test.each([
    ['a look-up: never', 'light', 1_000 * MB, unknown, false],
    ['a scan of little: never', 'scan', MB, unknown, false],
    ['a scan of which nothing is known', 'scan', 8 * MB, unknown, true],
    ['a scan that was short all the time: not', 'scan', 64 * MB, quick, false],
    ['one of more than is bearable, even so', 'scan', 65 * MB, quick, true],
    ['what multiplies, even so', 'product', 8 * MB, quick, true],
    ['what has no end, even so', 'endless', 0, quick, true],
  ] as const)('%s', (_, weight, bytes, fared, elsewhere) => {
    expect(isLong(weight, () => bytes, fared)).toBe(elsewhere)
  })
})
