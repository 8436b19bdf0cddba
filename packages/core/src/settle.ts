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
