/** A pool of connections, for drivers that have none or none that is fit for a gateway. */
import { GwError } from '@gw/core'

/** What a pool has to know of a connection. */
export interface Poolable {
  /** Says good-bye to the server, and hangs up. */
  close(): void
  /** Breaks it: whoever waits for an answer hears so. */
  cut(): void
  /** Called where it breaks by itself, idle or in use; once or several times. */
  onLost(listener: () => void): void
}

export interface PoolOptions<C> {
  /** Makes a connection that is ready to be used. */
  readonly open: () => Promise<C>
  /** How many there are at most. */
  readonly max: number
  /** Milliseconds after which an unused one is closed; 0: never. */
  readonly idle: number
  /** Milliseconds to wait for one that is in use. */
  readonly patience: number
}

export interface Pool<C> {
  /** Rejects as `open` does, or with the code `POOL_EXHAUSTED` where none came free. */
  connect(): Promise<C>
  /** Whether the next `connect` may have to wait. */
  waiting(): boolean
  /** Gives one back; one that isn't `sound` is broken. */
  release(connection: C, sound: boolean): void
  /** Whether it is one of these, and not broken as far as is known. */
  has(connection: C): boolean
  /** Those in use are closed when they are given back. */
  end(): void
}

interface Waiter<C> {
  resolve(connection: C): void
  reject(error: unknown): void
  /** `performance.now()` */
  readonly since: number
}

/** Nothing is opened before the first `connect`. */
export const connectionPool = <C extends Poolable>({ open, max, idle: unused, patience }: PoolOptions<C>): Pool<C> => {
  const all = new Set<C>()
  /** The one used last is at the end. */
  const idle: { readonly connection: C; readonly since: number }[] = []
  const queue = new Set<Waiter<C>>()
  let opening = 0
  let ended = false
  let reaper: NodeJS.Timeout | undefined
  let late: NodeJS.Timeout | undefined

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
    for (const waiter of queue) {
      if (idle.length === 0 && isFull()) return
      queue.delete(waiter)
      const connection = idle.pop()?.connection
      if (connection) waiter.resolve(connection)
      else openFor(waiter)
    }
  }
  const openFor = ({ resolve, reject }: Pick<Waiter<C>, 'resolve' | 'reject'>) =>
    openOne().then(resolve, (error: unknown) => {
      reject(error)
      serve()
    })
  const queued = (): Promise<C> =>
    new Promise((resolve, reject) => {
      queue.add({ resolve, reject, since: performance.now() })
      late ??= setTimeout(refuseLate, patience).unref()
    })
  /** One timer for all: whoever has waited longest comes first. */
  const refuseLate = () => {
    late = undefined
    for (const waiter of queue) {
      const left = waiter.since + patience - performance.now()
      if (left > 0) {
        late = setTimeout(refuseLate, left).unref()
        return
      }
      queue.delete(waiter)
      waiter.reject(Object.assign(new Error('All connections are in use.'), EXHAUSTED))
    }
  }
  const reap = () => {
    const before = performance.now() - unused
    for (const { connection, since } of [...idle]) if (since <= before) close(connection)
  }
  return {
    async connect() {
      if (ended) throw stopping()
      if (unused > 0) reaper ??= setInterval(reap, Math.ceil(unused / 4)).unref()
      const connection = idle.pop()?.connection
      if (connection) return connection
      if (isFull()) return queued()
      const waiter = Promise.withResolvers<C>()
      openFor(waiter)
      return waiter.promise
    },
    waiting: () => idle.length === 0,
    has: (connection) => all.has(connection),
    release(connection, sound) {
      if (!all.has(connection)) return
      if (ended) return close(connection)
      if (sound) {
        idle.push({ connection, since: performance.now() })
        return serve()
      }
      forget(connection)
      connection.cut()
    },
    end() {
      ended = true
      clearInterval(reaper)
      clearTimeout(late)
      for (const { reject } of queue) reject(stopping())
      queue.clear()
      for (const { connection } of [...idle]) close(connection)
    },
  }
}

const EXHAUSTED = { code: 'POOL_EXHAUSTED' }
const stopping = () => new GwError('unavailable', 'The service is being stopped.')
