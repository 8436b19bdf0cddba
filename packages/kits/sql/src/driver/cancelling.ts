/**
 * A pool whose statements can be stopped: servers are told so over another connection. That one is kept for a while,
 * because clients that leave often come in crowds, and a session for each of them costs more than what it stops.
 */
import { connectionPool, type Pool, type Poolable, type PoolOptions } from './pool.ts'

/** Milliseconds after which the other connection is closed, if nothing had to be stopped meanwhile. */
const KEPT = 10_000
/** Milliseconds to wait for it: whoever wants something stopped then breaks its connection. */
const PATIENCE = 2_000
/** Requests that wait for it. */
const MOST_WAITING = 10_000

export interface CancellingOptions<C> extends PoolOptions<C> {
  /** Makes the other connection. Default: `open`. */
  readonly openControl?: () => Promise<C>
  /** Tells the server, over `control`, to stop what runs on `target`. */
  readonly stop: (control: C, target: C) => Promise<unknown>
}

export interface CancellingPool<C> extends Pool<C> {
  /**
   * Asks the server to stop what runs on a connection of the pool, which must not be used for anything else
   * afterwards: the server may hear of it late. Does nothing where it is broken or given back as broken by then,
   * because what servers call it may be another one's name by now. Rejects where the server could not be asked.
   */
  cancel(target: C): Promise<void>
}

/** Nothing is opened before the first `connect`. */
export const cancellingPool = <C extends Poolable>(options: CancellingOptions<C>): CancellingPool<C> => {
  const { openControl = options.open, stop } = options
  const pool = connectionPool(options)
  const control = connectionPool({ open: openControl, max: 1, idle: KEPT, limit: MOST_WAITING, patience: PATIENCE })
  return {
    ...pool,
    async cancel(target) {
      if (!pool.has(target)) return
      const own = await control.connect()
      // A server that does not even answer this: the next one asks over a new connection.
      const late = setTimeout(own.cut, PATIENCE).unref()
      let sound = false
      try {
        // Nothing is awaited between this and the request.
        if (pool.has(target)) await stop(own, target)
        sound = true
      } finally {
        clearTimeout(late)
        control.release(own, sound)
      }
    },
    end() {
      pool.end()
      control.end()
    },
  }
}
