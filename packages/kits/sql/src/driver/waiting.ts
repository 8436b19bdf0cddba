/** Waiting that an abort ends. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Ready } from '@gw/core'

/** Settles as `promise` does, or rejects with the signal's reason; `promise` itself goes on. */
export const abortable = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V) => {
        signal.removeEventListener('abort', onAbort)
        how(value)
      }
    promise.then(settle(resolve), settle(reject))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })

export interface UnlessOptions<T> {
  /** Which failures may pass by themselves. */
  readonly when: (error: unknown) => boolean
  readonly signal: AbortSignal
  /** What to do then. */
  readonly wait: () => Promise<T>
}

/** Work that most often has nothing to wait for: it is done at once, and no turn of the event loop is lost. */
export const unless = <T>(work: () => Ready<T>, { when, signal, wait }: UnlessOptions<T>): Ready<T> => {
  signal.throwIfAborted()
  try {
    return work()
  } catch (error) {
    if (!when(error)) throw error
    return wait()
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
export const retrying = async <T>(
  work: () => Ready<T>,
  { when, patience, pause, signal }: RetryOptions,
): Promise<T> => {
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

/**
 * For work that holds the process: a promise whenever it has done so for `slice` milliseconds, which gives others
 * their turn, and rejects where the work has been given up.
 */
export const turns = (slice: number, signal: AbortSignal): (() => Promise<void> | undefined) => {
  let since = performance.now()
  const pause = async () => {
    await turn()
    signal.throwIfAborted()
    since = performance.now()
  }
  return () => (performance.now() - since < slice ? undefined : pause())
}

/** Takes something from a pool; one that is given up while it waits goes back as soon as it comes. */
export const acquire = async <T>(pending: Promise<T>, release: (item: T) => void, signal: AbortSignal): Promise<T> => {
  try {
    return await abortable(pending, signal)
  } catch (error) {
    pending.then(release, () => undefined)
    throw error
  }
}

export interface Cancelling {
  readonly signal: AbortSignal
  /** Asks the server to stop; again and again, because it has nothing to stop between two steps of a statement. */
  cancel(): Promise<void>
  /** Breaks the connection: where asking fails, or has not helped after `patience` milliseconds. */
  cut(): void
  readonly patience: number
}

/** Milliseconds until the server is asked again. */
const AGAIN = 100

/** Runs what an abort stops; settles only when it has ended, because until then its connection is taken. */
export const cancellable = async <T>(
  work: () => Promise<T>,
  { signal, cancel, cut, patience }: Cancelling,
): Promise<T> => {
  signal.throwIfAborted()
  let cutting: NodeJS.Timeout | undefined
  let asking: NodeJS.Timeout | undefined
  let ended = false
  const ask = () => {
    cancel().then(() => {
      if (!ended) asking = setTimeout(ask, AGAIN).unref()
    }, cut)
  }
  const onAbort = () => {
    cutting = setTimeout(cut, patience).unref()
    ask()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work()
  } finally {
    ended = true
    signal.removeEventListener('abort', onAbort)
    clearTimeout(cutting)
    clearTimeout(asking)
  }
}
