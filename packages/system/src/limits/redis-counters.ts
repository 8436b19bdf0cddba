/**
 * Counts that all nodes share, in Redis. A script of ours rather than a limiter's: a call may be about several limits,
 * and has to count for all or none of them in one step, also when its node is killed or the period ends meanwhile.
 * While Redis is away each node counts for itself: calls are still limited, each node by the whole rate.
 */
import type { Logger } from '@gw/core'
import type { Redis, Result } from 'ioredis'
import { type Count, type Counters, memoryCounters, type Wanted } from './counters.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    gwTake(keys: number, ...args: readonly (string | number)[]): Result<unknown, Context>
  }
}

const PREFIX = 'gw:limit'
/** Keys that one step of a search looks at. */
const STEP = 500
/** Milliseconds between two lines in the log that say the same. */
const QUIET = 60_000
/** Milliseconds for which Redis is not asked after it failed: no call waits for one that hangs again and again. */
const PAUSE = 10_000

/** KEYS: counts. ARGV: for each of them, its rate and its period in milliseconds. Answers the calls and what is left of the period. */
const TAKE = `
local calls, full = {}, false
for at, key in ipairs(KEYS) do
  calls[at] = tonumber(redis.call('get', key) or '0')
  if calls[at] >= tonumber(ARGV[2 * at - 1]) then full = true end
end
local told = {}
for at, key in ipairs(KEYS) do
  local period = tonumber(ARGV[2 * at])
  if not full then
    redis.call('set', key, '0', 'PX', period, 'NX')
    redis.call('incr', key)
  end
  local left = redis.call('pttl', key)
  told[2 * at - 1] = calls[at] + 1
  told[2 * at] = left > 0 and left or period
end
return told`

const keyOf = (key: string): string => `${PREFIX}:${key}`

export const redisCounters = (redis: Redis, log: Logger): Counters => {
  const own = memoryCounters()
  redis.defineCommand('gwTake', { lua: TAKE })
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
  const shared = async (wanted: readonly Wanted[]): Promise<readonly Count[]> => {
    const given = wanted.flatMap(({ rate, period }) => [rate, period * 1_000])
    const told = (await redis.gwTake(wanted.length, ...wanted.map(({ key }) => keyOf(key)), ...given)) as number[]
    return wanted.map((_, at) => ({ calls: told[2 * at]!, left: told[2 * at + 1]! }))
  }
  return {
    async take(wanted) {
      if (performance.now() < resumes) return own.take(wanted)
      try {
        return await shared(wanted)
      } catch (error) {
        away(error)
        return own.take(wanted)
      }
    },
    async list(below) {
      const found = new Map<string, Count>()
      for (const key of await keysBelow(below)) {
        const [calls, left] = await Promise.all([redis.get(key), redis.pttl(key)])
        if (calls !== null && left > 0) found.set(key.slice(keyOf(below).length + 1), { calls: Number(calls), left })
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
