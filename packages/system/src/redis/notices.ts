/** Tells the other nodes at once that the store has changed. A notice that is lost costs them the time of one look. */
import type { Redis } from 'ioredis'
import type { Notices } from '../store/revision.ts'

const CHANNEL = 'gw:changed'

export const redisNotices = (redis: Redis): Notices => {
  const listeners = new Set<() => void>()
  // A connection that subscribes can do nothing else.
  const subscriber = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null })
  subscriber.on('error', () => {
    // The connection beside it says so.
  })
  subscriber.subscribe(CHANNEL).catch(() => {
    // It subscribes again by itself when it is connected.
  })
  const tell = () => {
    for (const listener of listeners) listener()
  }
  subscriber.on('message', tell)
  // What was said meanwhile was not heard.
  subscriber.on('ready', tell)
  return {
    async publish() {
      await redis.publish(CHANNEL, '').catch(() => undefined)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      subscriber.disconnect()
    },
  }
}
