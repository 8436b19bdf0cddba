/** Which statements a connection keeps prepared, and what is done where one no longer fits. */
import { LRUCache } from 'lru-cache'

export interface PreparedNames {
  /** Notes a use. A promise where another one has to go first. */
  keep(name: string): Promise<void> | undefined
  /** Lets go of one, so that it is prepared anew. */
  drop(name: string): Promise<void> | undefined
}

/** Those used last, so that the server's memory is bounded. @param forget Makes the driver and the server forget a statement; a promise where that takes time. */
export const preparedNames = (max: number, forget: (name: string) => Promise<void> | undefined): PreparedNames => {
  const names = new LRUCache<string, true>({ max })
  const drop = (name: string): Promise<void> | undefined => {
    names.delete(name)
    return forget(name)
  }
  return {
    keep(name) {
      const oldest = names.size === max && !names.has(name) ? names.rkeys().next().value : undefined
      const dropping = oldest === undefined ? undefined : drop(oldest)
      names.set(name, true)
      return dropping
    },
    drop,
  }
}

/**
 * Runs a statement that may have become stale; it is prepared anew then.
 * @param isStale whether it was refused before anything ran, so that nothing is done twice
 */
export const renewing = async <T>(
  prepared: PreparedNames,
  isStale: (error: unknown) => boolean,
  name: string | undefined,
  work: () => T | Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (name === undefined || !isStale(error)) throw error
    await prepared.drop(name)
    return work()
  }
}
