/** Where the statements of a service run: on a connection of their own, or behind others, where they are over at once. */
import type { Host } from '@gw/core'
import { pipelines, wireOn } from '@gw/pgwire'
import {
  onSessions,
  postgresRoutines,
  promisePool,
  renewing,
  type SharedRunner,
  type SqlConnection,
  type SqlExecutor,
  sharing,
} from '@gw/sql'
import { PostgresDialect } from 'kysely'
import type { Config } from './config.ts'
import { isStale, isStopped } from './errors.ts'
import { introspect } from './introspect.ts'
import { type Connections, connections, opener, type Pooled } from './pool.ts'
import { sessionOn } from './session.ts'

/** Of so many connections, one may be shared. */
const SHARE = 4
/** Milliseconds that one statement may hold up those behind it, before the server stops it. */
const SHARED_LIMIT = 100
/** Statements that may be under way on one of them; more have connections of their own. */
const DEPTH = 64
/** Milliseconds to wait for an answer on a shared connection: the server's limit does not help, it is dead. */
const PATIENCE = 10_000

export const open = (config: Config, host: Host): SqlConnection => {
  const openOne = opener(config, host)
  const shares = sharedConnections(config)
  const pool = connections(openOne, config, config.pool_size - shares)
  const shared = connections(openOne, config, shares, {
    statement_timeout: Math.min(SHARED_LIMIT, config.statement_timeout || SHARED_LIMIT),
  })
  const { executor, withSession } = onSessions(async (signal) => sessionOn(await pool.connect(signal), pool))
  const scan: NonNullable<SqlExecutor['scan']> = (sql, binds, options, sink) =>
    withSession(options.signal, (own) => own.scan!(sql, binds, options, sink))
  const alone = { run: executor.run, scan }
  return {
    kysely: new PostgresDialect({ pool: promisePool(pool, ({ client }) => client.query.bind(client)) }),
    executor: {
      ...executor,
      load: (records, options) => withSession(options.signal, (own) => own.load(records, options)),
      ...(config.driver === 'pgwire' && (shares > 0 ? sharing(sharedRunner(shared, shares), alone) : alone)),
    },
    introspect: (db, signal) => introspect(db, executor.stream, config.schema, signal),
    routines: postgresRoutines(config.schema),
    sessions: config.pool_size - shares,
    async close() {
      pool.end()
      shared.end()
    },
  }
}

const sharedConnections = ({ driver, pool_size, shared_connections }: Config): number =>
  driver === 'pg' ? 0 : Math.min(shared_connections, Math.floor(pool_size / SHARE))

const sharedRunner = ({ connect, release }: Connections, max: number): SharedRunner => {
  const lines = pipelines<Pooled>({
    connect,
    release,
    max,
    depth: DEPTH,
    patience: PATIENCE,
    wireOf: ({ client }) => wireOn(client),
    cut: ({ cut }) => cut(),
  })
  const onShared = <T>(name: string | undefined, work: (pooled: Pooled) => Promise<T>): Promise<T> =>
    lines.ask((pooled) => renewing(pooled.prepared, isStale, name, () => work(pooled)))
  return {
    run: (statement) => onShared(statement.name, (pooled) => pooled.run(statement)),
    scan: (statement, sink) => onShared(statement.name, (pooled) => pooled.scan!(statement, sink)),
    stopped: isStopped,
    get full() {
      return lines.full
    },
  }
}
