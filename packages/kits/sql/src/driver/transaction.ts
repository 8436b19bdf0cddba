/** The course of a transaction on one connection, the same for every driver. */
import type { SqlExecutor } from '../dialect.ts'

export interface TransactionSteps {
  begin(): Promise<unknown>
  /** Throws where the database did not commit. */
  commit(): Promise<unknown>
  /** Never throws: a connection that can't is the driver's to give up. */
  rollback(): Promise<unknown>
  readonly run: SqlExecutor['run']
}

/** Commits where `work` resolves; rolls back where it throws or the signal aborts. */
export const inTransaction = async <T>(
  { begin, commit, rollback, run }: TransactionSteps,
  work: (executor: SqlExecutor) => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  // A connection runs one statement at a time: those asked for together stand in line.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn: SqlExecutor['run'] = (...statement) => {
    const next = last.then(() => run(...statement))
    last = next.catch(() => undefined)
    return next
  }
  await begin()
  try {
    const result = await work({ run: inTurn })
    await last
    signal.throwIfAborted()
    await commit()
    return result
  } catch (error) {
    await last
    await rollback()
    throw error
  }
}
