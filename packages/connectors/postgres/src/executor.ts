/** Where the statements of a service run: on a connection of their own, or behind others, where they are over at once. */
import type { Host } from '@gw/core'
import { wireOn } from '@gw/pgwire'
import {
  onSessions,
  postgresRoutines,
  promisePool,
  type SqlConnection,
  type SqlExecutor,
  sharedRunner,
  shareOf,
  sharing,
} from '@gw/sql'
import { PostgresDialect } from '@gw/sql/kysely'
import type { Config } from './config.ts'
import { isStale, isStopped } from './errors.ts'
import { introspect } from './introspect.ts'
import { connections, opener } from './pool.ts'
import { sessionOn } from './session.ts'

export const open = (config: Config, host: Host): SqlConnection => {
  const openOne = opener(config, host)
  const { shares: max, limit } = shareOf(config)
  const shares = config.driver === 'pg' ? 0 : max
  const pool = connections(openOne, config, config.pool_size - shares)
  const shared = connections(openOne, config, shares, { statement_timeout: limit })
  const runner = () =>
    sharedRunner({ pool: shared, max: shares, wireOf: ({ client }) => wireOn(client), isStale, stopped: isStopped })
  const { executor, withSession } = onSessions(async (signal) => sessionOn(await pool.connect(signal), pool))
  const scan: NonNullable<SqlExecutor['scan']> = (sql, binds, options, sink) =>
    withSession(options.signal, (own) => own.scan!(sql, binds, options, sink))
  const alone = { run: executor.run, scan }
  return {
    kysely: new PostgresDialect({ pool: promisePool(pool, ({ client }) => client.query.bind(client)) }),
    executor: {
      ...executor,
      load: (records, options) => withSession(options.signal, (own) => own.load(records, options)),
      ...(config.driver === 'pgwire' && (shares > 0 ? sharing(runner(), alone) : alone)),
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
