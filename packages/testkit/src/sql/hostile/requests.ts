/** Hostile requests: in every parameter of one table's records, in their bodies and in their paths. */
import fc from 'fast-check'
import type { Ask } from '../../harness.ts'
import { at } from '../../records/context.ts'
import { corpusCheck } from './corpus.ts'
import { anyValue, hostile, pathable, quoted } from './text.ts'

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

/** Mostly one that the role may store. */
export const record = fc
  .tuple(fc.dictionary(field, anyValue, { maxKeys: 3 }), hostile, hostile, fc.nat({ max: 5 }))
  .map(([fields, name, email, kind]): Readonly<Record<string, unknown>> => {
    if (kind === 0) return { name, email, ...fields }
    return kind === 1 ? { name, email } : { name, email, active: true }
  })

/** A call on the records of one table. */
export const recordsAsked: fc.Arbitrary<Ask> = fc.oneof(
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
  fc.tuple(table, anyValue).map(([name, id]): Ask => ({ method: 'DELETE', path: at(name), body: [{ id }] })),
  fc.tuple(filter, anyValue).map(([where, bound]): Ask => {
    const body = { filter: `(name = :a) OR ${where}`, params: { ':a': bound } }
    return { method: 'POST', headers: { 'x-http-method': 'GET' }, path: at('customers'), body }
  }),
)

export const requestChecks = [corpusCheck({ name: 'requests', asked: recordsAsked })]
