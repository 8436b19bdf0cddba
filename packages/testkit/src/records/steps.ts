/** Checks on several calls made one: what they answer, and what stays of them. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { assertStored, at, given, type RecordsContext, refused } from './context.ts'
import {
  assertNothingDone,
  batch,
  bodiesOf,
  C,
  failing,
  get,
  kim,
  NEW,
  O,
  patch,
  post,
  ref,
  type Step,
  stepsCheck,
} from './steps-asked.ts'

/** What is no batch at all. */
const MALFORMED: readonly unknown[] = [
  {},
  { steps: [] },
  { steps: 'x' },
  [get(C)],
  { steps: Array.from({ length: 101 }, () => get(C, { limit: 1 })) },
  { steps: [{ ...get(C), method: 'HEAD' }] },
  { steps: [{ ...get(C), path: '_schema/customers' }] },
  { steps: [{ ...get(C), path: '_batch' }] },
  { steps: [{ ...get(C), path: '_table' }] },
  { steps: [{ ...get(C), path: '/other/_table/customers' }] },
  { steps: [{ ...get(C), path: `${C}?limit=1` }] },
  { steps: [{ ...get(C), id: '0' }] },
  { steps: [{ ...get(C), id: 'a.b' }] },
  { steps: [{ ...get(C), headers: {} }] },
  { steps: [{ ...get(C), query: { filter: { a: 1 } } }] },
  {
    steps: [
      { ...get(C), id: 'a' },
      { ...get(C), id: 'a' },
    ],
  },
]

export const stepChecks: readonly Check<RecordsContext>[] = [
  stepsCheck('steps use what earlier steps answered, and answer as calls of their own', async (context) => {
    const order = { customer_id: ref('kim.resource.0.id'), total: 7 }
    const lines = [1, 2].map((line) => ({
      order_id: ref(['1', 'resource', 0, 'id']),
      line,
      product: ref('kim.resource.0.name'),
    }))
    const { steps } = await given(
      context,
      batch([
        { ...NEW, query: { fields: 'id,name' } },
        post(O, [order]),
        post(at('order_lines'), { resource: lines }),
        get(O, { filter: 'total = 7', fields: 'customer_id,status' }),
      ]),
    )
    const [person, ordered, lined, read] = steps
    assert.deepEqual([person.id, person.status, person.body.resource[0].name], ['kim', 200, 'Kim'])
    const { id } = ordered.body.resource[0]
    assert.deepEqual([ordered.id, ordered.body.resource.length], ['1', 1])
    assert.deepEqual(lined.body.resource, [
      { order_id: id, line: 1 },
      { order_id: id, line: 2 },
    ])
    assert.deepEqual(read.body.resource, [{ customer_id: person.body.resource[0].id, status: 'new' }])
    const stored = (await context.stored('order_lines')).filter((line) => line.order_id === id)
    assert.deepEqual(
      stored.map(({ product }) => product),
      ['Kim', 'Kim'],
    )
  }),
  stepsCheck('every kind of call on records can be a step', async (context) => {
    const bodies = await bodiesOf(
      context,
      batch([
        get(C, { count_only: true }),
        get(C, { ids: '9,10', as_list: true }),
        get(at('customers', 3), { fields: 'name' }),
        patch(at('customers', 3), { notes: 'x' }, { query: { fields: 'id,notes' } }),
        { ...patch(C, [{ notes: ref('3.notes') }], { query: { ids: '5,7', fields: 'notes' } }), method: 'PUT' },
        patch(C, { resource: [{ notes: 'z' }], filter: 'notes = :n', params: { ':n': ref('3.notes') } }),
        { method: 'DELETE', path: C, body: { ids: [ref('1.resource.0')] } },
        { method: 'DELETE', path: at('customers', 10) },
        { method: 'DELETE', path: at('journal'), query: { force: true } },
        get(C, { filter: "notes = 'z'", include_count: true, limit: 1, fields: 'notes' }),
      ]),
    )
    assert.deepEqual(bodies.slice(0, 5), [
      10,
      { resource: [9, 10] },
      { name: 'Cleo' },
      { id: 3, notes: 'x' },
      { resource: [{ notes: 'x' }, { notes: 'x' }] },
    ])
    assert.deepEqual(bodies[5].resource.map(({ id }: any) => id).toSorted(), [3, 5, 7])
    assert.deepEqual(bodies.slice(6), [
      { resource: [{ id: 9 }] },
      { id: 10 },
      { success: true },
      { resource: [{ notes: 'z' }], meta: { count: 3, next: 1 } },
    ])
    const z = { notes: 'z' }
    await assertStored(context, 'customers', { 3: z, 5: z, 7: z, 9: undefined, 10: undefined })
    assert.deepEqual(await context.stored('journal'), [])
  }),
  stepsCheck('one failure undoes all steps, and says whose it is', async (context) => {
    const taken = { name: 'X', email: 'ada@example.com' }
    const wrong: readonly [Step, number | readonly number[]][] = [
      [post(C, [taken]), 400],
      [patch(at('customers', 999), { notes: 'x' }), 404],
      [patch(at('customers', 1), { credit: 'much' }), 400],
      [patch(at('customers', 1), { email: 'bob@example.com' }), [400, 409]],
      [get(C, { filter: 'nope = 1' }), 400],
      [get(at('nowhere')), 404],
      [post(at('customers', 1), kim), 400],
    ]
    for (const [step, statuses] of wrong) {
      const before = [NEW, { method: 'DELETE', path: at('journal'), query: { force: true } }]
      const ask = batch([...before, { ...step, id: 'wrong' }, patch(at('customers', 2), { notes: 'late' })])
      const { context: told, message } = await failing(context, ask, 'wrong', statuses, /nothing of the batch was done/)
      assert.deepEqual(
        [told.index, Object.keys(told.error).toSorted()],
        [2, ['code', 'context', 'message', 'status_code']],
      )
      assert.ok(message.endsWith(told.error.message), message)
    }
  }),
  stepsCheck('a record that fails among many is named as it is without a batch', async (context) => {
    const people = (from: number) =>
      Array.from({ length: 5 }, (_, at) => ({ name: 'P', email: `p${from + at}@example.com` }))
    const resource = [...people(1), { name: 'X', email: 'bob@example.com' }, ...people(6)]
    for (const query of [{}, { continue: true }, { rollback: true }]) {
      const error = await failing(context, batch([NEW, post(C, { resource }, { query })]), '1')
      const { code, message, context: own } = error.context.error
      assert.deepEqual([error.code, code, own.error, own.resource.length], [1000, 1000, [5], 6])
      assert.equal(message, 'Batch Error: Not all requested records could be created. All changes rolled back.')
    }
    const bodies = await bodiesOf(
      context,
      batch([NEW, post(C, { resource: people(1) }, { query: { rollback: true } })]),
    )
    assert.equal(bodies[1].resource.length, 5)
  }),
  stepsCheck('what is no batch, or has no place in one, is refused before anything is done', async (context) => {
    for (const body of MALFORMED) {
      await refused(context, { method: 'POST', path: '_batch', body }, 400)
      await assertNothingDone(context)
    }
    for (const query of [{ stream: true }, { refresh: true }])
      await failing(context, batch([NEW, get(C, query)]), '1', 400, /can not be used in a batch/)
    await failing(
      context,
      batch([NEW, post(C, [{ ...kim, email: 'b@example.com' }], { query: { stream: true } })]),
      '1',
    )
    await refused(context, { path: '_batch' }, 400)
  }),
  stepsCheck(
    'records are written with those inside them, and read with their relations, in a step',
    async (context) => {
      if (context.lacks.includes('foreignKeys')) return
      const related = 'orders_by_customer_id'
      const whole = { ...kim, [related]: [{ total: 1 }, { total: 2 }] }
      const [, read] = await bodiesOf(
        context,
        batch([
          { ...NEW, body: [whole] },
          { method: 'GET', path: C, query: { related, fields: 'name' }, body: { ids: [ref('kim.resource.0.id')] } },
        ]),
      )
      assert.deepEqual(read.resource[0][related].map(({ total }: any) => total).toSorted(), [1, 2])
      await context.fresh()
      const broken = { ...kim, email: 'n@example.com', [related]: [{ total: 1 }, { total: 'much' }] }
      await failing(context, batch([NEW, post(C, [broken], { id: 'broken' })]), 'broken', [400, 422])
    },
  ),
  stepsCheck('batches at the same time do not disturb each other, nor other calls', async (context) => {
    const add = (n: number) =>
      batch([
        post(C, [{ name: 'N', email: `n${n}@example.com` }], { id: 'a' }),
        post(O, [{ customer_id: ref('a.resource.0.id'), total: n }]),
        ...(n % 3 === 0 ? [get(at('customers', 999))] : []),
      ])
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => [context.ask(add(n)), context.ask({ path: C, query: { limit: 1 } })]).flat(),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array.from({ length: 12 }, (_, n) => [n % 3 === 0 ? 404 : 200, 200]).flat(),
    )
    const totals = (await context.stored('orders')).filter(({ id }) => id > 6).map(({ total }) => total)
    assert.deepEqual(
      totals.toSorted((a, b) => a - b),
      [1, 2, 4, 5, 7, 8, 10, 11],
    )
  }),
  {
    name: 'batches are refused where there are no transactions',
    about: ['records.transactions'],
    requires: ({ lacks }) => (lacks.includes('transactions') ? undefined : 'the source has transactions'),
    async run(context) {
      await refused(context, batch([NEW]), 501)
      await assertStored(context, 'customers')
    },
  },
]
