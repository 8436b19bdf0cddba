/** Runs statements on pooled connections that many share, whatever the driver. */
import type { SqlResult } from '../dialect.ts'
import type { RowSink } from '../execute/row-bytes.ts'
import { pipelines, type SharedWire } from './pipelines.ts'
import type { Pool } from './pool.ts'
import { type PreparedNames, renewing } from './prepared.ts'
import type { SharedRunner, SharedStatement, Timed } from './sharing.ts'

/** A connection, and how statements run on it. */
export interface SharedConnection {
  readonly prepared: PreparedNames
  run(statement: SharedStatement): Promise<SqlResult & Timed>
  /** Needed where it is shared. */
  scan?(statement: SharedStatement, sink: RowSink): Promise<Timed>
  /** Breaks it. */
  cut(): void
}

export interface SharedRunnerOptions<C> extends Pick<SharedRunner, 'stopped'> {
  readonly pool: Pick<Pool<C>, 'connect' | 'release'>
  /** How many connections are shared at most; at least 1. */
  readonly max: number
  wireOf(connection: C): SharedWire
  /** Whether a prepared statement was refused, before anything ran, because it no longer fits. */
  isStale(error: unknown): boolean
}

/** Statements that may be under way on one; more have connections of their own. */
const DEPTH = 64
/** Milliseconds to wait for an answer: the server's own limit does not help, the connection is dead. */
const PATIENCE = 10_000

export const sharedRunner = <C extends SharedConnection>(options: SharedRunnerOptions<C>): SharedRunner => {
  const { pool, max, wireOf, isStale, stopped } = options
  const { connect, release } = pool
  const lines = pipelines<C>({
    connect,
    release,
    max,
    depth: DEPTH,
    patience: PATIENCE,
    wireOf,
    cut: (connection) => connection.cut(),
  })
  const onShared = <T>(name: string | undefined, work: (connection: C) => Promise<T>): Promise<T> =>
    lines.ask((connection) => renewing(connection.prepared, isStale, name, () => work(connection)))
  return {
    run: (statement) => onShared(statement.name, (connection) => connection.run(statement)),
    scan: (statement, sink) => onShared(statement.name, (connection) => connection.scan!(statement, sink)),
    stopped,
    get full() {
      return lines.full
    },
  }
}

/** Of so many connections, one may be shared. */
const SHARE = 4
/** Milliseconds that one statement may hold up those behind it, before the server stops it. */
const SHARED_LIMIT = 100

export interface SharingConfig {
  readonly pool_size: number
  readonly shared_connections: number
  /** Milliseconds; 0: none. */
  readonly statement_timeout: number
}

/** How many of a pool's connections are shared, and the server's time limit there, in milliseconds. */
export const shareOf = ({ pool_size, shared_connections, statement_timeout }: SharingConfig) => ({
  shares: Math.min(shared_connections, Math.floor(pool_size / SHARE)),
  limit: Math.min(SHARED_LIMIT, statement_timeout || SHARED_LIMIT),
})
