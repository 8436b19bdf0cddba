/** Checks on definitions that try to be statements. */
import assert from 'node:assert/strict'
import type { Check } from '../../check.ts'
import type { Ask } from '../../harness.ts'
import { assertSilent, assertStored, at, listed, type RecordsContext } from '../context.ts'
import { create, fieldsIn, ID, schema, schemaCheck } from './context.ts'

export const hostileChecks: readonly Check<RecordsContext>[] = [
  schemaCheck('no name, type or default reaches the database as SQL', async (context) => {
    const texts = [
      `x'; drop table order_lines; --`,
      `x"; drop table order_lines; --`,
      'x`; drop table order_lines; --',
      `'`,
      `"`,
      '`',
      `\\`,
      `\\'; drop table order_lines; --`,
      `\\\\'`,
      'a\u0000b',
      '--',
      '/*',
      '*/',
      '/*!50000 x */',
      'x) ; drop table order_lines',
      'a b',
      ' a',
      'a ',
      '',
      'a.b',
      'a,b',
      'a*',
      '*',
      '(x)',
      '{x}',
      '$1',
      '?',
      ':x',
      '%',
      '%00',
      '__proto__',
      'constructor',
      'select',
      'rowid',
      'x'.repeat(200),
      '\u{1f98a}',
      'é',
      '\ud800',
      'null',
      "e'x'",
      '\n',
      'x\ny',
      'sqlite_x',
      'pg_x',
    ]
    const calls = texts.flatMap((text): Ask[] => {
      const body = (table: object) => ({ method: 'POST', path: '_schema', body: { resource: [table] } })
      return [
        body({ name: text, field: [ID] }),
        body({ name: 'gw_hostile', field: [ID, { name: text, type: 'integer', allow_null: true }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', db_type: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', db_type: `varchar(10) ${text}` }] }),
        body({ name: 'gw_hostile', options: text, field: [ID] }),
        body({ name: 'gw_hostile', options: `ENGINE=${text}`, field: [ID] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'reference', ref_table: text }] }),
        body({
          name: 'gw_hostile',
          field: [ID, { name: 'a', type: 'reference', ref_table: 'customers', ref_field: text }],
        }),
        body({
          name: 'gw_hostile',
          field: [ID, { name: 'a', type: 'reference', ref_table: 'customers', ref_on_update: text }],
        }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'integer', default: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'date', default: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'timestamp', default: { expression: text } }] }),
        body({ name: 'gw_hostile', [text]: text, field: [ID] }),
        body({ name: 'gw_hostile', primary_key: [text], field: [ID] }),
        { method: 'DELETE', path: '_schema', body: { ids: [text, text] } },
      ]
    })
    for (const ask of calls) {
      const answer = await context.ask(ask)
      assert.ok(
        answer.status < 500 || answer.status === 501,
        `${JSON.stringify(ask.body)} → ${answer.status} ${answer.text}`,
      )
      assertSilent(answer.text.replaceAll('sqlite_x', ''))
      if (answer.status !== 200) continue
      const { name } = answer.body.resource[0]
      if (name !== undefined) await context.ask({ method: 'DELETE', path: schema(name) })
    }
    await assertStored(context, 'order_lines').catch(async () =>
      assert.equal((await context.stored('order_lines')).length, 4, 'a foreign statement ran'),
    )
  }),
  schemaCheck('a default text comes back byte for byte', async (context) => {
    const texts = [
      `it's`,
      `'`,
      `''`,
      `\\`,
      `\\'`,
      `'\\`,
      `\\\\''x`,
      `"`,
      '`',
      '; --',
      `'; drop table orders; --`,
      '${x}',
      '$1',
      '?',
      'a\nb\tc',
      'Zoë',
      '%s',
      "e'x'",
      'true',
      '5',
      '{x}',
      'null',
      'current_timestamp',
      '',
    ]
    const columns = texts.map((text, at) => ({ name: `f${at}`, type: 'string', length: 60, default: text }))
    const made = await create(context, {
      name: 'gw_defaults',
      field: [ID, { name: 'n', type: 'integer', allow_null: true }, ...columns],
    })
    const [row] = await listed(context, {
      method: 'POST',
      path: at('gw_defaults'),
      query: { fields: '*' },
      body: [{ n: 1 }],
    })
    assert.deepEqual(
      texts.map((_, at) => row[`f${at}`]),
      texts,
    )
    const told = fieldsIn(made)
    assert.deepEqual(
      texts.map((_, at) => told[`f${at}`].default),
      texts,
    )
  }),
]
