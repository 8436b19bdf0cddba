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
const mostly = (...values: readonly string[]) =>
  fc.oneof({ weight: 3, arbitrary: ours<unknown>(...values) }, { weight: 1, arbitrary: hostile })

const value = fc.oneof(
  hostile,
  hostile.map((expression) => ({ expression })),
  hostile.map((inner) => [inner]),
  hostile.map((inner) => ({ [inner]: inner })),
  ours<unknown>(null, true, 1e308, -0, '', 3),
)
const column = fc.record(
  {
    name: mostly('a', 'b', 'c d'),
    type: mostly('string', 'text', 'integer', 'decimal', 'boolean', 'date', 'timestamp', 'json', 'reference', 'binary'),
    db_type: fc.oneof(
      hostile,
      hostile.map((inner) => `varchar(10) ${inner}`),
      hostile.map((inner) => `varchar(${inner})`),
      ours('varchar(10)'),
    ),
    length: fc.oneof(hostile, ours<unknown>(10, '20')),
    precision: fc.oneof(hostile, ours<unknown>(10)),
    scale: fc.oneof(hostile, ours<unknown>(2)),
    default: value,
    allow_null: fc.oneof(hostile, ours<unknown>(true)),
    ref_table: mostly('customers', 'orders'),
    ref_field: mostly('id', 'email'),
    ref_on_update: mostly('CASCADE', 'SET NULL'),
    ref_on_delete: mostly('CASCADE', 'RESTRICT'),
    label: hostile,
    picklist: fc.array(hostile, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'type'] },
)
/** Few keys at a time, so that a definition gets past the first thing that is wrong with it. */
const sparse = fc
  .tuple(column, fc.uniqueArray(fc.integer({ min: 2, max: 13 }), { maxLength: 3 }))
  .map(([all, places]) => {
    const keys = [
      'name',
      'type',
      'db_type',
      'length',
      'precision',
      'scale',
      'default',
      'allow_null',
      'ref_table',
      'ref_field',
      'ref_on_update',
      'ref_on_delete',
      'label',
      'picklist',
    ]
    return Object.fromEntries(
      Object.entries(all).filter(([key]) => key === 'name' || key === 'type' || places.includes(keys.indexOf(key))),
    )
  })
const table = fc.record(
  {
    name: mostly(TABLE),
    field: fc.array(sparse, { minLength: 1, maxLength: 3 }).map((fields) => [ID, ...fields]),
    options: hostile,
    primary_key: fc.array(hostile, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'field'] },
)
const asked: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 4, arbitrary: table.map((one): Ask => ({ method: 'POST', path: '_schema', body: { resource: [one] } })) },
  sparse.map((field): Ask => ({ method: 'PATCH', path: '_schema/gw_kept', body: { field: [field] } })),
  sparse.map((field): Ask => ({ method: 'POST', path: '_schema/gw_kept/_field', body: { resource: [field] } })),
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
      const removing = (name: string) => records.ask({ method: 'DELETE', path: `_schema/${encodeURIComponent(name)}` })
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
              assert.ok(!bare(sql).includes(MARK), `${told}: put into a statement:\n${sql}`)
              assert.match(bare(sql), ALLOWED, told)
            }
            const made = answer.status === 200 ? answer.body.resource?.[0]?.name : undefined
            if (ask.path === '_schema' && typeof made === 'string') await removing(made)
          }),
          { numRuns: CALLS, seed: SEED },
        )
      } finally {
        await removing('gw_kept')
      }
      for (const name of ['customers', 'orders', 'order_lines', 'journal'])
        assert.ok((await records.stored(name)).length > 0, `${name} is empty`)
    },
    ({ options }) => (options.dialect.ddl ? undefined : 'the dialect only describes its tables'),
  ),
]
