/**
 * Runs statements with better-sqlite3, which is synchronous: a statement holds the process while it runs, can not be
 * cancelled, and never sees another one half done. What may take long is waiting for a lock, and that is done here,
 * without holding anyone up.
 */
import { existsSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { Host } from '@gw/core'
import {
  type Cells,
  gate,
  inTransaction,
  retrying,
  type SqlConnection,
  type SqlExecutor,
  type SqlResult,
  type TransactionSteps,
} from '@gw/sql'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Config } from './config.ts'
import { introspect } from './introspect.ts'

const MEMORY = ':memory:'
const STATEMENTS = 256
/** Milliseconds between two tries to get a lock. */
const LOCK_PAUSE = 10

export const open = (config: Config, host: Host): SqlConnection => {
  const path = config.database === MEMORY ? MEMORY : host.resolvePath(config.database)
  const patience: Patience = (work, signal) => {
    signal.throwIfAborted()
    try {
      // Most often there is nothing to wait for, and no turn is lost.
      return work()
    } catch (error) {
      if (!isBusy(error)) throw error
      return retrying(work, { when: isBusy, patience: config.busy_timeout, pause: LOCK_PAUSE, signal })
    }
  }
  let main: Handle | undefined
  let second: Handle | undefined
  /** Held by the open transaction; there is one at a time, as SQLite has one writer. */
  const writer = gate()

  const handle = () => {
    main ??= connect(path, config)
    return main
  }
  /** In WAL mode readers and a writer do not meet; otherwise a transaction has the database to itself. */
  const alone = () => path === MEMORY || !handle().wal
  const transactionHandle = () => {
    if (path === MEMORY) return handle()
    second ??= connect(path, config)
    return second
  }

  const executor: SqlConnection['executor'] = {
    async run(sql, binds, { name, signal, writes }) {
      signal.throwIfAborted()
      const own = main ?? (await patience(handle, signal))
      while (writer.closed && (writes || alone())) await writer.open(signal)
      return patience(() => own.run(sql, binds, name, writes), signal)
    },
    async *stream(sql, binds, { signal }) {
      signal.throwIfAborted()
      // A connection runs nothing else while one of its statements is being read. In memory there is only one.
      if (path === MEMORY) yield handle().run(sql, binds, undefined, false).rows
      else yield* streamOn(await patience(() => connect(path, config), signal), sql, binds, signal, patience)
    },
    async transaction(work, signal) {
      await patience(handle, signal)
      const inside = async () =>
        transactionOn(await patience(transactionHandle, signal), work, signal, config, patience)
      return writer.hold(inside, signal)
    },
  }
  return {
    kysely: new SqliteDialect({ database: async () => handle().database }),
    executor,
    introspect: async (db, signal) => {
      await patience(handle, signal)
      return introspect(db, signal, host.log)
    },
    async close() {
      for (const item of [second, main]) item?.database.close()
    },
  }
}

type Patience = <T>(work: () => T, signal: AbortSignal) => T | Promise<T>

const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')

const transactionOn = <T>(
  own: Handle,
  work: (executor: SqlExecutor) => Promise<T>,
  signal: AbortSignal,
  { readonly }: Config,
  patience: Patience,
): Promise<T> => {
  const execute = async (sql: string) => patience(() => own.database.exec(sql), signal)
  const steps: TransactionSteps = {
    begin: () => execute(readonly ? 'begin' : 'begin immediate'),
    commit: () => execute('commit'),
    async rollback() {
      // SQLite itself rolls back on some errors, a full disk for one.
      if (own.database.inTransaction) own.database.exec('rollback')
    },
    async run(sql, binds, options) {
      options.signal.throwIfAborted()
      return own.run(sql, binds, options.name, options.writes)
    },
  }
  return inTransaction(steps, work, signal)
}

/** Rows of one turn of the event loop. */
const BATCH = 256

/** Reads with a connection of its own, a batch a turn, so that other calls go on meanwhile. */
async function* streamOn(
  own: Handle,
  sql: string,
  binds: readonly unknown[],
  signal: AbortSignal,
  patience: Patience,
): AsyncGenerator<readonly Cells[]> {
  let rows: IterableIterator<Cells> | undefined
  try {
    const statement = own.database.prepare(sql).raw().safeIntegers(true)
    const open = statement.iterate(binds.map(bindable)) as IterableIterator<Cells>
    rows = open
    for (let more = true; more; ) {
      const batch: Cells[] = []
      const fill = () => {
        while (more && batch.length < BATCH) {
          const next = open.next()
          if (next.done) more = false
          else batch.push(next.value)
        }
      }
      await patience(fill, signal)
      if (batch.length > 0) yield batch
      await turn()
      signal.throwIfAborted()
    }
  } finally {
    // A connection with an open statement can not be closed.
    rows?.return?.()
    own.database.close()
  }
}

interface Handle {
  readonly database: Database.Database
  readonly wal: boolean
  run(sql: string, binds: readonly unknown[], name: string | undefined, writes: boolean): SqlResult
}

const connect = (path: string, { readonly, create, options, statements }: Config): Handle => {
  if (path !== MEMORY && !create && !existsSync(path))
    throw Object.assign(new Error('There is no such file, and "create" is not set.'), { code: 'SQLITE_CANTOPEN' })
  // Waiting inside SQLite would stop the whole process: a lock that is held is tried again from here.
  const database = new Database(path, { readonly, timeout: 0 })
  try {
    if (!readonly && path !== MEMORY) database.pragma('journal_mode = wal')
    database.pragma('foreign_keys = on')
    for (const [name, value] of Object.entries(options)) database.pragma(`${name} = ${value}`)
    for (const statement of statements) database.exec(statement)
    return { database, wal: database.pragma('journal_mode', { simple: true }) === 'wal', run: runner(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

interface Prepared {
  readonly statement: Database.Statement
  /** Integers as bigints: set once a result held one that a number can't. */
  exact: boolean
}

const runner = (database: Database.Database): Handle['run'] => {
  const prepared = new LRUCache<string, Prepared>({ max: STATEMENTS })
  const prepare = (sql: string, name: string | undefined): Prepared => {
    let found = prepared.get(sql)
    if (!found) {
      const statement = database.prepare(sql)
      found = { statement: statement.reader ? statement.raw() : statement, exact: false }
      if (name !== undefined) prepared.set(sql, found)
    }
    return found
  }
  return (sql, binds, name, writes) => {
    const found = prepare(sql, name)
    const { statement } = found
    const values = binds.map(bindable)
    if (!statement.reader) return { rows: [], affected: statement.run(values).changes }
    // Bigints cost time, so a read is tried without; what changes something can be run once only.
    let rows = statement.safeIntegers(writes || found.exact).all(values) as Cells[]
    if (!writes && !found.exact && rows.some(isRounded)) {
      found.exact = true
      rows = statement.safeIntegers(true).all(values) as Cells[]
    }
    return { rows, affected: rows.length }
  }
}

/** SQLite knows no booleans, and better-sqlite3 binds every number as a real: `5` would be stored as `5.0` in a text. */
const bindable = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'boolean') return value ? 1n : 0n
  return value === undefined ? null : value
}

/** An integer beyond 2⁵³ arrives as a number at least that large (and so does a large real, at no harm). */
const isRounded = (row: Cells): boolean =>
  row.some((cell) => typeof cell === 'number' && (cell > Number.MAX_SAFE_INTEGER || cell < Number.MIN_SAFE_INTEGER))
