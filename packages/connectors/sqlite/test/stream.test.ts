import { expect, test } from 'vitest'
import { opened, readPlan, signal } from './opened.ts'

const SCRIPT = `create table many (id integer primary key, text text);
  with recursive n (n) as (select 1 union all select n + 1 from n where n < 5000)
  insert into many select n, printf('%.100c', 'x') from n;`

test('a reader that leaves early lets go of its connection', async () => {
  await using db = await opened(SCRIPT)
  const plan = readPlan(db.table('many'))
  for (const batches of [0, 1, 2]) {
    const iterator = db.source.stream!(plan, [1_000_000], { signal })[Symbol.asyncIterator]()
    for (let at = 0; at < batches; at++) expect((await iterator.next()).value!.length).toBeGreaterThan(0)
    // An open statement would keep its connection from closing.
    await expect(iterator.return!()).resolves.toMatchObject({ done: true })
  }
})

test('a call that is given up ends its stream, and others are served between its batches', async () => {
  await using db = await opened(SCRIPT)
  const plan = readPlan(db.table('many'))
  const leaving = new AbortController()
  const seen: number[] = []
  const reading = (async () => {
    for await (const batch of db.source.stream!(plan, [1_000_000], { signal: leaving.signal })) {
      seen.push(batch.length)
      expect(await db.source.read(plan, [1], { signal })).toHaveLength(1)
      if (seen.length === 3) leaving.abort()
    }
  })()
  await expect(reading).rejects.toMatchObject({ code: 'upstream_timeout' })
  expect(seen).toHaveLength(3)
})

test('a stream shows one state of the data, whatever is written meanwhile', async () => {
  await using db = await opened(SCRIPT)
  const table = db.table('many')
  const ids = new Set<unknown>()
  let count = 0
  for await (const batch of db.source.stream!(readPlan(table), [1_000_000], { signal })) {
    if (count === 0) await db.source.truncate({ kind: 'truncate', table }, [], { signal })
    for (const { id } of batch) ids.add(id)
    count += batch.length
  }
  expect([count, ids.size]).toEqual([5_000, 5_000])
})
