/**
 * vitest's globalSetup for the projects that test with Redis: one for the whole run, the one of `REDIS_URL` where that
 * is set. Tests read `inject('redis')`; where it is undefined, `inject('redisMissing')` says why.
 */
import { startRedis } from './redis.ts'
import { sharedBackend } from './shared.ts'

export default sharedBackend({
  name: 'redis',
  label: 'Redis',
  variable: 'REDIS_URL',
  port: 6379,
  start: startRedis,
})
