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
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import mysql, { dialect } from '../src/index.ts'

interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}
const server = inject('mariadb' as never) as Address | undefined
const missing = server ? undefined : String(inject('mariadbMissing' as never) ?? 'there is no MariaDB to test against')

/** Runs statements one by one, and gives the last one's rows. */
const query = async (database: string, statements: readonly string[]): Promise<any> => {
  const client = await createConnection({ ...server, database, charset: 'UTF8MB4_BIN' })
  try {
    let rows: unknown
    for (const statement of statements) rows = (await client.query(statement))[0]
    return rows
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
  await query(name, [...standardDdl('mysql'), ...standardRows('mysql'), ...standardRoutines('mysql')])
  return name
}
const configOf = (database: string) => {
  const { host, port, user, password } = server!
  // The other databases of the server belong to other tests.
  return { host, port, database, username: user, password, schema: 'default' }
}
const prepare = async (): Promise<RecordsSubject> => {
  const database = await createDatabase()
  return { config: configOf(database), reset: () => query(database, standardRows('mysql')) }
}

const error = (errno: number | string, reason: SqlReason): DriverError => ({
  name: String(errno),
  error: Object.assign(new Error('text'), typeof errno === 'number' ? { errno } : { code: errno }),
  reason,
})

test.runIf(missing !== undefined)('where MariaDB is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI, 'on CI there has to be a MariaDB').toBeFalsy()
  skip(missing)
})

describe.skipIf(missing !== undefined)('MariaDB', () => {
  // A const object filled before the suite opens: the suite reads it then.
  const reachable: Record<string, unknown> = server ? configOf('not yet') : {}
  beforeAll(async () => {
    await query(server!.database, [`set global log_output = 'TABLE'`, 'set global general_log = 1'])
    reachable.database = await createDatabase()
  })
  afterAll(async () => {
    if (server)
      await query(server.database, [
        'set global general_log = 0',
        ...made.map((name) => `drop database if exists ${name}`),
      ])
  })

  conformance({
    type: mysql,
    config: reachable,
    invalid: [{}, { ...reachable, port: 0 }, { ...reachable, sslmode: 'maybe' }, { ...reachable, username: '' }],
    unreachable: { ...reachable, port: 1 },
    resources: ['_table/customers', '_table/Odd Names', '_table/active_customers', '_proc/total_for', '_func/add_up'],
    proven: [...RECORDS_PROVEN, ...SQL_PROVEN],
  })

  recordsConformance({ type: mysql, prepare })

  let line: Severable
  sqlConformance({
    dialect,
    // Several suites run at the same time: the schema of each has a name of its own.
    routines: { tableFunctions: false },
    async prepare() {
      const subject = await prepare()
      line = await severable(server!)
      return { ...subject, config: { ...subject.config, port: line.port }, close: () => line.close() }
    },
    cut: () => line.cut(),
    interrupt: { away: () => line.away(), back: () => line.back() },
    errors: [
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
    ],
  })

  test('the log of the server shows no statement that holds what hostile requests sent, or that none should run', async () => {
    const own = `thread_id in (select thread_id from mysql.general_log
      where command_type = 'Prepare' and argument like '%\`conformance\\_${process.pid}\\_%')`
    const said = `select distinct argument from mysql.general_log where command_type in ('Prepare', 'Query')
      and argument not like '%mysql.general_log%'`
    // The texts of the corpus and of the payloads hold this; what is executed with them as values is not looked at.
    const marked: { argument: Buffer | string }[] = await query(server!.database, [
      `${said} and locate('${HOSTILE_MARK}', lower(convert(argument using utf8mb4)))`,
    ])
    const spoken = marked.map(({ argument }) => String(argument)).filter((text) => holdsHostileText(text, 'escapes'))
    expect(spoken).toEqual([])
    // Alone, as `pnpm stress` runs them, they leave nothing else in it; other suites also call routines and make tables.
    if (process.env.GW_HOSTILE_CALLS === undefined) return
    const statements: { argument: Buffer | string }[] = await query(server!.database, [`${said} and ${own}`])
    const texts = statements.map(({ argument }) => String(argument).trim())
    expect(texts.length).toBeGreaterThan(50)
    expect(texts.filter((text) => !OWN.test(text))).toEqual([])
  })
})
/** What the connector and its kit say to a server. */
const OWN =
  /^(select|insert into|update|delete from|call `|set @gw_\d+ = \?|set session|start transaction$|commit$|rollback$|(create|alter|drop) table |(create (unique )?|drop )index |kill query \d+$)/
