import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { conformance } from '@gw/testkit'
import { RECORDS_PROVEN, type RecordsSubject, recordsConformance, standardDdl, standardRows } from '@gw/testkit/records'
import { type DriverError, SQL_PROVEN, sqlConformance } from '@gw/testkit/sql'
import { afterAll } from 'vitest'
import connector, { dialect } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

/** The tables and rows that the suites ask about, in a database of their own. */
const prepare = async (): Promise<RecordsSubject> => {
  const database = join(folder, `standard-${++files}.db`)
  const db = new DatabaseSync(database)
  for (const statement of [...standardDdl('sqlite'), ...standardRows('sqlite')]) db.exec(statement)
  return {
    config: { database },
    async reset() {
      db.exec(['begin', ...standardRows('sqlite'), 'commit'].join(';\n'))
    },
    close: async () => db.close(),
  }
}

const { config } = await prepare()

conformance({
  type: connector,
  config,
  invalid: [{}, { database: '' }, { ...config, max_records: 'many' }],
  unreachable: { database: join(folder, 'no/such/folder.db') },
  resources: ['_table/customers', '_table/active_customers'],
  proven: [...RECORDS_PROVEN, ...SQL_PROVEN],
})

// What your database is without; the checks for it are left out, or ask that it is refused.
recordsConformance({ type: connector, prepare, lacks: ['dateTypes', 'answers'] })

const error = (errcode: number, reason: DriverError['reason'], message = 'text'): DriverError => ({
  name: String(errcode),
  error: Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode }),
  reason,
})

sqlConformance({
  dialect,
  prepare,
  // Every reason that `classify` knows, by an example.
  errors: [
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
  ],
})
