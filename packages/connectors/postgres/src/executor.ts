/** Runs statements with `pg`: named, so that they stay prepared; with cells as the text that the server sent. */
import { GwError, type Host } from '@gw/core'
import {
  abortable,
  type Cells,
  type SqlConnection,
  type SqlExecutor,
  type SqlResult,
  type SqlRunOptions,
} from '@gw/sql'
import { PostgresDialect } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { CustomTypesConfig, PoolClient, QueryArrayResult } from 'pg'
import { isStale } from './errors.ts'
import { introspect } from './introspect.ts'
import { type ConnectionConfig, type Connections, connections } from './pool.ts'

/** Prepared statements that a connection keeps; each costs the server memory. */
const STATEMENTS = 256
/** Milliseconds that a cancelled statement has to end, before its connection is cut. */
const CANCEL_PATIENCE = 2_000
/** The server's text as it is: no dates, no numbers, nothing parsed. */
const RAW = { getTypeParser: () => (text: string) => text } as unknown as CustomTypesConfig

export const open = (config: ConnectionConfig & { readonly schema: string }, host: Host): SqlConnection => {
  const pool = connections(config, host)
  const { connect, cancel, end } = pool
  const withSession = async <T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> => {
    const session = sessionOn(await checkOut(pool, signal), cancel)
    try {
      return await work(session)
    } finally {
      session.release()
    }
  }
  return {
    kysely: new PostgresDialect({ pool: { connect, end } as never }),
    executor: {
      run: (sql, binds, options) => withSession(options.signal, (session) => session.run(sql, binds, options)),
      transaction: (work, signal) => withSession(signal, (session) => session.transaction(work, signal)),
    },
    introspect: (db, signal) => introspect(db, config.schema, signal),
    close: end,
  }
}

const checkOut = async ({ connect, waiting }: Connections, signal: AbortSignal): Promise<PoolClient> => {
  signal.throwIfAborted()
  if (!waiting()) return connect()
  const pending = connect()
  try {
    return await abortable(pending, signal)
  } catch (error) {
    // Given up while waiting in line: whoever is next gets the connection.
    pending.then(
      (client) => client.release(),
      () => undefined,
    )
    throw error
  }
}

interface Session {
  run: SqlExecutor['run']
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>, signal: AbortSignal): Promise<T>
  release(): void
}

const sessionOn = (client: PoolClient, cancel: (client: PoolClient) => Promise<void>): Session => {
  const prepared = preparedOn(client)
  /** Whether the connection is fit for another call. */
  let sound = true
  let last: Promise<unknown> = Promise.resolve()

  const query = async (sql: string, binds: readonly unknown[], name?: string): Promise<QueryArrayResult> => {
    const making = prepared.keep(name)
    if (making) await making
    const text = { text: sql, values: binds as unknown[], rowMode: 'array' as const, types: RAW }
    return client.query<unknown[]>(name === undefined ? text : { ...text, name })
  }
  const cancelling = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
    let cutting: NodeJS.Timeout | undefined
    const onAbort = () => {
      // The cancel could meet a later statement: the connection is not used for one.
      sound = false
      cutting = setTimeout(() => void client.end(), CANCEL_PATIENCE).unref()
      cancel(client).catch(() => void client.end())
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await work
    } finally {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(cutting)
    }
  }
  const runOnce = async (
    sql: string,
    binds: readonly unknown[],
    { name, signal }: SqlRunOptions,
  ): Promise<SqlResult> => {
    signal.throwIfAborted()
    const { rows, rowCount } = await cancelling(query(sql, binds, name), signal)
    return { rows: rows as Cells[], affected: rowCount ?? 0 }
  }
  const run: SqlExecutor['run'] = async (sql, binds, options) => {
    try {
      return await runOnce(sql, binds, options)
    } catch (error) {
      // Checked by the server before anything runs, so that nothing is done twice.
      if (options.name === undefined || !isStale(error)) throw error
      await prepared.drop(options.name)
      return runOnce(sql, binds, options)
    }
  }
  /** One after the other: a connection runs one statement at a time. In a transaction a failure can't be retried. */
  const inTurn: SqlExecutor['run'] = (sql, binds, options) => {
    const next = last.then(() => runOnce(sql, binds, options))
    last = next.catch(() => undefined)
    return next
  }
  return {
    run,
    async transaction(work, signal) {
      await query('begin', [])
      try {
        const result = await work({ run: inTurn })
        await last
        signal.throwIfAborted()
        // After a failure that `work` passed over, the server answers COMMIT by rolling back.
        if ((await query('commit', [])).command !== 'COMMIT')
          throw new GwError('conflict', 'All changes were undone, because one of them failed.')
        return result
      } catch (error) {
        await last
        await query('rollback', []).catch(() => {
          sound = false
        })
        throw error
      }
    },
    release: () => client.release(!sound),
  }
}

interface Prepared {
  /** Notes a use; lets go of the one that was not used for the longest time. */
  keep(name: string | undefined): Promise<void> | undefined
  drop(name: string): Promise<void>
}
const PREPARED = new WeakMap<PoolClient, Prepared>()

const preparedOn = (client: PoolClient): Prepared => {
  const known = PREPARED.get(client)
  if (known) return known
  const names = new LRUCache<string, true>({ max: STATEMENTS })
  const drop = async (name: string) => {
    names.delete(name)
    // `pg` has no way to forget a statement: it would go on naming one that is gone.
    const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } }
    const wasParsed = name in connection.parsedStatements
    delete connection.parsedStatements[name]
    if (wasParsed) await client.query(`deallocate "${name}"`).catch(() => undefined)
  }
  const prepared: Prepared = {
    keep(name) {
      if (name === undefined) return undefined
      const making = names.size === STATEMENTS && !names.has(name) ? drop([...names.rkeys()][0]!) : undefined
      names.set(name, true)
      return making
    },
    drop,
  }
  PREPARED.set(client, prepared)
  return prepared
}
