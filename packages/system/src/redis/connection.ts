/** The Redis that nodes share, where there is one. It being away never takes the gateway down. */
import type { Logger } from '@gw/core'
import { Redis } from 'ioredis'

/** Milliseconds for one command: a call that waits for it can do without. */
const COMMAND_PATIENCE = 2_000
const LONGEST_PAUSE = 5_000

/**
 * Connects in the background, again and again.
 * @param url `redis://` or `rediss://`, with a password where it needs one
 */
export const openRedis = (url: string, log: Logger): Redis => {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_PATIENCE,
    connectTimeout: LONGEST_PAUSE,
    // What can't be asked now is not asked later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE),
  })
  let away = false
  redis.on('error', (error) => {
    if (!away)
      log.warn('Redis can not be reached; the gateway goes on without it until it can', { error: error.message })
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info('Redis can be reached again')
    away = false
  })
  return redis
}

/**
 * Waits until it can be asked, though not for long: a node that begins to serve before that would count its first calls
 * by itself.
 * @param patience milliseconds
 */
export const reached = (redis: Redis, patience: number): Promise<void> => {
  if (redis.status === 'ready') return Promise.resolve()
  return new Promise((proceed) => {
    const late = setTimeout(proceed, patience)
    redis.once('ready', () => {
      clearTimeout(late)
      proceed()
    })
  })
}
