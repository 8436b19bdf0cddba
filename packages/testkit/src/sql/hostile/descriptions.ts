/** Hostile requests for descriptions: names and lists below `_schema`, of tables, fields and relations. */
import fc from 'fast-check'
import type { Ask } from '../../harness.ts'
import { corpusCheck } from './corpus.ts'
import { hostile, pathable } from './text.ts'

const table = fc.constantFrom('customers', 'orders', 'order_lines')
const branch = fc.constantFrom('_field', '_related')
const path = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('/')
const names = fc.oneof(
  hostile,
  hostile.map((name) => `id,${name}`),
)

const listed = fc.tuple(fc.constantFrom('_schema', '_table', ''), names, hostile)

const quick: fc.Arbitrary<Ask> = fc.oneof(
  pathable.map((name): Ask => ({ path: path('_schema', name) })),
  fc.tuple(table, pathable).map((parts): Ask => ({ path: path('_schema', ...parts) })),
  fc.tuple(table, branch, pathable).map((parts): Ask => ({ path: path('_schema', ...parts) })),
  fc.tuple(pathable, branch, pathable).map((parts): Ask => ({ path: path('_schema', ...parts) })),
  fc.tuple(table, branch, names, hostile).map(([name, below, ids, fields]): Ask => {
    return { path: path('_schema', name, below), query: { ids, fields } }
  }),
  fc.tuple(table, branch, hostile).map(([name, below, id]): Ask => {
    const body = { ids: [id, { [id]: id }] }
    return { method: 'POST', headers: { 'x-http-method': 'GET' }, path: path('_schema', name, below), body }
  }),
  listed.map(([path, ids, fields]): Ask => ({ path, query: { ids, fields, schema: fields } })),
  // What the role may not change.
  fc
    .tuple(table, branch, hostile, fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'))
    .map(([name, below, key, method]): Ask => {
      return { method, path: path('_schema', name, below), body: { resource: [{ name: key, [key]: key }], ids: [key] } }
    }),
)

/** The tables are looked up anew, which takes its time. */
const refreshing = listed.map(([path, ids, schema]): Ask => ({ path, query: { ids, schema, refresh: true } }))
const asked = fc.oneof({ weight: 60, arbitrary: quick }, { weight: 1, arbitrary: refreshing })

export const descriptionChecks = [
  // They are answered out of what the service knows of its tables already.
  corpusCheck({ name: 'descriptions', asked, statement: /^(?!)/, reaching: 0 }),
]
