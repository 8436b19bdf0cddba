/**
 * Calls with one key go one after the other within a process. Who waits has no transaction open: a client that sends a
 * slow write again and again would else take all connections of its service. Other gateways are kept apart by the
 * database.
 */

/** Settles when `work` has ended, however, or rejects when the caller leaves. */
const ended = (work: Promise<unknown>, signal: AbortSignal): Promise<void> =>
  new Promise((fulfil, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(() => {
      signal.removeEventListener('abort', leave)
      fulfil()
    })
  })

export type InTurn = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>

export const inTurn = (): InTurn => {
  const running = new Map<string, Promise<void>>()
  return async (key, signal, work) => {
    for (let before = running.get(key); before; before = running.get(key)) await ended(before, signal)
    const { promise, resolve } = Promise.withResolvers<void>()
    running.set(key, promise)
    try {
      return await work()
    } finally {
      running.delete(key)
      resolve()
    }
  }
}
