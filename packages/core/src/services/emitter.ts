/** A service says that its catalogue has changed: at once where that is rare, and else once a second. */
import type { Logger } from '../contract.ts'

/** Of a service, in one period of so many milliseconds. */
const AT_ONCE = 10
const PERIOD = 1_000

/**
 * @param tell what an event leads to; where it throws, what was known before stays
 * @returns what a service calls, as often as it likes
 */
export const createEmitter = (tell: () => void, log: Logger): (() => void) => {
  let events = 0
  let counting = false
  const told = () => {
    try {
      tell()
    } catch (error) {
      log.error('the endpoints of a service can not be read again; those before stay', { error })
    }
  }
  const summarize = () => {
    const left = events - AT_ONCE
    events = 0
    counting = false
    if (left <= 0) return
    log.warn('a service says too often that its catalogue has changed', { times: left + AT_ONCE })
    told()
  }
  return () => {
    events++
    if (!counting) setTimeout(summarize, PERIOD).unref()
    counting = true
    if (events <= AT_ONCE) told()
  }
}
