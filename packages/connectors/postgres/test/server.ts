/** The server that the suites run on, and databases of their own on it. `POSTGRES_URL` names one that runs already. */
import { type ServerAddress, serverNamedBy } from '@gw/testkit'
import { standardDdl, standardRows } from '@gw/testkit/records'
import { standardRoutines } from '@gw/testkit/sql'
import pg from 'pg'
import { inject } from 'vitest'

export const server = (inject('postgres' as never) as ServerAddress | undefined) ?? serverNamedBy('POSTGRES_URL', 5432)

export const query = async (database: string, statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({ ...server, database })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

const made: string[] = []

/** A database of its own with the standard schema. */
export const createDatabase = async (): Promise<string> => {
  const name = `conformance_${process.pid}_${made.length}`
  made.push(name)
  await query(server!.database, [`create database ${name}`])
  await query(name, [...standardDdl('postgres'), ...standardRows('postgres'), ...standardRoutines('postgres')])
  return name
}

export const dropDatabases = (): Promise<void> =>
  query(
    server!.database,
    made.splice(0).map((name) => `drop database if exists ${name} with (force)`),
  )

/** How a service reaches a database. */
export const configOf = (database: string) => {
  const { host, port, user, password } = server!
  return { host, port, database, username: user, password }
}

/** As what the connections of the SQL suite are known to the server, and the databases whose statements it logs. */
export const APPLICATION = 'gw_watched'
export const watched = new Set<string>()
