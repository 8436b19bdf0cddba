/** How this connector is proved: `gw conformance`, and its own tests. `MARIADB_URL` names a server that may be written to. */
import type { SqlReason } from '@gw/sql'
import { defineConformance, type Severable, severable } from '@gw/testkit'
import { type RecordsSubject, standardRows } from '@gw/testkit/records'
import type { DriverError } from '@gw/testkit/sql'
import mysql, { dialect } from './src/index.ts'
import { configOf, createDatabase, dropDatabases, query, server } from './test/server.ts'

const prepare = async (): Promise<RecordsSubject> => {
  const database = await createDatabase()
  return { config: configOf(database), reset: () => query(database, standardRows('mysql')) }
}

const error = (errno: number | string, reason: SqlReason): DriverError => ({
  name: String(errno),
  error: Object.assign(new Error('text'), typeof errno === 'number' ? { errno } : { code: errno }),
  reason,
})

const errors = [
  error(1062, 'unique'),
  error(1451, 'foreign_key'),
  error(1452, 'foreign_key'),
  error(1048, 'not_null'),
  error(1364, 'not_null'),
  error(3819, 'check'),
  error(4025, 'check'),
  error(1366, 'invalid_value'),
  error(1406, 'too_long'),
  error(1264, 'out_of_range'),
  error(1213, 'deadlock'),
  error(1205, 'busy'),
  error(1317, 'timeout'),
  error(1969, 'timeout'),
  error(3024, 'timeout'),
  error('PROTOCOL_CONNECTION_LOST', 'unreachable'),
  error('ECONNREFUSED', 'unreachable'),
  error(1045, 'credentials'),
  error(1049, 'missing_database'),
  error(1142, 'permission'),
  error(1040, 'resources'),
  error(1146, 'schema_changed'),
  error(1054, 'schema_changed'),
]

export default defineConformance({
  type: mysql,
  async open() {
    if (server === undefined) return { missing: 'Set MARIADB_URL to a server whose databases may be made and dropped.' }
    const config = configOf(await createDatabase())
    let line: Severable
    return {
      service: {
        config,
        invalid: [{}, { ...config, port: 0 }, { ...config, sslmode: 'maybe' }, { ...config, username: '' }],
        unreachable: { ...config, port: 1 },
        resources: [
          '_table/customers',
          '_table/Odd Names',
          '_table/active_customers',
          '_proc/total_for',
          '_func/add_up',
        ],
      },
      records: { prepare },
      sql: {
        dialect,
        errors,
        routines: { tableFunctions: false },
        async prepare() {
          const subject = await prepare()
          line = await severable(server!)
          return { ...subject, config: { ...subject.config, port: line.port }, close: () => line.close() }
        },
        cut: () => line.cut(),
        interrupt: { away: () => line.away(), back: () => line.back() },
      },
      close: dropDatabases,
    }
  },
})
