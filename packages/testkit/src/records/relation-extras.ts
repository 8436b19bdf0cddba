/** Checks on what is remembered of relations, and on those that no reference says. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, listed, type RecordsContext, refused } from './context.ts'
import { extrasCheck, schema } from './extras.ts'

const C = at('customers')

export const relationExtrasChecks: readonly Check<RecordsContext>[] = [
  extrasCheck('relations that no reference says are read and written like others', async (context) => {
    const relation = { type: 'has_many', field: 'name', ref_table: 'journal', ref_field: 'kind', is_virtual: true }
    const [made] = await listed(context, {
      method: 'POST',
      path: schema('customers/_related'),
      query: { fields: '*' },
      body: { resource: [{ ...relation, label: 'Entries' }] },
    })
    assert.deepEqual(
      [made.name, made.is_virtual, made.label, made.ref_table],
      ['journal_by_kind', true, 'Entries', 'journal'],
    )
    await given(context, { method: 'PATCH', path: at('customers', 1), body: { name: 'in' } })
    const ada = await given(context, { path: at('customers', 1), query: { related: 'journal_by_kind' } })
    assert.deepEqual(ada.journal_by_kind, [
      { kind: 'in', amount: 5 },
      { kind: 'in', amount: 5 },
    ])
    const one = schema('customers/_related/journal_by_kind')
    assert.equal((await given(context, { path: one })).type, 'has_many')
    await given(context, { method: 'PATCH', path: one, body: { alias: 'entries', always_fetch: true } })
    const fetched = await given(context, { path: at('customers', 1) })
    assert.equal(fetched.entries.length, 2)
    await given(context, { method: 'DELETE', path: schema('customers/_related/entries') })
    assert.ok(!('entries' in (await given(context, { path: at('customers', 1) }))))
    await refused(context, { path: schema('customers/_related/entries') }, 404)
    for (const wrong of [
      { ...relation, type: 'nonsense' },
      { ...relation, field: 'nope' },
      { ...relation, ref_table: 'nope' },
      { ...relation, ref_field: 'nope' },
      { ...relation, ref_field: 'kind,amount' },
      { ...relation, surprise: 1 },
      { name: 'nothing' },
    ])
      await refused(
        context,
        { method: 'POST', path: schema('customers/_related'), body: { resource: [wrong] } },
        [400, 404],
      )
    const away = { ...relation, ref_service: 'other', ref_table: 'tickets', ref_field: 'owner' }
    await given(context, { method: 'POST', path: schema('customers/_related'), body: { resource: [away] } })
    const described = await given(context, { path: schema('customers') })
    const other = described.related.find((one: any) => one.ref_service === 'other')
    assert.deepEqual([other.name, other.ref_table], ['other.tickets_by_owner', 'tickets'])
    const hidden: RoleSpec = {
      access: [
        { component: '*' },
        { component: '_table/journal/*', verbs: [] },
        { component: '_table/journal', verbs: [] },
      ],
    }
    await refused(
      context,
      { method: 'POST', path: schema('customers/_related'), body: { resource: [relation] }, as: hidden },
      400,
    )
  }),
  extrasCheck(
    'what a relation was given is taken back by null, and what is described can be sent back',
    async (context) => {
      const own = 'orders_by_customer_id'
      const related = schema('customers/_related')
      const before = await given(context, { path: `${related}/${own}` })
      const more = { alias: 'bought', label: 'Bought', description: 'What they bought', always_fetch: true }
      await given(context, { method: 'PATCH', path: `${related}/${own}`, body: more })
      assert.equal((await given(context, { path: at('customers', 1) })).bought.length, 2)
      const nothing = { alias: null, label: null, description: null, always_fetch: false }
      await given(context, { method: 'PATCH', path: `${related}/bought`, body: nothing })
      assert.deepEqual(await given(context, { path: `${related}/${own}` }), before)
      assert.ok(!('bought' in (await given(context, { path: at('customers', 1) }))))
      const { ref_service_id: _id, junction_service_id: _junction, ...described } = before
      await given(context, { method: 'PUT', path: related, body: { resource: [described] } })
      assert.equal((await given(context, { path: `${related}/${own}` })).alias, null)
      const virtual = { type: 'has_many', field: 'name', ref_table: 'journal', ref_field: 'kind', is_virtual: true }
      await given(context, {
        method: 'POST',
        path: related,
        body: { resource: [{ ...virtual, ...nothing, label: 'Entries' }] },
      })
      assert.deepEqual(
        (await given(context, { path: at('customers', 1), query: { related: 'journal_by_kind' } })).journal_by_kind,
        [],
      )
      await given(context, { method: 'DELETE', path: `${related}/journal_by_kind` })
    },
  ),
  extrasCheck('a relation whose name, or alias, is taken is refused and changes nothing', async (context) => {
    const related = schema('customers/_related')
    const virtual = { type: 'has_many', field: 'name', ref_table: 'journal', ref_field: 'kind', is_virtual: true }
    await given(context, { method: 'POST', path: related, body: { resource: [{ ...virtual, alias: 'entries' }] } })
    const before = await listed(context, { path: related })
    // Of the name that the reference has.
    const same = { type: 'has_many', field: 'id', ref_table: 'orders', ref_field: 'customer_id' }
    await refused(context, { method: 'POST', path: related, body: { resource: [same] } }, 409)
    await refused(context, { method: 'PATCH', path: `${related}/entries`, body: { ...same, alias: 'bought' } }, 409)
    for (const alias of ['name', 'orders_by_customer_id'])
      await refused(context, { method: 'PATCH', path: `${related}/entries`, body: { alias } }, 409)
    const body = { resource: [{ name: 'orders_by_customer_id', label: 'Bought' }, same] }
    await refused(context, { method: 'POST', path: related, body }, 409)
    assert.deepEqual(await listed(context, { path: related }), before)
  }),
  extrasCheck("records of another service are read under that service's rules", async (context) => {
    const relation = { ref_service: 'small', ref_table: 'orders', field: 'id', ref_field: 'customer_id' }
    const body = { resource: [{ ...relation, type: 'has_many' }] }
    const [{ name }] = await listed(context, { method: 'POST', path: schema('customers/_related'), body })
    assert.equal(name, 'small.orders_by_customer_id')
    const query = { related: name, ids: '1,2,4,5', fields: 'name', [`${name}.order`]: 'id', [`${name}.fields`]: 'id' }
    const orders = async (as?: RoleSpec, more: object = {}) =>
      (await listed(context, { path: C, query: { ...query, ...more }, as })).map((row) =>
        row[name].map(({ id }: any) => id),
      )
    assert.deepEqual(await orders(), [[1, 2], [3], [4, 5], []])
    assert.deepEqual(await orders(undefined, { [`${name}.limit`]: 1 }), [[1], [3], [4], []])
    // A page of that service holds three: all are there all the same.
    const everyone = await listed(context, { path: C, query: { related: name, order: 'id' } })
    assert.equal(everyone.flatMap((row) => row[name]).length, 6)
    assert.ok(!(name in (await listed(context, { path: C, query: { related: '*', ids: '1' } }))[0]))
    const paid = { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } as never
    const all = { service: 'db', component: '*' }
    assert.deepEqual(await orders({ access: [all, { service: 'small', component: '*', filter: paid }] }), [
      [2],
      [3],
      [],
      [],
    ])
    await refused(context, { path: C, query, as: { access: [all] } }, [401, 403])
    await refused(context, { path: C, query: { ...query, [`${name}.filter`]: 'id > 1) OR (id > 0' } }, 501)
    await refused(context, { path: C, query: { ...query, [`${name}.order`]: 'nope' } }, 502)
    const one = { ...relation, ref_table: 'customers', field: 'customer_id', ref_field: 'id', type: 'belongs_to' }
    await given(context, { method: 'POST', path: schema('orders/_related'), body: { resource: [one] } })
    const order = await given(context, { path: at('orders', 3), query: { related: 'small.customers_by_customer_id' } })
    assert.equal(order['small.customers_by_customer_id'].name, 'Bob')
  }),
]
