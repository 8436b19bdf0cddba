/** Checks on filters that speak of related records, and on the rights that hold for these. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const C = at('customers')
const O = at('orders')
const ORDERS = 'orders_by_customer_id'
const LINES = 'order_lines_by_order_id'
const CUSTOMER = 'customers_by_customer_id'

const ids = async (context: RecordsContext, path: string, filter: string, as?: RoleSpec): Promise<readonly number[]> =>
  (await listed(context, { path, query: { filter, fields: 'id', order: 'id' }, as })).map(({ id }) => id)
const customers = (wanted: (orders: readonly any[], row: any) => boolean): readonly number[] =>
  seedOf('customers')
    .filter((row) =>
      wanted(
        seedOf('orders').filter((order) => order.customer_id === row.id),
        row,
      ),
    )
    .map(({ id }) => id)
const check = (name: string, run: (context: RecordsContext) => Promise<void>) => recordsCheck(name, run, 'foreignKeys')

export const relatedFilterChecks: readonly Check<RecordsContext>[] = [
  check('a filter on a related field holds where such a record exists', async (context) => {
    for (const [filter, wanted] of [
      [`${ORDERS}.total > 30`, (orders) => orders.some(({ total }) => total > 30)],
      [`NOT (${ORDERS}.total > 30)`, (orders) => !orders.some(({ total }) => total > 30)],
      [`${ORDERS}.total != 20`, (orders) => orders.some(({ total }) => total !== 20)],
      [`${ORDERS}.status IN ('new','void')`, (orders) => orders.some(({ status }) => ['new', 'void'].includes(status))],
      [`${ORDERS}.id IS NULL`, () => false],
      [
        `${ORDERS}.status NOT IN ('new','paid')`,
        (orders) => orders.some(({ status }) => !['new', 'paid'].includes(status)),
      ],
      [`${ORDERS}.id IS NOT NULL`, (orders) => orders.length > 0],
      [`NOT (${ORDERS}.id IS NOT NULL)`, (orders) => orders.length === 0],
      [
        `(${ORDERS}.total < 10) AND (${ORDERS.toUpperCase()}.Status = 'new')`,
        (orders) => orders.some(({ total }) => total < 10) && orders.some(({ status }) => status === 'new'),
      ],
      [
        `(active = false) OR (${ORDERS}.status LIKE 'sen%')`,
        (orders, row) => !row.active || orders.some(({ status }) => status === 'sent'),
      ],
      [
        `${ORDERS}.${LINES}.product = 'pen'`,
        (orders) =>
          orders.some(({ id }) => seedOf('order_lines').some((line) => line.order_id === id && line.product === 'pen')),
      ],
    ] as readonly (readonly [string, Parameters<typeof customers>[0]])[])
      assert.deepEqual(await ids(context, C, filter), customers(wanted), filter)
    assert.deepEqual(await ids(context, O, `${CUSTOMER}.name = 'Ada'`), [1, 2])
    assert.deepEqual(await ids(context, O, `${CUSTOMER}.name STARTS WITH 'B' OR ${CUSTOMER}.born IS NULL`), [3, 4, 5])
  }),
  check('counts, groups, pages and streams take it, too', async (context) => {
    const filter = `${CUSTOMER}.active = true`
    assert.equal(await given(context, { path: O, query: { filter, count_only: true } }), 5)
    const groups = await listed(context, {
      path: O,
      query: { filter, group: 'status', fields: 'status,COUNT(*)', order: 'status' },
    })
    assert.deepEqual(
      groups.map(({ COUNT_ALL }) => COUNT_ALL),
      [2, 1, 1, 1],
    )
    const page = await given(context, { path: O, query: { filter, cursor: '', limit: 2, order: 'id', fields: 'id' } })
    assert.deepEqual(page.resource, [{ id: 1 }, { id: 2 }])
    const next = await listed(context, {
      path: O,
      query: { filter, cursor: page.meta.next_cursor, limit: 9, order: 'id', fields: 'id' },
    })
    assert.deepEqual(next, [{ id: 4 }, { id: 5 }, { id: 6 }])
    const bound = { path: O, headers: { 'x-http-method': 'GET' }, method: 'POST' }
    const body = { filter: `${CUSTOMER}.name = :who`, params: { ':who': 'Ada' }, fields: 'id', order: 'id' }
    assert.deepEqual(await listed(context, { ...bound, body }), [{ id: 1 }, { id: 2 }])
  }),
  check('a filter sees of related records what the role sees of them', async (context) => {
    const rule = (table: string, more: object = {}) => ({ component: `_table/${table}/*`, ...more })
    const paid = { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } as never
    const role = (...access: readonly object[]): RoleSpec => ({ access: access as never })
    const some = role(rule('customers'), rule('orders', { filter: paid }))
    assert.deepEqual(await ids(context, C, `${ORDERS}.total > 0`, some), [1, 2])
    assert.deepEqual(await ids(context, C, `(${ORDERS}.status = 'new') OR (${ORDERS}.total = 20)`, some), [])
    assert.deepEqual(await ids(context, C, `${ORDERS}.total = 35.5 AND active = true`, some), [1])
    const both = role(
      rule('customers', { filter: { op: 'AND', conditions: [{ name: 'id', operator: '>', value: 1 }] } }),
      rule('orders', { filter: paid }),
    )
    assert.deepEqual(await ids(context, C, `${ORDERS}.total > 0`, both), [2])
    // What may not be read is unknown, like what is not there: nothing can be told by asking.
    for (const [as, name] of [
      [role(rule('customers')), `${ORDERS}.total`],
      [role(rule('customers'), rule('orders', { deny: ['total'] })), `${ORDERS}.total`],
      [role(rule('customers'), rule('orders', { deny: ['customer_id'] })), `${ORDERS}.total`],
      [role(rule('customers', { deny: ['id'] }), rule('orders')), `${ORDERS}.total`],
      [role(rule('customers'), rule('orders')), `${ORDERS}.${LINES}.line`],
      [role(rule('customers'), rule('orders')), `${ORDERS}.nothing`],
      [role(rule('customers'), rule('orders')), 'nothing.total'],
    ] as const) {
      const { message } = await refused(context, { path: C, query: { filter: `${name} > 1` }, as }, 400)
      assert.equal(message, `Invalid or unparsable field in filter request: '${name}'`)
    }
  }),
  check('writes by filter take them, too, each record once', async (context) => {
    await context.fresh()
    const change = { method: 'PATCH', path: C, body: [{ notes: 'big' }] } as const
    const changed = await listed(context, { ...change, query: { filter: `${ORDERS}.total > 30`, fields: 'id,notes' } })
    const wanted = customers((orders) => orders.some(({ total }) => total > 30))
    assert.deepEqual(
      changed.toSorted((a, b) => a.id - b.id),
      wanted.map((id) => ({ id, notes: 'big' })),
    )
    assert.deepEqual(await ids(context, C, "notes = 'big'"), wanted)
    // By way of another table back to its own.
    const back = `${ORDERS}.${CUSTOMER}.name = 'Ada'`
    assert.deepEqual(await listed(context, { ...change, query: { filter: back } }), [{ id: 1 }])
    const lines = { method: 'DELETE', path: at('order_lines'), query: { filter: "orders_by_order_id.status = 'paid'" } }
    const paid = seedOf('orders').flatMap(({ id, status }) => (status === 'paid' ? [id] : []))
    const before = seedOf('order_lines').filter(({ order_id }) => paid.includes(order_id as number))
    assert.equal((await listed(context, lines)).length, before.length)
    assert.equal(
      await given(context, { path: at('order_lines'), query: { count_only: true } }),
      seedOf('order_lines').length - before.length,
    )
    await context.fresh()
  }),
  check('a write by filter sees of related records what the role may read of them', async (context) => {
    await context.fresh()
    const query = { filter: `${ORDERS}.total > 1` }
    const body = [{ notes: 'x' }]
    const as: RoleSpec = { access: [{ component: '_table/customers/*' }] }
    await refused(context, { method: 'PATCH', path: C, query, body, as }, 400)
    await refused(context, { method: 'DELETE', path: C, query, as }, 400)
    const paid = { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } as never
    const some: RoleSpec = {
      access: [{ component: '_table/customers/*' }, { component: '_table/orders/*', filter: paid }],
    }
    const changed = await listed(context, { method: 'PATCH', path: C, query, body, as: some })
    assert.deepEqual(changed.map(({ id }) => id).toSorted(), [1, 2])
    const deep = `${[ORDERS, CUSTOMER, ORDERS, CUSTOMER].join('.')}.id = 1`
    await refused(context, { path: C, query: { filter: deep } }, 400)
    await context.fresh()
  }),
]
