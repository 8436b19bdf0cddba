/** Checks on records that are read with those they belong to, and on the rights that hold for these. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const ORDERS = 'orders_by_customer_id'
const C = at('customers')
const idsIn = (row: any): readonly number[] => row[ORDERS].map((order: any) => order.id)

export const relatedChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'records bring those that refer to them, and those they refer to',
    async (context) => {
      const query = { related: ORDERS, [`${ORDERS}.order`]: 'id', fields: 'name', order: 'id', limit: 3 }
      const people = await listed(context, { path: C, query })
      assert.deepEqual(people.map(idsIn), [[1, 2], [3], []])
      assert.deepEqual(Object.keys(people[0]), ['name', 'id', ORDERS])
      const order = await given(context, {
        path: at('orders', 4),
        query: { related: 'CUSTOMERS_BY_customer_id,nothing' },
      })
      assert.equal(order.customers_by_customer_id.name, 'Dora')
      const ids = await listed(context, { path: C, query: { ids: '4,1', related: '*' } })
      assert.deepEqual(
        ids.map((row) => idsIn(row).length),
        [2, 2],
      )
    },
    'foreignKeys',
  ),
  recordsCheck(
    'pages behind a cursor bring related records, too',
    async (context) => {
      const query = { related: ORDERS, [`${ORDERS}.order`]: 'id', fields: 'name', order: 'name', limit: 3 }
      const whole = await listed(context, { path: C, query })
      const page = await given(context, { path: C, query: { ...query, cursor: '' } })
      assert.deepEqual(page.resource, whole)
      const next = await listed(context, { path: C, query: { ...query, cursor: page.meta.next_cursor } })
      assert.deepEqual(next, await listed(context, { path: C, query: { ...query, offset: 3 } }))
    },
    'foreignKeys',
  ),
  recordsCheck(
    "a relation's options hold for each record",
    async (context) => {
      const options = { [`${ORDERS}.limit`]: 1, [`${ORDERS}_order`]: 'total desc', [`${ORDERS}.fields`]: 'id' }
      const query = { related: ORDERS, ids: '1,2,4,5', ...options }
      const people = await listed(context, { path: C, query })
      assert.deepEqual(
        people.map((row) => row[ORDERS]),
        [[{ id: 2, customer_id: 1 }], [{ id: 3, customer_id: 2 }], [{ id: 4, customer_id: 4 }], []],
      )
      const filter = { [`${ORDERS}.filter`]: "(status = 'new') OR (total > 50)" }
      const chosen = await listed(context, { path: C, query: { related: ORDERS, ids: '1,2,4', ...filter } })
      assert.deepEqual(
        chosen.map((row) => idsIn(row).toSorted()),
        [[1], [], [4, 5]],
      )
      await refused(context, { path: C, query: { related: ORDERS, [`${ORDERS}.order`]: 'nonsense' } }, 400)
      await refused(context, { path: C, query: { related: ORDERS, [`${ORDERS}.filter`]: '1=1;--' } }, 400)
    },
    'foreignKeys',
  ),
  recordsCheck(
    'relations of relations are read along',
    async (context) => {
      const lines = 'order_lines_by_order_id'
      const query = {
        related: `${ORDERS}.${lines}`,
        [`${ORDERS}.${lines}.order`]: 'line desc',
        [`${ORDERS}.order`]: 'id',
      }
      const ada = await given(context, { path: at('customers', 1), query })
      assert.deepEqual(
        ada[ORDERS].map((order: any) => order[lines].map((line: any) => line.product)),
        [['ink', 'pen'], ['pen']],
      )
    },
    'foreignKeys',
  ),
  recordsCheck(
    'related records obey the rights on their own table',
    async (context) => {
      const filter = { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } as never
      const customers = { component: '_table/customers/*' }
      const query = { related: ORDERS, ids: '1,4' }
      const paid = { access: [customers, { component: '_table/orders/*', filter }] }
      const wide = { ...query, [`${ORDERS}.filter`]: "status = 'new' OR id > 0" }
      for (const asked of [query, wide]) {
        assert.deepEqual((await listed(context, { path: C, as: paid, query: asked })).map(idsIn), [[2], []])
      }
      await refused(context, { path: C, as: { access: [customers] }, query }, [401, 403])
      const [ada] = await listed(context, { path: C, as: { access: [customers] }, query: { ids: '1', related: '*' } })
      assert.equal(ORDERS in ada, false)
      const blind = { access: [customers, { component: '_table/orders/*', deny: ['total'] }] }
      const [seen] = await listed(context, { path: C, as: blind, query })
      assert.deepEqual(Object.keys(seen[ORDERS][0]), ['id', 'customer_id', 'status'])
      for (const option of [
        { [`${ORDERS}.fields`]: 'total' },
        { [`${ORDERS}.order`]: 'total' },
        { [`${ORDERS}.filter`]: 'total > 1' },
      ]) {
        await refused(context, { path: C, as: blind, query: { ...query, ...option } }, 400)
      }
      const keyless = { access: [customers, { component: '_table/orders/*', deny: ['customer_id'] }] }
      // As unknown as any name: a refusal would tell that there is such a field.
      const nameless = await listed(context, { path: C, as: keyless, query })
      const unknown = await listed(context, { path: C, as: keyless, query: { ids: '1,4', related: 'nothing' } })
      assert.deepEqual(nameless, unknown)
    },
    'foreignKeys',
  ),
  recordsCheck(
    'a relation can be answered as groups, of each record its own',
    async (context) => {
      const asked = { related: ORDERS, fields: 'id', order: 'id', limit: 4 }
      const ask = async (options: object) => {
        const own = Object.entries(options).map(([name, value]) => [`${ORDERS}.${name}`, value])
        const people = await listed(context, { path: C, query: { ...asked, ...Object.fromEntries(own) } })
        return people.map((row) => row[ORDERS])
      }
      const counted = await ask({ group: 'customer_id', fields: 'COUNT(*),MAX(total)' })
      assert.deepEqual(counted, [
        [{ COUNT_ALL: 2, MAX_total: 35.5 }],
        [{ COUNT_ALL: 1, MAX_total: 5.25 }],
        [],
        [{ COUNT_ALL: 2, MAX_total: 100 }],
      ])
      const states = await ask({ group: 'status', order: 'status desc', limit: 1 })
      assert.deepEqual(states, [[{ status: 'paid' }], [{ status: 'paid' }], [], [{ status: 'sent' }]])
      const fields = 'status,customer_id,SUM(total)'
      const dear = await ask({ group: 'status,customer_id', fields, filter: 'total > 10', order: 'SUM_total' })
      assert.deepEqual(dear[0], [
        { status: 'new', customer_id: 1, SUM_total: 20 },
        { status: 'paid', customer_id: 1, SUM_total: 35.5 },
      ])
      const filter = { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } as never
      const query = { ...asked, ids: '1', [`${ORDERS}.group`]: 'status' }
      const orders = (more: object) => ({
        access: [{ component: '_table/customers/*' }, { component: '_table/orders/*', ...more }],
      })
      const [ada] = await listed(context, { path: C, query, as: orders({ filter }) })
      assert.deepEqual(ada[ORDERS], [{ status: 'paid' }])
      await refused(context, { path: C, query, as: orders({ deny: ['status'] }) }, 400)
      const below = { ...query, related: `${ORDERS}.order_lines_by_order_id` }
      for (const one of [{ ...query, [`${ORDERS}.fields`]: 'total' }, { ...query, [`${ORDERS}.group`]: 'x' }, below])
        await refused(context, { path: C, query: one }, 400)
    },
    'foreignKeys',
  ),
  recordsCheck(
    'what is deleted is answered with its relations as they were',
    async (context) => {
      const lines = 'order_lines_by_order_id'
      const query = { related: 'customers_by_customer_id', fields: 'status' }
      const remove = (more: object) => ({ method: 'DELETE', path: at('orders'), query: { ...query, ...more } }) as const
      for (const asked of [
        { ...remove({}), path: at('orders', 6) },
        remove({ ids: '6' }),
        remove({ filter: "status = 'void'" }),
        remove({ filter: "status = 'void'", limit: 1 }),
        remove({ ids: '6', rollback: true }),
      ]) {
        await context.fresh()
        const answer = await given(context, asked)
        const [order] = answer.resource ?? [answer]
        assert.deepEqual([order.status, order.customers_by_customer_id.name], ['void', seedOf('customers')[5]!.name])
        assert.equal(await given(context, { path: at('orders'), query: { count_only: true } }), 5)
      }
      await context.fresh()
      const gone = {
        method: 'DELETE',
        path: at('order_lines'),
        query: { filter: 'order_id = 1', related: '*' },
      } as const
      const removed = await listed(context, gone)
      assert.deepEqual(
        removed.map((row) => row.orders_by_order_id.id),
        [1, 1],
      )
      assert.deepEqual((await given(context, { path: at('orders', 1), query: { related: lines } }))[lines], [])
      const writer = { access: [{ component: '_table/orders/*', verbs: ['DELETE'] as never }] }
      await refused(context, { ...remove({ ids: '1' }), as: writer }, [401, 403])
      const noCustomers = { access: [{ component: '_table/orders/*' }] }
      await refused(context, { ...remove({ ids: '1' }), as: noCustomers }, [401, 403])
      assert.equal(await given(context, { path: at('orders'), query: { count_only: true } }), 6)
      await context.fresh()
    },
    'foreignKeys',
  ),
  recordsCheck(
    'records with their relations can be sent in other formats',
    async (context) => {
      for (const accept of ['text/csv', 'application/xml']) {
        const answer = await context.ask({ path: C, query: { related: ORDERS }, headers: { accept } })
        assert.equal(answer.status, 200, answer.text)
      }
    },
    'foreignKeys',
  ),
]
