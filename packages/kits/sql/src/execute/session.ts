/** Where statements run: on the pool, or in an open transaction. */
import { GwError } from '@gw/core'
import type { RunOptions, Transaction } from '@gw/records'
import type { SqlConnection, SqlExecutor } from '../dialect.ts'

export interface Sessions {
  executor(options: Pick<RunOptions, 'transaction'>): SqlExecutor
  transaction<T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
  savepoint<T>(transaction: Transaction, work: () => Promise<T>): Promise<T>
}

export const sessions = (connection: SqlConnection): Sessions => {
  const open = new WeakMap<Transaction, SqlExecutor>()
  const inside = (transaction: Transaction): SqlExecutor => {
    const executor = open.get(transaction)
    // Falling back to the pool would commit what the caller believes can be undone.
    if (!executor) throw new GwError('internal', 'The transaction has ended.')
    return executor
  }
  return {
    executor: ({ transaction }) => (transaction ? inside(transaction) : connection.executor),
    savepoint: async (transaction, work) => inside(transaction).savepoint!(work),
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
