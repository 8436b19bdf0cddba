import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlDialect, SqlReason } from '@gw/sql'
import { conformance, runChecks } from '@gw/testkit'
import {
  closeRecords,
  RECORDS_PROVEN,
  type RecordsSubject,
  recordsConformance,
  standardDdl,
  standardRows,
} from '@gw/testkit/records'
import { type DriverError, openSql, SQL_PROVEN, sqlChecks, sqlConformance } from '@gw/testkit/sql'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'
import sqlite, { dialect } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fill = (file: string): Database.Database => {
  const database = new Database(file)
  database.pragma('foreign_keys = on')
  for (const statement of [...standardDdl('sqlite'), ...standardRows('sqlite')]) database.exec(statement)
  return database
}

let count = 0
const prepare = async (): Promise<RecordsSubject> => {
  const file = join(folder, `standard-${++count}.db`)
  const database = fill(file)
  const reset = database.transaction(() => {
    for (const statement of standardRows('sqlite')) database.exec(statement)
  })
  return { config: { database: file }, reset: async () => reset(), close: async () => void database.close() }
}

const file = join(folder, 'service.db')
fill(file).close()

conformance({
  type: sqlite,
  config: { database: file },
  invalid: [{}, { database: '' }, { database: file, busy_timeout: -1 }, { database: file, max_records: 'many' }],
  unreachable: { database: join(folder, 'none.db') },
  resources: ['_table/customers', '_table/Odd Names', '_table/active_customers'],
  proven: [...RECORDS_PROVEN, ...SQL_PROVEN],
})

recordsConformance({ type: sqlite, prepare, lacks: ['dateTypes'] })

const error = (code: string, reason: SqlReason, message = 'text'): DriverError => ({
  name: code,
  error: Object.assign(new Error(message), { code }),
  reason,
})

const errors = [
  error('SQLITE_CONSTRAINT_UNIQUE', 'unique', 'UNIQUE constraint failed: customers.email'),
  error('SQLITE_CONSTRAINT_PRIMARYKEY', 'unique'),
  error('SQLITE_CONSTRAINT_FOREIGNKEY', 'foreign_key'),
  error('SQLITE_CONSTRAINT_NOTNULL', 'not_null', 'NOT NULL constraint failed: customers.name'),
  error('SQLITE_CONSTRAINT_CHECK', 'check'),
  error('SQLITE_BUSY', 'busy'),
  error('SQLITE_BUSY_SNAPSHOT', 'busy'),
  error('SQLITE_READONLY', 'read_only'),
  error('SQLITE_CANTOPEN', 'missing_database'),
  error('SQLITE_NOTADB', 'damaged'),
  error('SQLITE_FULL', 'resources'),
  error('SQLITE_ERROR', 'schema_changed', 'no such table: customers'),
]

sqlConformance({ dialect, prepare, errors })

/** The checks that a dialect fails. */
const failures = async (changed: SqlDialect<any>): Promise<readonly string[]> => {
  const context = await openSql({ dialect: changed, prepare, errors })
  try {
    const outcomes = await runChecks(sqlChecks, context)
    return outcomes.filter(({ state }) => state === 'failed').map(({ name }) => name)
  } finally {
    await closeRecords(context.records)
  }
}
/** The same dialect over an executor that changes what it is told to run. */
const running = (
  change: (sql: string, binds: readonly unknown[]) => readonly [string, readonly unknown[]],
): SqlDialect<any> => ({
  ...dialect,
  open(settings, host) {
    const connection = dialect.open(settings as never, host)
    const { executor } = connection
    const changed = (inner: Pick<typeof executor, 'run'>) => ({
      run: (sql: string, binds: readonly unknown[], options: Parameters<typeof inner.run>[2]) =>
        inner.run(...change(sql, binds), { ...options, name: undefined }),
    })
    return {
      ...connection,
      introspect: (db, signal) => connection.introspect(db, signal),
      close: () => connection.close(),
      executor: {
        ...changed(executor),
        transaction: (work, signal) => executor.transaction((own) => work(changed(own)), signal),
      },
    }
  },
})

describe('the SQL suite notices a dialect that', () => {
  test.each<[string, SqlDialect<any>, RegExp]>([
    [
      'throws where it should classify',
      { ...dialect, classify: (thrown: any) => (thrown.code === 'X' ? undefined : classify(thrown)) },
      /without throwing/,
    ],
    ['does not know its own errors', { ...dialect, classify: () => undefined }, /errors that the dialect lists/],
    [
      'loses text on its way',
      running((sql, binds) => [sql, binds.map((bind) => (typeof bind === 'string' ? bind.trim().slice(0, 20) : bind))]),
      /byte for byte/,
    ],
  ])('%s', async (_what, changed, check) => {
    expect(await failures(changed)).toContainEqual(expect.stringMatching(check))
  })
})
