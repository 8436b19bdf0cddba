/**
 * Work that waits only where it must: a turn of the event loop costs as much as what lies between two of them, and a
 * source within the process has its rows at once.
 */

/** A value that is there, or will be. */
export type Ready<T> = T | Promise<T>

/** Goes on with a value: at once, or when it is there. */
export const after = <T, R>(value: Ready<T>, next: (value: T) => Ready<R>): Ready<R> =>
  value instanceof Promise ? value.then(next) : next(value)

/** Does something, and puts what `mend` makes of it into the place of what it throws or rejects with. */
export const mended = <T>(work: () => Ready<T>, mend: (error: unknown) => Ready<T>): Ready<T> => {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(mend) : result
  } catch (error) {
    return mend(error)
  }
}

/** Settles as `work` does, or rejects at the signal; `work` itself goes on, so that who ignores it holds up no one. */
export const until = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const ended = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: ended.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    ended.abort()
  }
}
