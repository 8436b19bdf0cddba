/** Waiting that an abort ends. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Settles as `promise` does, or rejects with the signal's reason; `promise` itself goes on. */
export const abortable = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

export interface RetryOptions {
  /** Which failures may pass by themselves. */
  readonly when: (error: unknown) => boolean
  /** Milliseconds after which the last failure is thrown. */
  readonly patience: number
  /** Milliseconds between two tries. */
  readonly pause: number
  readonly signal: AbortSignal
}

/** Tries again while `when` says so, holding nobody up meanwhile. */
export const retrying = async <T>(work: () => T, { when, patience, pause, signal }: RetryOptions): Promise<T> => {
  const deadline = performance.now() + patience
  for (;;) {
    signal.throwIfAborted()
    try {
      return work()
    } catch (error) {
      if (!when(error) || performance.now() >= deadline) throw error
    }
    await sleep(pause, undefined, { signal })
  }
}
