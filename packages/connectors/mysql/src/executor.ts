/** Where the statements of a service run: on a connection that one call has for itself, until they are over. */
import { Readable } from 'node:stream'
import type { Host } from '@gw/core'
import {
  callbackPool,
  inTransaction,
  mysqlLoad,
  mysqlRoutines,
  noneAfterUndone,
  onSessions,
  type PooledSession,
  renewing,
  rowStream,
  Soundness,
  type SqlConnection,
  type SqlExecutor,
  sharedRunner,
  shareOf,
  sharing,
  type TransactionSteps,
} from '@gw/sql'
import { MysqlDialect } from '@gw/sql/kysely'
import type { Connection, ResultSetHeader } from 'mysql2'
import type { Config } from './config.ts'
import { endsTransaction, isStale, isStopped, isWithoutLoading } from './errors.ts'
import { introspect, withinOf } from './introspect.ts'
import { type Connections, connections, opener, type Pooled } from './pool.ts'
import { fieldType } from './types.ts'

export const open = (config: Config, host: Host): SqlConnection => {
  const openOne = opener(config, host)
  const { shares, limit } = shareOf(config)
  const pool = connections(openOne, config, config.pool_size - shares)
  const shared = connections(openOne, config, shares, limit)
  let returning: boolean | undefined
  const { executor, withSession } = onSessions(async (signal) => {
    const pooled = await pool.connect(signal)
    returning = pooled.returning
    return sessionOn(pooled, pool)
  })
  const alone: Statements = {
    run: executor.run,
    scan: (sql, binds, options, sink) => withSession(options.signal, (own) => own.scan(sql, binds, options, sink)),
  }
  const reads = shares > 0 ? sharedReads(shared, shares, alone) : alone
  return {
    kysely: new MysqlDialect({
      pool: callbackPool({ ...pool, connectionOf: ({ connection }) => connection }) as never,
    }),
    executor: {
      ...executor,
      // What is committed waits for the disk, and would hold up what is behind it.
      run: (sql, binds, options) => (options.writes ? alone : reads).run(sql, binds, options),
      scan: reads.scan,
      load: (records, options) => withSession(options.signal, (own) => own.load(records, options)),
    },
    returnsInserts: (signal) => returning ?? withSession(signal, async () => returning === true),
    introspect: (db, signal) => introspect(db, executor.stream, config.schema, signal),
    routines: mysqlRoutines({ wanted: config.schema, within: withinOf(config.schema), fieldType }),
    sessions: config.pool_size - shares,
    async close() {
      pool.end()
      shared.end()
    },
  }
}

type Statements = Required<Pick<SqlExecutor, 'run' | 'scan'>>

const sharedReads = (pool: Connections, max: number, alone: Statements): Statements =>
  sharing(sharedRunner<Pooled>({ pool, max, wireOf: ({ wire }) => wire, isStale, stopped: isStopped }), alone)

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

  const stoppable = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await soundness.stoppable(work, signal)
    } finally {
      if (!wire.usable) soundness.sound = false
    }
  }
  // A stale statement is refused before anything runs, so that nothing is done twice.
  const run: PooledSession['run'] = (sql, binds, { name, signal, sets }) =>
    renewing(prepared, isStale, name, () => {
      if (sets === undefined) return stoppable(() => pooled.run({ sql, binds, name }), signal)
      return stoppable(() => pooled.sets({ sql, binds }, sets), signal)
    })
  const scan: Session['scan'] = (sql, binds, { name, signal }, sink) =>
    renewing(prepared, isStale, name, async () => {
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
  const transaction: PooledSession['transaction'] = (work, signal) => {
    const steps: TransactionSteps = {
      begin: () => query('start transaction'),
      commit: () => query('commit'),
      rollback: () => soundness.tidy(() => query('rollback')),
      control: query,
      load: loadWithin,
      run,
    }
    return inTransaction(noneAfterUndone(steps, endsTransaction), work, signal)
  }
  return {
    run,
    scan,
    stream: streamRows,
    load: (records, options) => transaction((inside) => inside.load!(records, options), options.signal),
    transaction,
    release: () => pool.release(pooled, soundness.sound),
  }
}
