/** Work on a source within one transaction, which everything that the source is asked for meanwhile is a part of. */
import { AGAIN } from '../batch.ts'
import type { RecordsSource } from '../source.ts'
import { type Inside, insideOf, sourceInside } from './inside.ts'

type Work<T> = (source: RecordsSource, inside: Inside) => Promise<T>

/**
 * Commits where `work` resolves, and rolls back where it throws. A source that is within a transaction already stays
 * there. `work` runs twice where a statement for several records has failed: only one for each tells which it was.
 */
export const transacted = <T>(source: RecordsSource, signal: AbortSignal, work: Work<T>): Promise<T> => {
  const outer = insideOf(source)
  if (outer) return work(source, outer)
  const attempt = async (singly: boolean): Promise<T> => {
    let again = false
    try {
      return await source.transaction!(async (transaction) => {
        const inside: Inside = { transaction, singly, failure: undefined }
        try {
          return await work(sourceInside(source, inside), inside)
        } catch (error) {
          again = error === AGAIN
          throw error
        }
      }, signal)
    } catch (error) {
      if (again && !singly) return attempt(true)
      throw error
    }
  }
  return attempt(false)
}
