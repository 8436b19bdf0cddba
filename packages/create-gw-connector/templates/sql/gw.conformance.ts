/** How this connector is proved: `gw conformance`, and its own tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { defineConformance } from '@gw/testkit'
import { standardDdl, standardRows } from '@gw/testkit/records'
import type { DriverError } from '@gw/testkit/sql'
import connector, { dialect } from './src/index.ts'

/** The tables and rows that the suites ask about. */
const fill = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file)
  for (const statement of [...standardDdl('sqlite'), ...standardRows('sqlite')]) db.exec(statement)
  return db
}

const error = (errcode: number, reason: DriverError['reason'], message = 'text'): DriverError => ({
  name: String(errcode),
  error: Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode }),
  reason,
})

/** Every reason that `classify` knows, by an example. */
const errors = [
  error(2067, 'unique', 'UNIQUE constraint failed: customers.email'),
  error(1555, 'unique'),
  error(787, 'foreign_key'),
  error(1299, 'not_null', 'NOT NULL constraint failed: customers.name'),
  error(275, 'check'),
  error(20, 'invalid_value'),
  error(261, 'busy'),
  error(8, 'read_only'),
  error(14, 'missing_database'),
  error(26, 'damaged'),
  error(13, 'resources'),
  error(1, 'schema_changed', 'no such table: customers'),
]

export default defineConformance({
  type: connector,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'gw-test-'))
    const database = join(folder, 'service.db')
    fill(database).close()
    let count = 0
    return {
      service: {
        config: { database },
        invalid: [{}, { database: '' }, { database, max_records: 'many' }],
        unreachable: { database: join(folder, 'no/such/folder.db') },
        resources: ['_table/customers', '_table/active_customers'],
      },
      records: {
        async prepare() {
          const own = join(folder, `standard-${++count}.db`)
          const db = fill(own)
          return {
            config: { database: own },
            async reset() {
              db.exec(['begin', ...standardRows('sqlite'), 'commit'].join(';\n'))
            },
            close: async () => db.close(),
          }
        },
        // What your database is without; the checks for it are left out, or ask that it is refused.
        lacks: ['dateTypes', 'answers'],
      },
      sql: { dialect, errors },
      close: () => rmSync(folder, { recursive: true, force: true }),
    }
  },
})
