/** For servers that may undo a whole transaction where one of its statements fails, and go on without one. */
import { GwError } from '@gw/core'
import type { TransactionSteps } from './transaction.ts'

/**
 * What would come after the server has undone the transaction would be outside of it, and stay: it is refused.
 * @param undoes whether a failure may have undone all of it
 */
export const noneAfterUndone = (
  { commit, load, run, ...steps }: TransactionSteps,
  undoes: (error: unknown) => boolean,
): TransactionSteps => {
  let undone = false
  const refuse = () => {
    if (undone)
      throw new GwError('conflict', 'All changes were undone, because one of them failed; try again.', {
        retryable: true,
      })
  }
  const unlessUndone = async <T>(work: () => T | Promise<T>): Promise<T> => {
    refuse()
    try {
      return await work()
    } catch (error) {
      undone ||= undoes(error)
      throw error
    }
  }
  return {
    ...steps,
    async commit() {
      refuse()
      await commit()
    },
    ...(load && { load: (records, options) => unlessUndone(() => load(records, options)) }),
    run: (sql, binds, options) => unlessUndone(() => run(sql, binds, options)),
  }
}
