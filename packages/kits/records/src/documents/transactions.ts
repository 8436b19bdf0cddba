/** Transactions of a driver that has an object for each of them. */
import { GwError } from '@gw/core'
import type { RunOptions, Transaction } from '../source.ts'

export interface SessionSteps<S> {
  open(): S
  begin(session: S): void
  /** Until its outcome is known, as far as it can be. */
  commit(session: S): Promise<void>
  /** Also of one that has failed to commit. */
  abort(session: S): Promise<void>
  close(session: S): Promise<void>
}

export interface OpenTransactions<S> {
  /** What the transaction of a call runs in; absent outside of one. */
  of(options: Pick<RunOptions, 'transaction'>): { readonly session?: S }
  transaction<T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
}

export const openTransactions = <S>({ open, begin, commit, abort, close }: SessionSteps<S>): OpenTransactions<S> => {
  const sessions = new Map<symbol, S>()
  return {
    of({ transaction }) {
      if (!transaction) return {}
      const session = sessions.get(transaction.id)
      if (session !== undefined) return { session }
      throw new GwError('internal', 'The transaction has ended already.')
    },
    async transaction(work, signal) {
      signal.throwIfAborted()
      const session = open()
      const transaction: Transaction = { id: Symbol('transaction') }
      sessions.set(transaction.id, session)
      try {
        begin(session)
        const result = await work(transaction)
        signal.throwIfAborted()
        await commit(session)
        return result
      } catch (error) {
        // What it failed with is told, and not that it could not be undone: it ends with its session.
        await abort(session).catch(() => undefined)
        throw error
      } finally {
        sessions.delete(transaction.id)
        await close(session)
      }
    },
  }
}
