/** Transactions as the driver's sessions. */
import { setTimeout as pause } from 'node:timers/promises'
import { type OpenTransactions, openTransactions } from '@gw/records/documents'
import { type ClientSession, type MongoClient, MongoError } from 'mongodb'

export type Sessions = OpenTransactions<ClientSession>

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

export const sessions = (client: MongoClient): Sessions =>
  openTransactions({
    open: () => client.startSession(),
    begin: (session) => session.startTransaction(),
    commit,
    abort: async (session) => void (session.inTransaction() && (await session.abortTransaction())),
    close: (session) => session.endSession(),
  })
