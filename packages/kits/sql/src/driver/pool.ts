/** A pool of connections, for drivers that have none or none that is fit for a gateway. */
import { GwError } from '@gw/core'
import { boundedQueue, type QueueOptions, type Waiting } from './queue.ts'
import { acquire } from './waiting.ts'

/** What a pool has to know of a connection. */
export interface Poolable {
  /** Says good-bye to the server, and hangs up. */
  close(): void
  /** Breaks it: whoever waits for an answer hears so. */
  cut(): void
  /** Called where it breaks by itself, idle or in use; once or several times. */
  onLost(listener: () => void): void
}

/** `limit` and `patience`: of those who wait for a connection that is in use. */
export interface PoolOptions<C> extends QueueOptions {
  /** Makes a connection that is ready to be used. */
  readonly open: () => Promise<C>
  /** How many there are at most. */
  readonly max: number
  /** Milliseconds after which an unused one is closed; 0: never. */
  readonly idle: number
}

export interface Pool<C> {
  /**
   * Rejects as `open` does, with `unavailable` and `Retry-After` where too many wait or none came free in time, and
   * with the signal's reason where its caller leaves.
   */
  connect(signal?: AbortSignal): Promise<C>
  /** Gives one back; one that isn't `sound` is broken. */
  release(connection: C, sound: boolean): void
  /** Whether it is one of these, and not broken as far as is known. */
  has(connection: C): boolean
  /** Those in use are closed when they are given back. */
  end(): void
}

/** Nothing is opened before the first `connect`. */
export const connectionPool = <C extends Poolable>({
  open,
  max,
  idle: unused,
  ...waiting
}: PoolOptions<C>): Pool<C> => {
  const all = new Set<C>()
  /** The one used last is at the end. */
  const idle: { readonly connection: C; readonly since: number }[] = []
  const queue = boundedQueue<C>(waiting)
  let opening = 0
  let ended = false
  let reaper: NodeJS.Timeout | undefined

  const isFull = () => all.size + opening >= max
  const notIdle = (connection: C) => {
    const at = idle.findIndex((item) => item.connection === connection)
    if (at >= 0) idle.splice(at, 1)
  }
  const openOne = async (): Promise<C> => {
    opening++
    try {
      const connection = await open()
      if (ended) {
        connection.close()
        throw stopping()
      }
      connection.onLost(() => forget(connection))
      all.add(connection)
      return connection
    } finally {
      opening--
    }
  }
  const forget = (connection: C) => {
    notIdle(connection)
    if (all.delete(connection)) serve()
  }
  const close = (connection: C) => {
    notIdle(connection)
    all.delete(connection)
    connection.close()
  }
  /** Gives those who wait longest what there is. */
  const serve = () => {
    while (queue.length > 0 && (idle.length > 0 || !isFull())) {
      const waiter = queue.next()!
      const connection = idle.pop()?.connection
      if (connection) waiter.resolve(connection)
      else openFor(waiter)
    }
  }
  const openFor = ({ resolve, reject }: Waiting<C>) =>
    openOne().then(
      (connection) => {
        if (!resolve(connection)) release(connection, true)
      },
      (error: unknown) => {
        reject(error)
        serve()
      },
    )
  /** It is opened also where its caller leaves: the next one will want it. */
  const opened = (signal: AbortSignal | undefined): Promise<C> => {
    const opening = openOne()
    opening.catch(serve)
    return signal ? acquire(opening, (late) => release(late, true), signal) : opening
  }
  const release = (connection: C, sound: boolean) => {
    if (!all.has(connection)) return
    if (ended) return close(connection)
    if (sound) {
      idle.push({ connection, since: performance.now() })
      return serve()
    }
    forget(connection)
    connection.cut()
  }
  const reap = () => {
    const before = performance.now() - unused
    for (const { connection, since } of [...idle]) if (since <= before) close(connection)
  }
  return {
    async connect(signal) {
      if (ended) throw stopping()
      if (unused > 0) reaper ??= setInterval(reap, Math.ceil(unused / 4)).unref()
      const connection = idle.pop()?.connection
      if (connection) return connection
      return isFull() ? queue.join(signal) : opened(signal)
    },
    release,
    has: (connection) => all.has(connection),
    end() {
      ended = true
      clearInterval(reaper)
      queue.end(stopping)
      for (const { connection } of [...idle]) close(connection)
    },
  }
}

const stopping = () => new GwError('unavailable', 'The service is being stopped.')
