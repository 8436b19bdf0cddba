import type { SqlReason } from '@gw/sql'
import { conformance, type Severable, severable } from '@gw/testkit'
import { RECORDS_PROVEN, type RecordsSubject, recordsConformance, standardDdl, standardRows } from '@gw/testkit/records'
import {
  type DriverError,
  HOSTILE_MARK,
  holdsHostileText,
  SQL_PROVEN,
  sqlConformance,
  standardRoutines,
} from '@gw/testkit/sql'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import pgsql, { dialect } from '../src/index.ts'
import { loggedBy } from './server-log.ts'

interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}
const server = inject('postgres' as never) as Address | undefined
const missing = server
  ? undefined
  : String(inject('postgresMissing' as never) ?? 'there is no PostgreSQL to test against')

const log = inject('postgresLog' as never) as string | undefined
/** As what the connections of the SQL suite are known to the server. */
const APPLICATION = 'gw_watched'

const query = async (database: string, statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({ ...server, database })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

const made: string[] = []
/** A database of its own with the standard schema. */
const createDatabase = async (): Promise<string> => {
  const name = `conformance_${process.pid}_${made.length}`
  made.push(name)
  await query(server!.database, [`create database ${name}`])
  await query(name, [...standardDdl('postgres'), ...standardRows('postgres'), ...standardRoutines('postgres')])
  return name
}
const configOf = (database: string) => {
  const { host, port, user, password } = server!
  return { host, port, database, username: user, password }
}
const prepare = async (): Promise<RecordsSubject> => {
  const database = await createDatabase()
  return { config: configOf(database), reset: () => query(database, standardRows('postgres')) }
}

const error = (code: string, reason: SqlReason, more: object = {}): DriverError => ({
  name: code,
  error: Object.assign(new Error('text'), { code, ...more }),
  reason,
})

test.runIf(missing !== undefined)('where PostgreSQL is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI, 'on CI there has to be a PostgreSQL').toBeFalsy()
  skip(missing)
})

describe.skipIf(missing !== undefined)('PostgreSQL', () => {
  // A const object filled before the suite opens: the suite reads it then.
  const reachable: Record<string, unknown> = server ? configOf('not yet') : {}
  beforeAll(async () => {
    reachable.database = await createDatabase()
  })
  afterAll(async () => {
    if (server)
      await query(
        server.database,
        made.map((name) => `drop database if exists ${name} with (force)`),
      )
  })

  conformance({
    type: pgsql,
    config: reachable,
    invalid: [{}, { ...reachable, port: 0 }, { ...reachable, sslmode: 'maybe' }, { ...reachable, username: '' }],
    unreachable: { ...reachable, port: 1 },
    resources: ['_table/customers', '_table/Odd Names', '_table/active_customers', '_proc/total_for', '_func/add_up'],
    proven: [...RECORDS_PROVEN, ...SQL_PROVEN],
  })

  recordsConformance({ type: pgsql, prepare })

  let line: Severable
  const watched = new Set<string>()
  sqlConformance({
    dialect,
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
      const config = { ...subject.config, port: line.port, application_name: APPLICATION }
      return { ...subject, config, close: () => line.close() }
    },
    cut: () => line.cut(),
    interrupt: { away: () => line.away(), back: () => line.back() },
    errors: [
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
    ],
  })

  test('the log of the server shows no statement that holds what hostile requests sent, or that none should run', async ({
    skip,
  }) => {
    if (log === undefined)
      return skip('the server was started elsewhere, and POSTGRES_LOG does not say where its log is')
    const { statements, bound } = await loggedBy(log, watched, APPLICATION, HOSTILE_MARK)
    const texts = [...statements].map((text) => text.trim())
    expect(texts.length, 'the log has not been read').toBeGreaterThan(50)
    // The corpus has arrived, where values stand.
    expect(bound).toBeGreaterThan(50)
    expect(texts.filter((text) => holdsHostileText(text, 'plain'))).toEqual([])
    expect(texts.filter((text) => !OWN.test(text))).toEqual([])
  })
})
/** What the connector and its kit say to a server. */
const OWN =
  /^(select|insert into|update|delete from|call|begin( read only)?$|commit$|rollback$|set local statement_timeout = 0$|savepoint|truncate|(create|alter|drop) table |(create (unique )?|drop )index |deallocate "|fetch forward \d+ from "|close ")/
