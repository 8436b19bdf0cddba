/** Checks on what a statement costs when nobody waits for it, or for all of it at once. */
import assert from 'node:assert/strict'
import { about, type Check } from '../check.ts'
import { recordedHost } from '../host.ts'
import { at, given } from '../records/context.ts'
import { validate } from '../service/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'

/** Rows of a list that is long for a part of a stream, and short for a test. */
const ROWS = 5_000

/** A connection of its own, past the gateway. */
const connected = async ({ options: { dialect, root }, records: { subject } }: SqlContext) => {
  const valid = await validate(dialect.config, subject.config)
  assert.ok('value' in valid)
  return dialect.open(valid.value as never, recordedHost(root === undefined ? {} : { root }))
}

export const calmChecks: readonly Check<SqlContext>[] = [
  ...about(
    ['sql.cancel'],
    [
      sqlCheck('a statement that nobody waits for any more is not run', async (context) => {
        const { records, spy } = context
        await given(records, { method: 'POST', path: at('journal'), body: [{ kind: 'seen', amount: 1 }] })
        const insert = spy.statements.find(({ sql }) => /^\s*insert\b/i.test(sql))
        assert.ok(insert, 'no insert was seen')
        const before = (await records.stored('journal')).length
        const connection = await connected(context)
        const run = async () => {
          const { sql, binds } = insert
          return connection.executor.run(sql, binds, { signal: AbortSignal.abort(), writes: true })
        }
        try {
          await assert.rejects(run, 'it was run')
          await assert.rejects(
            () =>
              connection.executor.transaction(
                (own) =>
                  Promise.resolve(own.run(insert.sql, insert.binds, { signal: AbortSignal.abort(), writes: true })),
                new AbortController().signal,
              ),
            'it was run in a transaction',
          )
        } finally {
          await connection.close()
        }
        assert.equal((await records.stored('journal')).length, before, 'what nobody waited for was done')
      }),
    ],
  ),
  sqlCheck('a stream comes in parts, none of which is the list', async ({ records, spy }) => {
    for (let part = 0; part < ROWS / 1_000; part++) {
      const resource = Array.from({ length: 1_000 }, (_, row) => ({ id: part * 1_000 + row + 1, big: row }))
      await given(records, { method: 'POST', path: at('samples'), body: { resource } })
    }
    spy.forget()
    const { resource } = await given(records, { path: at('samples'), query: { stream: true } })
    assert.equal(resource.length, ROWS)
    assert.equal(
      spy.parts.reduce((sum, rows) => sum + rows, 0),
      ROWS,
    )
    assert.ok(Math.max(...spy.parts) <= ROWS / 2, `parts of ${[...new Set(spy.parts)]} rows`)
  }),
]
