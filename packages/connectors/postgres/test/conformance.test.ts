import { prove } from '@gw/testkit'
import { HOSTILE_MARK, holdsHostileText } from '@gw/testkit/sql'
import { expect, inject, test } from 'vitest'
import conformance from '../gw.conformance.ts'
import { APPLICATION, server, watched } from './server.ts'
import { loggedBy } from './server-log.ts'

const log = inject('postgresLog' as never) as string | undefined

test.runIf(server === undefined)('where PostgreSQL is not tested, the reason is given', ({ skip }) => {
  expect(process.env.CI, 'on CI there has to be a PostgreSQL').toBeFalsy()
  skip(String(inject('postgresMissing' as never) ?? 'there is no PostgreSQL to test against'))
})

await prove(conformance)

test.runIf(server !== undefined)(
  'the log of the server shows no statement that holds what hostile requests sent, or that none should run',
  async ({ skip }) => {
    if (log === undefined)
      return skip('the server was started elsewhere, and POSTGRES_LOG does not say where its log is')
    const { statements, bound } = await loggedBy(log, watched, APPLICATION, HOSTILE_MARK)
    const texts = [...statements].map((text) => text.trim())
    expect(texts.length, 'the log has not been read').toBeGreaterThan(50)
    // The corpus has arrived, where values stand.
    expect(bound).toBeGreaterThan(50)
    expect(texts.filter((text) => holdsHostileText(text, 'plain'))).toEqual([])
    expect(texts.filter((text) => !OWN.test(text))).toEqual([])
  },
)
/** What the connector and its kit say to a server. */
const OWN =
  /^(select|insert into|update|delete from|call|begin( read only)?$|commit$|rollback$|set local statement_timeout = 0$|savepoint|truncate|(create|alter|drop) table |(create (unique )?|drop )index |deallocate "|fetch forward \d+ from "|close ")/
