import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type SharedRunner, sharing } from '../src/driver/sharing.ts'
import type { RowSink } from '../src/execute/row-bytes.ts'

const STOPPED = new Error('stopped')
const { signal } = new AbortController()
const options = { name: 's', signal, writes: false, short: true }

/** `shared` says how a statement fares among others: what it took, or what it fails with. */
const opened = (shared: (sql: string) => Promise<number>) => {
  const ran: string[] = []
  const runner: SharedRunner & { full: boolean } = {
    full: false,
    async run({ sql }) {
      ran.push(`shared ${sql}`)
      return { rows: [['shared']], affected: 1, took: await shared(sql) }
    },
    async scan({ sql }, sink) {
      ran.push(`shared ${sql}`)
      sink.row(Buffer.alloc(0), new Int32Array(), 1)
      return { took: await shared(sql) }
    },
    stopped: (error) => error === STOPPED,
  }
  const statements = sharing(runner, {
    async run(sql) {
      ran.push(`alone ${sql}`)
      return { rows: [['alone']], affected: 1 }
    },
    async scan(sql, _binds, _options, sink) {
      ran.push(`alone ${sql}`)
      sink.row(Buffer.alloc(0), new Int32Array(), 1)
    },
  })
  return { ...statements, ran, runner }
}

describe('statements among others', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('only those that are short and will come again share', async () => {
    const { run, ran } = opened(async () => 1)
    await run('a', [], options)
    await run('b', [], { ...options, short: false })
    await run('c', [], { ...options, name: undefined })
    expect(ran).toEqual(['shared a', 'alone b', 'alone c'])
  })

  test('one that nobody has seen is tried alone of its name, and shares when it was over in time', async () => {
    const first = Promise.withResolvers<number>()
    const { run, ran } = opened(() => first.promise)
    const trying = run('1', [], options)
    await run('2', [], options)
    first.resolve(3)
    await trying
    await run('3', [], options)
    expect(ran).toEqual(['shared 1', 'alone 2', 'shared 3'])
  })

  test('one that had to be stopped is run alone, once, and rests for a minute, then for two', async () => {
    const { run, ran } = opened(() => Promise.reject(STOPPED))
    expect(await run('1', [], options)).toMatchObject({ rows: [['alone']] })
    await run('2', [], options)
    vi.advanceTimersByTime(59_000)
    await run('3', [], options)
    vi.advanceTimersByTime(2_000)
    await run('4', [], options)
    vi.advanceTimersByTime(61_000)
    await run('5', [], options)
    expect(ran).toEqual(['shared 1', 'alone 1', 'alone 2', 'alone 3', 'shared 4', 'alone 4', 'alone 5'])
  })

  test('many that are stopped at once make it rest no longer than one', async () => {
    let slow = false
    const { run, ran } = opened(() => (slow ? Promise.reject(STOPPED) : Promise.resolve(1)))
    await run('first', [], options)
    slow = true
    await Promise.all(Array.from({ length: 20 }, () => run('many', [], options)))
    slow = false
    ran.length = 0
    vi.advanceTimersByTime(61_000)
    await run('again', [], options)
    expect(ran).toEqual(['shared again'])
  })

  test('a write is never run again unless the server has undone it', async () => {
    const lost = new Error('Connection terminated unexpectedly')
    const { run, ran } = opened(() => Promise.reject(lost))
    await expect(run('insert', [], { ...options, writes: true })).rejects.toBe(lost)
    expect(ran).toEqual(['shared insert'])
  })

  test('one that fails for itself fails, and may share again', async () => {
    let failing = true
    const { run, ran } = opened(() => (failing ? Promise.reject(new Error('unique')) : Promise.resolve(1)))
    await expect(run('1', [], options)).rejects.toThrow('unique')
    failing = false
    await run('2', [], options)
    expect(ran).toEqual(['shared 1', 'shared 2'])
  })

  test('one whose caller has left is not run again', async () => {
    const leaving = new AbortController()
    const { run, ran } = opened(async () => {
      leaving.abort()
      throw STOPPED
    })
    await expect(run('1', [], { ...options, signal: leaving.signal })).rejects.toBe(STOPPED)
    await expect(run('2', [], { ...options, name: 'other', signal: leaving.signal })).rejects.toBe(
      leaving.signal.reason,
    )
    expect(ran).toEqual(['shared 1'])
  })

  test('one that is slow eight times in a row rests; a quick one in between forgives it', async () => {
    let took = 30
    const { run, ran } = opened(async () => took)
    for (let turn = 0; turn < 7; turn++) await run('s', [], options)
    took = 5
    await run('quick', [], options)
    took = 30
    for (let turn = 0; turn < 8; turn++) await run('s', [], options)
    await run('rests', [], options)
    expect(ran.at(-1)).toBe('alone rests')
    expect(ran.filter((line) => line === 'shared s')).toHaveLength(15)
  })

  test('where so many are under way that one would wait, it has a connection of its own', async () => {
    const { run, ran, runner } = opened(async () => 1)
    runner.full = true
    await run('1', [], options)
    expect(ran).toEqual(['alone 1'])
  })

  test('rows that came before it was stopped are forgotten', async () => {
    const { scan } = opened(() => Promise.reject(STOPPED))
    let rows = 0
    const sink = { row: () => void rows++, clear: () => (rows = 0) } as unknown as RowSink
    await scan('1', [], options, sink)
    expect(rows).toBe(1)
  })
})
