/** The databases of the million-row runs: a table to read, an empty one to fill, and a view that takes its time. */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { startMariadb } from '../../scripts/backends/mariadb.ts'
import { startPostgres } from '../../scripts/backends/postgres.ts'

export interface MillionDatabase {
  readonly label: string
  readonly connector: string
  readonly service: { readonly type: string; readonly config: Readonly<Record<string, unknown>> }
  /** Whether there is a view `slow`, whose statement can be watched and stopped. */
  readonly slow: boolean
  /** What the gateway has open or running on `items`, `slow` or `imported` that is not idle. */
  busy(gateway: number): Promise<number>
  /** How many connections, or open files, the gateway has. */
  connections(gateway: number): Promise<number>
  stop(): Promise<void>
}

const COLUMNS =
  'name varchar(40) not null, amount decimal(10,2) not null, note varchar(200), created timestamp not null'
/** Names in another order than the numbers, each about ten times. */
const name = (n: string, join: (...parts: string[]) => string) => join("'name'", `(${n} % 100003) * 7919 % 100003`)
const piped = (...parts: string[]) => parts.join(' || ')
const FILL = (n: string, join: (...parts: string[]) => string, filler: string) =>
  `${n}, ${name(n, join)}, (${n} % 100000) / 100.0, ${join(filler, n)}`

/** What `/proc/{pid}/stat` says behind the program's name: state, parent, …; nothing of one that is gone. */
const statOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  } catch {
    return []
  }
}
const isRunning = (pid: string): boolean => statOf(pid)[0] === 'R'
const childrenOf = (gateway: number): readonly string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(gateway))

const sqlite = async (rows: number): Promise<MillionDatabase> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-millions-'))
  const file = join(folder, 'items.db')
  const admin = new Database(file)
  admin.pragma('journal_mode = wal')
  admin.exec(`
    create table items (id integer primary key, ${COLUMNS});
    create table imported (id integer primary key, ${COLUMNS});
    with recursive n (n) as (select 1 union all select n + 1 from n where n < ${rows})
    insert into items select ${FILL('n', piped, `'${'x'.repeat(60)}'`)}, '2026-01-02 03:04:05' from n;
    create index items_by_name on items (name, id);
    create view slow as
      with recursive n (n) as (select 1 union all select n + 1 from n where n < 1e12) select count(*) as id from n;`)
  admin.close()
  const open = (gateway: number) =>
    readdirSync(`/proc/${gateway}/fd`).filter((fd) => {
      try {
        return readlinkSync(`/proc/${gateway}/fd/${fd}`) === file
      } catch {
        return false
      }
    }).length
  return {
    label: 'SQLite',
    connector: '@gw/sqlite',
    service: { type: 'sqlite', config: { database: file } },
    slow: true,
    // What runs in the gateway's own process can't be told apart from its other work.
    busy: async (gateway) => childrenOf(gateway).filter(isRunning).length,
    connections: async (gateway) => open(gateway),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const postgres = async (rows: number): Promise<MillionDatabase> => {
  const backend = await startPostgres()
  const { host, port, user, password, database } = backend.url
  const admin = new pg.Client({ host, port, user, password, database })
  await admin.connect()
  admin.on('error', () => undefined)
  await admin.query(`
    create table items (id integer primary key, ${COLUMNS});
    create table imported (id integer primary key, ${COLUMNS});
    insert into items select ${FILL('n', piped, `'${'x'.repeat(60)}'`)}, '2026-01-02 03:04:05' from generate_series(1, ${rows}) n;
    create index items_by_name on items (name, id);
    create view slow as select id, pg_sleep(60)::text as slept from items;
    analyze items;`)
  const count = async (condition: string): Promise<number> => {
    const sql = `select count(*)::int as n from pg_stat_activity where application_name = 'gw-millions' ${condition}`
    return (await admin.query(sql)).rows[0].n
  }
  return {
    label: 'PostgreSQL',
    connector: '@gw/postgres',
    service: {
      type: 'pgsql',
      config: { host, port, database, username: user, password, sslmode: 'disable', application_name: 'gw-millions' },
    },
    slow: true,
    busy: () => count("and state <> 'idle'"),
    connections: () => count(''),
    async stop() {
      await admin.end()
      await backend.stop()
    },
  }
}

const mariadb = async (rows: number): Promise<MillionDatabase> => {
  const backend = await startMariadb()
  const { host, port, user, password, database } = backend.url
  const admin = await createConnection({ host, port, user, password, database })
  const called = (...parts: string[]) => `concat(${parts.join(', ')})`
  for (const statement of [
    `create table items (id integer primary key, ${COLUMNS})`,
    `create table imported (id integer primary key, ${COLUMNS})`,
    `insert into items select ${FILL('seq', called, `'${'x'.repeat(60)}'`)}, '2026-01-02 03:04:05' from seq_1_to_${rows}`,
    'create index items_by_name on items (name, id)',
    'create view slow as select id, sleep(60) as slept from items',
    'analyze table items',
  ])
    await admin.query(statement)
  const count = async (condition: string): Promise<number> => {
    const [rows] = await admin.query(
      `select count(*) as n from information_schema.processlist where id <> connection_id() and user = '${user}' ${condition}`,
    )
    return Number((rows as { n: number }[])[0]!.n)
  }
  return {
    label: 'MariaDB',
    connector: '@gw/mysql',
    service: {
      type: 'mysql',
      config: { host, port, database, username: user, password, sslmode: 'disable', schema: 'default' },
    },
    slow: true,
    busy: () => count("and command <> 'Sleep'"),
    connections: () => count(''),
    async stop() {
      await admin.end()
      await backend.stop()
    },
  }
}

export const DATABASES: Readonly<Record<string, (rows: number) => Promise<MillionDatabase>>> = {
  sqlite,
  postgres,
  mariadb,
}
