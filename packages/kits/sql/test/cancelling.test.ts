import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { cancellingPool, type Poolable } from '../src/index.ts'

interface Made extends Poolable {
  readonly of: 'pool' | 'control'
  state: 'open' | 'closed' | 'cut'
  lose(): void
}

/** `during` runs while the server is being asked. */
const cancelling = (during: () => Promise<unknown> = async () => undefined) => {
  const made: Made[] = []
  const stopped: Made[] = []
  const open = (of: Made['of']) => async (): Promise<Made> => {
    await pause(1)
    let lost = () => {}
    const connection: Made = {
      of,
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
  const pool = cancellingPool({
    open: open('pool'),
    openControl: open('control'),
    max: 3,
    idle: 0,
    limit: 100,
    patience: 1000,
    async stop(_control, target: Made) {
      stopped.push(target)
      await during()
    },
  })
  return { pool, stopped, controls: () => made.filter(({ of }) => of === 'control') }
}

describe('a pool whose statements can be stopped', () => {
  test('asks over one connection beside it, whoever leaves and however many', async () => {
    const { pool, stopped, controls } = cancelling()
    const targets = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    await Promise.all(targets.map((target) => pool.cancel(target)))
    expect(stopped).toEqual(targets)
    expect(controls()).toHaveLength(1)
  })

  test('asks for nothing that is broken or given back as broken: another one may have its number', async () => {
    const { pool, stopped, controls } = cancelling()
    const [lost, broken] = await Promise.all([pool.connect(), pool.connect()])
    lost.lose()
    await pool.cancel(lost)
    expect(controls()).toHaveLength(0)
    // It ends by itself while the other connection is still being opened.
    const cancelled = pool.cancel(broken)
    pool.release(broken, false)
    await cancelled
    expect(stopped).toEqual([])
  })

  test('a connection that could not ask is not used again, and who wanted it hears so', async () => {
    let fails = true
    const { pool, controls } = cancelling(async () => {
      if (fails) throw new Error('gone')
    })
    const target = await pool.connect()
    await expect(pool.cancel(target)).rejects.toThrow('gone')
    fails = false
    await pool.cancel(target)
    expect(controls().map(({ state }) => state)).toEqual(['cut', 'open'])
  })

  test('with the end of the pool, its other connection is closed, too', async () => {
    const { pool, controls } = cancelling()
    await pool.cancel(await pool.connect())
    pool.end()
    expect(controls().map(({ state }) => state)).toEqual(['closed'])
  })
})
