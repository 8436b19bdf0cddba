/** Checks on functions of fields, and on fields that are nothing but a function (the wire contract §9.4). */
import assert from 'node:assert/strict'
import type {} from '@gw/sql'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { at, given, listed, type RecordsContext, refused } from './context.ts'
import { extrasCheck, patch, schema } from './extras.ts'
import { seedOf } from './standard.ts'

const C = at('customers')

/** As `extrasCheck`, of a source that has functions; the records are as they were afterwards. */
export const functionsCheck = (
  name: string,
  run: (context: RecordsContext) => Promise<void>,
): Check<RecordsContext> => {
  const check = extrasCheck(name, async (context) => {
    await context.fresh()
    try {
      await run(context)
    } finally {
      await context.fresh()
    }
  })
  return {
    ...check,
    requires: (context) =>
      check.requires?.(context) ?? (context.type.capabilities?.sql ? undefined : 'the source has no functions'),
  }
}

export const functionChecks: readonly Check<RecordsContext>[] = [
  functionsCheck('a virtual field is what its function gives, wherever a field can stand', async (context) => {
    await patch(context, 'customers', {
      field: [
        { name: 'shout', is_virtual: true, db_function: [{ use: ['SELECT'], function: "CONCAT(UPPER(name), '!')" }] },
        { name: 'letters', is_virtual: true, db_function: [{ use: 'SELECT', function: 'LENGTH(NAME)' }] },
        {
          name: 'short',
          alias: 'brief',
          is_virtual: true,
          db_function: [{ use: ['select'], function: 'SUBSTR(name, 1, 2)' }],
        },
      ],
    })
    const described = await given(context, { path: schema('customers') })
    const shout = described.field.find((one: any) => one.name === 'shout')
    assert.deepEqual(
      [shout.is_virtual, shout.type, shout.required, shout.db_function],
      [
        true,
        'string',
        false,
        [{ use: ['SELECT'], function: 'CONCAT(UPPER("name"), \'!\')', function_type: 'database' }],
      ],
    )
    await patch(context, 'customers', described)
    const ada = { id: 1, name: 'Ada', shout: 'ADA!', letters: 3, brief: 'Ad' }
    const fields = Object.keys(ada).join()
    assert.deepEqual(await given(context, { path: at('customers', 1), query: { fields } }), ada)
    const whole = await given(context, { path: at('customers', 1) })
    assert.deepEqual([whole.shout, whole.letters, whole.brief], ['ADA!', 3, 'Ad'])
    const read = async (query: object) =>
      (await listed(context, { path: C, query: { fields: 'id', ...query } })).map(({ id }) => id)
    const long = seedOf('customers').filter(({ name }) => name.length > 4)
    assert.deepEqual(
      await read({ filter: 'letters > 4', order: 'id' }),
      long.map(({ id }) => id),
    )
    assert.deepEqual(
      await read({ filter: "(shout = 'ADA!') OR (brief LIKE 'Bo%')", order: 'letters desc, shout desc' }),
      [2, 1],
    )
    assert.deepEqual(await read({ filter: "shout IN ('ADA!') AND letters IS NOT NULL" }), [1])
    const one = {
      path: C,
      query: { fields: 'shout', order: 'id', limit: 1 },
      headers: { accept: 'application/x-ndjson' },
    }
    assert.equal((await context.ask(one)).text, '{"shout":"ADA!"}\n')
    const first = await given(context, {
      path: C,
      query: { cursor: '', order: 'letters, id', fields: 'letters,id', limit: 4 },
    })
    const second = await given(context, {
      path: C,
      query: { cursor: first.meta.next_cursor, order: 'letters, id', fields: 'letters,id' },
    })
    const all = await listed(context, { path: C, query: { order: 'letters, id', fields: 'letters,id' } })
    assert.deepEqual([...first.resource, ...second.resource], all)
    const orders = await listed(context, {
      path: at('orders'),
      query: { ids: '1', related: '*', 'customers_by_customer_id.fields': 'shout' },
    })
    assert.equal(orders[0].customers_by_customer_id.shout, 'ADA!')
    const sums = await listed(context, {
      path: C,
      query: { group: 'active', fields: 'active,MAX(letters)', order: 'active' },
    })
    assert.equal(sums.length, 2)
    await refused(context, { path: C, query: { group: 'shout' } }, 400)
    const created = await given(context, {
      method: 'POST',
      path: C,
      query: { fields: 'name,shout' },
      body: [{ name: 'Zoe', email: 'zoe@example.org', active: true, born: '2000-01-01', shout: 'no' }],
    })
    assert.deepEqual(created.resource, [{ name: 'Zoe', shout: 'ZOE!' }])
    const changed = await given(context, {
      method: 'PATCH',
      path: at('customers', 1),
      query: { fields: 'shout' },
      body: { name: 'Eve' },
    })
    assert.deepEqual(changed, { shout: 'EVE!' })
    const gone = await given(context, { method: 'DELETE', path: at('customers', 9), query: { fields: 'letters' } })
    assert.deepEqual(gone, { letters: 4 })
    await given(context, { method: 'DELETE', path: schema('customers/_field/letters') })
    await refused(context, { path: C, query: { fields: 'letters' } }, 400)
  }),
  functionsCheck('numbers that a function gives are found by their value', async (context) => {
    await patch(context, 'customers', {
      field: [
        { name: 'owed', is_virtual: true, db_function: [{ use: 'SELECT', function: 'ABS(COALESCE(credit, 0))' }] },
        { name: 'letters', is_virtual: true, db_function: [{ use: 'SELECT', function: 'LENGTH(name)' }] },
        { name: 'credit', db_function: [{ use: ['FILTER'], function: 'ABS(credit)' }] },
      ],
    })
    const found = async (filter: string) =>
      (await listed(context, { path: C, query: { filter, fields: 'id', order: 'id' } })).map(({ id }) => id)
    for (const [filter, ids] of [
      ['owed = 12.5', [1, 6]],
      ['owed IN (3.25, 0)', [2, 3, 5, 9]],
      ['owed BETWEEN 1 AND 12.5', [1, 5, 6, 7]],
      ['owed >= 1000', [4, 8]],
      ['NOT (owed = 0)', [1, 4, 5, 6, 7, 8, 10]],
      ['credit = 3.25', [5]],
    ] as const)
      assert.deepEqual(await found(filter), ids, filter)
    const page = { order: 'owed,id', fields: 'id', limit: 4 }
    const first = await given(context, { path: C, query: { ...page, cursor: '' } })
    const second = await listed(context, { path: C, query: { ...page, cursor: first.meta.next_cursor } })
    assert.deepEqual(
      [...first.resource, ...second].map(({ id }) => id),
      [2, 3, 9, 10, 5, 7, 1, 6],
    )
    const far = { name: 'far', is_virtual: true, db_function: [{ use: 'SELECT', function: 'ABS(big)' }] }
    await patch(context, 'samples', { field: [far] })
    const big = '-9007199254740993'
    await given(context, { method: 'POST', path: at('samples'), body: { resource: [{ big }] } })
    for (const [last, ids] of [
      [2, []],
      [3, [1]],
    ] as const) {
      const query = { filter: `far = 900719925474099${last}`, fields: 'id' }
      const rows = await listed(context, { path: at('samples'), query })
      assert.deepEqual(
        rows.map(({ id }) => id),
        ids,
      )
    }
  }),
  functionsCheck('functions show, compare and store instead of a field', async (context) => {
    await patch(context, 'customers', {
      field: [
        { name: 'name', db_function: [{ use: ['SELECT'], function: "CONCAT(SUBSTR(name, 1, 1), '***')" }] },
        {
          name: 'notes',
          db_function: [
            { use: ['FILTER'], function: 'LOWER(notes)' },
            { use: ['INSERT', 'UPDATE'], function: 'UPPER(TRIM({value}))' },
          ],
        },
      ],
    })
    assert.equal((await given(context, { path: at('customers', 1), query: { fields: 'name' } })).name, 'A***')
    const change = { method: 'PATCH', path: at('customers', 1), query: { fields: 'id,name,notes' } } as const
    const changed = await given(context, { ...change, body: { notes: '  loud ' } })
    assert.deepEqual(changed, { id: 1, name: 'A***', notes: 'LOUD' })
    const found = await listed(context, { path: C, query: { filter: "notes = 'loud'", fields: 'id,notes' } })
    assert.deepEqual(found, [{ id: 1, notes: 'LOUD' }])
    const body = [{ name: 'Zed', email: 'zed@example.org', active: true, born: '2000-01-01', notes: ' x' }]
    const created = await given(context, { method: 'POST', path: C, query: { fields: 'name,notes' }, body })
    assert.deepEqual(created.resource, [{ name: 'Z***', notes: 'X' }])
    for (const query of [{ group: 'name' }, { group: 'active', fields: 'MAX(name)' }, { cursor: '', order: 'name' }])
      await refused(context, { path: C, query }, 400)
    // What a function makes of a value is not known before it is stored.
    const rule = { op: 'AND', conditions: [{ name: 'notes', operator: '=', value: 'X' }] } as never
    const as: RoleSpec = { access: [{ component: '_table/customers/*', filter: rule }] }
    await refused(context, { method: 'POST', path: C, body: [{ ...body[0], email: 'a@b.c', notes: 'X' }], as }, 403)
    await patch(context, 'customers', { field: [{ name: 'name', db_function: null }] })
    assert.equal((await given(context, { path: at('customers', 1), query: { fields: 'name' } })).name, 'Ada')
  }),
  functionsCheck('related records are the first ones by what a function gives', async (context) => {
    const relation = 'orders_by_customer_id'
    const digit = { name: 'digit', is_virtual: true, db_function: [{ use: 'SELECT', function: 'LENGTH(status)' }] }
    const status = { name: 'status', db_function: [{ use: ['SELECT'], function: "CONCAT('z', status)" }] }
    await patch(context, 'orders', { field: [digit, status] })
    const asked = async (order: string) => {
      const options = { related: relation, [`${relation}.limit`]: 1, [`${relation}.order`]: order }
      const query = { ids: '1,4', fields: 'id', [`${relation}.fields`]: 'id', ...options }
      return (await listed(context, { path: C, query })).map((row) => row[relation].map(({ id }: any) => id))
    }
    const orders = seedOf('orders')
    const first = (compare: (a: any, b: any) => number) =>
      [1, 4].map((of) => [
        orders
          .filter(({ customer_id }: any) => customer_id === of)
          .toSorted((a: any, b: any) => compare(a, b) || b.id - a.id)[0]!.id,
      ])
    assert.deepEqual(
      await asked('digit desc,id desc'),
      first((a, b) => b.status.length - a.status.length),
    )
    assert.deepEqual(
      await asked('status,id desc'),
      first((a, b) => a.status.localeCompare(b.status)),
    )
  }),
  functionsCheck('what is computed of a denied field is denied, too', async (context) => {
    const shout = { name: 'shout', is_virtual: true, db_function: [{ use: ['SELECT'], function: 'UPPER(name)' }] }
    await patch(context, 'customers', { field: [shout, { name: 'name', alias: 'called' }] })
    for (const denied of ['name', 'called']) {
      const as: RoleSpec = { access: [{ component: '_table/customers/*', deny: [denied] }, { component: '_schema/*' }] }
      const seen = await given(context, { path: at('customers', 1), as })
      assert.deepEqual(
        ['name', 'called', 'shout'].filter((name) => name in seen),
        [],
      )
      for (const query of [{ fields: 'shout' }, { filter: "shout = 'ADA'" }, { order: 'shout' }])
        await refused(context, { path: C, query, as }, 400)
      const { text } = await context.ask({ path: schema('customers'), as })
      assert.equal(/shout|UPPER/.test(text), false)
    }
  }),
  functionsCheck('a function is one of those there are, over fields there are, or refused', async (context) => {
    const make = (text: unknown, more: object = {}) => ({
      method: 'PATCH',
      path: schema('customers'),
      body: { field: [{ name: 'x', is_virtual: true, db_function: [{ use: ['SELECT'], function: text }], ...more }] },
    })
    const texts = [
      'pg_sleep(1)',
      'SLEEP(1)',
      'load_extension(name)',
      'UPPER(name) || email',
      'UPPER(nothing)',
      'UPPER(name',
      'UPPER()',
      'UPPER(name, email)',
      "'; DROP TABLE customers; --",
      '(SELECT 1)',
      'name; DELETE FROM customers',
      'UPPER({value})',
      'SUM(credit)',
      '`name`',
      'UPPER(name) -- x',
      'UPPER(/**/name)',
      'UPPER(orders.total)',
      '',
      5,
      null,
      'A'.repeat(600),
      'UPPER(UPPER(UPPER(UPPER(UPPER(UPPER(name))))))',
      'ABS(CONCAT(',
      "UPPER('a\\' OR 1=1 -- ')x",
    ]
    for (const text of texts) await refused(context, make(text), 400)
    for (const more of [
      { db_function: [] },
      { db_function: [{ use: ['FILTER'], function: 'name' }] },
      { is_aggregate: true },
      { db_function: [{ use: ['SELECT', 'INSERT'], function: 'name' }] },
    ])
      await refused(context, make('name', more), 400)
    const real = (name: string, use: string, text: string) => ({
      method: 'PATCH',
      path: schema(`customers/_field/${name}`),
      body: { db_function: [{ use: [use], function: text }] },
    })
    for (const [name, use, text] of [
      ['id', 'SELECT', 'ABS(id)'],
      ['email', 'SELECT', 'UPPER(email)'],
      ['name', 'INSERT', 'UPPER(name)'],
      ['name', 'UPDATE', 'CONCAT({value}, email)'],
      ['name', 'FILTER', 'LENGTH(name)'],
      ['name', 'DELETE', 'UPPER(name)'],
    ] as const)
      await refused(context, real(name, use, text), 400)
    const hostile = "CONCAT(name, 'a''b\\', '\\'' OR 1=1 --')"
    await given(context, make(hostile))
    const { x } = await given(context, { path: at('customers', 1), query: { fields: 'x' } })
    assert.equal(x, "Adaa'b\\\\' OR 1=1 --")
    assert.equal(await given(context, { path: C, query: { count_only: true } }), 10)
  }),
]
