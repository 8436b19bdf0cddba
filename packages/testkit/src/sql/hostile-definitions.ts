/** A generated corpus of hostile definitions of tables, in every place that takes text: see `hostile.ts`. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { assertSilent, given } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'
import { CALLS, hostile, MARK, SEED } from './hostile.ts'

const TABLE = 'gw_hostile'
const ID = { name: 'id', type: 'id' }
const ours = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const value = fc.oneof(
  hostile.map((expression) => ({ expression })),
  hostile.map((inner) => [inner]),
  hostile.map((inner) => ({ [inner]: inner })),
  ours<unknown>(null, true, 1e308, -0, '', 3),
)
const GOOD = { name: 'a', type: 'string', length: 400, allow_null: true }
const REFERENCE = { name: 'a', type: 'reference', ref_table: 'customers', ref_field: 'id', allow_null: true }
/** A good field with one thing that is not: most of all a default, which is a text of any kind and has to arrive. */
const wounded: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 8, arbitrary: hostile.map((text) => ({ ...GOOD, default: text })) },
  { weight: 1, arbitrary: value.map((one) => ({ ...GOOD, default: one })) },
  fc
    .tuple(ours('integer', 'decimal', 'date', 'timestamp', 'json', 'uuid', 'boolean', 'binary'), hostile)
    .map(([type, text]) => ({ name: 'a', type, default: text, allow_null: true })),
  hostile.map((name) => ({ ...GOOD, name })),
  hostile.map((type) => ({ ...GOOD, type })),
  fc
    .tuple(ours('', 'varchar(10) ', 'varchar(', 'integer;'), hostile)
    .map(([before, text]) => ({ name: 'a', db_type: before + text, allow_null: true })),
  fc
    .tuple(ours('length', 'precision', 'scale', 'allow_null', 'is_unique', 'auto_increment', 'label', 'sql'), hostile)
    .map(([key, text]) => ({ ...GOOD, [key]: text })),
  fc
    .tuple(ours('ref_table', 'ref_field', 'ref_on_update', 'ref_on_delete', 'is_foreign_key'), hostile)
    .map(([key, text]) => ({ ...REFERENCE, [key]: text })),
  hostile.map((key) => ({ ...GOOD, [key]: key })),
)
const fieldsOf = fc
  .array(wounded, { minLength: 1, maxLength: 2 })
  .map((fields) => [ID, ...fields.map((field, at) => (field.name === 'a' ? { ...field, name: `a${at}` } : field))])
const table = fc.oneof(
  { weight: 5, arbitrary: fieldsOf.map((field) => ({ name: TABLE, field })) },
  hostile.map((name) => ({ name, field: [ID] })),
  hostile.map((options) => ({ name: TABLE, field: [ID], options })),
  hostile.map((word) => ({ name: TABLE, field: [ID], options: `ENGINE=${word}` })),
  hostile.map((key) => ({ name: TABLE, field: [ID], primary_key: [key] })),
  hostile.map((key) => ({ name: TABLE, field: [ID], [key]: key })),
)
const asked: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 4, arbitrary: table.map((one): Ask => ({ method: 'POST', path: '_schema', body: { resource: [one] } })) },
  {
    weight: 2,
    arbitrary: wounded.map(
      (field): Ask => ({ method: 'POST', path: '_schema/gw_kept/_field', body: { resource: [field] } }),
    ),
  },
  hostile.map((ids): Ask => ({ method: 'DELETE', path: '_schema/gw_kept/_field', body: { ids: [ids] } })),
  hostile.map((ids): Ask => ({ method: 'DELETE', path: '_schema', body: { ids: [ids, ids] } })),
)

/** What is left of a statement without its quoted names and texts. */
const bare = (sql: string): string =>
  sql
    .replace(/\be'(?:[^'\\]|''|\\.)*'/g, '')
    .replace(/'(?:[^']|'')*'/g, '')
    .replace(/"(?:[^"]|"")*"/g, '')
    .replace(/`(?:[^`]|``)*`/g, '')

const ALLOWED = /^\s*(?:create (?:unique )?(?:table|index)|alter table|drop (?:table|index))\b[^;]*$/i

export const hostileDefinitionChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'a generated corpus of hostile definitions runs no foreign statement',
    async ({ records, spy }) => {
      let reached = 0
      const removing = (name: string) => records.ask({ method: 'DELETE', path: `_schema/${name}` })
      await given(records, { method: 'POST', path: '_schema', body: { resource: [{ name: 'gw_kept', field: [ID] }] } })
      try {
        await fc.assert(
          fc.asyncProperty(asked, async (ask) => {
            spy.forget()
            const answer = await records.ask(ask)
            const told = `${ask.method} ${JSON.stringify(ask.body)} → ${answer.status}`
            assert.ok(answer.status < 500 || answer.status === 501, `${told} ${answer.text}`)
            assertSilent(answer.text.replaceAll(/\\"[^"]*\\"|'[^']*'/g, ''))
            for (const { sql } of spy.statements) {
              if (sql.includes(MARK)) reached += 1
              assert.ok(!bare(sql).includes(MARK), `${told}: put into a statement:\n${sql}`)
              assert.match(bare(sql), ALLOWED, told)
            }
            const made = answer.status === 200 ? answer.body.resource?.[0]?.name : undefined
            if (typeof made === 'string')
              await removing(
                ask.path === '_schema' ? encodeURIComponent(made) : `gw_kept/_field/${encodeURIComponent(made)}`,
              )
          }),
          { numRuns: CALLS, seed: SEED },
        )
      } finally {
        await removing('gw_kept')
      }
      assert.ok(reached > CALLS / 20, 'too few of the definitions reached the database')
      for (const name of ['customers', 'orders', 'order_lines', 'journal'])
        assert.ok((await records.stored(name)).length > 0, `${name} is empty`)
    },
    ({ options }) => (options.dialect.ddl ? undefined : 'the dialect only describes its tables'),
  ),
]
