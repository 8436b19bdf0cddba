/** Random calls on the standard schema whose answer is the same wherever they are asked. */
import fc from 'fast-check'
import type { Ask } from '../harness.ts'
import { at } from './context.ts'

/** By which names the calls know tables and fields. */
export interface Vocabulary {
  table(native: string): string
  /** By fields of `customers`: the names that each goes by. Default: its own. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Conditions on fields that only this schema has, and lists and orders with them. */
  readonly conditions: readonly fc.Arbitrary<string>[]
  readonly lists: readonly string[]
  readonly orders: readonly string[]
  /** Values for such fields in what is sent; nothing may come of them. */
  readonly unwritten: Readonly<Record<string, unknown>>
}
/** The standard schema as it is. */
export const PLAIN: Vocabulary = {
  table: (native) => native,
  fields: {},
  conditions: [],
  lists: [],
  orders: [],
  unwritten: {},
}

const FIELDS = ['id', 'name', 'email', 'credit', 'notes', 'active'] as const
type Names = Readonly<Record<string, string>>

const id = fc.integer({ min: 1, max: 14 })
const word = fc.constantFrom('a', 'b', 'ab', 'xy', '', "o'k", 'x=y', 'p,q')
export const money = fc.constantFrom(0, 1, -3.25, 12.5, 99.99, 1000)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** One name for each field: any of those that it goes by. */
const namesIn = ({ fields }: Vocabulary): fc.Arbitrary<Names> =>
  fc.record(Object.fromEntries(FIELDS.map((native) => [native, fc.constantFrom(...(fields[native] ?? [native]))])))

/** One condition on `customers`; values agree in case, so that collations do not matter. */
const plainConditions: readonly fc.Arbitrary<(names: Names) => string>[] = [
  fc.tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'gt', 'LTE', '<>'), id).map(
    ([op, n]) =>
      (names) =>
        `${names.id} ${op} ${n}`,
  ),
  fc.tuple(fc.constantFrom('=', '!=', '<', '>='), money).map(
    ([op, n]) =>
      (names) =>
        `${names.credit} ${op} ${n}`,
  ),
  fc.tuple(fc.constantFrom('=', '!='), word).map(
    ([op, text]) =>
      (names) =>
        `${names.notes} ${op} ${quoted(text)}`,
  ),
  fc.tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(id, { minLength: 1, maxLength: 3 })).map(
    ([op, list]) =>
      (names) =>
        `${names.id} ${op} (${list})`,
  ),
  fc.tuple(fc.constantFrom('CONTAINS', 'STARTS WITH', 'ENDS WITH', 'NOT CONTAINS'), fc.constantFrom('a', 'x', "'")).map(
    ([op, text]) =>
      (names) =>
        `${names.notes} ${op} ${quoted(text)}`,
  ),
  fc.constantFrom('IS NULL', 'IS NOT NULL').map((test) => (names) => `${names.notes} ${test}`),
  fc.constantFrom(
    (names) => `${names.credit} IS NULL`,
    (names) => `${names.active} = true`,
    (names) => `${names.active}=false`,
  ),
  fc.tuple(id, id).map(
    ([low, high]) =>
      (names) =>
        `${names.id} BETWEEN ${low} AND ${high}`,
  ),
]

const filtersOf = (vocabulary: Vocabulary): fc.Arbitrary<string> => {
  const plain = fc.tuple(fc.oneof(...plainConditions), namesIn(vocabulary)).map(([make, names]) => make(names))
  const condition = fc.oneof(plain, ...vocabulary.conditions)
  return fc.letrec<{ filter: string }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      condition,
      fc
        .tuple(tie('filter'), fc.constantFrom('AND', 'OR', '||', '&&'), tie('filter'))
        .map(([a, op, b]) => `(${a}) ${op} (${b})`),
      tie('filter').map((inner) => `NOT (${inner})`),
    ),
  })).filter
}

const mode = fc.constantFrom({}, {}, { continue: true }, { rollback: true })
const line = fc.record({
  order_id: fc.integer({ min: 1, max: 8 }),
  line: fc.integer({ min: 1, max: 3 }),
  product: word,
  quantity: id,
})
const defined = (query: object) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

/** What calls on `customers` are made of. */
const partsOf = (vocabulary: Vocabulary) => {
  const names = namesIn(vocabulary)
  /** Values by fields, under the names of the vocabulary. */
  const named = (values: fc.Arbitrary<object>): fc.Arbitrary<Record<string, unknown>> =>
    fc
      .tuple(values, names)
      .map(([record, by]) =>
        Object.fromEntries(Object.entries(record).map(([native, value]) => [by[native] ?? native, value])),
      )
  const change = fc.record(
    {
      notes: fc.oneof(word, fc.constant(null)),
      credit: fc.oneof(money, fc.constant(null)),
      active: fc.boolean(),
      ...Object.fromEntries(Object.entries(vocabulary.unwritten).map(([name, value]) => [name, fc.constant(value)])),
    },
    { requiredKeys: [] },
  )
  const record = fc
    .tuple(id, change, word)
    .map(([n, rest, name]) => ({ id: n, name: `n${name}`, email: `m${n}@example.com`, ...rest }))
  const lists = fc.constantFrom<string | undefined>(undefined, '*', 'id', 'name,id', 'notes,credit,active')
  return {
    filter: filtersOf(vocabulary),
    fields: fc.oneof(
      { weight: 5, arbitrary: fc.tuple(lists, names).map(([list, by]) => list?.replace(/\w+/g, (one) => by[one]!)) },
      ...vocabulary.lists.map((list) => ({ weight: 2, arbitrary: fc.constant(list) })),
    ),
    order: fc.constantFrom('id', 'id desc', ...vocabulary.orders),
    change: named(change),
    changeOf: named(fc.tuple(id, change).map(([n, rest]) => ({ id: n, ...rest }))),
    record: named(record),
  }
}
type Parts = ReturnType<typeof partsOf>

/** Without an order, two sources may list the same rows differently: reads always ask for one. */
const readsOf = (path: string, { filter, fields, order }: Parts): fc.Arbitrary<Ask> =>
  fc
    .record({
      filter: fc.option(filter, { nil: undefined }),
      fields,
      limit: fc.option(id, { nil: undefined }),
      offset: fc.option(id, { nil: undefined }),
      count: fc.boolean(),
      order,
    })
    .map(({ count, ...query }) => ({ path, query: defined({ ...query, ...(count && { include_count: true }) }) }))

const writesOf = (path: string, parts: Parts): readonly fc.Arbitrary<Ask>[] => {
  const { filter, fields, change, changeOf, record } = parts
  const one = (n: number) => `${path}/${n}`
  return [
    fc.tuple(fc.array(record, { minLength: 1, maxLength: 4 }), mode, fields).map(([resource, query, list]) => ({
      method: 'POST',
      path,
      query: defined({ ...query, fields: list }),
      body: { resource },
    })),
    fc
      .tuple(id, change, fields)
      .map(([n, body, list]) => ({ method: 'PATCH', path: one(n), query: defined({ fields: list }), body })),
    fc
      .tuple(fc.array(changeOf, { minLength: 1, maxLength: 4 }), mode)
      .map(([body, query]) => ({ method: 'PUT', path, query, body })),
    fc.tuple(fc.array(id, { minLength: 1, maxLength: 4 }), mode, fields, change).map(([ids, query, list, body]) => ({
      method: 'PATCH',
      path,
      query: defined({ ids: ids.join(), ...query, fields: list }),
      body: [body],
    })),
    fc
      .tuple(filter, change)
      .map(([text, body]) => ({ method: 'PATCH', path, query: { filter: text, fields: 'id' }, body: [body] })),
    filter.map((text) => ({ method: 'DELETE', path, query: { filter: `(${text}) AND (id > 6)`, fields: 'id' } })),
  ]
}

/** Calls on what has no other names. */
const ordersAndLines: readonly fc.Arbitrary<Ask>[] = [
  fc
    .tuple(fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), mode)
    .map(([ids, query]) => ({ method: 'DELETE', path: at('orders'), query: { ids: ids.join(), ...query } })),
  fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), mode)
    .map(([body, query]) => ({ method: 'POST', path: at('order_lines'), query, body })),
  fc.tuple(fc.integer({ min: 1, max: 8 }), id).map(([order, n]) => ({
    method: 'PATCH',
    path: at('order_lines'),
    query: { filter: `order_id = ${order}` },
    body: [{ quantity: n }],
  })),
]

/** Any call, in the words of a vocabulary. */
export const callsOn = (vocabulary: Vocabulary): fc.Arbitrary<Ask> => {
  const path = at(vocabulary.table('customers'))
  const parts = partsOf(vocabulary)
  const reads = readsOf(path, parts)
  const { filter, fields } = parts
  return fc.oneof(
    reads,
    reads,
    fc.tuple(id, fields).map(([n, list]): Ask => ({ path: `${path}/${n}`, query: defined({ fields: list }) })),
    fc
      .tuple(fc.array(id, { minLength: 1, maxLength: 4 }), mode)
      .map(([ids, query]): Ask => ({ path, query: { ids: ids.join(), ...query } })),
    filter.map((text): Ask => ({ path, query: { filter: text, count_only: true } })),
    ...writesOf(path, parts),
    ...ordersAndLines,
  )
}

/** Any call on the standard schema as it is. */
export const anyCall: fc.Arbitrary<Ask> = callsOn(PLAIN)
