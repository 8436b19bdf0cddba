/** Hostile calls of routines: in their names, their arguments and what is asked of their results. */
import fc from 'fast-check'
import type { RoleSpec } from '../../governance.ts'
import type { Ask } from '../../harness.ts'
import { corpusCheck } from './corpus.ts'
import { hostile, pathable } from './text.ts'

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

export const callChecks = [
  corpusCheck({
    name: 'calls of routines',
    asked,
    as: ROLE,
    // No other routine, either.
    statement: /^(select|call) .*(same_text|note)/i,
    requires: ({ options: { dialect } }) =>
      dialect.capabilities.procedures && dialect.capabilities.functions
        ? undefined
        : 'the dialect declares no procedures and functions',
  }),
]
