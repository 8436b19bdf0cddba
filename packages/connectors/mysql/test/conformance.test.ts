import { prove } from '@gw/testkit'
import { HOSTILE_MARK, holdsHostileText } from '@gw/testkit/sql'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import conformance from '../gw.conformance.ts'
import { query, server } from './server.ts'

test.runIf(server === undefined)('where MariaDB is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI, 'on CI there has to be a MariaDB').toBeFalsy()
  skip(String(inject('mariadbMissing' as never) ?? 'there is no MariaDB to test against'))
})

beforeAll(async () => {
  if (server) await query(server.database, [`set global log_output = 'TABLE'`, 'set global general_log = 1'])
})
afterAll(async () => {
  if (server) await query(server.database, ['set global general_log = 0'])
})

await prove(conformance)

test.runIf(server !== undefined)(
  'the log of the server shows no statement that holds what hostile requests sent, or that none should run',
  async () => {
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
  },
)
/** What the connector and its kit say to a server. */
const OWN =
  /^(select|insert into|update|delete from|call `|set @gw_\d+ = \?|set session|start transaction$|commit$|rollback$|(create|alter|drop) table |(create (unique )?|drop )index |kill query \d+$)/
