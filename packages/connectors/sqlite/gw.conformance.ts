/** How this connector is proved: `gw conformance`, and its own tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlReason } from '@gw/sql'
import { defineConformance } from '@gw/testkit'
import { standardDdl, standardRows } from '@gw/testkit/records'
import type { DriverError } from '@gw/testkit/sql'
import Database from 'better-sqlite3'
import sqlite, { dialect } from './src/index.ts'

const fill = (file: string): Database.Database => {
  const database = new Database(file)
  database.pragma('foreign_keys = on')
  for (const statement of [...standardDdl('sqlite'), ...standardRows('sqlite')]) database.exec(statement)
  return database
}

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

export default defineConformance({
  type: sqlite,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
    const file = join(folder, 'service.db')
    fill(file).close()
    let count = 0
    return {
      service: {
        config: { database: file },
        invalid: [{}, { database: '' }, { database: file, busy_timeout: -1 }, { database: file, max_records: 'many' }],
        unreachable: { database: join(folder, 'none.db') },
        resources: ['_table/customers', '_table/Odd Names', '_table/active_customers'],
      },
      records: {
        lacks: ['dateTypes'],
        async prepare() {
          const own = join(folder, `standard-${++count}.db`)
          const database = fill(own)
          const reset = database.transaction(() => {
            for (const statement of standardRows('sqlite')) database.exec(statement)
          })
          return { config: { database: own }, reset: async () => reset(), close: async () => void database.close() }
        },
      },
      sql: { dialect, errors },
      close: () => rmSync(folder, { recursive: true, force: true }),
    }
  },
})
