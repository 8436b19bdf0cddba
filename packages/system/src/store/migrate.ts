/** Brings the store's tables to this version. Nodes that start at the same time wait for each other. */
import { GwError, type Logger } from '@gw/core'
import type { RunOptions } from '@gw/records'
import { sql } from '@gw/sql/kysely'
import { createStatements, extendStatements } from './definition.ts'
import { MIGRATIONS, type Migration, type MigrationSteps } from './migrations/index.ts'
import type { Family, Store } from './open.ts'
import { TABLES } from './tables.ts'

const TABLE = 'gw_migration'
/** Any number, the same for every node (PostgreSQL's advisory locks are numbers). */
const LOCK = 4_711_001
/** Seconds that one node waits for another's migration. */
const PATIENCE = 60

type Run = (sql: string, binds?: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>

/** SQLite needs none: its transaction begins with the only lock there is. */
const LOCKS: Readonly<Record<Family, { take?(run: Run): Promise<void>; give?(run: Run): Promise<void> }>> = {
  sqlite: {},
  pgsql: {
    async take(run) {
      await run(`set local lock_timeout = '${PATIENCE}s'`)
      await run(`select pg_advisory_xact_lock(${LOCK})`)
    },
  },
  mysql: {
    async take(run) {
      const [row] = await run(`select get_lock(left(concat('gw_migration_', database()), 64), ${PATIENCE})`)
      if (Number(row?.[0]) !== 1)
        throw new GwError('unavailable', 'Another node has been migrating the store for a minute. Start again later.')
      // References may lead to tables that come later.
      await run('set foreign_key_checks = 0')
    },
    async give(run) {
      await run('set foreign_key_checks = 1')
      await run(`select release_lock(left(concat('gw_migration_', database()), 64))`)
    },
  },
}

/** On MySQL, a column stays where a migration broke off; elsewhere it goes with the transaction. */
const isThere = async (family: Family, run: Run, table: string, column: string): Promise<boolean> => {
  if (family !== 'mysql') return false
  const found = await run(
    'select 1 from information_schema.columns where table_schema = database() and table_name = ? and column_name = ?',
    [table, column],
  )
  return found.length > 0
}

const stepsOf = ({ db, family }: Store, run: Run, made: string): MigrationSteps => ({
  async create(tables) {
    for (const statement of createStatements(db, tables, TABLES, family, made)) await run(statement)
  },
  async extend(name) {
    const table = TABLES.find((one) => one.name === name)!
    for (const { column, statement } of extendStatements(db, table, family, made))
      if (!(await isThere(family, run, table.native, column))) await run(statement)
  },
  async seed(table, key, record) {
    const native = TABLES.find(({ name }) => name === table)!.native
    const found = db.selectFrom(native).select(sql`1`.as('found')).where(key, '=', record[key]).compile()
    if ((await run(found.sql, found.parameters)).length > 0) return
    const insert = db.insertInto(native).values(record).compile()
    await run(insert.sql, insert.parameters)
  },
  run,
})

const locked = async (store: Store, signal: AbortSignal, work: (run: Run) => Promise<readonly string[]>) => {
  const { take, give } = LOCKS[store.family]
  return store.source.transaction!(async (transaction) => {
    const options: RunOptions = { signal, transaction }
    const run: Run = async (statement, binds = []) =>
      (await store.run(statement, binds, { ...options, writes: true })).rows
    await take?.(run)
    try {
      return await work(run)
    } finally {
      await give?.(run).catch(() => undefined)
    }
  }, signal)
}

/** The migrations that a store has had. */
const applied = async ({ db }: Store, run: Run): Promise<ReadonlySet<string>> => {
  await run(
    db.schema
      .createTable(TABLE)
      .ifNotExists()
      .addColumn('name', 'varchar(100)', (column) => column.primaryKey())
      .compile().sql,
  )
  const rows = await run(db.selectFrom(TABLE).select('name').compile().sql)
  return new Set(rows.map(([name]) => String(name)))
}

/**
 * @returns the names of the migrations that were run
 * @throws GwError `unavailable` where the store can not be reached, or belongs to a newer version
 */
export const migrate = (
  store: Store,
  log: Logger,
  signal: AbortSignal,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> =>
  locked(store, signal, async (run) => {
    const done = await applied(store, run)
    const newer = [...done].filter((name) => !migrations.some((migration) => migration.name === name)).sort()
    if (newer.length > 0)
      throw new GwError(
        'unavailable',
        `The store has been migrated by a newer version of @gw/system (${newer.at(-1)}). Install that version, or use another store.`,
      )
    const open = migrations.filter(({ name }) => !done.has(name))
    for (const { name, up } of open) {
      await up(stepsOf(store, run, name))
      const insert = store.db.insertInto(TABLE).values({ name }).compile()
      await run(insert.sql, insert.parameters)
      log.info('the store was migrated', { migration: name })
    }
    return open.map(({ name }) => name)
  })
