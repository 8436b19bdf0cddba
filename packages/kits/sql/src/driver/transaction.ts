/** The course of a transaction on one connection, the same for every driver. */
import type { SqlExecutor } from '../dialect.ts'

export interface TransactionSteps {
  begin(): Promise<unknown>
  /** Throws where the database did not commit. */
  commit(): Promise<unknown>
  /** Never throws: a connection that can't is the driver's to give up. */
  rollback(): Promise<unknown>
  /** Runs a statement that steers the transaction. */
  control(sql: string): Promise<unknown>
  readonly run: SqlExecutor['run']
  readonly load?: SqlExecutor['load']
}

/** Commits where `work` resolves; rolls back where it throws or the signal aborts. */
export const inTransaction = async <T>(
  { begin, commit, rollback, control, run, load }: TransactionSteps,
  work: (executor: SqlExecutor) => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  // A connection runs one statement at a time: those asked for together stand in line.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(step: () => T | Promise<T>): Promise<T> => {
    const next = last.then(step)
    last = next.catch(() => undefined)
    return next
  }
  const executor: SqlExecutor = {
    run: (...statement) => inTurn(() => run(...statement)),
    ...(load && { load: (...records) => inTurn(() => load(...records)) }),
    async savepoint(part) {
      await inTurn(() => control('savepoint gw'))
      try {
        const result = await part()
        await inTurn(() => control('release savepoint gw'))
        return result
      } catch (error) {
        // Where the whole transaction is undone already, there is nothing to go back to: what follows will say so.
        await inTurn(() => control('rollback to savepoint gw')).catch(() => undefined)
        throw error
      }
    },
  }
  await begin()
  try {
    const result = await work(executor)
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
