/**
 * Counts that all nodes share, in Redis by rate-limiter-flexible, whose script counts and sets the age in one step.
 * While Redis is away each node counts for itself: calls are still limited, each node by the whole rate.
 */
import type { Logger } from '@gw/core'
import type { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { type Count, type Counters, memoryCounters } from './counters.ts'

const PREFIX = 'gw:limit'
/** Keys that one step of a search looks at. */
const STEP = 500
/** Milliseconds between two lines in the log that say the same. */
const QUIET = 60_000
/** Milliseconds for which Redis is not asked after it failed: no call waits for one that hangs again and again. */
const PAUSE = 10_000

export const redisCounters = (redis: Redis, log: Logger): Counters => {
  const own = memoryCounters()
  // Its rate is nobody's: it counts, and whoever asks compares.
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: PREFIX,
    points: Number.MAX_SAFE_INTEGER,
    duration: 1,
    rejectIfRedisNotReady: true,
  })
  let said = Number.NEGATIVE_INFINITY
  let resumes = Number.NEGATIVE_INFINITY
  const away = (error: unknown) => {
    resumes = performance.now() + PAUSE
    if (performance.now() - said < QUIET) return
    said = performance.now()
    log.warn('Redis is away: each node counts calls for itself until it is back', { error })
  }
  const keysBelow = async (below: string): Promise<readonly string[]> => {
    const keys: string[] = []
    let cursor = '0'
    do {
      const [next, found] = await redis.scan(cursor, 'MATCH', `${PREFIX}:${below}:*`, 'COUNT', STEP)
      keys.push(...found)
      cursor = next
    } while (cursor !== '0')
    return keys
  }
  return {
    async add(key, period) {
      if (performance.now() < resumes) return own.add(key, period)
      try {
        const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1, { customDuration: period })
        return { calls: consumedPoints, left: msBeforeNext }
      } catch (error) {
        away(error)
        return own.add(key, period)
      }
    },
    async takeBack(key, period) {
      if (performance.now() < resumes) return own.takeBack(key, period)
      try {
        await limiter.reward(key, 1, { customDuration: period })
      } catch (error) {
        away(error)
      }
    },
    async list(below) {
      const found = new Map<string, Count>()
      for (const key of await keysBelow(below)) {
        const kept = await limiter.get(key.slice(PREFIX.length + 1))
        if (kept)
          found.set(key.slice(PREFIX.length + below.length + 2), {
            calls: kept.consumedPoints,
            left: kept.msBeforeNext,
          })
      }
      return found
    },
    async clear(below) {
      await own.clear(below)
      const keys = await keysBelow(below)
      for (let at = 0; at < keys.length; at += STEP) await redis.unlink(...keys.slice(at, at + STEP))
    },
  }
}
