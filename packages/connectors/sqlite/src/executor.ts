/**
 * Runs statements with better-sqlite3, which is synchronous: a statement holds the process while it runs, and never
 * sees another one half done. Reads that may take long run elsewhere (readers.ts); waiting for a lock is done here,
 * without holding anyone up.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Host, Ready } from '@gw/core'
import {
  type Cells,
  type CommitGroup,
  commitGroup,
  gate,
  inTransaction,
  loadInBlocks,
  queueOptions,
  retrying,
  type SqlConnection,
  type SqlExecutor,
  type SqlResult,
  type SqlRunOptions,
  type TransactionSteps,
  turns,
  unless,
} from '@gw/sql'
import { SqliteDialect } from '@gw/sql/kysely'
import type { Config } from './config.ts'
import { connect, type Handle, MEMORY, type OpenRows, openRows } from './handle.ts'
import { introspect } from './introspect.ts'
import { readers } from './readers.ts'

/** Milliseconds between two tries to get a lock. */
const LOCK_PAUSE = 10
/** Milliseconds for which the statements of a transaction may hold the process. */
const SLICE = 8

export const open = (config: Config, host: Host): SqlConnection => {
  const path = config.database === MEMORY ? MEMORY : host.resolvePath(config.database)
  const insist = <T>(work: () => Ready<T>, signal: AbortSignal): Promise<T> =>
    retrying(work, { when: isBusy, patience: config.busy_timeout, pause: LOCK_PAUSE, signal })
  const patience: Patience = (work, signal) => unless(work, { when: isBusy, signal, wait: () => insist(work, signal) })
  // What is in memory is seen by one connection only.
  const elsewhere = path === MEMORY ? undefined : readers(path, config)
  let main: Handle | undefined
  let writes: CommitGroup | undefined
  let second: Handle | undefined
  /** Held by the open transaction; there is one at a time, as SQLite has one writer. */
  const writer = gate(queueOptions(config))

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

  const inTurn: Patience = (work, signal) => writer.hold(async () => patience(work, signal), signal)
  const mustWait = (writes: boolean) => writer.closed && (writes || alone())
  const statementOn =
    (own: Handle, sql: string, binds: readonly unknown[], { name, signal, writes }: SqlRunOptions) =>
    (): Ready<SqlResult> => {
      const statement = own.prepare(sql, name)
      if (writes || !elsewhere || !statement.isLong(binds)) return statement.run(binds, writes)
      return elsewhere.run(sql, binds, signal, statement.pace)
    }
  /** Where another program writes, one call waits for it, and the others behind that one. */
  const execute = (work: () => Ready<SqlResult>, { signal, writes }: SqlRunOptions): Ready<SqlResult> =>
    unless(work, {
      when: isBusy,
      signal,
      wait: () => (writes ? writer.hold(() => insist(work, signal), signal) : insist(work, signal)),
    })
  const executeLater = async (sql: string, binds: readonly unknown[], options: SqlRunOptions) => {
    const { signal, writes } = options
    const own = await patience(handle, signal)
    const work = statementOn(own, sql, binds, options)
    if (!mustWait(writes)) return execute(work, options)
    if (writes) return inTurn(work, signal)
    // A read only begins in its turn: where it goes on elsewhere, it keeps nobody waiting.
    const { result } = await writer.hold(async () => ({ result: patience(work, signal) }), signal)
    return result
  }

  const executor: SqlConnection['executor'] = {
    run(sql, binds, options) {
      options.signal.throwIfAborted()
      if (!main || mustWait(options.writes)) return executeLater(sql, binds, options)
      const own = main
      if (!options.writes || alone()) return execute(statementOn(own, sql, binds, options), options)
      writes ??= commitGroup({ connection: own.database, mustWait: () => writer.closed, alone: inTurn, slice: SLICE })
      return writes.add(() => own.prepare(sql, options.name).run(binds, true), options.signal)
    },
    async *stream(sql, binds, { signal }) {
      signal.throwIfAborted()
      const own = await patience(handle, signal)
      // A connection runs nothing else while one of its statements is being read. In memory there is only one.
      if (!elsewhere) yield own.prepare(sql, undefined).run(binds, false).rows
      else if (await patience(() => own.prepare(sql, undefined).isLong(binds), signal))
        yield* elsewhere.stream(sql, binds, signal)
      else yield* streamOn(await patience(() => connect(path, config), signal), sql, binds, signal, patience)
    },
    load: (records, { signal }) => executor.transaction((inside) => inside.load!(records, { signal }), signal),
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
    introspect: async (_db, signal) => {
      const own = await patience(handle, signal)
      return introspect((sql, binds) => own.prepare(sql, undefined).run(binds, false).rows, signal, host.log)
    },
    async close() {
      elsewhere?.close()
      for (const item of [second, main]) item?.database.close()
    },
  }
}

type Patience = <T>(work: () => Ready<T>, signal: AbortSignal) => Ready<T>

const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')

const transactionOn = <T>(
  own: Handle,
  work: (executor: SqlExecutor) => Promise<T>,
  signal: AbortSignal,
  { readonly }: Config,
  patience: Patience,
): Promise<T> => {
  const execute = async (sql: string) => patience(() => own.database.exec(sql), signal)
  // Between two statements there may be nothing else to wait for: others wait, and nobody hears that a client has left.
  const due = turns(SLICE, signal)
  const steps: TransactionSteps = {
    begin: () => execute(readonly ? 'begin' : 'begin immediate'),
    commit: () => execute('commit'),
    async rollback() {
      // SQLite itself rolls back on some errors, a full disk for one.
      if (own.database.inTransaction) own.database.exec('rollback')
    },
    control: execute,
    load: (records, { signal }) =>
      loadInBlocks(({ sql, binds, name }) => own.prepare(sql, name).run(binds, true), records, signal),
    async run(sql, binds, options) {
      await due()
      options.signal.throwIfAborted()
      return own.prepare(sql, options.name).run(binds, options.writes)
    },
  }
  return inTransaction(steps, work, signal)
}

/** Reads with a connection of its own, a batch a turn, so that other calls go on meanwhile. */
async function* streamOn(
  own: Handle,
  sql: string,
  binds: readonly unknown[],
  signal: AbortSignal,
  patience: Patience,
): AsyncGenerator<readonly Cells[]> {
  let open: OpenRows | undefined
  try {
    const rows = openRows(own, sql, binds)
    open = rows
    for (let more = true; more; ) {
      const batch = await patience(() => rows.next(), signal)
      more = batch.more
      if (batch.rows.length > 0) yield batch.rows
      await turn()
      signal.throwIfAborted()
    }
  } finally {
    // A connection with an open statement can not be closed.
    open?.end()
    own.database.close()
  }
}
