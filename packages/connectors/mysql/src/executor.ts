/** Runs statements with `mysql2`: prepared, over the binary protocol, with rows as arrays. */
import { Readable } from 'node:stream'
import { GwError, type Host } from '@gw/core'
import {
  type Cells,
  callbackPool,
  inTransaction,
  mysqlLoad,
  mysqlRoutines,
  mysqlRowSets,
  onSessions,
  type PooledSession,
  rowStream,
  Soundness,
  type SqlConnection,
  type SqlExecutor,
  type SqlResult,
} from '@gw/sql'
import { MysqlDialect } from 'kysely'
import type { Connection, ResultSetHeader } from 'mysql2'
import type { Config } from './config.ts'
import { endsTransaction, isStale, isWithoutLoading } from './errors.ts'
import { introspect, withinOf } from './introspect.ts'
import { type Connections, connections, type Pooled } from './pool.ts'
import { exactInteger, fieldType } from './types.ts'

export const open = (config: Config, host: Host): SqlConnection => {
  const pool = connections(config, host)
  const { executor, withSession } = onSessions(async (signal) => sessionOn(await pool.connect(signal), pool))
  return {
    kysely: new MysqlDialect({
      pool: callbackPool({ ...pool, connectionOf: ({ connection }) => connection }) as never,
    }),
    executor: {
      ...executor,
      load: (records, options) => withSession(options.signal, (own) => own.load(records, options)),
    },
    introspect: (db, signal) => introspect(db, executor.stream, config.schema, signal),
    routines: mysqlRoutines({ wanted: config.schema, within: withinOf(config.schema), fieldType }),
    sessions: config.pool_size,
    close: async () => pool.end(),
  }
}

type Session = PooledSession & Required<Pick<SqlExecutor, 'load'>>

/** Whatever name the server asks for, it gets this. */
const sendFile = (connection: Connection, sql: string, packets: Iterable<Buffer>) =>
  new Promise<ResultSetHeader>((resolve, reject) => {
    connection.query({ sql, infileStreamFactory: () => Readable.from(packets) }, (error, result) =>
      error ? reject(error) : resolve(result as ResultSetHeader),
    )
  })

const sessionOn = (pooled: Pooled, pool: Connections): Session => {
  const { connection, query, unlimited } = pooled
  const soundness = new Soundness(() => pool.cancel(pooled), pooled.cut)
  /** Whether the server may have undone the open transaction by itself: what runs now would be on its own. */
  let undone = false

  const runOnce: PooledSession['run'] = async (sql, binds, { name, signal, sets }) => {
    try {
      if (sets === undefined)
        return resultOf(await soundness.stoppable(() => execute(connection, sql, binds), signal), pooled)
      const found = await soundness.stoppable(() => executeSets(connection, sql, binds, sets), signal)
      return { rows: [], affected: 0, sets: found }
    } catch (error) {
      if ((error as { fatal?: unknown }).fatal) soundness.sound = false
      throw error
    } finally {
      if (name === undefined) forget(connection, sql)
    }
  }
  async function* streamRows(...[sql, binds, { signal }]: Parameters<PooledSession['stream']>) {
    const left = new AbortController()
    const either = AbortSignal.any([signal, left.signal])
    // A reader may take its time: the limits of the session hold again afterwards.
    await query(unlimited.before)
    try {
      yield* rowStream({
        run: (row) => soundness.abandonable(() => executeRows(connection, sql, binds, row), either),
        pause: () => connection.pause(),
        resume: () => connection.resume(),
        stop: () => left.abort(),
      })
    } finally {
      forget(connection, sql)
      if (soundness.sound) await soundness.tidy(() => query(unlimited.after))
    }
  }
  const run: PooledSession['run'] = async (sql, binds, options) => {
    try {
      return await runOnce(sql, binds, options)
    } catch (error) {
      // Checked by the server before anything runs, so that nothing is done twice.
      if (!isStale(error)) throw error
      forget(connection, sql)
      return runOnce(sql, binds, options)
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
    stream: streamRows,
    load: (records, options) => transaction((inside) => inside.load!(records, options), options.signal),
    transaction,
    release: () => pool.release(pooled, soundness.sound),
  }
}

/** The same form wherever a statement is named: the driver keeps it by all of it. */
const statement = (sql: string) => ({ sql, rowsAsArray: true }) as const

const valuesOf = (binds: readonly unknown[]) =>
  binds.map((value) => (typeof value === 'number' ? exactInteger(value) : (value ?? null))) as never[]

const execute = (connection: Connection, sql: string, binds: readonly unknown[]) =>
  new Promise<Cells[] | ResultSetHeader>((resolve, reject) => {
    connection.execute({ ...statement(sql), values: valuesOf(binds) }, (error, result) =>
      error ? reject(error) : resolve(result as never),
    )
  })
/** A broken connection tells itself, and not the statement that is read row by row. */
const orBroken = <T>(connection: Connection, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  connection.once('error', reject)
  return Promise.race([work, promise]).finally(() => connection.off('error', reject))
}
/** The same, row by row. */
const executeRows = (connection: Connection, sql: string, binds: readonly unknown[], row: (cells: Cells) => void) => {
  const reading = new Promise<void>((resolve, reject) => {
    connection
      .execute({ ...statement(sql), values: valuesOf(binds) })
      .on('result', (cells) => row(cells as never))
      .on('error', reject)
      .on('end', resolve)
  })
  return orBroken(connection, reading)
}
/** So that no more rows of each set are held than wanted. */
const executeSets = (connection: Connection, sql: string, binds: readonly unknown[], limit: number) =>
  orBroken(connection, mysqlRowSets(connection.execute({ ...statement(sql), values: valuesOf(binds) }), limit))
const forget = (connection: Connection, sql: string) => void connection.unprepare(statement(sql) as never)

const resultOf = (result: Cells[] | ResultSetHeader, { insertStep }: Pooled): SqlResult => {
  if (Array.isArray(result)) return { rows: result, affected: result.length }
  const { affectedRows, insertId } = result
  return { rows: [], affected: affectedRows, insertId: insertId === 0 ? undefined : insertId, insertStep }
}
