import type { Logger } from '@gw/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CatalogCacheOptions, catalogCache, type Introspected } from '../src/catalog-cache.ts'

const { signal } = new AbortController()
const found = async (...names: readonly string[]): Promise<Introspected> => ({
  tables: names.map((name) => ({ name, native: name, view: false, fields: [], primaryKey: [], foreignKeys: [] })),
  constraints: [],
})
const isUnchanged: CatalogCacheOptions['isUnchanged'] = (before, after) =>
  JSON.stringify(before) === JSON.stringify(after)

describe('the catalogue', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const made = (interval = 0) => {
    const read = vi.fn(async (_signal: AbortSignal) => found('a'))
    const onChange = vi.fn()
    const log: Logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
    return { read, onChange, log, cache: catalogCache({ read, isUnchanged, onChange, log, interval }) }
  }

  test('is unavailable before the first look', async () => {
    const { cache } = made()
    expect(() => cache.current()).toThrow(expect.objectContaining({ code: 'unavailable' }))
    await cache.refresh(signal)
    expect(cache.current().tables.map(({ name }) => name)).toEqual(['a'])
  })

  test('looks asked for at the same time are one look', async () => {
    const { cache, read } = made()
    await Promise.all([cache.refresh(signal), cache.refresh(signal)])
    expect(read).toHaveBeenCalledTimes(1)
    await cache.refresh(signal)
    expect(read).toHaveBeenCalledTimes(2)
  })

  test('is looked up again in the background, and a change is told once', async () => {
    const { cache, read, onChange } = made(60)
    await cache.refresh(signal)
    cache.watch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(2)
    expect(onChange).not.toHaveBeenCalled()
    read.mockImplementation(() => found('a', 'b'))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(onChange).toHaveBeenCalledTimes(1)
    expect(cache.current().tables).toHaveLength(2)
    read.mockImplementation(() => found('b'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(cache.current().tables.map(({ name }) => name)).toEqual(['b'])
    cache.stop()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(read).toHaveBeenCalledTimes(5)
  })

  test('stays as it was where a look fails, and the looks go on', async () => {
    const { cache, read, log } = made(60)
    const before = await cache.refresh(signal)
    cache.watch()
    read.mockRejectedValueOnce(new Error('gone'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(cache.current()).toBe(before)
    expect(log.warn).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(3)
    cache.stop()
  })

  test('a look under way ends when the service does', async () => {
    const { cache, read } = made()
    read.mockImplementation(
      (looking) => new Promise((_, reject) => looking.addEventListener('abort', () => reject(looking.reason))),
    )
    const looking = cache.refresh(signal)
    cache.stop()
    await expect(looking).rejects.toMatchObject({ code: 'unavailable' })
  })
})
