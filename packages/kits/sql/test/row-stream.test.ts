import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type RowFeed, rowStream } from '../src/index.ts'

/** A driver that has `rows` rows to give, and gives none while it is paused. */
const feeding = (rows: number, failing?: Error) => {
  const seen = { given: 0, paused: false, stopped: false, pauses: 0 }
  const feed: RowFeed = {
    async run(row) {
      while (seen.given < rows && !seen.stopped) {
        if (!seen.paused) for (let n = 0; n < 50 && seen.given < rows; n++) row([seen.given++])
        await turn()
      }
      if (seen.stopped) throw new Error('cancelled')
      if (failing) throw failing
    },
    pause: () => {
      seen.paused = true
      seen.pauses++
    },
    resume: () => {
      seen.paused = false
    },
    stop: () => {
      seen.stopped = true
    },
  }
  return { feed, seen }
}

describe('rows of a running statement', () => {
  test.each([0, 1, 255, 256, 257, 5_000])('all %i come, in order', async (count) => {
    const { feed } = feeding(count)
    const found: unknown[] = []
    for await (const batch of rowStream(feed)) found.push(...batch.map(([cell]) => cell))
    expect(found).toEqual(Array.from({ length: count }, (_, n) => n))
  })

  test('a reader that takes its time makes the server wait', async () => {
    const { feed, seen } = feeding(100_000)
    const rows = rowStream(feed)
    let read = 0
    for (let pull = 0; pull < 5; pull++) {
      read += (await rows.next()).value!.length
      for (let wait = 0; wait < 40; wait++) await turn()
      expect(seen.given - read).toBeLessThan(1_000)
    }
    expect(seen.pauses).toBeGreaterThan(0)
    await rows.return()
  })

  test('a reader that leaves ends the statement, and waits for its end', async () => {
    const { feed, seen } = feeding(100_000)
    for await (const _ of rowStream(feed)) break
    expect(seen.stopped).toBe(true)
    expect(seen.paused).toBe(false)
    const { given } = seen
    for (let wait = 0; wait < 5; wait++) await turn()
    expect(seen.given).toBe(given)
  })

  test('a failure comes after the rows before it', async () => {
    const { feed } = feeding(300, new Error('broken'))
    let rows = 0
    const all = (async () => {
      for await (const batch of rowStream(feed)) rows += batch.length
    })()
    await expect(all).rejects.toThrow('broken')
    expect(rows).toBe(300)
  })

  test('few rows do not wait for more of them', async () => {
    let give: (cells: readonly unknown[]) => void = () => undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    const rows = rowStream({
      run: (row) => {
        give = row
        return promise
      },
      pause: () => undefined,
      resume: () => undefined,
      stop: () => undefined,
    })
    const first = rows.next()
    await turn()
    give(['one'])
    expect((await first).value).toEqual([['one']])
    resolve()
    expect((await rows.next()).done).toBe(true)
  })
})
