/** Checks on records that are written together with those of other tables, and on the rights that hold for these. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { assertStored, at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'

const ORDERS = 'orders_by_customer_id'
const LINES = 'order_lines_by_order_id'
const CUSTOMER = 'customers_by_customer_id'
const C = at('customers')
const O = at('orders')

const nestedCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(name, run, 'foreignKeys')
  return {
    ...check,
    requires: (context) =>
      context.lacks.includes('transactions') ? 'the source declares no transactions' : check.requires?.(context),
  }
}

const ordersOf = async (context: RecordsContext, customer: number) =>
  listed(context, { path: O, query: { filter: `customer_id = ${customer}`, order: 'id' } })

export const nestedChecks: readonly Check<RecordsContext>[] = [
  nestedCheck('a record is created with those that belong to it, and theirs', async (context) => {
    const order = (total: number, lines: readonly object[]) => ({ total, [LINES]: lines })
    const orders = [
      order(3, [
        { line: 1, product: 'pen' },
        { line: 2, product: 'ink', quantity: 4 },
      ]),
      order(4, []),
      { total: 5 },
      { total: 6, status: 'paid' },
    ]
    const query = { related: `${ORDERS}.${LINES}`, [`${ORDERS}.order`]: 'total', fields: 'name' }
    const [kim] = await listed(context, {
      method: 'POST',
      path: C,
      query,
      body: [{ name: 'Kim', email: 'kim@example.com', [ORDERS]: orders }],
    })
    assert.equal(kim.name, 'Kim')
    assert.deepEqual(
      kim[ORDERS].map(({ total, status, [LINES]: lines }: any) => [total, status, lines.length]),
      [
        [3, 'new', 2],
        [4, 'new', 0],
        [5, 'new', 0],
        [6, 'paid', 0],
      ],
    )
    const stored = await ordersOf(context, kim.id)
    assert.equal(stored.length, 4)
    const lines = await listed(context, { path: at('order_lines'), query: { filter: `order_id = ${stored[0].id}` } })
    assert.deepEqual(
      lines.map(({ product, quantity }) => [product, quantity]),
      [
        ['pen', 1],
        ['ink', 4],
      ],
    )
  }),
  nestedCheck(
    'a record is created with the one it refers to, which is made, changed or only named',
    async (context) => {
      const customer = { name: 'Lou', email: 'lou@example.com' }
      const create = (value: unknown) =>
        given(context, {
          method: 'POST',
          path: O,
          query: { fields: 'customer_id,total' },
          body: [{ total: 1, [CUSTOMER]: value }],
        })
      const made = (await create(customer)).resource[0]
      assert.deepEqual(Object.keys(made), ['customer_id', 'total'])
      const lou = await given(context, { path: at('customers', made.customer_id) })
      assert.equal(lou.name, 'Lou')
      assert.deepEqual((await create({ id: 3, notes: 'came back' })).resource[0].customer_id, 3)
      assert.deepEqual((await create({ id: 4 })).resource[0].customer_id, 4)
      assert.equal((await given(context, { path: at('customers', 3) })).notes, 'came back')
      assert.equal((await given(context, { path: at('customers', 4) })).notes, 'a=b')
    },
  ),
  nestedCheck('those that belong to a record are added, adopted, changed and let go of', async (context) => {
    const body = { notes: 'all at once', [ORDERS]: [{ total: 9 }, { id: 3 }, { id: 1, total: 21 }] }
    const answer = await given(context, { method: 'PATCH', path: at('customers', 1), query: { related: ORDERS }, body })
    assert.equal(answer.id, 1)
    assert.deepEqual(
      answer[ORDERS].map((one: any) => one.total).toSorted((a: number, b: number) => a - b),
      [5.25, 9, 21, 35.5],
    )
    assert.deepEqual(await ordersOf(context, 2), [])
    const letGo = { [ORDERS]: [{ id: 1, customer_id: null }] }
    await refused(context, { method: 'PATCH', path: at('customers', 1), body: letGo }, 400, /allow_related_delete/)
    const gone = { method: 'PATCH', path: at('customers', 1), query: { allow_related_delete: true } }
    const other = { ...gone, path: at('customers', 4), body: { [ORDERS]: [{ id: 3, customer_id: null }] } }
    await refused(context, other, 404)
    // Order 3 has no lines; order 1 has some, and they hold it.
    await given(context, { ...gone, body: { [ORDERS]: [{ id: 3, customer_id: null }] } })
    await refused(context, { ...gone, body: letGo }, 409)
    assert.deepEqual((await ordersOf(context, 1)).map(({ id }) => id).slice(0, 2), [1, 2])
  }),
  nestedCheck('rows with keys of their own are added or changed by them', async (context) => {
    const lines = [
      { line: 1, quantity: 11 },
      { line: 3, product: 'cap' },
    ]
    const query = { related: LINES, [`${LINES}.order`]: 'line' }
    const order = await given(context, { method: 'PATCH', path: at('orders', 1), query, body: { [LINES]: lines } })
    assert.deepEqual(order[LINES], [
      { order_id: 1, line: 1, product: 'pen', quantity: 11 },
      { order_id: 1, line: 2, product: 'ink', quantity: 1 },
      { order_id: 1, line: 3, product: 'cap', quantity: 1 },
    ])
  }),
  nestedCheck('a record and what stands inside it are all written, or nothing is', async (context) => {
    const bad = { name: 'Kim', email: 'kim@example.com', [ORDERS]: [{ total: 1 }, { total: 'much' }] }
    const error = await refused(context, { method: 'POST', path: C, body: [bad] }, 400)
    assert.match(error.context.resource[0].message, /orders_by_customer_id/)
    const twice = { total: 1, [LINES]: [{ line: 1, product: 'a' }, { line: 2 }] }
    await refused(context, { method: 'PATCH', path: at('customers', 1), body: { name: 'Eve', [ORDERS]: [twice] } }, 400)
    await refused(
      context,
      { method: 'PATCH', path: at('orders', 1), body: { [CUSTOMER]: { id: 1, email: 'bob@example.com' } } },
      409,
    )
    await assertStored(context, 'customers')
    await assertStored(context, 'orders')
    // Records before and after it are written or not as in any batch.
    const good = (name: string) => ({ name, email: `${name}@example.com`, [ORDERS]: [{ total: 1 }] })
    await refused(context, { method: 'POST', path: C, query: { rollback: true }, body: [good('a'), bad] }, 400)
    await assertStored(context, 'customers')
    await refused(
      context,
      { method: 'POST', path: C, query: { continue: true }, body: [good('b'), bad, good('c')] },
      400,
    )
    const names = await listed(context, { path: C, query: { filter: 'id > 10', fields: 'name', order: 'name' } })
    assert.deepEqual(names, [{ name: 'b' }, { name: 'c' }])
    assert.equal((await context.stored('orders')).length, 8)
  }),
  nestedCheck('everything nested needs the rights on its own table', async (context) => {
    const customers = { component: '_table/customers/*' }
    const on = (table: string, more: object = {}): RoleSpec => ({
      access: [customers, { component: `_table/${table}/*`, ...more } as never],
    })
    const patch = (as: RoleSpec, value: unknown) => ({
      method: 'PATCH',
      path: at('customers', 1),
      as,
      body: { notes: 'changed', [ORDERS]: value },
    })
    const paid = { filter: { op: 'AND', conditions: [{ name: 'status', operator: '=', value: 'paid' }] } }
    await refused(context, patch({ access: [customers] }, [{ total: 1 }]), [401, 403])
    await refused(context, patch(on('orders', { verbs: ['GET'] }), [{ total: 1 }]), [401, 403])
    await refused(context, patch(on('orders', { verbs: ['GET', 'POST'] }), [{ id: 3 }]), [401, 403])
    // Hidden orders can not be adopted, changed or created; to this role there are none.
    await refused(context, patch(on('orders', paid), [{ id: 4 }]), 404)
    await refused(context, patch(on('orders', paid), [{ id: 1, total: 1 }]), 404)
    await refused(context, patch(on('orders', paid), [{ total: 1, status: 'new' }]), 403)
    const letGo = { method: 'PATCH', path: at('customers', 1), query: { allow_related_delete: true } }
    const noDelete = on('orders', { verbs: ['GET', 'POST', 'PUT', 'PATCH'] })
    await refused(context, { ...letGo, as: noDelete, body: { [ORDERS]: [{ id: 2, customer_id: null }] } }, [401, 403])
    await assertStored(context, 'customers')
    await assertStored(context, 'orders')
    await given(context, patch(on('orders', paid), [{ total: 1, status: 'paid' }, { id: 3 }]))
    assert.equal((await ordersOf(context, 1)).length, 4)
    // Of a relation by a denied field, the caller does not know: nothing is written by that name, as by any unknown one.
    await given(context, patch(on('orders', { deny: ['customer_id'] }), [{ total: 1 }]))
    assert.equal((await ordersOf(context, 1)).length, 4)
    const blind: RoleSpec = {
      access: [{ component: '_table/customers/*', deny: ['notes'] }, { component: '_table/orders/*' }],
    }
    const order = { [CUSTOMER]: { id: 2, notes: 'hacked', credit: 1 } }
    await given(context, { method: 'PATCH', path: at('orders', 4), as: blind, body: order })
    const bob = await given(context, { path: at('customers', 2) })
    assert.deepEqual([bob.notes, bob.credit], [null, 1])
  }),
  nestedCheck(
    'a value or a key that is taken is told as on a plain write, also where its record is hidden',
    async (context) => {
      const filter = { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] }
      const as = { access: [{ component: '_table/customers/*', filter }, { component: '_table/orders/*' }] } as RoleSpec
      const entryOf = async (path: string, body: object) => {
        const { context: inner } = await refused(context, { method: 'POST', path, as, body: [body] }, 400)
        return inner.resource[0]
      }
      const taken = { name: 'B', email: 'bob@example.com', active: true }
      const plain = await entryOf(C, taken)
      assert.equal(plain.status_code, 409)
      for (const customer of [taken, { ...taken, id: 77 }]) {
        const nested = await entryOf(O, { total: 1, [CUSTOMER]: customer })
        assert.equal(nested.status_code, 409)
        assert.ok(nested.message.endsWith(plain.message), nested.message)
      }
      const upsert = { service: 'small', method: 'PUT', path: at('customers', 77), as, body: taken }
      assert.equal((await refused(context, upsert, 409)).message, plain.message)
      const free = { name: 'B', email: 'free@example.com', active: true }
      const own = await entryOf(C, { ...free, id: 2 })
      const hidden = await entryOf(O, { total: 1, [CUSTOMER]: { ...free, id: 2 } })
      assert.deepEqual([own.status_code, hidden.status_code], [409, 409])
      assert.ok(hidden.message.endsWith(own.message), hidden.message)
      // By its key alone, or where nothing may be created, a hidden record is one that is not there.
      const asked = async (id: number) => {
        const { message } = await refused(context, { method: 'PATCH', path: at('customers', id), as, body: free }, 404)
        const child = { [ORDERS]: [{ id: 99, total: 1 }] }
        const other = await refused(context, { method: 'PATCH', path: at('customers', id), as, body: child }, 404)
        const creating = { access: [{ ...as.access[0]!, verbs: ['GET', 'PATCH'] }, as.access[1]!] } as RoleSpec
        const above = { method: 'POST', path: O, as: creating, body: [{ total: 1, [CUSTOMER]: { ...free, id } }] }
        const denied = await refused(context, above, [401, 403])
        return JSON.stringify([message, other.message, denied.message]).replaceAll(`'${id}'`, 'N')
      }
      assert.equal(await asked(2), await asked(4242))
      await assertStored(context, 'customers')
      await assertStored(context, 'orders')
    },
  ),
  nestedCheck('a write answers relations under the rights of reading', async (context) => {
    const query = { related: ORDERS, fields: 'name' }
    const write = { method: 'PATCH', path: C, query: { ...query, ids: '1,4' }, body: [{ notes: 'x' }] }
    const people = await listed(context, write)
    assert.deepEqual(
      people.map((row) => [row.name, row[ORDERS].length]),
      [
        ['Ada', 2],
        ['Dora', 2],
      ],
    )
    const filtered = await listed(context, {
      method: 'PATCH',
      path: C,
      query: { ...query, filter: 'id = 6' },
      body: [{ notes: 'x' }],
    })
    assert.deepEqual(
      filtered.map((row) => row[ORDERS].length),
      [1],
    )
    await context.fresh()
    const writer: RoleSpec = {
      access: [{ component: '_table/customers/*', verbs: ['PATCH'] }, { component: '_table/orders/*' }],
    }
    await refused(context, { ...write, as: writer }, [401, 403])
    const noOrders: RoleSpec = { access: [{ component: '_table/customers/*' }] }
    await refused(context, { ...write, as: noOrders }, [401, 403])
    await assertStored(context, 'customers')
  }),
  nestedCheck(
    'what makes no sense inside a record is refused, and unknown names stay without effect',
    async (context) => {
      const deep = (levels: number): object =>
        levels === 0
          ? { name: 'x' }
          : { [levels % 2 ? ORDERS : CUSTOMER]: levels % 2 ? [deep(levels - 1)] : deep(levels - 1) }
      for (const [value, status] of [
        [{ [ORDERS]: 'text' }, 400],
        [{ [ORDERS]: [1] }, 400],
        [{ [ORDERS]: [[]] }, 400],
        [{ [ORDERS]: [{ total: {} }] }, 400],
        [deep(15), 400],
      ] as const)
        await refused(context, { method: 'PATCH', path: at('customers', 1), body: { notes: 'y', ...value } }, status)
      await refused(
        context,
        { method: 'PATCH', path: C, query: { filter: 'id=1' }, body: [{ [ORDERS]: [{ total: 1 }] }] },
        400,
      )
      await assertStored(context, 'customers')
      await assertStored(context, 'orders')
      const body = { notes: 'z', no_relation: [{ x: 1 }], [ORDERS]: [] }
      await given(context, { method: 'PATCH', path: at('customers', 1), body })
      await assertStored(context, 'customers', { 1: { notes: 'z' } })
    },
  ),
]
