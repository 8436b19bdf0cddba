/**
 * For a database inside the process, whose statements are over at once: those of one turn of the event loop that change
 * something are committed together, before any of them is answered. Most of what a short write costs is its commit.
 * Each is still all or nothing by itself.
 */
import type { SqlResult } from '../dialect.ts'

interface Write {
  readonly signal: AbortSignal
  /** Runs the statement. */
  readonly work: () => SqlResult
  readonly resolve: (result: SqlResult | PromiseLike<SqlResult>) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { readonly result: SqlResult } | { readonly error: unknown }

export interface CommitGroup {
  /** @throws what the statement throws, or the signal's reason where its caller left before the statement ran */
  add(work: () => SqlResult, signal: AbortSignal): Promise<SqlResult>
}

/** The one connection that a group writes on. */
export interface GroupConnection {
  /** Whether a transaction is open. */
  readonly inTransaction: boolean
  exec(sql: 'begin immediate' | 'commit' | 'rollback'): unknown
}

export interface CommitGroupOptions {
  readonly connection: GroupConnection
  /** Whether others have the database to themselves just now. */
  readonly mustWait: () => boolean
  /** Runs a statement that commits by itself, and waits for its turn and for locks. */
  readonly alone: (work: () => SqlResult, signal: AbortSignal) => SqlResult | Promise<SqlResult>
  /** Milliseconds for which one group may hold the process. */
  readonly slice: number
}

export const commitGroup = ({ connection, mustWait, alone, slice }: CommitGroupOptions): CommitGroup => {
  let waiting: Write[] = []
  const singly = async ({ work, signal, resolve, reject }: Write) => {
    try {
      resolve(await alone(work, signal))
    } catch (error) {
      reject(error)
    }
  }
  const commit = (): void => {
    const group = waiting.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason)
      return !signal.aborted
    })
    waiting = []
    const outcomes = group.length > 1 && !mustWait() ? inOneTransaction(connection, group, slice) : undefined
    const done = outcomes?.length ?? 0
    outcomes?.forEach((outcome, at) => {
      if ('result' in outcome) group[at]!.resolve(outcome.result)
      else group[at]!.reject(outcome.error)
    })
    if (!outcomes) for (const write of group) void singly(write)
    else if (done < group.length) {
      waiting = group.slice(done)
      setImmediate(commit)
    }
  }
  return {
    add: (work, signal) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(commit)
        waiting.push({ work, signal, resolve, reject })
      }),
  }
}

/**
 * @returns what became of each, up to where time was over; `undefined` where nothing is changed and each has to be tried
 * by itself: the lock is taken, a statement ended the transaction (`RAISE(ROLLBACK)`, `ON CONFLICT ROLLBACK`, a full
 * disk), or the commit failed (a deferred reference). Whose fault it was shows then, and the others are not concerned.
 */
const inOneTransaction = (
  connection: GroupConnection,
  group: readonly Write[],
  slice: number,
): readonly Outcome[] | undefined => {
  const outcomes: Outcome[] = []
  try {
    connection.exec('begin immediate')
    const end = performance.now() + slice
    for (const { work } of group) {
      try {
        outcomes.push({ result: work() })
      } catch (error) {
        if (!connection.inTransaction) return undefined
        outcomes.push({ error })
      }
      if (performance.now() >= end) break
    }
    connection.exec('commit')
    return outcomes
  } catch {
    if (connection.inTransaction) connection.exec('rollback')
    return undefined
  }
}
