/**
 * A generated corpus of hostile requests: text that tries to leave its place, in every place that takes text. A role
 * with a row filter and a denied field asks, so that what gets through would be seen.
 *
 * `GW_HOSTILE_CALLS` sets how many (400 without it), `GW_HOSTILE_SEED` which ones: the same seed gives the same.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertSilent, assertStored, at } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'

export const CALLS: number = Number(process.env.GW_HOSTILE_CALLS ?? 400)
export const SEED: number = Number(process.env.GW_HOSTILE_SEED ?? 20_261)

/** In every generated text, and in nothing else: a statement that holds it holds what a client sent. */
export const MARK = 'zqx'
/** Of a customer whom the role does not see, and a field that it does not have. */
const CANARIES = ['bob@example.com', '"notes"']

const ROLE: RoleSpec = {
  access: [
    {
      component: '_table/customers/*',
      filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
      deny: ['notes'],
    },
    { component: '_table/orders/*' },
    { component: '_table/journal/*' },
  ],
}

// biome-ignore format: one kind of attack a line
const PIECES = [
  `'`, `"`, '`', `''`, `\\'`, `\\`, ';', '; --', '--', '-- ', '#', '/*', '*/', '/**/', '/*!50000',
  ' or 1=1', ' OR (1=1)', `' or 'a'='a`, ') or (1=1', '))', '((', ' union all select 1',
  '; drop table orders', '; truncate orders', ' into outfile ', ' having 1=1', ' limit 1 offset 0', ' for update',
  'pg_sleep(9)', 'sleep(9)', 'randomblob(9)', 'load_extension(1)', '$1', '?', ':a', '@@version', '%00', '\u0000', '\u001a',
  '\u02bc', '\uff07', '\u2019', '\ud800', '\u202e', '\ufeff', '%27', '%', '_', '{user.id}', '{', '}', '[]', '{}', ',', '=', '<>', '(', ')',
  'id', 'active', 'notes', 'email', ' AND ', ' OR ', ' NOT ', ' IN (', ' LIKE ', ' BETWEEN ', ' IS NULL', ' asc', ' desc nulls first',
  'COUNT(*)', 'SUM(id)', 'null', '-1', '99999999999999999999', '1e999', '0x1F', 'true',
]

const text = fc
  .tuple(fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }), fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }))
  .map(([before, after]) => before.join('') + MARK + after.join(''))
const deep = fc
  .tuple(fc.integer({ min: 1, max: 3_000 }), text)
  .map(([depth, inner]) => `${'('.repeat(depth)}${inner}${')'.repeat(depth)}`)
export const hostile: fc.Arbitrary<string> = fc.oneof({ weight: 12, arbitrary: text }, { weight: 1, arbitrary: deep })
/** Lone surrogates have no form in a URL. */
export const pathable: fc.Arbitrary<string> = hostile.map((value) => value.toWellFormed())
const quoted = hostile.map((value) => `'${value.replaceAll("'", "''")}'`)
const table = fc.constantFrom('customers', 'orders', 'journal')
const known = fc.constantFrom('name', 'email')
const field = fc.oneof(hostile, known, fc.constantFrom('id', 'active', 'notes'))

/** Well formed: the text stands where a value belongs, so that it reaches the database. */
const proper = fc.oneof(
  fc
    .tuple(known, fc.constantFrom('=', '<', '!=', 'LIKE', 'CONTAINS', 'STARTS WITH'), quoted)
    .map((parts) => parts.join(' ')),
  fc.tuple(known, quoted, quoted).map(([name, low, high]) => `NOT (${name} BETWEEN ${low} AND ${high})`),
  fc.tuple(known, quoted, quoted).map(([name, one, other]) => `(${name} IN (${one}, ${other})) OR (id = 1)`),
)
const filter = fc.oneof(
  { weight: 4, arbitrary: proper },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.tuple(field, hostile).map(([name, value]) => `${name} = ${value}`) },
  { weight: 1, arbitrary: fc.tuple(proper, hostile).map(([first, rest]) => `(${first}) AND ${rest}`) },
  { weight: 1, arbitrary: fc.tuple(proper, proper).map(([one, other]) => `(${one}) XOR (${other})`) },
)
const parameters = fc.record(
  {
    fields: hostile,
    filter,
    order: hostile,
    group: hostile,
    having: hostile,
    related: hostile,
    ids: hostile,
    id_field: field,
    id_type: hostile,
    limit: hostile,
    offset: hostile,
    cursor: hostile,
  },
  { requiredKeys: [] },
)
/** Few at a time, so that a request gets past the first thing that is wrong with it. */
const query = fc
  .tuple(parameters, fc.integer({ min: 0, max: 11 }), fc.boolean())
  .map(([all, start, two]) => Object.fromEntries(Object.entries(all).slice(start, start + (two ? 2 : 1))))

const value = fc.oneof(
  hostile,
  hostile.map((expression) => ({ expression })),
  hostile.map((inner) => [inner]),
  hostile.map((inner) => ({ [inner]: inner })),
  fc.constantFrom(null, true, 1e308, -0, ''),
)
const record = fc
  .tuple(fc.dictionary(field, value, { maxKeys: 3 }), hostile, hostile, fc.boolean())
  .map(([fields, name, email, plain]) => (plain ? { name, email } : { name, email, ...fields }))

const asked: fc.Arbitrary<Ask> = fc.oneof(
  fc.tuple(table, query).map(([name, asking]): Ask => ({ path: at(name), query: asking })),
  pathable.map((name): Ask => ({ path: at(name) })),
  fc.tuple(table, pathable).map(([name, id]): Ask => ({ path: at(name, id) })),
  fc.tuple(table, record, fc.oneof(query, fc.constant({}))).map(([name, body, asking]): Ask => {
    return { method: 'POST', path: at(name), body: [body], query: asking }
  }),
  fc.tuple(known, hostile).map(([name, ids]): Ask => {
    return { path: at('customers'), query: { ids, id_field: name, id_type: 'string' } }
  }),
  filter.map((where): Ask => ({ path: at('customers'), query: { filter: where } })),
  fc.tuple(table, filter, record).map(([name, where, body]): Ask => {
    return { method: 'PATCH', path: at(name), query: { filter: where }, body: [body] }
  }),
  fc.tuple(pathable, record).map(([id, body]): Ask => ({ method: 'PUT', path: at('customers', id), body })),
  fc.tuple(table, filter).map(([name, where]): Ask => ({ method: 'DELETE', path: at(name), query: { filter: where } })),
  fc.tuple(table, value).map(([name, id]): Ask => ({ method: 'DELETE', path: at(name), body: [{ id }] })),
  fc.tuple(filter, value).map(([where, bound]): Ask => {
    const body = { filter: `(name = :a) OR ${where}`, params: { ':a': bound } }
    return { method: 'POST', headers: { 'x-http-method': 'GET' }, path: at('customers'), body }
  }),
)

const told = ({ method = 'GET', path, query: asking, body }: Ask): string =>
  `${method} ${path} ${JSON.stringify(asking ?? {})} ${JSON.stringify(body) ?? ''}`.slice(0, 2_000)

/** Whether it got as far as the database. */
const assertHarmless = async ({ records, spy }: SqlContext, ask: Ask): Promise<boolean> => {
  spy.forget()
  const { status, text: answer } = await records.ask({ ...ask, as: ROLE })
  assert.ok(status < 500 || status === 501, `${told(ask)} → ${status} ${answer.slice(0, 500)}`)
  for (const { sql } of spy.statements) {
    assert.ok(!sql.toLowerCase().includes(MARK), `${told(ask)} was put into a statement:\n${sql}`)
    assert.match(sql, /^\s*(select|insert|update|delete|with)\b/i, `${told(ask)} ran:\n${sql}`)
  }
  if (status < 400) {
    for (const canary of CANARIES) assert.ok(!answer.includes(canary), `${told(ask)} showed ${canary}`)
  } else assertSilent(answer)
  return spy.statements.length > 0
}

export const hostileChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'a generated corpus of hostile requests runs no foreign statement and shows no hidden row',
    async (context) => {
      const before = (await context.records.stored('customers')).filter(({ active }) => !active)
      let reached = 0
      for (const ask of fc.sample(asked, { numRuns: CALLS, seed: SEED })) {
        if (await assertHarmless(context, ask)) reached++
      }
      assert.ok(
        reached > CALLS / 10,
        `only ${reached} of ${CALLS} requests reached the database: the corpus is too tame`,
      )
      const after = (await context.records.stored('customers')).filter(({ active }) => !active)
      assert.deepEqual(after, before, 'rows outside the role were changed')
      await assertStored(context.records, 'orders')
    },
  ),
]
