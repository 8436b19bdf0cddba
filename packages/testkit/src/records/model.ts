/** Random sequences of calls against the source and against the reference in memory: both must answer the same. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { Answer, Ask } from '../harness.ts'
import { at, closeRecords, openRecords, type RecordsContext, recordsCheck } from './context.ts'
import { referenceSubject } from './reference.ts'

const id = fc.integer({ min: 1, max: 14 })
const word = fc.constantFrom('a', 'b', 'ab', 'xy', '', "o'k", 'x=y', 'p,q')
const money = fc.constantFrom(0, 1, -3.25, 12.5, 99.99, 1000)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** One condition on `customers`; values agree in case, so that collations do not matter. */
const condition: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'gt', 'LTE', '<>'), id).map(([op, n]) => `id ${op} ${n}`),
  fc.tuple(fc.constantFrom('=', '!=', '<', '>='), money).map(([op, n]) => `credit ${op} ${n}`),
  fc.tuple(fc.constantFrom('=', '!='), word).map(([op, text]) => `notes ${op} ${quoted(text)}`),
  fc
    .tuple(fc.constantFrom('IN', 'NOT IN'), fc.array(id, { minLength: 1, maxLength: 3 }))
    .map(([op, list]) => `id ${op} (${list})`),
  fc
    .tuple(fc.constantFrom('CONTAINS', 'STARTS WITH', 'ENDS WITH', 'NOT CONTAINS'), fc.constantFrom('a', 'x', "'"))
    .map(([op, text]) => `notes ${op} ${quoted(text)}`),
  fc.constantFrom('notes IS NULL', 'notes IS NOT NULL', 'credit IS NULL', 'active = true', 'active=false'),
  fc.tuple(id, id).map(([low, high]) => `id BETWEEN ${low} AND ${high}`),
)

const filter: fc.Arbitrary<string> = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    condition,
    fc
      .tuple(tie('filter'), fc.constantFrom('AND', 'OR', '||', '&&'), tie('filter'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('filter').map((inner) => `NOT (${inner})`),
  ),
})).filter

const fields = fc.constantFrom(undefined, '*', 'id', 'name,id', 'notes,credit,active')
const mode = fc.constantFrom({}, {}, { continue: true }, { rollback: true })
const change = fc.record(
  { notes: fc.oneof(word, fc.constant(null)), credit: fc.oneof(money, fc.constant(null)), active: fc.boolean() },
  { requiredKeys: [] },
)
const record = fc
  .tuple(id, change, word)
  .map(([n, rest, name]) => ({ id: n, name: `n${name}`, email: `m${n}@example.com`, ...rest }))
const line = fc.record({
  order_id: fc.integer({ min: 1, max: 8 }),
  line: fc.integer({ min: 1, max: 3 }),
  product: word,
  quantity: id,
})

const C = at('customers')
const defined = (query: object) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
/** Without an order, two sources may list the same rows differently: reads always ask for one. */
const read = fc
  .record({
    filter: fc.option(filter, { nil: undefined }),
    fields,
    limit: fc.option(id, { nil: undefined }),
    offset: fc.option(id, { nil: undefined }),
    count: fc.boolean(),
    down: fc.boolean(),
  })
  .map(
    ({ down, count, ...query }): Ask => ({
      path: C,
      query: defined({ ...query, order: down ? 'id desc' : 'id', ...(count && { include_count: true }) }),
    }),
  )

/** Any call on the standard schema whose answer is the same wherever it is asked. */
export const anyCall: fc.Arbitrary<Ask> = fc.oneof(
  read,
  read,
  fc.tuple(id, fields).map(([n, list]): Ask => ({ path: at('customers', n), query: defined({ fields: list }) })),
  fc
    .tuple(fc.array(id, { minLength: 1, maxLength: 4 }), mode)
    .map(([ids, query]): Ask => ({ path: C, query: { ids: ids.join(), ...query } })),
  filter.map((text): Ask => ({ path: C, query: { filter: text, count_only: true } })),
  fc.tuple(fc.array(record, { minLength: 1, maxLength: 4 }), mode, fields).map(
    ([resource, query, list]): Ask => ({
      method: 'POST',
      path: C,
      query: defined({ ...query, fields: list }),
      body: { resource },
    }),
  ),
  fc
    .tuple(id, change, fields)
    .map(
      ([n, body, list]): Ask => ({ method: 'PATCH', path: at('customers', n), query: defined({ fields: list }), body }),
    ),
  fc
    .tuple(
      fc.array(
        fc.tuple(id, change).map(([n, rest]) => ({ id: n, ...rest })),
        { minLength: 1, maxLength: 4 },
      ),
      mode,
    )
    .map(([body, query]): Ask => ({ method: 'PUT', path: C, query, body })),
  fc
    .tuple(filter, change)
    .map(([text, body]): Ask => ({ method: 'PATCH', path: C, query: { filter: text, fields: 'id' }, body: [body] })),
  fc
    .tuple(fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), mode)
    .map(([ids, query]): Ask => ({ method: 'DELETE', path: at('orders'), query: { ids: ids.join(), ...query } })),
  filter.map((text): Ask => ({ method: 'DELETE', path: C, query: { filter: `(${text}) AND (id > 6)`, fields: 'id' } })),
  fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), mode)
    .map(([body, query]): Ask => ({ method: 'POST', path: at('order_lines'), query, body })),
  fc.tuple(fc.integer({ min: 1, max: 8 }), id).map(
    ([order, n]): Ask => ({
      method: 'PATCH',
      path: at('order_lines'),
      query: { filter: `order_id = ${order}` },
      body: [{ quantity: n }],
    }),
  ),
)

/** Lists that no `order` governs are compared as sets. */
const isUnordered = ({ method = 'GET', query }: Ask) => method !== 'GET' && query?.filter !== undefined

/** Sources differ in how much they know of a conflict: which fields, which constraint. That there is one, they share. */
const withoutDetails = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDetails)
  if (typeof value !== 'object' || value === null) return value
  const conflict = 'status_code' in value && value.status_code === 409
  const members = Object.entries(value).map(([name, inner]) => [
    name,
    conflict && (name === 'context' || name === 'message') ? null : withoutDetails(inner),
  ])
  return Object.fromEntries(members)
}

/** What two sources have to agree on. */
export const comparable = (ask: Ask, { status, body }: Answer): unknown => {
  if (status >= 400) return { status, body: withoutDetails(body) }
  if (!isUnordered(ask) || !Array.isArray(body?.resource)) return { status, body }
  return { status, body: { ...body, resource: body.resource.map((row: unknown) => JSON.stringify(row)).toSorted() } }
}

const TABLES = ['customers', 'orders', 'order_lines'] as const

const compare = async (context: RecordsContext, reference: RecordsContext, asks: readonly Ask[]): Promise<void> => {
  await Promise.all([context.fresh(), reference.fresh()])
  for (const [index, ask] of asks.entries()) {
    const [answer, expected] = [await context.ask(ask), await reference.ask(ask)]
    const told = `call ${index + 1}: ${ask.method ?? 'GET'} ${ask.path} ${JSON.stringify(ask.query ?? {})} ${JSON.stringify(ask.body) ?? ''}`
    assert.deepEqual(comparable(ask, answer), comparable(ask, expected), told)
  }
  await compareStored(context, reference)
}

export const compareStored = async (context: RecordsContext, reference: RecordsContext): Promise<void> => {
  for (const table of TABLES) {
    const [rows, expected] = [await context.stored(table), await reference.stored(table)]
    const sorted = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).toSorted()
    assert.deepEqual(sorted(rows), sorted(expected), `what '${table}' holds in the end`)
  }
}

export interface ModelOptions {
  /** How many sequences. Default: a few seconds' worth, or as many as the environment's `GW_STRESS` says. */
  readonly runs?: number
  /** Makes a run repeatable. Default: the environment's `GW_SEED`, else another one each time. */
  readonly seed?: number | undefined
}

/** The check that compares a source with the reference, call by call. */
export const modelCheck = ({ runs, seed }: ModelOptions = {}): Check<RecordsContext> =>
  recordsCheck(
    'random sequences of calls answer and store what the reference answers and stores',
    async (context) => {
      const { type, prepare } = referenceSubject()
      const reference = await openRecords({ type, prepare, lacks: ['answers'] })
      const property = fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 12 }), (asks) =>
        compare(context, reference, asks),
      )
      const chosen = seed ?? (Number(process.env.GW_SEED) || undefined)
      try {
        await fc.assert(property, {
          numRuns: runs ?? (Number(process.env.GW_STRESS) || 25),
          ...(chosen !== undefined && { seed: chosen }),
        })
      } finally {
        await closeRecords(reference)
      }
    },
    'transactions',
  )
