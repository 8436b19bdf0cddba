/** The server that the suites run on, and databases of their own on it. `MARIADB_URL` names one that runs already. */
import { type ServerAddress, serverNamedBy } from '@gw/testkit'
import { standardDdl, standardRows } from '@gw/testkit/records'
import { standardRoutines } from '@gw/testkit/sql'
import { createConnection } from 'mysql2/promise'
import { inject } from 'vitest'

export const server = (inject('mariadb' as never) as ServerAddress | undefined) ?? serverNamedBy('MARIADB_URL', 3306)

/** Runs statements one by one, and gives the last one's rows. */
export const query = async (database: string, statements: readonly string[]): Promise<any> => {
  const client = await createConnection({ ...server, database, charset: 'UTF8MB4_BIN' })
  try {
    let rows: unknown
    for (const statement of statements) rows = (await client.query(statement))[0]
    return rows
  } finally {
    await client.end()
  }
}

const made: string[] = []

/** A database of its own with the standard schema. Several suites run at the same time: each has names of its own. */
export const createDatabase = async (): Promise<string> => {
  const name = `conformance_${process.pid}_${made.length}`
  made.push(name)
  await query(server!.database, [`create database ${name}`])
  await query(name, [...standardDdl('mysql'), ...standardRows('mysql'), ...standardRoutines('mysql')])
  return name
}

export const dropDatabases = (): Promise<void> =>
  query(
    server!.database,
    made.splice(0).map((name) => `drop database if exists ${name}`),
  )

/** How a service reaches a database. */
export const configOf = (database: string) => {
  const { host, port, user, password } = server!
  // The other databases of the server belong to other tests.
  return { host, port, database, username: user, password, schema: 'default' }
}
