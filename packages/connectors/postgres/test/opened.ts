/** A source over a database of its own, and plans written short. Without a server, suites skip by `MISSING`. */
import type { Server } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Field, type SqlSource, sqlSource, type Table } from '@gw/sql'
import { type RecordedHost, recordedHost } from '@gw/testkit'
import { type PromisedSource, promised } from '@gw/testkit/records'
import pg from 'pg'
import { inject } from 'vitest'
import { dialect } from '../src/index.ts'

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}
export const server = inject('postgres' as never) as Address | undefined
/** Appended to a suite's name: why it is skipped. */
export const MISSING: string = server ? '' : ` (skipped: ${inject('postgresMissing' as never)})`
export const signal: AbortSignal = new AbortController().signal

/** Runs statements as the administrator, and gives the last one's rows. */
export const admin = async (database: string, ...statements: readonly string[]): Promise<readonly any[]> => {
  const client = new pg.Client({ ...server, database })
  await client.connect()
  try {
    let rows: readonly any[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

export interface Opened extends Omit<SqlSource, 'source'> {
  readonly source: PromisedSource
  readonly host: RecordedHost
  readonly database: string
  table(name: string): Table
  admin(...statements: readonly string[]): Promise<readonly any[]>
  [Symbol.asyncDispose](): Promise<void>
}

let made = 0
/** @param script Statements that fill the new database. */
export const opened = async (script: readonly string[], config: object = {}): Promise<Opened> => {
  const database = `test_${process.pid}_${Date.now()}_${made++}`
  await admin(server!.database, `create database ${database}`)
  await admin(database, ...script)
  const host = recordedHost()
  const own = sourceOn({ database, ...config }, host)
  await own.catalog.refresh(signal)
  return {
    ...own,
    source: promised(own.source),
    host,
    database,
    table: (name) => own.source.catalog().byName.get(name)!,
    admin: (...statements) => admin(database, ...statements),
    async [Symbol.asyncDispose]() {
      own.catalog.stop()
      await own.close()
      await admin(server!.database, `drop database ${database} with (force)`)
    },
  }
}
export const sourceOn = (config: object, host: RecordedHost = recordedHost()): SqlSource => {
  const { host: name, port, user, password, database } = server!
  return sqlSource(
    dialect,
    dialect.config.parse({ host: name, port, username: user, password, database, ...config }),
    host,
  )
}
export const portOf = (listening: Server): number => (listening.address() as { port: number }).port

export const field = (table: Table, name: string): Field => table.fields.find((item) => item.name === name)!
/** Everything; slot 0 is the limit. */
export const readPlan = (table: Table, fields = table.fields) =>
  ({ kind: 'read', table, fields, order: [], limit: 0 }) as const
export const insertPlan = (table: Table, columns: readonly string[], returning: readonly string[] = []) =>
  ({
    kind: 'insert',
    table,
    columns: columns.map((name) => field(table, name)),
    returning: returning.map((name) => field(table, name)),
  }) as const
export const comparing = (of: Field, slot: number) =>
  ({ kind: 'compare', field: of, op: '=', value: { kind: 'slot', slot } }) as const

/** A table with three rows, and a view that takes its time. */
export const SCRIPT: readonly string[] = [
  `create table t (id serial primary key, name text unique, n int default 7 check (n < 100))`,
  `insert into t (name) values ('one'), ('two'), ('three')`,
  `create view slow as select id, pg_sleep(30)::text as slept from t`,
]
export const count = (db: Opened, name = 't'): Promise<number> =>
  db.source.count({ kind: 'count', table: db.table(name) }, [], { signal })
/** Statements that run in this database, but for the one that asks. */
export const running = async (db: Opened, like: string): Promise<number> => {
  const [row] = await db.admin(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active'
      and pid <> pg_backend_pid() and query like '${like}'`,
  )
  return row.n
}
/** ms; how fast the machine is decides nothing. */
const PATIENCE = 60_000
export const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (const late = Date.now() + PATIENCE; !(await condition()); await pause(20))
    if (Date.now() > late) throw new Error('It never happened.')
}
