/** Work that waits only where it must: a turn of the event loop costs as much as what lies between two of them. */

/** Goes on with a value: at once, or when it is there. */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value)

/** Does something, and puts `mend` in the place of what it throws or rejects with. */
export const mended = <T>(work: () => T | Promise<T>, mend: (error: unknown) => T): T | Promise<T> => {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(mend) : result
  } catch (error) {
    return mend(error)
  }
}
