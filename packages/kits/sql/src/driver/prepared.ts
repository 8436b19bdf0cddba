/** Which statements a connection keeps prepared: those used last, so that the server's memory is bounded. */
import { LRUCache } from 'lru-cache'

export interface PreparedNames {
  /** Notes a use. A promise where another one has to go first. */
  keep(name: string): Promise<void> | undefined
  /** Lets go of one, so that it is prepared anew. */
  drop(name: string): Promise<void>
}

/** @param forget Makes the driver and the server forget a statement. */
export const preparedNames = (max: number, forget: (name: string) => Promise<void>): PreparedNames => {
  const names = new LRUCache<string, true>({ max })
  const drop = (name: string): Promise<void> => {
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
