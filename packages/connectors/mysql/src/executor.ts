/** Where the statements of a service run: on a connection that one call has for itself, until they are over. */
import { Readable } from 'node:stream'
import { GwError, type Host } from '@gw/core'
import {
  callbackPool,
  inTransaction,
  mysqlLoad,
  mysqlRoutines,
  onSessions,
  type PooledSession,
  renewing,
  rowStream,
  Soundness,
  type SqlConnection,
  type SqlExecutor,
} from '@gw/sql'
import { MysqlDialect } from 'kysely'
import type { Connection, ResultSetHeader } from 'mysql2'
import type { Config } from './config.ts'
import { endsTransaction, isStale, isWithoutLoading } from './errors.ts'
import { introspect, withinOf } from './introspect.ts'
import { type Connections, connections, type Pooled } from './pool.ts'
import { fieldType } from './types.ts'

export const open = (config: Config, host: Host): SqlConnection => {
  const pool = connections(config, host)
  const { executor, withSession } = onSessions(async (signal) => sessionOn(await pool.connect(signal), pool))
  return {
    kysely: new MysqlDialect({
      pool: callbackPool({ ...pool, connectionOf: ({ connection }) => connection }) as never,
    }),
    executor: {
      ...executor,
      scan: (sql, binds, options, sink) => withSession(options.signal, (own) => own.scan(sql, binds, options, sink)),
      load: (records, options) => withSession(options.signal, (own) => own.load(records, options)),
    },
    introspect: (db, signal) => introspect(db, executor.stream, config.schema, signal),
    routines: mysqlRoutines({ wanted: config.schema, within: withinOf(config.schema), fieldType }),
    sessions: config.pool_size,
    close: async () => pool.end(),
  }
}

type Session = PooledSession & Required<Pick<SqlExecutor, 'load' | 'scan'>>

/** Whatever name the server asks for, it gets this. */
const sendFile = (connection: Connection, sql: string, packets: Iterable<Buffer>) =>
  new Promise<ResultSetHeader>((resolve, reject) => {
    connection.query({ sql, infileStreamFactory: () => Readable.from(packets) }, (error, result) =>
      error ? reject(error) : resolve(result as ResultSetHeader),
    )
  })

const sessionOn = (pooled: Pooled, pool: Connections): Session => {
  const { connection, query, unlimited, wire, prepared } = pooled
  const soundness = new Soundness(() => pool.cancel(pooled), pooled.cut)
  /** Whether the server may have undone the open transaction by itself: what runs now would be on its own. */
  let undone = false

  const stoppable = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await soundness.stoppable(work, signal)
    } finally {
      if (!wire.usable) soundness.sound = false
    }
  }
  // A stale statement is refused before anything runs, so that nothing is done twice.
  const run: PooledSession['run'] = (sql, binds, { name, signal, sets }) =>
    renewing(prepared, isStale, name && sql, () => {
      if (sets === undefined) return stoppable(() => pooled.run({ sql, binds, name }), signal)
      return stoppable(() => pooled.sets({ sql, binds }, sets), signal).then((found) => ({
        rows: [],
        affected: 0,
        sets: found,
      }))
    })
  const scan: Session['scan'] = (sql, binds, { name, signal }, sink) =>
    renewing(prepared, isStale, name && sql, async () => {
      await stoppable(() => pooled.scan({ sql, binds, name }, sink), signal)
    })
  async function* streamRows(...[sql, binds, { signal }]: Parameters<PooledSession['stream']>) {
    const left = new AbortController()
    const either = AbortSignal.any([signal, left.signal])
    // A reader may take its time: the limits of the session hold again afterwards.
    await query(unlimited.before)
    try {
      yield* rowStream({
        run: (row) => soundness.abandonable(() => pooled.each({ sql, binds }, row), either),
        pause: () => connection.pause(),
        resume: () => connection.resume(),
        stop: () => left.abort(),
      })
    } finally {
      if (soundness.sound) await soundness.tidy(() => query(unlimited.after))
    }
  }
  const loadWithin: Session['load'] = (records, { signal }) =>
    mysqlLoad(records, {
      send: (sql, packets) => sendFile(connection, sql, packets),
      isWithoutLoading,
      pooled,
      control: query,
      run: (sql, binds, name) => run(sql, binds, { name, signal, writes: false }),
      stoppable: (work) => soundness.stoppable(work, signal),
    })
  const refuseUndone = () => {
    if (undone)
      throw new GwError('conflict', 'All changes were undone, because one of them failed; try again.', {
        retryable: true,
      })
  }
  /** What would come after the server has undone the transaction would be outside of it, and stay. */
  const unlessUndone = async <T>(work: () => T | Promise<T>): Promise<T> => {
    refuseUndone()
    try {
      return await work()
    } catch (error) {
      undone ||= endsTransaction(error)
      throw error
    }
  }
  const transaction: PooledSession['transaction'] = (work, signal) =>
    inTransaction(
      {
        begin: () => query('start transaction'),
        async commit() {
          refuseUndone()
          await query('commit')
        },
        rollback: () => soundness.tidy(() => query('rollback')),
        control: query,
        load: (records, options) => unlessUndone(() => loadWithin(records, options)),
        run: (sql, binds, options) => unlessUndone(() => run(sql, binds, options)),
      },
      work,
      signal,
    )
  return {
    run,
    scan,
    stream: streamRows,
    load: (records, options) => transaction((inside) => inside.load!(records, options), options.signal),
    transaction,
    release: () => pool.release(pooled, soundness.sound),
  }
}
