/** Checks on writing one record and many: what is answered, and what is stored afterwards. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { assertStored, at, given, listed, pick, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const C = at('customers')
const seed = seedOf('customers')
const fresh = { name: 'Kim', email: 'kim@example.com' }
const stored = { active: true, credit: null, born: null, created: null, notes: null }

const UPDATES = ['PUT', 'PATCH'] as const

export const writeChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('what is no number is stored as one where the source has it, and refused elsewhere', async (context) => {
    const write = (credit: unknown) => ({ method: 'PATCH', path: at('customers', 1), body: { credit } })
    const answer = await context.ask(write('NaN'))
    if (answer.status === 200) {
      assert.equal((await given(context, { path: at('customers', 1) })).credit, 'NaN')
      const query = { filter: "credit = 'NaN'", fields: 'id' }
      assert.deepEqual(await listed(context, { path: at('customers'), query }), [{ id: 1 }])
    } else {
      await refused(context, write('NaN'), 400, /'credit' must be a valid number/)
      await assertStored(context, 'customers')
    }
    await context.fresh()
    // The field declares its digits, and no infinity has that many.
    for (const credit of ['Infinity', '-Infinity', 'nan', 'inf', 'Nan5', '+Infinity'])
      await refused(context, write(credit), 400)
    // Neither equal to, nor below or above a number: outside of every filter.
    for (const operator of ['=', '<', '<=', '>', '>=', '!=']) {
      const filter = { op: 'AND', conditions: [{ name: 'credit', operator, value: 12.5 }] } as const
      const as = { access: [{ component: '*', filter }] } as never
      await refused(
        context,
        { method: 'POST', path: at('customers'), as, body: [{ name: 'N', email: 'n@example.com', credit: 'NaN' }] },
        [400, 403],
      )
    }
    await assertStored(context, 'customers')
  }),
  recordsCheck(
    'POST creates a record from a list, a wrapped list or a wrapped object, and answers its id',
    async (context) => {
      const bodies = [
        { resource: [fresh] },
        [{ ...fresh, email: 'k2@example.com' }],
        { resource: { ...fresh, email: 'k3@example.com' } },
      ]
      const made: number[] = []
      for (const body of bodies) {
        const answer = await given(context, { method: 'POST', path: C, body })
        assert.deepEqual(Object.keys(answer), ['resource'])
        assert.deepEqual(Object.keys(answer.resource[0]), ['id'])
        made.push(answer.resource[0].id)
      }
      assert.equal(new Set([...made, ...seed.map((row) => row.id)]).size, 13)
      const [first, second, third] = made
      await assertStored(context, 'customers', {
        [first!]: { id: first, ...fresh, ...stored },
        [second!]: { id: second, ...fresh, email: 'k2@example.com', ...stored },
        [third!]: { id: third, ...fresh, email: 'k3@example.com', ...stored },
      })
    },
  ),
  recordsCheck('POST with fields answers the record as it is stored, defaults included', async (context) => {
    const record = { id: 77, ...fresh, credit: 1.5, born: '2010-01-02', created: '2024-05-06 07:08:09', notes: 'n' }
    const [all] = await listed(context, { method: 'POST', path: C, query: { fields: '*' }, body: [record] })
    assert.deepEqual(all, { ...record, active: true })
    const body = [
      { id: 78, name: 'Lou', email: 'lou@example.com' },
      { email: 'max@example.com', name: 'Max', id: 79 },
    ]
    const some = await listed(context, { method: 'POST', path: C, query: { fields: 'name,id' }, body })
    assert.deepEqual(some, [
      { name: 'Lou', id: 78 },
      { name: 'Max', id: 79 },
    ])
  }),
  recordsCheck('values are stored in the type of their field and come back as they were sent', async (context) => {
    const record = {
      id: 1,
      flag: true,
      big: 4611686018427,
      ratio: 0.1,
      price: 12.5,
      day: '2024-02-29',
      at: '13:14:15',
      moment: '2024-02-29 13:14:15',
    }
    const [made] = await listed(context, {
      method: 'POST',
      path: at('samples'),
      query: { fields: '*' },
      body: [record],
    })
    assert.deepEqual(made, { ...record, data: null })
    const coerced = { id: 2, flag: 'yes', big: '12', ratio: '2.5', price: '3.10' }
    await given(context, { method: 'POST', path: at('samples'), body: [coerced] })
    const read = await given(context, { path: at('samples', 2) })
    assert.deepEqual(pick(read, Object.keys(coerced)), { id: 2, flag: true, big: 12, ratio: 2.5, price: 3.1 })
    const text = `Robert'); DROP TABLE customers;--\u{1f600} \\ % _ "`
    await given(context, { method: 'PATCH', path: at('customers', 1), body: { notes: text } })
    assert.equal((await given(context, { path: at('customers', 1) })).notes, text)
  }),
  recordsCheck(
    'binary travels as base64',
    async (context) => {
      const data = Buffer.from([0, 1, 2, 253, 254, 255]).toString('base64')
      const [made] = await listed(context, {
        method: 'POST',
        path: at('samples'),
        query: { fields: 'data' },
        body: [{ data }],
      })
      assert.deepEqual(made, { data })
    },
    'binary',
  ),
  recordsCheck('a value that does not fit its field is refused and stores nothing', async (context) => {
    const dates = [{ born: 'someday' }, { created: '2024-13-45 99:00:00' }]
    const wrong = [
      { id: 'abc' },
      { credit: 'lots' },
      { name: null },
      ...(context.lacks.includes('dateTypes') ? [] : dates),
    ]
    for (const change of wrong)
      await refused(context, { method: 'POST', path: C, body: [{ ...fresh, ...change }] }, 400)
    await refused(context, { method: 'PATCH', path: at('customers', 1), body: { name: null } }, 400, /name/i)
    await refused(context, { method: 'PATCH', path: at('orders', 1), body: { customer_id: 'abc' } }, 400, /customer_id/)
    await assertStored(context, 'customers')
  }),
  recordsCheck('unknown keys of a record are dropped, and a record of nothing else is refused', async (context) => {
    const [made] = await listed(context, {
      method: 'POST',
      path: C,
      query: { fields: 'name' },
      body: [{ ...fresh, nope: 1 }],
    })
    assert.deepEqual(made, { name: 'Kim' })
    const error = await refused(context, { method: 'POST', path: C, body: [{ nope: 1 }] }, 400)
    assert.equal(error.code, 1000)
    assert.match(error.context.resource[0].message, /No valid fields were found in record/)
  }),
  recordsCheck('a required field that is missing is named', async (context) => {
    const error = await refused(context, { method: 'POST', path: C, body: [{ name: 'Kim' }] }, 400)
    assert.match(error.context.resource[0].message, /email/)
  }),
  recordsCheck('a body without records is refused', async (context) => {
    for (const body of [undefined, {}, { name: 'Kim' }, { resource: [] }, [], 'text', 5])
      await refused(context, { method: 'POST', path: C, body }, 400)
    await refused(context, { method: 'POST', path: C, body: '{"resource":[' }, 400)
    await assertStored(context, 'customers')
  }),
  ...UPDATES.map((method) =>
    recordsCheck(`${method} by id changes the fields given and no others`, async (context) => {
      assert.deepEqual(await given(context, { method, path: at('customers', 2), body: { notes: 'seen' } }), { id: 2 })
      await assertStored(context, 'customers', { 2: { notes: 'seen' } })
      const answer = await given(context, {
        method,
        path: at('customers', 3),
        query: { fields: '*' },
        body: { credit: 5, notes: null },
      })
      assert.deepEqual(answer, { ...seed[2], credit: 5, notes: null })
      assert.deepEqual(
        await given(context, { method, path: at('customers', 3), body: { credit: 5 } }),
        { id: 3 },
        'the same values again',
      )
    }),
  ),
  recordsCheck('the id of a record is not changed by its body', async (context) => {
    await given(context, { method: 'PATCH', path: at('customers', 2), body: { id: 99, notes: 'seen' } })
    await assertStored(context, 'customers', { 2: { notes: 'seen' } })
  }),
  recordsCheck('by id, a record that is not there is 404 and nothing changes', async (context) => {
    await refused(
      context,
      { method: 'PATCH', path: at('customers', 999), body: { notes: 'x' } },
      404,
      /'999' not found/,
    )
    await refused(context, { method: 'DELETE', path: at('customers', 999) }, 404, /'999' not found/)
    await assertStored(context, 'customers')
  }),
  ...UPDATES.map((method) =>
    recordsCheck(`${method} changes a list of records, each by its own id`, async (context) => {
      const body = {
        resource: [
          { id: 2, notes: 'two' },
          { id: 3, notes: 'three', active: false },
        ],
      }
      assert.deepEqual(await listed(context, { method, path: C, body }), [{ id: 2 }, { id: 3 }])
      await assertStored(context, 'customers', { 2: { notes: 'two' }, 3: { notes: 'three', active: false } })
    }),
  ),
  recordsCheck('the first record is applied to all ids given', async (context) => {
    const answer = await listed(context, {
      method: 'PATCH',
      path: C,
      query: { ids: '4,2' },
      body: { resource: [{ notes: 'both' }] },
    })
    assert.deepEqual(answer, [{ id: 4 }, { id: 2 }])
    await assertStored(context, 'customers', { 2: { notes: 'both' }, 4: { notes: 'both' } })
  }),
  recordsCheck(
    'an update by filter changes what matches, and answers it even where it matches no longer',
    async (context) => {
      const query = { filter: 'active=false', fields: 'id,active' }
      const answer = await listed(context, { method: 'PATCH', path: C, query, body: { resource: [{ active: true }] } })
      assert.deepEqual(
        answer.toSorted((a, b) => a.id - b.id),
        [2, 5, 8].map((id) => ({ id, active: true })),
      )
      await assertStored(context, 'customers', { 2: { active: true }, 5: { active: true }, 8: { active: true } })
    },
  ),
  recordsCheck('an update without id, ids or filter is refused', async (context) => {
    await refused(context, { method: 'PATCH', path: C, body: { resource: [{ notes: 'all' }] } }, 400)
    await refused(context, { method: 'PUT', path: C, body: { notes: 'all' } }, 400)
    await refused(
      context,
      { method: 'PATCH', path: C, query: { filter: '' }, body: { resource: [{ notes: 'all' }] } },
      400,
    )
    await refused(
      context,
      { method: 'PATCH', path: C, query: { ids: '' }, body: { resource: [{ notes: 'all' }] } },
      400,
    )
    await assertStored(context, 'customers')
  }),
  recordsCheck('DELETE by id, ids, records or filter removes those and answers them', async (context) => {
    assert.deepEqual(await given(context, { method: 'DELETE', path: at('customers', 3) }), { id: 3 })
    assert.deepEqual(await listed(context, { method: 'DELETE', path: C, query: { ids: '5,7' } }), [
      { id: 5 },
      { id: 7 },
    ])
    assert.deepEqual(await listed(context, { method: 'DELETE', path: C, body: { resource: [{ id: 8 }] } }), [{ id: 8 }])
    const query = { filter: 'id >= 9', fields: 'name' }
    const names = (await listed(context, { method: 'DELETE', path: C, query })).map((row) => row.name).toSorted()
    assert.deepEqual(names, ['Ivan', 'Joan'])
    await assertStored(context, 'customers', {
      3: undefined,
      5: undefined,
      7: undefined,
      8: undefined,
      9: undefined,
      10: undefined,
    })
  }),
  recordsCheck('DELETE of nothing in particular is refused; force removes everything', async (context) => {
    await refused(
      context,
      { method: 'DELETE', path: at('journal') },
      400,
      /^No filter or records given for delete request\.$/,
    )
    await refused(context, { method: 'DELETE', path: at('journal'), query: { filter: '' } }, 400)
    await refused(context, { method: 'DELETE', path: at('order_lines'), query: { ids: '' } }, 400)
    assert.equal((await context.stored('journal')).length, 3)
    assert.deepEqual(await given(context, { method: 'DELETE', path: at('journal'), query: { force: true } }), {
      success: true,
    })
    assert.deepEqual(await context.stored('journal'), [])
  }),
  recordsCheck(
    'a table without key takes new rows, and changes by filter',
    async (context) => {
      await given(context, { method: 'POST', path: at('journal'), body: [{ kind: 'fee', amount: 1 }] })
      await given(context, {
        method: 'PATCH',
        path: at('journal'),
        query: { filter: 'kind=fee' },
        body: [{ amount: 2 }],
      })
      await given(context, { method: 'DELETE', path: at('journal'), query: { filter: 'kind=in' } })
      const rows = (await context.stored('journal')).toSorted((a, b) => a.amount - b.amount)
      assert.deepEqual(rows, [
        { kind: 'fee', amount: 2 },
        { kind: 'out', amount: 3 },
      ])
      await refused(context, { method: 'PATCH', path: at('journal'), body: [{ kind: 'in', amount: 0 }] }, 400)
    },
    'keys',
  ),
  recordsCheck(
    'a composite key is carried by the records',
    async (context) => {
      const path = at('order_lines')
      const made = await listed(context, { method: 'POST', path, body: [{ order_id: 3, line: 1, product: 'cup' }] })
      assert.deepEqual(made, [{ order_id: 3, line: 1 }])
      await given(context, { method: 'PATCH', path, body: [{ order_id: 1, line: 2, quantity: 9 }] })
      await given(context, { method: 'DELETE', path, body: [{ order_id: 1, line: 1 }] })
      const rows = (await context.stored('order_lines')).toSorted((a, b) => a.order_id - b.order_id || a.line - b.line)
      assert.deepEqual(rows, [
        { order_id: 1, line: 2, product: 'ink', quantity: 9 },
        { order_id: 2, line: 1, product: 'pen', quantity: 3 },
        { order_id: 3, line: 1, product: 'cup', quantity: 1 },
        { order_id: 4, line: 1, product: 'desk', quantity: 1 },
      ])
      await refused(context, { method: 'DELETE', path, body: [{ order_id: 2 }] }, 400)
      assert.equal((await context.stored('order_lines')).length, 4)
    },
    'keys',
  ),
  recordsCheck('awkward names are written like any other', async (context) => {
    const path = at('Odd Names')
    const record = { order: 9, 'full name': 'Cy N', MixedCase: 'x', select: 's', 'quo"te': '"' }
    const [made] = await listed(context, { method: 'POST', path, query: { fields: '*' }, body: [record] })
    assert.deepEqual(pick(made, Object.keys(record)), record)
    await given(context, { method: 'PATCH', path: at('Odd Names', 1), body: { order: 8, mixedcase: 'y' } })
    assert.deepEqual(pick(await given(context, { path: at('Odd Names', 1) }), ['order', 'MixedCase']), {
      order: 8,
      MixedCase: 'y',
    })
  }),
  recordsCheck('a conflict on a path id is 409', async (context) => {
    await refused(context, { method: 'PATCH', path: at('customers', 1), body: { email: 'bob@example.com' } }, 409)
    await assertStored(context, 'customers')
  }),
  recordsCheck(
    'a broken reference on a path id is 409',
    async (context) => {
      await refused(context, { method: 'DELETE', path: at('customers', 1) }, 409)
      await refused(context, { method: 'PATCH', path: at('orders', 1), body: { customer_id: 999 } }, 409)
      await assertStored(context, 'customers')
      await assertStored(context, 'orders')
    },
    'foreignKeys',
  ),
]
