/** The servers that hold a Chinook beside SQLite's: how it gets there, and how its names are spelled. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { inject } from 'vitest'
import type { Address } from '../fixtures/backends.ts'
import type { Call } from './calls/index.ts'
import { keysToSnake, toCamel, toSnake } from './names.ts'

/** Beside the repository, or where the environment says. */
const DATA = process.env.GW_CHINOOK ?? resolve(import.meta.dirname, '../../../../../shared/data/chinook')
export const SQLITE = join(DATA, 'Chinook_Sqlite_AutoIncrementPKs.sqlite')
export const JSON_DATA = join(DATA, 'ChinookData.json')
const DATABASE = `chinook_${process.pid}`

export interface Database {
  /** Its service in the gateway. */
  readonly service: string
  readonly label: string
  /** Why it is not tested. */
  readonly missing: string | undefined
  /** Loads Chinook into a new database, and gives the service's definition. */
  create(): Promise<object>
  drop(): Promise<void>
  /** A call as this database spells it. */
  spell(call: Call): Call
  /** An answer in SQLite's spelling. */
  read(body: unknown, call: Call): unknown
}

export const NO_DATA = existsSync(SQLITE)
  ? undefined
  : 'the Chinook data is not beside this repository (../shared/data/chinook)'

const postgres = (server: Address | undefined): Database => {
  const run = async (database: string, text: string) => {
    const client = new Client({ ...server, database })
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  return {
    service: 'pg',
    label: 'PostgreSQL',
    missing: NO_DATA ?? (server ? undefined : (inject('postgresMissing') ?? 'there is no PostgreSQL to test against')),
    async create() {
      // The script as it is, without what only its own client program understands.
      const script = readFileSync(join(DATA, 'Chinook_PostgreSql_SerialPKs.sql'), 'utf8')
        .replace(/^\\c .*$/gm, '')
        .replace(/^(DROP|CREATE) DATABASE .*$/gm, '')
      await run(server!.database, `create database ${DATABASE}`)
      await run(DATABASE, script)
      const { host, port, user, password } = server!
      return { type: 'pgsql', config: { host, port, database: DATABASE, username: user, password } }
    },
    drop: () => run(server!.database, `drop database if exists ${DATABASE} with (force)`),
    spell: ({ path, body, query = {}, ...call }) => ({
      ...call,
      path: toSnake(path),
      ...(body !== undefined && { body: keysToSnake(body) }),
      query: Object.fromEntries(
        Object.entries(query).map(([name, value]) => [
          toSnake(name),
          typeof value === 'string' ? toSnake(value) : value,
        ]),
      ),
    }),
    read: (body, { path }) => toCamel(body, path === '_table' || path.endsWith('/_related')),
  }
}

const mariadb = (server: Address | undefined): Database => {
  const run = async (database: string, text: string) => {
    const client = await createConnection({ ...server, database, charset: 'UTF8MB4_BIN', multipleStatements: true })
    await client.query(text).finally(() => client.end())
  }
  return {
    service: 'maria',
    label: 'MariaDB',
    missing: NO_DATA ?? (server ? undefined : (inject('mariadbMissing') ?? 'there is no MariaDB to test against')),
    async create() {
      // NVARCHAR is the old three-byte set, whose collation takes `a` and `A`, and `e` and `é`, for the same.
      const script = readFileSync(join(DATA, 'Chinook_MySql_AutoIncrementPKs.sql'), 'utf8')
        .replace(/^(DROP DATABASE|CREATE DATABASE|USE) .*$/gm, '')
        .replaceAll(' NVARCHAR(', ' VARCHAR(')
      await run(server!.database, `create database ${DATABASE} character set utf8mb4 collate utf8mb4_bin`)
      await run(DATABASE, script)
      const { host, port, user, password } = server!
      const config = { host, port, database: DATABASE, username: user, password, schema: 'default' }
      return { type: 'mariadb', config }
    },
    drop: () => run(server!.database, `drop database if exists ${DATABASE}`),
    spell: (call) => call,
    read: (body, { path }) => toCamel(body, path === '_table' || path.endsWith('/_related')),
  }
}

export const DATABASES: readonly Database[] = [postgres(inject('postgres')), mariadb(inject('mariadb'))]
