/** Checks on whose rights hold in a batch, and on what its references may say. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, type RecordsContext, refused } from './context.ts'
import {
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

export const stepRightsChecks: readonly Check<RecordsContext>[] = [
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
]
