/**
 * Waiting for what is scarce: in the order of coming, so many at most, and so long at most. Who is refused is refused
 * at once, and hears when to come back.
 */
import { GwError } from '@gw/core'

export interface QueueOptions {
  /** How many may wait; 0: nobody. */
  readonly limit: number
  /** Milliseconds that one may wait. */
  readonly patience: number
}

/** One that waits, or whose turn has come. */
export interface Waiting<T> {
  /** @returns false where its caller has left: nobody has the value */
  resolve(value: T): boolean
  reject(error: unknown): void
}

export interface BoundedQueue<T> {
  readonly length: number
  /**
   * Waits until `next` has taken it out. Rejects with `unavailable` and `Retry-After` where too many wait already or
   * where it takes too long, and with the signal's reason as soon as its caller leaves.
   */
  join(signal?: AbortSignal): Promise<T>
  /** Takes out the one that has waited longest. It can still leave, until it is settled. */
  next(): Waiting<T> | undefined
  /** Refuses all that wait. */
  end(reason: () => unknown): void
}

/** Seconds: who is told to come back later than this would not believe it. */
const LATEST = 60
/** How much of the pace is what was seen last. */
const FRESH = 0.2

interface Entry<T> extends Waiting<T> {
  /** `performance.now()` */
  readonly since: number
}

export const boundedQueue = <T>({ limit, patience }: QueueOptions): BoundedQueue<T> => {
  const entries = new Set<Entry<T>>()
  /** Milliseconds from one that is let in to the next, on average. */
  let pace = 0
  /** When the queue moved last, or began. */
  let moved = 0
  let late: NodeJS.Timeout | undefined

  const seconds = (): number => {
    // One that has not moved for longer than usual is as slow as that.
    const wait = (entries.size + 1) * Math.max(pace, entries.size === 0 ? 0 : performance.now() - moved)
    return Math.min(Math.max(Math.ceil(wait / 1000), 1), LATEST)
  }
  /** One timer for all: whoever has waited longest comes first. */
  const refuseLate = (): void => {
    late = undefined
    const now = performance.now()
    for (const entry of entries) {
      const left = entry.since + patience - now
      if (left > 0) {
        late = setTimeout(refuseLate, Math.ceil(left)).unref()
        return
      }
      const after = seconds()
      entries.delete(entry)
      entry.reject(overloaded(TOO_LONG, after))
    }
  }
  return {
    get length() {
      return entries.size
    },
    join(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      if (entries.size >= limit) return Promise.reject(overloaded(TOO_MANY, seconds()))
      return new Promise((resolve, reject) => {
        const now = performance.now()
        if (entries.size === 0) moved = now
        let open = true
        const settle = (work: () => void): boolean => {
          if (!open) return false
          open = false
          signal?.removeEventListener('abort', leave)
          work()
          return true
        }
        const entry: Entry<T> = {
          since: now,
          resolve: (value) => settle(() => resolve(value)),
          reject: (error) => void settle(() => reject(error)),
        }
        const leave = () => {
          entries.delete(entry)
          entry.reject(signal!.reason)
        }
        entries.add(entry)
        signal?.addEventListener('abort', leave, { once: true })
        late ??= setTimeout(refuseLate, patience).unref()
      })
    },
    next() {
      const first = entries.values().next().value
      if (!first) return undefined
      entries.delete(first)
      const now = performance.now()
      pace = pace === 0 ? now - moved : pace + (now - moved - pace) * FRESH
      moved = now
      return first
    },
    end(reason) {
      clearTimeout(late)
      late = undefined
      for (const entry of entries) {
        entries.delete(entry)
        entry.reject(reason())
      }
    },
  }
}

/** Places for what lasts as long as its caller likes: nobody waits for one. */
export interface Places {
  /** Takes a place. @returns what gives it back @throws `unavailable` with `Retry-After` where all are taken */
  take(): () => void
}

export const places = (limit: number): Places => {
  let taken = 0
  /** Milliseconds for which a place is kept, on average. */
  let kept = 0
  return {
    take() {
      if (taken >= limit)
        throw overloaded(TOO_MANY_STREAMS, Math.min(Math.max(Math.ceil(kept / limit / 1000), 1), LATEST))
      taken++
      const since = performance.now()
      let given = false
      return () => {
        if (given) return
        given = true
        taken--
        const took = performance.now() - since
        kept = kept === 0 ? took : kept + (took - kept) * FRESH
      }
    },
  }
}

const TOO_MANY = 'The service has more calls than it can answer; as many as may wait are waiting. Try again later.'
const TOO_LONG =
  'The service has more calls than it can answer, and this one waited too long for its turn. Try again later.'
const TOO_MANY_STREAMS = 'The service sends as many streams as it can. Try again when one has ended, or ask for pages.'

const overloaded = (text: string, seconds: number): GwError =>
  new GwError('unavailable', text, { headers: { 'retry-after': String(seconds) } })
