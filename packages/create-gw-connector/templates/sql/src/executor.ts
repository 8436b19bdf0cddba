/** Runs statements. The driver has one connection, and is synchronous: a transaction has it to itself. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { Host } from '@gw/core'
import {
  type Cells,
  gate,
  inTransaction,
  queueOptions,
  type SqlConnection,
  type SqlExecutor,
  type SqlResult,
} from '@gw/sql'
import { SqliteDialect } from '@gw/sql/kysely'
import type { Config } from './config.ts'
import { introspect } from './introspect.ts'

/** Rows of one batch of a stream. */
const BATCH = 256

/** No I/O: the database is opened on first use. */
export const open = (config: Config, host: Host): SqlConnection => {
  const path = host.resolvePath(config.database)
  let opened: DatabaseSync | undefined
  const database = (): DatabaseSync => {
    if (opened) return opened
    opened = new DatabaseSync(path)
    // Readers and a writer do not meet.
    opened.exec('pragma journal_mode = wal')
    return opened
  }
  /** Held by the open transaction; what comes meanwhile waits, as long as the configuration lets it. */
  const transactions = gate(queueOptions(config))

  const execute = (sql: string, binds: readonly unknown[]): SqlResult => resultOf(database().prepare(sql), binds)
  const control = async (sql: string): Promise<void> => database().exec(sql)

  const run: SqlExecutor['run'] = (sql, binds, { signal }) => {
    signal.throwIfAborted()
    if (!transactions.closed) return execute(sql, binds)
    return transactions.hold(async () => execute(sql, binds), signal)
  }
  return {
    executor: {
      run,
      async *stream(sql, binds, { signal }) {
        // Of its own: a reader takes as long as it likes, and nobody waits for it.
        const own = new DatabaseSync(path)
        try {
          let batch: Cells[] = []
          for (const row of rowsOf(own.prepare(sql)).iterate(...binds.map(bound))) {
            if (batch.push(row as unknown as Cells) < BATCH) continue
            yield batch
            batch = []
            await turn()
            signal.throwIfAborted()
          }
          if (batch.length > 0) yield batch
        } finally {
          own.close()
        }
      },
      transaction: (work, signal) =>
        transactions.hold(
          () =>
            inTransaction(
              {
                begin: () => control('begin immediate'),
                commit: () => control('commit'),
                async rollback() {
                  if (database().isTransaction) database().exec('rollback')
                },
                control,
                async run(sql, binds, { signal: own }) {
                  own.throwIfAborted()
                  return execute(sql, binds)
                },
              },
              work,
              signal,
            ),
          signal,
        ),
    },
    introspect: (_db, signal) => introspect((sql, binds = []) => execute(sql, binds).rows, signal),
    // The kit compiles with it, and runs nothing by it.
    kysely: new SqliteDialect({
      database: async () => {
        throw new Error('Statements are run by the executor.')
      },
    }),
    async close() {
      opened?.close()
      opened = undefined
    },
  }
}

/** Rows as arrays, integers as bigints: a number would lose digits beyond 2⁵³. */
const rowsOf = (statement: StatementSync): StatementSync => {
  statement.setReadBigInts(true)
  if (statement.columns().length > 0) statement.setReturnArrays(true)
  return statement
}

const resultOf = (statement: StatementSync, binds: readonly unknown[]): SqlResult => {
  const values = binds.map(bound)
  if (statement.columns().length === 0) return { rows: [], affected: Number(statement.run(...values).changes) }
  const rows = rowsOf(statement).all(...values) as unknown as readonly Cells[]
  return { rows, affected: rows.length }
}

/** The driver knows no booleans, and binds every number as a real: `5` would be stored as `5.0` in a text. */
const bound = (value: unknown): SQLInputValue => {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  return (value ?? null) as SQLInputValue
}
