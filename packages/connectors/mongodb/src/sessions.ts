/** Transactions as the driver's sessions. */
import { setTimeout as pause } from 'node:timers/promises'
import { GwError } from '@gw/core'
import type { RunOptions, Transaction } from '@gw/records'
import { type ClientSession, MongoError } from 'mongodb'
import type { Deployment } from './connection.ts'

export interface Sessions {
  /** The session of the transaction that a call is in. */
  of(options: RunOptions): { readonly session?: ClientSession }
  transaction<T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** How often a commit is asked for again whose outcome is not known, and the milliseconds between. */
const COMMITS = 3
const PAUSE = 100

const commit = async (session: ClientSession, tries = COMMITS): Promise<void> => {
  try {
    await session.commitTransaction()
  } catch (error) {
    const unknown = error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult')
    if (!unknown || tries <= 1) throw error
    await pause(PAUSE)
    return commit(session, tries - 1)
  }
}

export const sessions = ({ client }: Pick<Deployment, 'client'>): Sessions => {
  const open = new Map<symbol, ClientSession>()
  return {
    of({ transaction }) {
      if (!transaction) return {}
      const session = open.get(transaction.id)
      if (session) return { session }
      throw new GwError('internal', 'The transaction has ended already.')
    },
    async transaction(work, signal) {
      signal.throwIfAborted()
      const session = client.startSession()
      const transaction: Transaction = { id: Symbol('transaction') }
      open.set(transaction.id, session)
      try {
        session.startTransaction()
        const result = await work(transaction)
        signal.throwIfAborted()
        await commit(session)
        return result
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction().catch(() => undefined)
        throw error
      } finally {
        open.delete(transaction.id)
        await session.endSession()
      }
    },
  }
}
