/** A pool in the form in which kysely asks for PostgreSQL's: by promise, with `release` on each connection. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool } from './pool.ts'

/** @param queryOf how a connection is asked */
export const promisePool = <C>(
  { connect, release }: Pick<Pool<C>, 'connect' | 'release'>,
  queryOf: (connection: C) => (...query: any[]) => unknown,
): PostgresPool => ({
  async connect() {
    const connection = await connect()
    return {
      query: queryOf(connection) as PostgresPoolClient['query'],
      release: (broken) => release(connection, !broken),
    }
  },
  // Whoever opened it ends it.
  end: async () => undefined,
  options: {},
})
