/**
 * Counts of calls. In memory they are this process's own, in a cache with an age and a size: the memory of a limiter's
 * library sets a timer for each count, which forgets those of more than 24 days at once, and has no bound.
 */
import { LRUCache } from 'lru-cache'

export interface Count {
  /** Calls so far, the one that asks with them. */
  readonly calls: number
  /** Milliseconds until the period ends. */
  readonly left: number
}

/** One count that a call is about to be counted for. */
export interface Wanted {
  /** A limit's counts and whose they are, with a colon between them. */
  readonly key: string
  /** Calls that there may be in a period. */
  readonly rate: number
  /** Seconds; they begin with the first call. */
  readonly period: number
}

export interface Counters {
  /**
   * Counts a call for all of these, or, where one of them is used up, for none: in one step, so that a call which is
   * refused never has to be taken back, perhaps from a period that has begun since.
   * @returns a count for each, with this call; above its rate where it is used up
   */
  take(wanted: readonly Wanted[]): readonly Count[] | Promise<readonly Count[]>
  /** Every count below a limit, by the rest of its key. */
  list(below: string): Promise<ReadonlyMap<string, Count>>
  /** Forgets the counts below it. */
  clear(below: string): Promise<void>
  close?(): Promise<void>
}

/** Counts that are kept at most; the one that was looked at least recently goes first. */
const MOST = 100_000

export interface MemoryCounters extends Counters {
  take(wanted: readonly Wanted[]): readonly Count[]
}

export const memoryCounters = (now: () => number = Date.now): MemoryCounters => {
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
    take(wanted) {
      const found = wanted.map(({ key }) => keptOf(key))
      const full = wanted.some(({ rate }, at) => (found[at]?.calls ?? 0) >= rate)
      return wanted.map(({ key, period }, at) => {
        const kept = found[at] ?? { calls: 0, ends: now() + period * 1_000 }
        const count = { calls: kept.calls + 1, left: kept.ends - now() }
        if (!full) {
          kept.calls++
          if (!found[at]) counts.set(key, kept)
        }
        return count
      })
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
