/** A dialect whose statements are seen on their way to the driver. */
import { after } from '@gw/core'
import type { SqlConnection, SqlDialect, SqlExecutor } from '@gw/sql'

export interface SeenStatement {
  readonly sql: string
  readonly binds: readonly unknown[]
  /** The name under which the driver keeps it prepared. */
  readonly name: string | undefined
}

export interface SpiedDialect {
  readonly dialect: SqlDialect<any>
  /** In the order in which they were sent, since the last `forget`. */
  readonly statements: readonly SeenStatement[]
  /** How many rows came at once from each stream since the last `forget`. */
  readonly parts: readonly number[]
  /** How many rows came from each statement since the last `forget`, streams apart. */
  readonly rows: readonly number[]
  forget(): void
}

/** The same dialect, with every statement of a request written down before it runs. */
export const spyOn = (dialect: SqlDialect<any>): SpiedDialect => {
  const statements: SeenStatement[] = []
  const parts: number[] = []
  const rows: number[] = []
  async function* counted<T>(stream: AsyncIterable<readonly T[]>) {
    for await (const part of stream) {
      parts.push(part.length)
      yield part
    }
  }
  const watched = (executor: SqlExecutor): SqlExecutor => ({
    run(sql, binds, options) {
      statements.push({ sql, binds, name: options.name })
      return after(executor.run(sql, binds, options), (result) => {
        rows.push(result.rows.length)
        return result
      })
    },
    ...(executor.stream && {
      stream(sql, binds, options) {
        statements.push({ sql, binds, name: options.name })
        return counted(executor.stream!(sql, binds, options))
      },
    }),
    ...(executor.load && { load: (records, options) => executor.load!(records, options) }),
    ...(executor.savepoint && { savepoint: (work) => executor.savepoint!(work) }),
  })
  const opened = (connection: SqlConnection): SqlConnection => ({
    kysely: connection.kysely,
    introspect: (db, signal) => connection.introspect(db, signal),
    ...(connection.routines && { routines: connection.routines }),
    close: () => connection.close(),
    executor: {
      ...watched(connection.executor),
      transaction: (work, signal) => connection.executor.transaction((executor) => work(watched(executor)), signal),
    },
  })
  return {
    dialect: { ...dialect, open: (config, host) => opened(dialect.open(config, host)) },
    statements,
    parts,
    rows,
    forget() {
      statements.splice(0)
      rows.splice(0)
      parts.splice(0)
    },
  }
}
