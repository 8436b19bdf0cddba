/** Where statements run: on the pool, or in an open transaction. */
import { GwError } from '@gw/core'
import type { RunOptions, Transaction } from '@gw/records'
import type { SqlConnection, SqlExecutor } from '../dialect.ts'

export interface Sessions {
  executor(options: Pick<RunOptions, 'transaction'>): SqlExecutor
  transaction<T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
}

export const sessions = (connection: SqlConnection): Sessions => {
  const open = new WeakMap<Transaction, SqlExecutor>()
  return {
    executor({ transaction }) {
      if (!transaction) return connection.executor
      const executor = open.get(transaction)
      // Falling back to the pool would commit what the caller believes can be undone.
      if (!executor) throw new GwError('internal', 'The transaction has ended.')
      return executor
    },
    transaction: (work, signal) =>
      connection.executor.transaction(async (executor) => {
        const transaction: Transaction = { id: Symbol('transaction') }
        open.set(transaction, executor)
        try {
          return await work(transaction)
        } finally {
          open.delete(transaction)
        }
      }, signal),
  }
}
