/** Checks on what is remembered beside the source: names, rules, stamps, and relations that no reference says. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { EVERYTHING, type RoleSpec } from '../governance.ts'
import { at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
export const schema = (rest: string) => `_schema/${rest}`
export const patch = (context: RecordsContext, path: string, body: object) =>
  given(context, { method: 'PATCH', path: schema(path), body })

/** A check that leaves nothing remembered, whatever happens in it. */
export const extrasCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(name, async (context) => {
    try {
      await run(context)
    } finally {
      const names: readonly string[] = await listed(context, { path: '_schema', query: { as_list: true } })
      for (const table of names) {
        const described = await given(context, { path: schema(encodeURIComponent(table)) })
        const own = described.field.filter((one: any) => !one.is_virtual)
        const field = own.map((one: any) => ({
          name: one.name,
          alias: null,
          validation: null,
          picklist: null,
          label: null,
          description: null,
          db_function: null,
        }))
        const computed = described.field.filter((one: any) => one.is_virtual).map((one: any) => one.name)
        if (computed.length > 0)
          await context.ask({ method: 'DELETE', path: schema(`${table}/_field`), query: { ids: computed.join() } })
        const virtual = described.related.filter((one: any) => one.is_virtual).map((one: any) => one.name)
        if (virtual.length > 0)
          await context.ask({ method: 'DELETE', path: schema(`${table}/_related`), query: { ids: virtual.join() } })
        if (!described.is_view && ['customers', 'clients', 'orders', 'journal'].includes(table))
          await context.ask({
            method: 'PATCH',
            path: schema(table),
            body: { alias: null, label: null, plural: null, field },
          })
      }
    }
  })
  return {
    ...check,
    requires: ({ type }) => (type.capabilities?.schema ? undefined : 'the source only describes its tables'),
  }
}

const message = async (context: RecordsContext, body: object): Promise<string> =>
  (await refused(context, { method: 'PATCH', path: at('customers', 1), body }, 400)).message

export const extrasChecks: readonly Check<RecordsContext>[] = [
  extrasCheck('labels and descriptions are kept and described', async (context) => {
    await patch(context, 'customers', {
      label: 'Client',
      plural: 'Clientele',
      name_field: 'name',
      field: [{ name: 'credit', label: 'Limit', description: 'What they may owe' }],
    })
    const described = await given(context, { path: schema('customers') })
    assert.deepEqual([described.label, described.plural, described.name_field], ['Client', 'Clientele', 'name'])
    const credit = described.field.find((one: any) => one.name === 'credit')
    assert.deepEqual([credit.label, credit.description, credit.alias], ['Limit', 'What they may owe', null])
    assert.deepEqual(await given(context, { path: schema('customers/_field/credit') }), credit)
    // A description that is sent back changes nothing.
    await patch(context, 'customers', { ...described, related: undefined, constraints: undefined })
    assert.deepEqual(await given(context, { path: schema('customers') }), described)
    const [item] = await listed(context, { path: '_table', query: { fields: '*', ids: 'customers' } })
    assert.deepEqual([item.label, item.plural], ['Client', 'Clientele'])
    await patch(context, 'customers', { label: null, plural: '' })
    assert.equal((await given(context, { path: schema('customers') })).label, 'Customers')
  }),
  extrasCheck('failures name tables and fields as the caller does', async (context) => {
    await patch(context, 'customers', {
      alias: 'clients',
      field: [
        { name: 'email', alias: 'mail' },
        { name: 'credit', alias: 'limit_of' },
      ],
    })
    const body = [{ name: 'K', mail: 'bob@example.com' }]
    const create = { method: 'POST', path: at('clients'), body }
    const failed = await refused(context, create, 400)
    const [entry] = failed.context.resource
    assert.deepEqual([entry.status_code, entry.context], [409, { fields: ['mail'] }])
    assert.equal(entry.message, 'A record with the same "mail" already exists in "clients".')
    const one = { method: 'PATCH', path: at('clients', 1), body: { mail: 'bob@example.com' } }
    assert.deepEqual((await refused(context, one, 409)).context, { fields: ['mail'] })
    const wrong = await refused(context, { ...one, body: { limit_of: 'much' } }, 400)
    assert.equal(wrong.message, "Field 'limit_of' must be a valid number.")
    if (context.lacks.includes('transactions')) return
    const steps = { method: 'POST', path: '_batch', body: { steps: [one] } }
    const step = await refused(context, steps, [409])
    assert.deepEqual(step.context.error.context, { fields: ['mail'] })
    assert.doesNotMatch(JSON.stringify([failed, step]), /"email"|customers/)
  }),
  extrasCheck('an alias is the name of a table and of a field, everywhere', async (context) => {
    await patch(context, 'customers', { alias: 'clients', field: [{ name: 'credit', alias: 'limit_of' }] })
    const K = at('clients')
    const fields = 'id,limit_of'
    const rows = await listed(context, {
      path: K,
      query: { fields, filter: 'limit_of > 10', order: 'limit_of desc,id' },
    })
    assert.deepEqual(
      rows.map(({ id }) => id),
      [8, 4, 1, 6],
    )
    assert.deepEqual(Object.keys(rows[0]), ['id', 'limit_of'])
    await refused(context, { path: C }, 404)
    const changed = await given(context, {
      method: 'PATCH',
      path: at('clients', 1),
      query: { fields },
      body: { limit_of: 3 },
    })
    assert.deepEqual(changed, { id: 1, limit_of: 3 })
    const created = await listed(context, {
      method: 'POST',
      path: K,
      query: { fields: 'limit_of' },
      body: [{ name: 'K', email: 'k@example.com', limit_of: 1 }],
    })
    assert.deepEqual(created, [{ limit_of: 1 }])
    const grouped = await listed(context, {
      path: K,
      query: { group: 'active', fields: 'active,MAX(limit_of)', order: 'active' },
    })
    assert.deepEqual(Object.keys(grouped[0]), ['active', 'MAX_limit_of'])
    const names: readonly string[] = await listed(context, { path: '_table', query: { as_list: true } })
    assert.ok(names.includes('clients') && !names.includes('customers'))
    const described = await given(context, { path: schema('clients') })
    assert.deepEqual([described.alias, described.name], ['clients', 'customers'])
    if (!context.lacks.includes('foreignKeys')) {
      const order = await given(context, { path: at('orders', 1), query: { related: 'clients_by_customer_id' } })
      assert.equal(order.clients_by_customer_id.limit_of, 3)
    }
    if (context.lacks.includes('streaming')) return
    const stream = await listed(context, { path: K, query: { stream: true, fields, order: 'id', limit: 1 } })
    assert.deepEqual(stream, [{ id: 1, limit_of: 3 }])
  }),
  extrasCheck("no alias gets round a role's rules", async (context) => {
    await patch(context, 'customers', { alias: 'clients', field: [{ name: 'notes', alias: 'remarks' }] })
    const all = { component: '*' }
    const denied: RoleSpec = {
      access: [all, { component: '_table/customers', verbs: [] }, { component: '_table/customers/*', verbs: [] }],
    }
    await refused(context, { path: at('clients'), as: denied }, [401, 403])
    await refused(context, { path: at('clients', 1), as: denied }, [401, 403])
    const filter = { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] } as never
    const filtered: RoleSpec = { access: [all, { component: '_table/customers/*', filter }] }
    assert.equal((await listed(context, { path: at('clients'), as: filtered })).length, 7)
    for (const deny of [['notes'], ['remarks']]) {
      const blind: RoleSpec = { access: [{ component: '*', deny }] }
      const [row] = await listed(context, { path: at('clients'), as: blind })
      assert.ok(!('remarks' in row) && !('notes' in row))
      await refused(context, { path: at('clients'), query: { filter: "remarks = 'first'" }, as: blind }, 400)
    }
    if (!context.lacks.includes('foreignKeys')) {
      const query = { related: 'clients_by_customer_id' }
      await refused(context, { path: at('orders', 1), query, as: denied }, [401, 403])
    }
  }),
  extrasCheck('aliases that are no names, or those of others, are refused', async (context) => {
    for (const [body, status] of [
      [{ alias: 'orders' }, 409],
      [{ alias: 'a b' }, 400],
      [{ alias: 'x"; drop table customers' }, 400],
      [{ alias: ['x'] }, 400],
      [{ field: [{ name: 'credit', alias: 'name' }] }, 409],
      [
        {
          field: [
            { name: 'credit', alias: 'same' },
            { name: 'notes', alias: 'same' },
          ],
        },
        409,
      ],
      [{ field: [{ name: 'credit', validation: { nonsense: {} } }] }, 400],
      [{ field: [{ name: 'credit', validation: { match: { regexp: 'bm8=' } } }] }, 200],
      [
        { field: [{ name: 'credit', validation: { match: { regexp: Buffer.from('/(?=a)/').toString('base64') } } }] },
        400,
      ],
      [{ field: [{ name: 'credit', picklist: { a: 1 } }] }, 400],
    ] as const) {
      const answer = await context.ask({ method: 'PATCH', path: schema('customers'), body })
      assert.equal(answer.status, status, `${JSON.stringify(body)} → ${answer.text}`)
    }
    const readers: RoleSpec = { access: [{ component: '*', verbs: ['GET'] }] }
    await refused(
      context,
      { method: 'PATCH', path: schema('customers'), body: { label: 'x' }, as: readers },
      [401, 403],
    )
  }),
  extrasCheck('rules hold on what is written, each with its own words', async (context) => {
    const rule = (validation: object, more = {}) => patch(context, 'customers/_field/notes', { validation, ...more })
    const regexp = Buffer.from('/^[A-Z]{2}-\\d+$/').toString('base64')
    for (const [validation, good, bad, words, more] of [
      [{ email: {} }, 'a@b.ch', 'nobody', /must be a valid email address/],
      [{ url: {} }, 'https://a.ch/x', 'a b', /must be a valid URL/],
      [{ int: { range: { min: 1, max: 9 } } }, '7', '12', /not in the valid range/],
      [{ float: {} }, '0', 'much', /acceptable float/],
      [{ boolean: {} }, 'false', 'perhaps', /acceptable boolean/],
      [{ not_empty: {} }, '0', ' ', /can not be empty/],
      [{ not_null: {} }, '', null, /can not be null/],
      [{ not_zero: {} }, '1', '0', /can not be empty/],
      [{ match: { regexp } }, 'AB-12', 'AB-x', /value is invalid/],
      [{ picklist: {} }, 'red', 'green', /value is invalid/, { picklist: 'red,blue' }],
      [{ multi_picklist: { min: 2 } }, 'red,blue', 'red', /enough selections/, { picklist: ['red', 'blue'] }],
      [{ email: { on_fail: 'That is no address.' } }, 'a@b.ch', 'x', /^That is no address\.$/],
    ] as const) {
      await rule(validation, more)
      await given(context, { method: 'PATCH', path: at('customers', 1), body: { notes: good } })
      assert.match(await message(context, { notes: bad }), words, JSON.stringify(validation))
      const created = { name: 'V', email: 'v@example.com', notes: bad }
      const error = await refused(context, { method: 'POST', path: C, body: [created] }, 400)
      assert.match(error.context.resource[0].message, words)
    }
    await rule({ api_read_only: {} })
    const read = async (body: object) =>
      (await given(context, { method: 'PATCH', path: at('customers', 1), query: { fields: 'notes' }, body })).notes
    await given(context, { method: 'PATCH', path: at('customers', 1), body: { credit: 1 } })
    const before = await read({ credit: 1 })
    assert.equal(await read({ notes: 'changed', credit: 2 }), before)
    await rule({ email: { on_fail: 'ignore_field' } })
    assert.equal(await read({ notes: 'no address', credit: 3 }), before)
    await rule({ create_only: {} })
    assert.match(await message(context, { notes: 'later' }), /only be set during record creation/)
    await listed(context, { method: 'POST', path: C, body: [{ name: 'V', email: 'v@example.com', notes: 'now' }] })
    // A pattern that others would take ages for.
    await rule({ match: { regexp: Buffer.from('/^(a+)+$/').toString('base64') } })
    assert.match(await message(context, { notes: `${'a'.repeat(40)}!` }), /invalid/)
  }),
  extrasCheck('who wrote a record, and when, is filled in and not taken from the client', async (context) => {
    const stamps = {
      user_id_on_create: 'made_by',
      user_id_on_update: 'changed_by',
      timestamp_on_create: 'made',
      timestamp_on_update: 'changed',
    }
    const columns = Object.entries(stamps).map(([type, name]) => ({ name, type, allow_null: true }))
    const field = [{ name: 'id', type: 'id' }, { name: 'title', type: 'string' }, ...columns]
    await given(context, { method: 'POST', path: '_schema', body: { resource: [{ name: 'gw_stamped', field }] } })
    try {
      const ada: RoleSpec = { ...EVERYTHING, user: { id: 7, name: 'Ada' } }
      const bob: RoleSpec = { ...EVERYTHING, user: { id: 8, name: 'Bob' } }
      const lies = { made_by: 1, changed_by: 1, made: '1999-01-01 00:00:00', changed: '1999-01-01 00:00:00' }
      const query = { fields: '*' }
      const [made] = await listed(context, {
        method: 'POST',
        path: at('gw_stamped'),
        query,
        as: ada,
        body: [{ title: 'x', ...lies }],
      })
      assert.deepEqual([made.made_by, made.changed_by], [7, 7])
      assert.ok(!JSON.stringify(made).includes('1999'), JSON.stringify(made))
      const changed = await given(context, {
        method: 'PATCH',
        path: at('gw_stamped', made.id),
        query,
        as: bob,
        body: { title: 'y', ...lies },
      })
      assert.deepEqual([changed.made_by, changed.changed_by, changed.made], [7, 8, made.made])
      assert.ok(!JSON.stringify(changed).includes('1999'))
      // Described as what the source has, it is the client's again.
      const field = schema('gw_stamped/_field/changed')
      await given(context, { method: 'PATCH', path: field, body: { type: 'timestamp' } })
      assert.equal((await given(context, { path: field })).type, 'timestamp')
      const own = { method: 'PATCH', path: at('gw_stamped', made.id), query, body: lies }
      assert.match((await given(context, own)).changed, /^1999-01-01 00:00:00/)
    } finally {
      await given(context, { method: 'DELETE', path: schema('gw_stamped') })
    }
  }),
]
