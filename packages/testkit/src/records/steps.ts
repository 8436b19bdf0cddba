/** Checks on several calls made one: what they may say of each other, what stays of them, and whose rights hold. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'

interface Step {
  readonly id?: string
  readonly method: string
  readonly path: string
  readonly query?: object
  readonly body?: unknown
}

const C = at('customers')
const O = at('orders')
const kim = { name: 'Kim', email: 'kim@example.com' }
const ref = (path: unknown) => ({ $ref: path })
const batch = (steps: readonly Step[], more: Partial<Ask> = {}): Ask => ({
  method: 'POST',
  path: '_batch',
  body: { steps },
  ...more,
})
const get = (path: string, query: object = {}): Step => ({ method: 'GET', path, query })
const post = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({ method: 'POST', path, body, ...more })
const patch = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  ...post(path, body, more),
  method: 'PATCH',
})

const bodiesOf = async (context: RecordsContext, ask: Ask): Promise<readonly any[]> =>
  (await given(context, ask)).steps.map(({ body }: any) => body)

const assertNothingDone = async (context: RecordsContext): Promise<void> => {
  for (const table of ['customers', 'orders']) await assertStored(context, table)
  const counts = [(await context.stored('order_lines')).length, (await context.stored('journal')).length]
  assert.deepEqual(counts, [4, 3])
}

/** Asks for steps of which one has to fail, and expects that nothing has happened. */
const failing = async (
  context: RecordsContext,
  ask: Ask,
  step: string | undefined,
  statuses: number | readonly number[] = 400,
  message?: RegExp,
): Promise<any> => {
  const error = await refused(context, ask, statuses, message)
  assert.equal(error.context?.step, step, JSON.stringify(error))
  await assertNothingDone(context)
  return error
}

const stepsCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> =>
  recordsCheck(name, run, 'transactions')

const NEW = post(C, { resource: [kim] }, { id: 'kim' })

/** References that must not lead anywhere. */
const NOWHERE: readonly unknown[] = [
  'kim',
  'kim.resource.1.id',
  'kim.resource.0.nope',
  'kim.resource.length',
  'kim.resource.0',
  'kim.resource.-1.id',
  'kim.constructor.name',
  'kim.resource.0.__proto__',
  ['kim', 'resource', 0, 'toString'],
  'later.resource.0.id',
  'self.resource.0.id',
  '2.resource.0.id',
  '',
  5,
  null,
  {},
  [],
]

/** Places that take names and texts of the API, where no reference may stand. */
const NO_VALUES: readonly Step[] = [
  { method: 'GET', path: C, body: { filter: ref('kim.resource.0.name') } },
  { method: 'GET', path: C, body: { fields: ref('kim.resource.0.name') } },
  { method: 'DELETE', path: C, body: { filter: ref('kim.resource.0.name') } },
  { method: 'PATCH', path: C, body: { resource: [{ notes: 'x' }], filter: ref('kim.resource.0.name') } },
  post(O, { resource: [ref('kim.resource.0')] }),
  post(O, [ref('kim.resource.0.id')]),
]

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

const free = { component: '_batch' }
const customersOnly: RoleSpec = { access: [free, { component: '_table/customers/*' }] }
const ACTIVE: RoleSpec = {
  access: [
    free,
    {
      component: '_table/customers/*',
      filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
    },
    { component: '_table/orders/*', deny: ['total'] },
  ],
}

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
  stepsCheck('a reference to nothing is refused, whatever it tries', async (context) => {
    for (const path of NOWHERE) {
      const late = post(C, [{ ...kim, email: 'late@example.com' }], { id: 'later' })
      const ask = batch([NEW, post(O, [{ customer_id: ref(path), total: 1 }], { id: 'self' }), late])
      await failing(context, ask, 'self', 400, /reference/i)
    }
    for (const step of NO_VALUES) await failing(context, batch([NEW, { ...step, id: 'wrong' }]), 'wrong')
  }),
  stepsCheck('what a reference stands for is one value, and nothing else is read into it', async (context) => {
    const texts = ['{user.id}', 'c,d', "x' OR 'x'='x", '{"$ref":"0.resource"}', '{"expression":"NULL"}', '']
    const first = await given(context, {
      method: 'POST',
      path: C,
      body: texts.map((notes, at) => ({ name: 'T', email: `t${at}@example.com`, notes })),
    })
    const ids = first.resource.map(({ id }: any) => id)
    const as: RoleSpec = { access: [{ component: '*' }], user: { id: 7, email: 'ada@example.com', name: 'Ada' } }
    for (const [index, notes] of texts.entries()) {
      const set = patch(at('customers', 1), { notes: ref('0.notes') }, { query: { fields: 'notes' } })
      const found = get(C, { fields: 'id' })
      const params = { filter: 'notes = :n', params: { ':n': ref('0.notes') } }
      const steps = [get(at('customers', ids[index])), set, { ...found, body: params }]
      const [, changed, same] = await bodiesOf(context, batch(steps, { as }))
      assert.equal(changed.notes, notes)
      if (notes !== '') assert.deepEqual(same.resource.map(({ id }: any) => id).toSorted(), [1, ids[index]])
    }
    const byNotes = {
      method: 'GET',
      path: C,
      query: { id_field: 'notes', fields: 'id' },
      body: { ids: ref('0.notes') },
    }
    const [, joan] = await bodiesOf(context, batch([get(at('customers', ids[2])), byNotes]))
    assert.deepEqual(joan.resource, [{ id: ids[2] }])
    const written = { $ref: 'x', list: [{ $value: 1 }] }
    const [made] = await bodiesOf(
      context,
      batch([post(C, [{ ...kim, notes: { $value: 'plain' } }], { query: { fields: 'notes' } })]),
    )
    assert.deepEqual(made.resource, [{ notes: 'plain' }])
    await refused(context, batch([post(C, [{ ...kim, notes: written }])]), 400)
  }),
  stepsCheck('each step has the rights that its call has, and no others', async (context) => {
    const steps = [NEW, get(O)]
    await failing(context, batch(steps, { as: customersOnly }), '1', [401, 403])
    const reader: RoleSpec = { access: [free, { component: '*', verbs: ['GET'] }] }
    await failing(context, batch([get(C), NEW], { as: reader }), 'kim', [401, 403])
    await bodiesOf(
      context,
      batch([get(C), get(O)], { as: { access: [free, { component: '_table/*', verbs: ['GET'] }] } }),
    )
    const unnamed: RoleSpec = { access: [{ component: '_table/*' }] }
    await failing(context, batch([NEW], { as: unnamed }), undefined, [401, 403])
    await refused(context, batch([NEW], { as: null }), [400, 401])
    const closed: RoleSpec = { access: [{ component: '*' }, { component: '_table/orders', verbs: [] }] }
    for (const path of [O, '_table/ORDERS', '_table/%6frders', at('orders', 1), '_table/Orders/1'])
      await failing(context, batch([NEW, { ...get(path), id: 'closed' }], { as: closed }), 'closed', [401, 403])
    const one: RoleSpec = { access: [{ component: '*' }, { component: '_table/orders/1', verbs: [] }] }
    await failing(context, batch([NEW, { ...get(at('orders', 1)), id: 'one' }], { as: one }), 'one', [401, 403])
  }),
  stepsCheck("a role's row filters and denied fields hold in every step", async (context) => {
    const hidden: readonly Step[] = [
      get(at('customers', 2)),
      get(C, { ids: '2' }),
      patch(at('customers', 2), { notes: 'hacked' }),
      patch(C, [{ id: 2, notes: 'hacked' }]),
      { method: 'DELETE', path: at('customers', 2) },
      post(C, [{ ...kim, email: 'z@example.com', active: false }]),
      patch(at('customers', 1), { active: false }),
      get(O, { fields: 'total' }),
      get(O, { filter: 'total > 1' }),
      post(O, [{ customer_id: 1, total: 5 }]),
    ]
    for (const step of hidden)
      await failing(
        context,
        batch(
          [
            { ...NEW, body: [{ ...kim, active: true }] },
            { ...step, id: 'wrong' },
          ],
          { as: ACTIVE },
        ),
        'wrong',
        [400, 403, 404],
      )
    const [seen, orders] = await bodiesOf(
      context,
      batch([get(C, { count_only: true }), get(O, { limit: 1 })], { as: ACTIVE }),
    )
    assert.deepEqual([seen, Object.keys(orders.resource[0])], [7, ['id', 'customer_id', 'status']])
    const probe = post(C, [{ ...kim, active: true, notes: ref('orders.resource.0.total') }])
    await failing(
      context,
      batch(
        [get(O, {}), probe].map((step, at) => (at === 0 ? { ...step, id: 'orders' } : step)),
        { as: ACTIVE },
      ),
      '1',
    )
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
    requires: ({ lacks }) => (lacks.includes('transactions') ? undefined : 'the source has transactions'),
    async run(context) {
      await refused(context, batch([NEW]), 501)
      await assertStored(context, 'customers')
    },
  },
]
