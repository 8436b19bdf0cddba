import { describe, expect, test } from 'vitest'
import { count, MISSING, type Opened, opened, readPlan, running, SCRIPT, signal, until } from './opened.ts'

const MANY = [
  ...SCRIPT,
  'create table many (id int primary key, text varchar(200))',
  `insert into many select seq, repeat('x', 200) from seq_1_to_100000`,
]
const ALL = 1_000_000
const stream = (db: Opened, name: string, signalOf = signal) =>
  db.source.stream!(readPlan(db.table(name)), [ALL], { signal: signalOf })[Symbol.asyncIterator]()

describe.skipIf(MISSING)(`streams${MISSING}`, () => {
  test('a reader that leaves, or is given up, stops its statement', async () => {
    await using db = await opened(MANY, { pool_size: 2 })
    for (const leave of ['return', 'abort']) {
      const leaving = new AbortController()
      const iterator = stream(db, 'many', leaving.signal)
      await iterator.next()
      if (leave === 'abort') leaving.abort()
      else await iterator.return!()
      await until(async () => (await running(db, '%many%')) === 0)
      await iterator.return!()
    }
    expect(await count(db, 'many')).toBe(100_000)
  })

  test('a client that leaves before the first row stops the statement, too', async () => {
    await using db = await opened(SCRIPT)
    const leaving = new AbortController()
    const first = stream(db, 'slow', leaving.signal).next()
    await until(async () => (await running(db, '%slow%')) === 1)
    leaving.abort()
    await expect(first).rejects.toMatchObject({ code: 'upstream_timeout' })
    await until(async () => (await running(db, '%slow%')) === 0)
  })

  test('streams that end in any way give their connections back', async () => {
    await using db = await opened(MANY, { pool_size: 2 })
    for (let round = 0; round < 40; round++) {
      const leaving = new AbortController()
      const iterator = stream(db, 'many', leaving.signal)
      if (round % 4 > 0) await iterator.next()
      if (round % 4 === 2) leaving.abort()
      await iterator.return!()
    }
    const whole = stream(db, 'many')
    let seen = 0
    for (let next = await whole.next(); !next.done; next = await whole.next()) seen += next.value.length
    expect([seen, await count(db)]).toEqual([100_000, 3])
  })

  test('a reader may take longer than a statement may', async () => {
    await using db = await opened(MANY, { statement_timeout: 300 })
    const iterator = stream(db, 'many')
    let seen = 0
    const slowUntil = performance.now() + 900
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      seen += next.value.length
      if (performance.now() < slowUntil) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(seen).toBe(100_000)
  })
})
