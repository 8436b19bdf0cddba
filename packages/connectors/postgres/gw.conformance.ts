/** How this connector is proved: `gw conformance`, and its own tests. `POSTGRES_URL` names a server that may be written to. */
import type { SqlReason } from '@gw/sql'
import { defineConformance, type Severable, severable } from '@gw/testkit'
import { type RecordsSubject, standardRows } from '@gw/testkit/records'
import type { DriverError } from '@gw/testkit/sql'
import pgsql, { dialect } from './src/index.ts'
import { APPLICATION, configOf, createDatabase, dropDatabases, query, server, watched } from './test/server.ts'

const prepare = async (): Promise<RecordsSubject> => {
  const database = await createDatabase()
  return { config: configOf(database), reset: () => query(database, standardRows('postgres')) }
}

const error = (code: string, reason: SqlReason, more: object = {}): DriverError => ({
  name: code,
  error: Object.assign(new Error('text'), { code, ...more }),
  reason,
})

const errors = [
  error('23505', 'unique'),
  error('23503', 'foreign_key'),
  error('23502', 'not_null'),
  error('23514', 'check'),
  error('22P02', 'invalid_value'),
  error('22001', 'too_long'),
  error('22003', 'out_of_range'),
  error('40001', 'deadlock'),
  error('40P01', 'deadlock'),
  error('57014', 'timeout'),
  error('57P01', 'unreachable'),
  error('ECONNREFUSED', 'unreachable'),
  error('28P01', 'credentials'),
  error('3D000', 'missing_database'),
  error('42501', 'permission'),
  error('53300', 'resources'),
  error('42P01', 'schema_changed'),
  error('0A000', 'schema_changed', { routine: 'RevalidateCachedQuery' }),
]

export default defineConformance({
  type: pgsql,
  async open() {
    if (server === undefined)
      return { missing: 'Set POSTGRES_URL to a server whose databases may be made and dropped.' }
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
        routines: { schema: 'public', tableFunctions: true },
        async prepare() {
          const subject = await prepare()
          const { database } = subject.config
          watched.add(String(database))
          await query(server!.database, [
            `alter database ${database} set log_statement = 'all'`,
            `alter database ${database} set log_parameter_max_length = 100`,
          ])
          line = await severable(server!)
          const own = { ...subject.config, port: line.port, application_name: APPLICATION }
          return { ...subject, config: own, close: () => line.close() }
        },
        cut: () => line.cut(),
        interrupt: { away: () => line.away(), back: () => line.back() },
      },
      close: dropDatabases,
    }
  },
})
