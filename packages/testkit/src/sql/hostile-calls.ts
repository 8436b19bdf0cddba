/** A generated corpus of hostile calls of routines, in every place that takes text: see `hostile.ts`. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertSilent, assertStored } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'
import { CALLS, hostile, MARK, pathable, SEED } from './hostile.ts'

/** May call two routines, and none of those that tell of orders or customers. */
const ROLE: RoleSpec = {
  access: [{ component: '_func/same_text' }, { component: '_proc/note' }, { component: '_proc/total_for', verbs: [] }],
  user: { id: 7 },
}

const known = fc.constantFrom('_func/same_text', '_proc/note')
const at = (branch: string, name: string): string => `${branch}/${encodeURIComponent(name)}`
const name = fc.oneof(hostile, fc.constantFrom('word', 'what', 'much', 'WORD'))
const value = fc.oneof(
  hostile,
  hostile.map((inner) => [inner]),
  hostile.map((inner) => ({ [inner]: inner })),
  fc.constantFrom(null, true, 1e308, 3, ''),
)
const params = fc.oneof(
  fc.dictionary(name, value, { maxKeys: 2 }),
  fc.array(value, { maxLength: 3 }),
  fc.array(fc.record({ name, value }), { maxLength: 2 }),
  value,
)
const body = fc.record(
  {
    params,
    returns: fc.oneof(hostile, fc.constantFrom('integer', 'string')),
    wrapper: value,
    schema: fc.oneof(value, fc.dictionary(hostile, fc.constantFrom('int', 'json', 'date'), { maxKeys: 2 })),
  },
  { requiredKeys: [] },
)

const asked: fc.Arbitrary<Ask> = fc.oneof(
  fc.tuple(known, body).map(([path, sent]): Ask => ({ method: 'POST', path, body: sent })),
  fc.tuple(known, pathable).map(([path, inline]): Ask => ({ path: `${path}${encodeURIComponent(`(${inline})`)}` })),
  fc.tuple(known, name, hostile).map(([path, key, given]): Ask => ({ path, query: { [key]: given } })),
  fc.tuple(known, hostile, hostile).map(([path, returns, wrapper]): Ask => ({ path, query: { returns, wrapper } })),
  hostile.map((word): Ask => ({ path: '_func/same_text', query: { word } })),
  fc.tuple(fc.constantFrom('_func', '_proc'), pathable).map(([branch, text]): Ask => ({ path: at(branch, text) })),
  fc.tuple(pathable, pathable).map(([before, after]): Ask => ({ path: at('_proc', `${before}total_for${after}`) })),
  pathable.map((inline): Ask => ({ method: 'POST', path: at('_proc', `total_for(${inline})`), body: {} })),
  hostile.map((ids): Ask => ({ path: '_proc', query: { ids } })),
)

const told = ({ method = 'GET', path, query, body: sent }: Ask): string =>
  `${method} ${path} ${JSON.stringify(query ?? {})} ${JSON.stringify(sent) ?? ''}`.slice(0, 2_000)

export const hostileCallChecks: readonly Check<SqlContext>[] = [
  sqlCheck(
    'a generated corpus of hostile calls runs no foreign statement and no other routine',
    async ({ records, spy }) => {
      let reached = 0
      for (const ask of fc.sample(asked, { numRuns: CALLS, seed: SEED })) {
        spy.forget()
        const { status, text } = await records.ask({ ...ask, as: ROLE })
        assert.ok(status < 500 || status === 501, `${told(ask)} → ${status} ${text.slice(0, 500)}`)
        if (status >= 400) assertSilent(text)
        for (const { sql } of spy.statements) {
          assert.ok(!sql.toLowerCase().includes(MARK), `${told(ask)} was put into a statement:\n${sql}`)
          assert.match(sql, /^(select|call) .*(same_text|note)/i, `${told(ask)} ran:\n${sql}`)
        }
        if (spy.statements.length > 0) reached++
      }
      assert.ok(reached > CALLS / 10, `only ${reached} of ${CALLS} calls reached the database: the corpus is too tame`)
      await assertStored(records, 'orders')
    },
    ({ options: { dialect } }) =>
      dialect.capabilities.procedures && dialect.capabilities.functions
        ? undefined
        : 'the dialect declares no procedures and functions',
  ),
]
