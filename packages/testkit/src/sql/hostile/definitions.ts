/** Hostile definitions: of tables, fields and relations, and of what is remembered beside them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../../check.ts'
import type { Answer, Ask } from '../../harness.ts'
import { assertSilent, at, given } from '../../records/context.ts'
import { STANDARD } from '../../records/standard.ts'
import { type SqlContext, sqlCheck } from '../context.ts'
import { bareStatement } from './statements.ts'
import { anyValue, CALLS, hostile, MARK, pathable, quoted, SEED } from './text.ts'

/** Each that is accepted makes, reads and drops a table or two: fewer of them in a long run. */
const DEFINITIONS = Math.min(CALLS, 10_000)

const KEPT = 'gw_kept'
const TABLE = 'gw_hostile'
const ID = { name: 'id', type: 'id' }
const GOOD = { name: 'a', type: 'string', length: 400, allow_null: true }
const REFERENCE = { name: 'a', type: 'reference', ref_table: 'customers', ref_field: 'id', allow_null: true }
const RELATION = { type: 'has_many', field: 'id', ref_table: 'orders', ref_field: 'customer_id' }
const ours = <T>(...values: readonly T[]) => fc.constantFrom(...values)

type Definition = Readonly<Record<string, unknown>>
/** A good definition with one thing that is not. */
const marred = (good: Definition, keys: readonly string[], value: fc.Arbitrary<unknown> = hostile) =>
  fc.tuple(ours(...keys), value).map(([key, one]): Definition => ({ ...good, [key]: one }))

/** What is kept beside a field, and never a part of the table. */
const remembered: fc.Arbitrary<Definition> = fc.oneof(
  marred(GOOD, ['label', 'description', 'alias', 'picklist', 'client_info', 'validation', 'db_function'], anyValue),
  hostile.map((name) => ({ ...GOOD, validation: { [name]: { on_fail: name } } })),
  fc.tuple(hostile, hostile).map(([regexp, on_fail]) => ({ ...GOOD, validation: { match: { regexp, on_fail } } })),
  fc.tuple(ours('CONCAT(id, ', 'REPLACE(a, '), quoted, quoted).map(([call, one, other]) => {
    const text = `${call}${one}, ${other})`
    return { name: 'v', is_virtual: true, type: 'string', db_function: [{ use: ['SELECT'], function: text }] }
  }),
  hostile.map((text) => ({ ...GOOD, db_function: [{ use: ['SELECT'], function: text }] })),
  hostile.map((use) => ({ ...GOOD, db_function: [{ use: [use], function: 'UPPER(a)' }] })),
)
/** Most of all a default, which is a text of any kind and has to arrive. */
const wounded: fc.Arbitrary<Definition> = fc.oneof(
  { weight: 12, arbitrary: hostile.map((text) => ({ ...GOOD, default: text })) },
  { weight: 1, arbitrary: anyValue.map((one) => ({ ...GOOD, default: one })) },
  { weight: 4, arbitrary: remembered },
  fc
    .tuple(ours('integer', 'decimal', 'date', 'timestamp', 'json', 'uuid', 'boolean', 'binary'), hostile)
    .map(([type, text]) => ({ name: 'a', type, default: text, allow_null: true })),
  fc
    .tuple(ours('', 'varchar(10) ', 'varchar(', 'integer;'), hostile)
    .map(([before, text]) => ({ name: 'a', db_type: before + text, allow_null: true })),
  marred(GOOD, ['name', 'type', 'length', 'precision', 'scale', 'allow_null', 'is_unique', 'auto_increment', 'sql']),
  marred(REFERENCE, ['ref_table', 'ref_field', 'ref_on_update', 'ref_on_delete', 'is_foreign_key']),
  hostile.map((key) => ({ ...GOOD, [key]: key })),
)
const fieldsOf = fc
  .array(wounded, { minLength: 1, maxLength: 2 })
  .map((fields) => [
    ID,
    ...fields.map((field, index) => (field.name === 'a' ? { ...field, name: `a${index}` } : field)),
  ])
const table = fc.oneof(
  { weight: 5, arbitrary: fieldsOf.map((field): Definition => ({ name: TABLE, field })) },
  marred({ name: TABLE, field: [ID] }, ['name', 'options', 'label', 'description', 'alias', 'name_field']),
  hostile.map((word) => ({ name: TABLE, field: [ID], options: `ENGINE=${word}` })),
  hostile.map((key) => ({ name: TABLE, field: [ID], primary_key: [key] })),
  hostile.map((key) => ({ name: TABLE, field: [ID], [key]: key })),
)
const relation: fc.Arbitrary<Definition> = fc.oneof(
  marred(RELATION, ['type', 'field', 'ref_table', 'ref_field', 'ref_service', 'ref_on_delete', 'name']),
  marred(RELATION, ['label', 'description', 'alias', 'always_fetch'], anyValue),
  marred(
    {
      ...RELATION,
      type: 'many_many',
      ref_field: 'id',
      junction_table: 'order_lines',
      junction_field: 'line',
      junction_ref_field: 'order_id',
    },
    ['junction_table', 'junction_field', 'junction_ref_field', 'junction_service', 'label'],
  ),
  hostile.map((key) => ({ ...RELATION, [key]: key })),
)

const writing = ours('POST', 'PUT', 'PATCH')
const kept = (...parts: readonly string[]): string => ['_schema', KEPT, ...parts.map(encodeURIComponent)].join('/')
const asked: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 8, arbitrary: table.map((one): Ask => ({ method: 'POST', path: '_schema', body: { resource: [one] } })) },
  {
    weight: 4,
    arbitrary: wounded.map((field): Ask => ({ method: 'POST', path: kept('_field'), body: { resource: [field] } })),
  },
  fc.tuple(writing, table).map(([method, one]): Ask => ({ method, path: kept(), body: { ...one, name: KEPT } })),
  fc.tuple(writing, wounded).map(([method, field]): Ask => ({ method, path: kept('_field', 'a'), body: field })),
  fc.tuple(writing, pathable).map(([method, name]): Ask => ({ method, path: kept('_field', name), body: GOOD })),
  fc
    .tuple(writing, relation)
    .map(([method, one]): Ask => ({ method, path: kept('_related'), body: { resource: [one] } })),
  { weight: 2, arbitrary: relation.map((one): Ask => ({ method: 'POST', path: kept('_related'), body: one })) },
  fc.tuple(writing, pathable).map(([method, name]): Ask => ({ method, path: kept('_related', name), body: RELATION })),
  fc.tuple(ours('_field', '_related'), pathable).map((parts): Ask => ({ method: 'DELETE', path: kept(...parts) })),
  fc
    .tuple(ours('_field', '_related'), hostile)
    .map(([below, ids]): Ask => ({ method: 'DELETE', path: kept(below), body: { ids: [ids] } })),
  hostile.map((ids): Ask => ({ method: 'DELETE', path: '_schema', body: { ids: [ids, ids] } })),
)

const ALLOWED = /^\s*(?:create (?:unique )?(?:table|index)|alter table|drop (?:table|index))\b[^;]*$/i
const READS = /^\s*(?:select|with)\b[^;]*$/i

/** Nothing but definitions has been sent, and text in quotes only. Whether there was any. */
const assertDefining = ({ options, spy }: SqlContext, told: string): boolean => {
  const backslash = options.dialect.name === 'mysql' ? 'escapes' : 'plain'
  for (const { sql } of spy.statements) {
    const bare = bareStatement(sql, backslash)
    assert.ok(!bare.includes(MARK), `${told}: put into a statement:\n${sql}`)
    // A function is tried out before it is remembered.
    assert.ok(ALLOWED.test(bare) || READS.test(bare), `${told} ran:\n${sql}`)
  }
  return spy.statements.some(({ sql }) => sql.includes(MARK))
}

/** What a definition has left behind is read: what it remembers comes into statements only then. */
const assertReadable = async ({ records, spy }: SqlContext, told: string): Promise<void> => {
  const { body } = await records.ask({ path: kept() })
  const names = (body?.field ?? [])
    .map(({ alias, name }: any) => alias ?? name)
    .filter((one: string) => !one.includes(MARK))
  if (names.length === 0) return
  spy.forget()
  const { status, text } = await records.ask({ path: at(KEPT), query: { fields: names.join() } })
  assert.ok(status < 500, `${told}; then reading: ${status} ${text}`)
  for (const { sql } of spy.statements) {
    assert.ok(!sql.includes(MARK), `${told}: read by a statement that holds it:\n${sql}`)
    assert.match(sql, READS, told)
  }
}

const KEEPS = { name: KEPT, field: [ID, GOOD] }
const standard = new Set(STANDARD.map(({ name }) => name))

/** Drops every table that has been made, and makes the one that is kept. */
const cleanUp = async ({ records }: SqlContext, again = true): Promise<void> => {
  const { resource } = await given(records, { path: '_schema' })
  for (const { name } of resource)
    if (!standard.has(name)) await given(records, { method: 'DELETE', path: `_schema/${encodeURIComponent(name)}` })
  if (again) await given(records, { method: 'POST', path: '_schema', body: { resource: [KEEPS] } })
}

/** Whether what a definition made could be taken away again, by itself. */
const undone = async ({ records }: SqlContext, { method, path }: Ask, { body }: Answer): Promise<boolean> => {
  const made = method === 'POST' && path !== kept() ? body.resource?.[0]?.name : undefined
  if (typeof made !== 'string') return false
  return (await records.ask({ method: 'DELETE', path: `${path}/${encodeURIComponent(made)}` })).status === 200
}

type Effect = 'none' | 'undone' | 'left'
const assertHarmless = async (context: SqlContext, ask: Ask): Promise<{ reached: boolean; effect: Effect }> => {
  const { records, spy } = context
  spy.forget()
  const answer: Answer = await records.ask(ask)
  const told = `${ask.method} ${ask.path} ${JSON.stringify(ask.body)} → ${answer.status}`
  assert.ok(answer.status < 500 || answer.status === 501, `${told} ${answer.text}`)
  assertSilent(answer.text.replaceAll(/\\"[^"]*\\"|'[^']*'/g, ''))
  const reached = assertDefining(context, told)
  if (answer.status !== 200) return { reached, effect: 'none' }
  if (ask.path.startsWith(kept())) await assertReadable(context, told)
  return { reached, effect: (await undone(context, ask, answer)) ? 'undone' : 'left' }
}

/** Definitions that may leave something behind before everything is made anew, which takes its time. */
const MOST_LEFT = 5

export const definitionChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'a generated corpus of hostile definitions runs no foreign statement',
    async (context) => {
      let reached = 0
      let left = 0
      await cleanUp(context)
      try {
        for (const ask of fc.sample(asked, { numRuns: DEFINITIONS, seed: SEED })) {
          const done = await assertHarmless(context, ask)
          if (done.reached) reached += 1
          if (done.effect === 'left') left += 1
          if (left < MOST_LEFT) continue
          await cleanUp(context)
          left = 0
        }
      } finally {
        await cleanUp(context, false)
      }
      assert.ok(reached > DEFINITIONS / 20, `only ${reached} of ${DEFINITIONS} definitions reached the database`)
      for (const name of ['customers', 'orders', 'order_lines', 'journal'])
        assert.ok((await context.records.stored(name)).length > 0, `${name} is empty`)
    },
    ({ options }) => (options.dialect.ddl ? undefined : 'the dialect only describes its tables'),
  ),
]
