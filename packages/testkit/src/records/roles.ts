/** Checks that a role's row filters and denied fields hold on every verb, also against those who try to get round. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, listed, pick, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const C = at('customers')
const active = seedOf('customers')
  .filter((row) => row.active)
  .map((row) => row.id)

/** Sees and changes active customers only. */
const ACTIVE: RoleSpec = {
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] } }],
}
const only = (conditions: readonly object[], op: 'AND' | 'OR' = 'AND', more: Partial<RoleSpec> = {}): RoleSpec => ({
  access: [{ component: '_table/*', filter: { op, conditions: conditions as never } }],
  ...more,
})
/** Neither reads nor writes `notes`. */
const DISCREET: RoleSpec = { access: [{ component: '*', deny: ['notes'] }] }

const idsOf = (rows: readonly any[]) => rows.map((row) => row.id).toSorted((a, b) => a - b)
const seen = async (context: RecordsContext, as: RoleSpec, query: object = {}) =>
  idsOf(await listed(context, { path: C, as, query: { ...query } }))

/** Every way of naming customer 2, who is not active. Each must look as if there were none. */
const REACHES: readonly Ask[] = [
  { path: at('customers', 2) },
  { path: C, query: { ids: '2' } },
  { path: C, query: { ids: '2', continue: true } },
  { path: at('customers', 'bob@example.com'), query: { id_field: 'email', id_type: 'string' } },
  { method: 'PATCH', path: at('customers', 2), body: { notes: 'hacked' } },
  { method: 'PUT', path: at('customers', 2), body: { notes: 'hacked' } },
  { method: 'PATCH', path: C, body: [{ id: 2, notes: 'hacked' }] },
  { method: 'PATCH', path: C, query: { ids: '2' }, body: [{ notes: 'hacked' }] },
  { method: 'PATCH', path: C, query: { ids: '2', continue: true }, body: [{ notes: 'hacked' }] },
  { method: 'DELETE', path: at('customers', 2) },
  { method: 'DELETE', path: C, query: { ids: '2' } },
  { method: 'DELETE', path: C, query: { ids: '2', continue: true } },
  { method: 'DELETE', path: C, body: [{ id: 2 }] },
  { service: 'small', method: 'PUT', path: at('customers', 2), body: { notes: 'hacked', active: true } },
  {
    service: 'small',
    method: 'PATCH',
    path: C,
    body: [{ id: 2, notes: 'hacked', active: true, name: 'B', email: 'b@example.com' }],
  },
]

/** Filters that would let more through if they were joined to the role's as text. */
const BREAKOUTS = [
  'id = 2) OR (1 = 1',
  'id=2 OR active=false',
  '(id>0) OR (id>0)',
  'NOT (id = 0)',
  'active=false',
  "name='x' OR id>0",
]

/** Every way of learning or changing the field `notes`. */
const PROBES: readonly Ask[] = [
  { path: C, query: { fields: 'notes' } },
  { path: C, query: { fields: 'id,NOTES' } },
  { path: at('customers', 1), query: { fields: 'notes' } },
  { path: C, query: { filter: "notes = 'first'" } },
  { path: C, query: { filter: "(id > 0) AND (Notes = 'first')", count_only: true } },
  { path: C, query: { order: 'notes' } },
  { path: C, query: { ids: 'first', id_field: 'notes' } },
  { path: at('customers', 'first'), query: { id_field: 'notes' } },
  { path: C, query: { as_list: true, id_field: 'notes' } },
  { method: 'POST', path: C, query: { fields: 'notes' }, body: [{ name: 'K', email: 'k@example.com' }] },
  { method: 'PATCH', path: at('customers', 1), query: { fields: 'notes' }, body: { credit: 1 } },
  { method: 'DELETE', path: C, query: { filter: "notes = 'first'" } },
  { method: 'DELETE', path: at('customers', 7), query: { fields: 'notes' } },
  { method: 'PATCH', path: C, query: { filter: 'notes is not null' }, body: [{ credit: 1 }] },
]

export const roleChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('a row filter holds on lists, counts and pages', async (context) => {
    assert.deepEqual(await seen(context, ACTIVE), active)
    assert.equal(await given(context, { path: C, as: ACTIVE, query: { count_only: true } }), active.length)
    const page = await given(context, { path: C, as: ACTIVE, query: { limit: 2, include_count: true, order: 'id' } })
    assert.deepEqual([idsOf(page.resource), page.meta], [active.slice(0, 2), { count: active.length, next: 2 }])
  }),
  recordsCheck('a record outside the row filter does not exist, whichever way it is named', async (context) => {
    for (const ask of REACHES) {
      await refused(context, { ...ask, as: ACTIVE }, [400, 403, 404, 409])
      await assertStored(context, 'customers')
    }
  }),
  recordsCheck("no client's filter widens a role's", async (context) => {
    for (const filter of BREAKOUTS) {
      const answer = await context.ask({ path: C, as: ACTIVE, query: { filter } })
      assert.ok(answer.status === 400 || answer.status === 200, answer.text)
      if (answer.status === 200)
        for (const id of idsOf(answer.body.resource)) assert.ok(active.includes(id), `${filter} shows ${id}`)
    }
    await given(context, {
      method: 'PATCH',
      path: C,
      as: ACTIVE,
      query: { filter: 'id > 0' },
      body: [{ notes: 'mine' }],
    })
    const changed = (await context.stored('customers')).filter((row) => row.notes === 'mine')
    assert.deepEqual(idsOf(changed), active)
  }),
  recordsCheck(
    'a delete by filter or by force removes what the row filter shows, and nothing else',
    async (context) => {
      const role = only([{ name: 'kind', operator: '=', value: 'in' }])
      await given(context, { method: 'DELETE', path: at('journal'), as: role, query: { filter: 'amount > 0' } })
      const kept = async () => (await context.stored('journal')).map((row) => pick(row, ['kind', 'amount']))
      assert.deepEqual(await kept(), [{ kind: 'out', amount: 3 }])
      await given(context, { method: 'POST', path: at('journal'), body: [{ kind: 'in', amount: 1 }] })
      await given(context, { method: 'DELETE', path: at('journal'), as: role, query: { force: true } })
      assert.deepEqual(await kept(), [{ kind: 'out', amount: 3 }])
    },
  ),
  recordsCheck('a record is not created outside the row filter, nor moved out of it', async (context) => {
    const record = { name: 'K', email: 'k@example.com' }
    const denied = async (ask: Ask) => {
      const error = await refused(context, { ...ask, as: ACTIVE }, [400, 403])
      assert.match(JSON.stringify(error), /Denied access to some of the requested fields/)
    }
    await denied({ method: 'POST', path: C, body: [{ ...record, active: false }] })
    await denied({ method: 'PATCH', path: at('customers', 1), body: { active: false } })
    await denied({ method: 'PATCH', path: C, body: [{ id: 1, active: false }] })
    await denied({ method: 'PATCH', path: C, query: { filter: 'id > 0' }, body: [{ active: false }] })
    await assertStored(context, 'customers')
    await given(context, { method: 'POST', path: C, as: ACTIVE, body: [{ ...record, active: true }] })
    assert.equal((await context.stored('customers')).length, 11)
  }),
  recordsCheck(
    'a row filter joined by OR lets through what meets one condition, and refuses writes that meet none',
    async (context) => {
      const role = only(
        [
          { name: 'id', operator: '=', value: 2 },
          { name: 'name', operator: 'starts with', value: 'A' },
        ],
        'OR',
      )
      assert.deepEqual(await seen(context, role), [1, 2])
      await refused(
        context,
        { method: 'POST', path: C, as: role, body: [{ name: 'K', email: 'k@example.com' }] },
        [400, 403],
      )
      await assertStored(context, 'customers')
    },
  ),
  recordsCheck('every operator of a row filter means what it says', async (context) => {
    const cases: readonly [string, unknown, (row: any) => boolean][] = [
      ['!=', 'Ada', (row) => row.name !== 'Ada'],
      ['in', 'Ada,Bob', (row) => row.id <= 2],
      ['IN', ['Ada', 'Bob'], (row) => row.id <= 2],
      ['not in', 'Ada,Bob', (row) => row.id > 2],
      ['starts with', 'D', (row) => row.name === 'Dora'],
      ['ENDS WITH', 'an', (row) => row.name.endsWith('an')],
      ['contains', 'mi', (row) => row.name === 'Emil'],
      ['like', '%mi%', (row) => row.name === 'Emil'],
      ['>', 'Hana', (row) => row.name > 'Hana'],
      ['<=', 'Bob', (row) => row.name <= 'Bob'],
    ]
    for (const [operator, value, keeps] of cases)
      assert.deepEqual(
        await seen(context, only([{ name: 'name', operator, value }])),
        idsOf(seedOf('customers').filter(keeps)),
        operator,
      )
    assert.deepEqual(await seen(context, only([{ name: 'notes', operator: 'is null' }])), [2])
    assert.equal((await seen(context, only([{ name: 'notes', operator: 'is not null' }]))).length, 9)
  }),
  recordsCheck('several granting rows are joined by AND, and lookups are resolved for the caller', async (context) => {
    const condition = (name: string, value: unknown) => ({
      op: 'AND' as const,
      conditions: [{ name, operator: '=', value }],
    })
    const two: RoleSpec = {
      access: [
        { component: '_table/*', filter: condition('active', true) },
        { component: '_table/customers*', filter: condition('credit', 12.5) },
      ],
    }
    assert.deepEqual(await seen(context, two), [1, 6])
    const mine = (lookups: Record<string, unknown>) =>
      only([{ name: 'customer_id', operator: '=', value: '{team.id}' }], 'AND', { lookups })
    assert.deepEqual(idsOf(await listed(context, { path: at('orders'), as: mine({ 'team.id': 4 }) })), [4, 5])
    for (const lookups of [{}, { 'team.id': null }, { 'team.id': undefined }, { 'team.id': '4 OR 1=1' }]) {
      const answer = await context.ask({ path: at('orders'), as: mine(lookups) })
      assert.ok(answer.status >= 400 || answer.body.resource.length === 0, `${JSON.stringify(lookups)}: ${answer.text}`)
    }
  }),
  recordsCheck('a row filter that cannot be applied lets nothing through', async (context) => {
    for (const condition of [
      { name: 'nope', operator: '=', value: 1 },
      { name: 'id', operator: 'sounds like', value: 1 },
    ]) {
      const answer = await context.ask({ path: C, as: only([condition]) })
      assert.ok(answer.status >= 400 || answer.body.resource.length === 0, answer.text)
      const gone = await context.ask({
        method: 'DELETE',
        path: at('order_lines'),
        as: only([condition]),
        query: { force: true },
      })
      assert.ok(gone.status >= 200)
      assert.equal((await context.stored('order_lines')).length, 4)
    }
  }),
  recordsCheck('a denied field is in no answer', async (context) => {
    const hidden = seedOf('customers')
      .map((row) => row.notes)
      .filter((notes) => notes)
    const asks: readonly Ask[] = [
      { path: C },
      { path: C, query: { fields: '*' } },
      { path: at('customers', 1) },
      { path: C, query: { ids: '1,2' } },
      { path: C, query: { include_schema: true } },
      { method: 'PATCH', path: at('customers', 1), query: { fields: '*' }, body: { credit: 1 } },
      { method: 'PATCH', path: C, query: { filter: 'id<3', fields: '*' }, body: [{ credit: 1 }] },
      { method: 'DELETE', path: at('customers', 7), query: { fields: '*' } },
    ]
    for (const ask of asks) {
      const answer = await context.ask({ ...ask, as: DISCREET })
      assert.equal(answer.status, 200, answer.text)
      assert.doesNotMatch(answer.text, /"notes"/, `${ask.method ?? 'GET'} ${ask.path} shows the denied field`)
      for (const text of hidden)
        assert.ok(!answer.text.includes(JSON.stringify(text)), `${ask.path} shows a denied value`)
    }
  }),
  recordsCheck('a denied field is not named, filtered, sorted or addressed by', async (context) => {
    for (const ask of PROBES) {
      const answer = await context.ask({ ...ask, as: DISCREET })
      assert.ok(
        answer.status >= 400 && answer.status < 500,
        `${ask.method ?? 'GET'} ${JSON.stringify(ask.query)}: ${answer.status} ${answer.text}`,
      )
    }
    const notes = (await context.stored('customers')).filter((row) => row.id <= 10).map((row) => row.notes)
    assert.deepEqual(
      notes,
      seedOf('customers').map((row) => row.notes),
    )
  }),
  recordsCheck('a denied field is not written', async (context) => {
    const writes: readonly Ask[] = [
      { method: 'PATCH', path: at('customers', 1), body: { notes: 'hacked' } },
      { method: 'PATCH', path: at('customers', 1), body: { NOTES: 'hacked', credit: 3 } },
      { method: 'PUT', path: C, body: [{ id: 1, notes: 'hacked' }] },
      { method: 'PATCH', path: C, query: { filter: 'id=1' }, body: [{ notes: 'hacked' }] },
      { method: 'POST', path: C, body: [{ name: 'K', email: 'k@example.com', notes: 'hacked' }] },
    ]
    for (const ask of writes) {
      await context.ask({ ...ask, as: DISCREET })
      assert.ok(
        (await context.stored('customers')).every((row) => row.notes !== 'hacked'),
        JSON.stringify(ask),
      )
    }
  }),
  recordsCheck('a verb, a table or a service that the role lacks is refused under every spelling', async (context) => {
    const reader: RoleSpec = {
      access: [
        { component: '_table/*', verbs: ['GET'] },
        { component: '_table/orders', verbs: [] },
        { component: '_table/orders/*', verbs: [] },
      ],
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      await refused(
        context,
        { method, path: C, as: reader, ...(method !== 'DELETE' && { body: [{ id: 1, notes: 'x' }] }) },
        [401, 403],
      )
    await refused(
      context,
      { method: 'POST', headers: { 'x-http-method': 'DELETE' }, path: C, as: reader, body: [{ id: 1 }] },
      [401, 403],
    )
    for (const table of ['orders', 'Orders', 'ORDERS', 'orders/', '%6Frders'])
      await refused(
        context,
        { path: `_table/${table}`, as: { access: [{ component: '*' }, { component: '_table/orders', verbs: [] }] } },
        [401, 403],
      )
    await refused(context, { path: C, as: { access: [{ service: 'other', component: '*' }] } }, [401, 403])
    await refused(context, { path: C, as: null }, 400)
    await assertStored(context, 'customers')
  }),
]
