/**
 * What one database has to say for itself. Everything that databases share (plans, wire forms, the catalogue's
 * life, batches, error texts) is the kit's; a connector gives a `SqlDialect`: data, plus four functions.
 */
import type { Host, Output, Ready, Schema } from '@gw/core'
import type { Failure, Field, Introspected, Table, Values } from '@gw/records'
import type { Dialect, Kysely } from 'kysely'
import type { Statement } from './compile/slots.ts'
import type { SqlSyntax } from './compile/syntax.ts'
import type { SqlDdl } from './ddl/dialect.ts'
import type { RowSink } from './execute/row-bytes.ts'
import type { ResultColumn, SqlRoutines } from './routines/seam.ts'
import type { Codec } from './wire.ts'

/** What the database can do; a connector's upper bound, the same for every server version it supports. */
export interface SqlCapabilities {
  /** Tables live in schemas, and may be named `schema.table`. */
  readonly schemas: boolean
  /** How changed rows come back from the statement that changes them; `none`: they are selected in its transaction. */
  readonly returning: 'returning' | 'output' | 'none'
  readonly upsert: 'on-conflict' | 'on-duplicate-key' | 'merge' | 'none'
  readonly procedures: boolean
  readonly functions: boolean
  readonly transactions: boolean
  readonly savepoints: boolean
  readonly paging: 'limit-offset' | 'offset-fetch'
  /** ILIKE, or something equal to it. */
  readonly insensitiveLike: boolean
  /** An aborted call stops the statement on the server, too. */
  readonly cancel: boolean
  /** How many parameters one statement may have: longer inserts are split. */
  readonly maxParameters: number
}

/** One cell as the driver gave it: text from PostgreSQL, numbers, bigints, strings or Buffers from SQLite; null is null. */
export type Cell = unknown
export type Cells = readonly Cell[]

export interface SqlResult {
  /** Rows as arrays in the statement's column order. */
  readonly rows: readonly Cells[]
  /** Rows changed, or matched by an update. */
  readonly affected: number
  /**
   * The value that an insert generated for its first record; absent where it generated none. Needed by
   * `returning: 'none'`, where the database must give all records of one statement evenly spaced values.
   */
  readonly insertId?: number | string | undefined
  /** What lies between the values generated for two records of one statement. Default: 1. */
  readonly insertStep?: number | undefined
  /** Every row set with its columns, in order; only where `SqlRunOptions.sets` asks for them. */
  readonly sets?: readonly RowSet[] | undefined
}

/** Rows that no plan describes, with their columns. */
export interface RowSet {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly Cells[]
}

export interface SqlRunOptions {
  /** The statement's stable name: given where it will run again, so that the driver can keep it prepared. */
  readonly name?: string | undefined
  /** Aborted: the promise rejects, and the statement is cancelled on the server where `capabilities.cancel`. */
  readonly signal: AbortSignal
  /** Whether it changes anything: what a driver with one writer at a time needs to know. */
  readonly writes: boolean
  /** It reads or writes few rows, and is likely to be over at once: a driver may run it behind others. Default: false. */
  readonly short?: boolean | undefined
  /** Row sets are wanted with their columns, which no plan describes: at most so many rows of each. */
  readonly sets?: number | undefined
}

/**
 * Runs statements. kysely compiles them; it is not on the path of a request, so that names, raw cells, cursors and
 * cancelling stay possible. Fails with the driver's own error, which the kit puts through `classify`.
 */
export interface SqlExecutor {
  /** At once, where the database is within the process. */
  run(sql: string, binds: readonly unknown[], options: SqlRunOptions): Ready<SqlResult>
  /**
   * Gives rows to a sink as the UTF-8 bytes that the server sent, the text of which `run` would give; optional. The
   * sink is only this statement's; where that has to be run again, the sink is cleared before.
   */
  scan?(sql: string, binds: readonly unknown[], options: SqlRunOptions, sink: RowSink): Promise<void>
  /**
   * Rows in batches, without holding them all, however long that takes: no time limit of a statement holds; optional.
   * A reader that leaves, or that aborts, ends the statement on the server.
   */
  stream?(sql: string, binds: readonly unknown[], options: SqlRunOptions): AsyncIterable<readonly Cells[]>
  /**
   * Inserts records by the database's own way to load many: all of them, or none; optional. What an insert would
   * refuse or change, this refuses or changes as well.
   * @returns whether it could: false where this table, these values or this server rule it out, and nothing was done
   */
  load?(load: SqlLoad, options: Pick<SqlRunOptions, 'signal'>): Promise<boolean>
  /**
   * Within a transaction: undoes what `work` did where it throws, and goes on. Needed where `capabilities.savepoints`.
   */
  savepoint?<T>(work: () => Promise<T>): Promise<T>
}

/** Records on their way into a table. */
export interface SqlLoad {
  readonly table: Table
  readonly columns: readonly Field[]
  /** In wire form, in the order of the columns. */
  readonly records: readonly Values[]
  /** The insert of so many records at once, to be run again and again: for who loads by statements. */
  insert(records: number): Statement
}

export interface SqlConnection {
  /** For compiling, introspection and DDL; shares the executor's pool. */
  readonly kysely: Dialect
  readonly executor: SqlExecutor & {
    /** Commits where `work` resolves; rolls back where it throws or the signal aborts. `work` has its own executor. */
    transaction<T>(work: (executor: SqlExecutor) => Promise<T>, signal: AbortSignal): Promise<T>
  }
  /** Reads the catalogue from the database. */
  introspect(db: Kysely<any>, signal: AbortSignal): Promise<Introspected>
  /**
   * With `returning: 'none'`, whether this server returns what a table's insert stored all the same (`INSERT …
   * RETURNING`); asked before such an insert. Default: it does not.
   */
  returnsInserts?(signal: AbortSignal): Ready<boolean>
  /** How routines are listed and called; needed where `capabilities.procedures` or `functions`. */
  readonly routines?: SqlRoutines | undefined
  /** How many statements can run at once, each on a connection of its own; absent: as many as there are. */
  readonly sessions?: number | undefined
  close(): Promise<void>
}

/** What every SQL service's configuration holds, whatever else it does: see `sqlConfigShape`. */
export interface SqlConfig {
  readonly max_records: number
  readonly max_stream_records: number
  readonly cache_enabled: boolean
  readonly cache_ttl: number
  readonly allow_upsert: boolean
  /** Answers to writes are kept in a table beside the data; see `AnswerStore`. */
  readonly idempotency_keys: boolean
  /** JSON columns are read as texts. */
  readonly json_as_text: boolean
  /** Seconds between looks at the database's schema; 0: only on demand. */
  readonly schema_refresh: number
  /** Of calls that wait for a connection; see `queueOptions`. */
  readonly queue_limit: number
  /** Seconds. */
  readonly queue_timeout: number
  readonly stream_limit: number
}

export interface SqlDialect<S extends Schema<any, SqlConfig> = Schema<any, SqlConfig>> {
  /** The service type's name on the wire: `pgsql`. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  readonly config: S
  readonly capabilities: SqlCapabilities
  readonly syntax: SqlSyntax
  /** How tables are made and changed; absent: they are only described. */
  readonly ddl?: SqlDdl | undefined
  /** Driver cell → wire form, for one field. Asked once per plan. */
  codec(field: Field): Codec
  /** Wire value → what the driver binds; `undefined` where it takes the value as it is. Asked once per plan. */
  binder?(field: Field): ((value: unknown) => unknown) | undefined
  /** No I/O: connections open on first use. */
  open(config: Output<S>, host: Host): SqlConnection
  /** Total and pure: never throws, whatever it is given; `undefined` means "not one I know". */
  classify(error: unknown): Failure | undefined
}
