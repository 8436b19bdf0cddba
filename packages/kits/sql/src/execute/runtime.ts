/** What the executing parts share: the dialect's pieces, and the one way to run a statement. */
import type { Ready } from '@gw/core'
import type { Field, RunOptions } from '@gw/records'
import type { Kysely } from 'kysely'
import type { Binder } from '../compile/slots.ts'
import type { SqlSyntax } from '../compile/syntax.ts'
import type { Cells, SqlCapabilities, SqlLoad, SqlResult } from '../dialect.ts'
import type { Codec } from '../wire.ts'
import type { RowSink } from './row-bytes.ts'

export interface Runtime {
  /** For compiling only. */
  readonly db: Kysely<any>
  readonly dialect: {
    readonly capabilities: SqlCapabilities
    readonly syntax: SqlSyntax
    codec(field: Field): Codec
    binder(field: Field): Binder | undefined
  }
  run(statement: BoundStatement, options: RunOptions, writes: boolean): Ready<SqlResult>
  /**
   * As `run`, but for cells as bytes, which go to the sink that is opened for them. Absent where the driver has none;
   * `undefined` where it has none here, as in a transaction.
   */
  scan?<S extends RowSink>(statement: BoundStatement, options: RunOptions, open: () => S): Promise<S> | undefined
  /** See `SqlConnection.returnsInserts`. */
  returnsInserts(options: Pick<RunOptions, 'signal'>): Ready<boolean>
  /** Whether the connector has loaded the records by its own way; see `SqlExecutor.load`. */
  load(load: SqlLoad, options: RunOptions): Promise<boolean>
  /** Batches of rows; absent where the driver has none. */
  stream?:
    | ((sql: string, binds: readonly unknown[], options: Pick<RunOptions, 'signal'>) => AsyncIterable<readonly Cells[]>)
    | undefined
  transaction: <T>(work: (options: RunOptions) => Promise<T>, options: RunOptions) => Promise<T>
  /** Remembers a function's result for each plan, as long as the plan lives. */
  once<P extends object, T>(make: (plan: P) => T): (plan: P) => T
}

/** A statement with what is bound to it. */
export interface BoundStatement {
  readonly sql: string
  readonly binds: readonly unknown[]
  /** See `SqlRunOptions.name`. */
  readonly name?: string | undefined
  /** See `SqlRunOptions.short`. */
  readonly short?: boolean | undefined
}

export const once = <P extends object, T>(make: (plan: P) => T): ((plan: P) => T) => {
  const made = new WeakMap<P, T>()
  return (plan) => {
    let result = made.get(plan)
    if (result === undefined) {
      result = make(plan)
      made.set(plan, result)
    }
    return result
  }
}
