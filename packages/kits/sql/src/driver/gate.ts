/** What one holds at a time, and others wait for in the order of coming. */
import { boundedQueue, type QueueOptions } from './queue.ts'

export interface Gate {
  /** Whether somebody holds it. */
  readonly closed: boolean
  /** Waits for its turn, and holds the gate while `work` runs. Rejects as a queue does where it can not be waited for. */
  hold<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

export const gate = (options: QueueOptions): Gate => {
  const queue = boundedQueue<void>(options)
  let closed = false
  /** Handed over rather than opened: nobody who comes just then can go before those who wait. */
  const pass = (): void => {
    for (let next = queue.next(); next; next = queue.next()) if (next.resolve()) return
    closed = false
  }
  return {
    get closed() {
      return closed
    },
    async hold(work, signal) {
      signal.throwIfAborted()
      if (closed) await queue.join(signal)
      closed = true
      try {
        return await work()
      } finally {
        pass()
      }
    },
  }
}
