import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { connectionPool, type Poolable } from '../src/index.ts'

interface Made extends Poolable {
  readonly number: number
  state: 'open' | 'closed' | 'cut'
  lose(): void
}

/** A pool whose connections are numbered; `fail` lets the next ones not open. */
const pooled = (options: { max?: number; idle?: number; patience?: number; limit?: number } = {}) => {
  const made: Made[] = []
  const refused: Error[] = []
  const open = async (): Promise<Made> => {
    await pause(1)
    const error = refused.pop()
    if (error) throw error
    let lost = () => {}
    const connection: Made = {
      number: made.length,
      state: 'open',
      close() {
        connection.state = 'closed'
      },
      cut() {
        connection.state = 'cut'
      },
      onLost(listener) {
        lost = listener
      },
      lose: () => lost(),
    }
    made.push(connection)
    return connection
  }
  const pool = connectionPool({ open, max: 2, idle: 0, patience: 1000, limit: 100, ...options })
  return { pool, made, refuse: () => void refused.push(new Error('refused')) }
}

describe('a pool', () => {
  test('opens no more than allowed, and gives back in turn', async () => {
    const { pool, made } = pooled()
    let most = 0
    let busy = 0
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const connection = await pool.connect()
        most = Math.max(most, ++busy)
        await pause(1)
        busy--
        pool.release(connection, true)
      }),
    )
    expect([made.length, most]).toEqual([2, 2])
  })

  test('uses the one that was used last', async () => {
    const { pool } = pooled()
    const [first, second] = await Promise.all([pool.connect(), pool.connect()])
    pool.release(second, true)
    pool.release(first, true)
    expect(await pool.connect()).toBe(first)
  })

  test('replaces one that is unsound or lost, also for those who wait', async () => {
    const { pool, made } = pooled({ max: 1 })
    const first = await pool.connect()
    const waiting = pool.connect()
    pool.release(first, false)
    expect(first.state).toBe('cut')
    const second = await waiting
    expect(second).not.toBe(first)
    const next = pool.connect()
    second.lose()
    pool.release(second, true)
    expect((await next).number).toBe(2)
    expect(made).toHaveLength(3)
  })

  test('does not give out an idle one that was lost', async () => {
    const { pool } = pooled()
    const first = await pool.connect()
    pool.release(first, true)
    first.lose()
    expect(await pool.connect()).not.toBe(first)
  })

  test('one that can not be opened is a failure for one caller, and not for those who wait', async () => {
    const { pool, refuse } = pooled({ max: 1 })
    refuse()
    const [first, second] = await Promise.allSettled([pool.connect(), pool.connect()])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('waits for as long as it may', async () => {
    const { pool } = pooled({ max: 1, patience: 10 })
    const first = await pool.connect()
    await expect(pool.connect()).rejects.toMatchObject({
      code: 'unavailable',
      headers: { 'retry-after': '1' },
    })
    pool.release(first, true)
    expect(await pool.connect()).toBe(first)
  })

  test('lets each wait for as long as the others', async () => {
    const { pool } = pooled({ max: 1, patience: 60 })
    await pool.connect()
    const began = performance.now()
    const waited = () =>
      pool.connect().then(
        () => 0,
        () => performance.now() - began,
      )
    const first = waited()
    await pause(30)
    const second = waited()
    expect(Math.round(await first)).toBeGreaterThanOrEqual(59)
    expect(Math.round(await second)).toBeGreaterThanOrEqual(89)
  })

  test('refuses at once where too many wait already', async () => {
    const { pool } = pooled({ max: 1, limit: 1 })
    const first = await pool.connect()
    const waiting = pool.connect()
    await expect(pool.connect()).rejects.toMatchObject({ code: 'unavailable', headers: { 'retry-after': '1' } })
    pool.release(first, true)
    expect(await waiting).toBe(first)
  })

  test('one whose caller leaves while it waits is passed over, and its place is free', async () => {
    const { pool, made } = pooled({ max: 1, limit: 1 })
    const first = await pool.connect()
    const leaving = new AbortController()
    const left = pool.connect(leaving.signal)
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    const next = pool.connect()
    pool.release(first, true)
    expect(await next).toBe(first)
    expect(made).toHaveLength(1)
  })

  test('one whose caller leaves while it is opened serves the next, whether it waited before or not', async () => {
    const { pool, made } = pooled({ max: 1 })
    const leaving = new AbortController()
    const left = pool.connect(leaving.signal)
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    const first = await pool.connect()
    const waiting = new AbortController()
    const gone = pool.connect(waiting.signal)
    const next = pool.connect()
    pool.release(first, false)
    waiting.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    expect((await next).number).toBe(1)
    expect(made).toHaveLength(2)
    pool.release(await next, true)
    expect(await pool.connect()).toBe(made[1])
  })

  test('closes those that are unused', async () => {
    const { pool, made } = pooled({ idle: 20 })
    pool.release(await pool.connect(), true)
    await pause(60)
    expect(made[0]!.state).toBe('closed')
    expect((await pool.connect()).number).toBe(1)
    pool.end()
  })

  test('after its end it opens nothing, refuses those who wait, and closes what comes back', async () => {
    const { pool, made } = pooled({ max: 2 })
    const [first] = await Promise.all([pool.connect(), pool.connect()])
    const waiting = pool.connect()
    pool.end()
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
    await expect(pool.connect()).rejects.toMatchObject({ code: 'unavailable' })
    pool.release(first, true)
    expect(made.map(({ state }) => state)).toEqual(['closed', 'open'])
    const late = pooled()
    const opening = late.pool.connect()
    late.pool.end()
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' })
    expect(late.made[0]!.state).toBe('closed')
  })
})
