/** Checks on lists of names and how they are trimmed (the wire contract §0.5, §1.3, §1.5, §6.1). */
import assert from 'node:assert/strict'
import { METHODS } from '@gw/core'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, listed, type RecordsContext, recordsCheck, refused, tablesOf } from './context.ts'
import { standardTable } from './standard.ts'

const namesOf = (items: readonly any[]): readonly string[] => items.map(({ name }) => name)
/** Some of it may be the source's own: procedures, functions. */
const BRANCHES = ['_schema', '_table']

/** May read one table's records and its description, and has no right on the lists themselves. */
const NARROW: RoleSpec = {
  access: [
    { component: '', verbs: ['GET'] },
    { component: '_table/orders', verbs: ['GET'] },
    { component: '_schema/orders', verbs: ['GET'] },
  ],
}

export const nameChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'the root lists what is in the service, as bare names or with what may be done there',
    async (context) => {
      const root = { path: '' }
      const bare = await listed(context, root)
      for (const branch of BRANCHES) assert.ok(namesOf(bare).includes(branch), `${branch} is not listed`)
      for (const item of bare) assert.deepEqual(Object.keys(item), ['name'])
      assert.deepEqual(await listed(context, { ...root, query: { as_list: true } }), namesOf(bare))
      const whole = await listed(context, { ...root, query: { fields: '*' } })
      assert.deepEqual(namesOf(whole), namesOf(bare))
      for (const { label } of whole) assert.equal(typeof label, 'string')
      for (const item of await listed(context, { ...root, query: { include_access: true } }))
        assert.deepEqual({ ...item, name: '' }, { name: '', access: METHODS })
      assert.deepEqual(
        await listed(context, { ...root, query: { fields: 'label,nothing' } }),
        whole.map(({ label }) => ({ label })),
      )
    },
  ),
  recordsCheck('a caller sees of each list what it has rights on', async (context) => {
    const as = NARROW
    const query = { include_access: true }
    const root = await listed(context, { path: '', as, query })
    assert.deepEqual(root, [
      { name: '_schema', access: [] },
      { name: '_table', access: [] },
    ])
    await refused(context, { path: '_table', as }, [401, 403])
    assert.deepEqual(await listed(context, { path: '_schema', as, query }), [{ name: 'orders', access: ['GET'] }])
    assert.deepEqual(namesOf(await listed(context, { path: '_schema', as, query: { ids: 'orders' } })), ['orders'])
    await refused(context, { path: '_schema', as, query: { ids: 'customers' } }, [401, 403])
  }),
  recordsCheck(
    'the list of descriptions is closed to who has no right to read, or a rule against it',
    async (context) => {
      const closed: readonly RoleSpec[] = [
        { access: [{ component: '_table/*', verbs: ['POST'] }] },
        { access: [...NARROW.access, { component: '_schema', verbs: [] }] },
        { access: [{ component: '_schema/orders', verbs: [] }] },
      ]
      for (const as of closed) await refused(context, { path: '_schema', as }, [401, 403])
      const as: RoleSpec = { access: [{ component: '_table/orders', verbs: ['GET'] }] }
      assert.deepEqual(await listed(context, { path: '_schema', as }), [])
      for (const method of ['POST', 'PATCH', 'DELETE'])
        await refused(context, { method, path: '_schema', as: NARROW, body: [{ name: 'orders' }] }, [401, 403])
    },
  ),
  recordsCheck('what a role can be given is listed as rules name it', async (context) => {
    const list = await listed(context, { path: '', query: { as_access_list: true } })
    const expected = BRANCHES.flatMap((branch) => [
      `${branch}/`,
      `${branch}/*`,
      `${branch}/orders/`,
      `${branch}/orders/*`,
    ])
    for (const component of ['', '*', ...expected]) assert.ok(list.includes(component), `'${component}' is not listed`)
    assert.equal(new Set(list).size, list.length, 'components that occur twice')
  }),
  recordsCheck(
    'tables are listed by name, with the properties asked for, and only those that ids names',
    async (context) => {
      for (const path of BRANCHES) {
        assert.deepEqual(
          (await listed(context, { path, query: { as_list: true } })).toSorted(),
          tablesOf(context)
            .map(({ name }) => name)
            .toSorted(),
        )
        const some = { path, query: { fields: 'name,is_view,plural', ids: 'Active_Customers, orders, none' } }
        if (path === '_table')
          assert.deepEqual(
            (await listed(context, some)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
            [
              ...(context.lacks.includes('views')
                ? []
                : [{ name: 'active_customers', plural: 'Active Customers', is_view: true }]),
              { name: 'orders', plural: 'Orders', is_view: false },
            ],
          )
        const [item] = await listed(context, { path, query: { fields: '*', include_access: true } })
        const keys = ['name', 'label', 'description', 'native', 'plural', 'is_view', 'access']
        assert.deepEqual(Object.keys(item), path === '_table' ? keys : ['alias', ...keys])
        assert.deepEqual(await listed(context, { path, query: { schema: 'no_such_schema' } }), [])
      }
      const pairs = await listed(context, {
        path: '_table',
        query: { as_list: true, id_field: 'name,label', ids: 'orders' },
      })
      assert.deepEqual(pairs, ['(orders,Orders)'])
    },
  ),
  recordsCheck('descriptions come whole, or with what fields asks for', async (context) => {
    const ids = { path: '_schema', query: { ids: 'orders,customers' } }
    assert.deepEqual(
      (await listed(context, ids)).map(({ name, field }) => [name, field.length]),
      ['orders', 'customers'].map((name) => [name, standardTable(name).fields.length]),
    )
    assert.deepEqual(await listed(context, { ...ids, query: { ...ids.query, fields: 'name,is_view' } }), [
      { name: 'orders', is_view: false },
      { name: 'customers', is_view: false },
    ])
    assert.deepEqual(await listed(context, { ...ids, query: { ...ids.query, as_list: true, fields: 'label' } }), [
      'orders',
      'customers',
    ])
    const parts = { path: '_schema/orders/_field', query: { ids: 'id,status', fields: 'name,type' } }
    assert.deepEqual(await listed(context, parts), [
      { name: context.lacks.includes('keys') ? '_id' : 'id', type: 'id' },
      { name: 'status', type: 'string' },
    ])
    const relations = await listed(context, { path: '_schema/customers/_related', query: { fields: 'name,type' } })
    for (const relation of relations) assert.deepEqual(Object.keys(relation), ['name', 'type'])
  }),
  recordsCheck('HEAD answers as GET does, without a body', async (context) => {
    const head = await context.ask({ method: 'HEAD', path: at('customers', 1) })
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal((await context.ask({ method: 'HEAD', path: at('customers', 99) })).status, 404)
    assert.ok(await given(context, { path: '_table', query: { wrap: false } }))
  }),
]
