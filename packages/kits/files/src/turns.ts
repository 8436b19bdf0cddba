/** Turns at a path within one gateway, for stores that look and then write. */

/** Conditions are looked at and kept by one call at a time for each path. */
export type Turns = <T>(path: string, work: () => Promise<T>) => Promise<T>

export const takeTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>()
  return async (path, work) => {
    const before = last.get(path)
    const turn = (async () => {
      await before?.catch(() => undefined)
      return work()
    })()
    last.set(path, turn)
    try {
      return await turn
    } finally {
      if (last.get(path) === turn) last.delete(path)
    }
  }
}
