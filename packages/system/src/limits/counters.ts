/**
 * Counts of calls. In memory they are this process's own. A cache with an age and a size keeps them rather than a
 * limiter's own memory: that of rate-limiter-flexible sets a timer for each count, which forgets those of more than 24
 * days at once, and it has no bound.
 */
import { LRUCache } from 'lru-cache'

export interface Count {
  /** Calls so far, this one with them. */
  readonly calls: number
  /** Milliseconds until the period ends. */
  readonly left: number
}

export interface Counters {
  /**
   * Counts one more.
   * @param key a limit's counts and whose they are, with a colon between them
   * @param period seconds; they begin with the first call
   */
  add(key: string, period: number): Count | Promise<Count>
  /** Takes one back. */
  takeBack(key: string, period: number): void | Promise<void>
  /** Every count below a limit, by the rest of its key. */
  list(below: string): Promise<ReadonlyMap<string, Count>>
  /** Forgets the counts below it. */
  clear(below: string): Promise<void>
  close?(): Promise<void>
}

/** Counts that are kept at most; the one that was looked at least recently goes first. */
const MOST = 100_000

export const memoryCounters = (now: () => number = Date.now): Counters => {
  interface Kept {
    calls: number
    readonly ends: number
  }
  const counts = new LRUCache<string, Kept>({ max: MOST })
  const keptOf = (key: string): Kept | undefined => {
    const kept = counts.get(key)
    return kept && kept.ends > now() ? kept : undefined
  }
  return {
    add(key, period) {
      let kept = keptOf(key)
      if (!kept) {
        kept = { calls: 0, ends: now() + period * 1_000 }
        counts.set(key, kept)
      }
      kept.calls++
      return { calls: kept.calls, left: kept.ends - now() }
    },
    takeBack(key) {
      const kept = keptOf(key)
      if (kept && kept.calls > 0) kept.calls--
    },
    async list(below) {
      const found = new Map<string, Count>()
      for (const [key, { calls, ends }] of counts.entries()) {
        if (key.startsWith(`${below}:`) && ends > now())
          found.set(key.slice(below.length + 1), { calls, left: ends - now() })
      }
      return found
    },
    async clear(below) {
      for (const key of [...counts.keys()]) if (key.startsWith(`${below}:`)) counts.delete(key)
    },
  }
}
