/** Statements on pooled connections: each has one for itself, and gives it back. */
import type { SqlExecutor, SqlResult } from '../dialect.ts'
import { cancellable } from './waiting.ts'

/** A connection while one call has it. */
export interface PooledSession extends Required<Pick<SqlExecutor, 'stream'>> {
  run(...statement: Parameters<SqlExecutor['run']>): Promise<SqlResult>
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Gives the connection back. */
  release(): void
}

/** Opens a session; rejects with the signal's reason where its caller leaves before there is one. */
export type OpenSession<S extends PooledSession> = (signal: AbortSignal) => Promise<S>

/** @returns an executor, and its way to a session for what an executor does not offer */
export const onSessions = <S extends PooledSession>(session: OpenSession<S>) => {
  const open: OpenSession<S> = async (signal) => {
    signal.throwIfAborted()
    return session(signal)
  }
  const withSession = async <T>(signal: AbortSignal, work: (own: S) => Promise<T>): Promise<T> => {
    const own = await open(signal)
    return work(own).finally(own.release)
  }
  const executor: Pick<PooledSession, 'run' | 'stream' | 'transaction'> = {
    run: (sql, binds, options) => withSession(options.signal, (own) => own.run(sql, binds, options)),
    async *stream(sql, binds, options) {
      const own = await open(options.signal)
      try {
        yield* own.stream(sql, binds, options)
      } finally {
        own.release()
      }
    },
    transaction: (work, signal) => withSession(signal, (own) => own.transaction(work, signal)),
  }
  return { executor, withSession }
}

/** Milliseconds that a cancelled statement has to end, before its connection is cut. */
const CANCEL_PATIENCE = 2_000
/** The same where a result may be of any length: a server that waits for its reader hears of nothing else. */
const ABANDON_PATIENCE = 150

/** Whether a connection is fit for another call. */
export class Soundness {
  sound = true
  readonly #cancel: () => Promise<void>
  readonly #cut: () => void

  /**
   * @param cancel asks the server to stop what runs on the connection
   * @param cut breaks it
   */
  constructor(cancel: () => Promise<void>, cut: () => void) {
    this.#cancel = cancel
    this.#cut = cut
  }

  /** Runs what an abort stops on the server, too. */
  stoppable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#cancellable(work, signal, CANCEL_PATIENCE)
  }

  /** The same for a result of any length: what still comes is for nobody. */
  abandonable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#cancellable(work, signal, ABANDON_PATIENCE)
  }

  #cancellable<T>(work: () => Promise<T>, signal: AbortSignal, patience: number): Promise<T> {
    const cancel = () => {
      // The cancel could meet a later statement: the connection is not used for one.
      this.sound = false
      return this.#cancel()
    }
    return cancellable(work, { signal, cancel, cut: this.#cut, patience })
  }

  /** What has to be done before another call may have the connection; where it fails, none will. */
  async tidy(work: () => Promise<unknown>): Promise<void> {
    await work().catch(() => {
      this.sound = false
    })
  }
}
