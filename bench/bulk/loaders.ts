/** The databases' own loaders: what an import can cost at best. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import type { BenchDatabase, DatabaseName } from '../databases/database.ts'
import { COLUMNS, pieces, tabbedOf, type Values } from './records.ts'

export interface Loader {
  /** As the report names it. */
  readonly label: string
  /** Loads all records into `signups`. */
  load(): Promise<void>
  close(): Promise<void>
}
type OpenLoader = (database: BenchDatabase, records: readonly Values[]) => Promise<Loader>

const copy: OpenLoader = async ({ env }, records) => {
  const client = new pg.Client({ connectionString: env.DATABASE_URL! })
  await client.connect()
  const body = tabbedOf(records)
  return {
    label: '`COPY`',
    load: () => pipeline(Readable.from(pieces(body)), client.query(from(`COPY signups (${COLUMNS}) FROM STDIN`))),
    close: () => client.end(),
  }
}

const loadData: OpenLoader = async ({ env }, records) => {
  const connection = await createConnection({ uri: env.DATABASE_URL!, flags: ['LOCAL_FILES'] })
  const body = tabbedOf(records)
  return {
    label: '`LOAD DATA LOCAL INFILE`',
    async load() {
      const infileStreamFactory = () => Readable.from(pieces(body))
      await connection.query({
        sql: `LOAD DATA LOCAL INFILE 'records' INTO TABLE signups (${COLUMNS})`,
        infileStreamFactory,
      })
    },
    close: () => connection.end(),
  }
}

/** Faster than the shell's `.import`: nothing is parsed. */
const insertLoop: OpenLoader = async ({ env }, records) => {
  const database = new Database(env.DATABASE_FILE!)
  database.pragma('journal_mode = wal')
  const insert = database.prepare(`INSERT INTO signups (${COLUMNS}) VALUES (${COLUMNS.map(() => '?')})`)
  const rows = records.map((values) => values.map((value) => (typeof value === 'boolean' ? Number(value) : value)))
  const all = database.transaction(() => {
    for (const row of rows) insert.run(row)
  })
  return {
    label: 'one prepared insert in a loop, in one transaction',
    load: async () => all(),
    close: async () => void database.close(),
  }
}

export const LOADERS: Readonly<Record<DatabaseName, OpenLoader>> = {
  postgres: copy,
  mariadb: loadData,
  sqlite: insertLoop,
}
