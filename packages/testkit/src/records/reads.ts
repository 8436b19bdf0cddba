/** Checks on reading: lists, single records, pages, selections by id, and the names of things. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { alikeOn, at, given, listed, pick, type RecordsContext, recordsCheck, refused, tablesOf } from './context.ts'
import { seedOf, standardTable } from './standard.ts'

const C = at('customers')
const seed = seedOf('customers')
const ids = (rows: readonly any[]) => rows.map((row) => row.id)
const by =
  (field: string, direction = 1) =>
  (a: any, b: any) =>
    a[field] < b[field] ? -direction : a[field] > b[field] ? direction : 0

const tunnelled = { method: 'POST', headers: { 'x-http-method': 'GET' } }

export const readChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('paths below a table that lead nowhere are not found, whatever the verb', async (context) => {
    for (const path of ['_schema/customers/x/y', '_schema/customers/_field/name/x', '_schema/none/x/y'])
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
        await refused(context, { method, path, ...(method !== 'GET' && { body: {} }) }, 404)
  }),
  recordsCheck(
    'a table list returns every row with every field, in the types of the wire contract',
    async (context) => {
      for (const { name } of alikeOn(context)) {
        const rows = await listed(context, { path: at(name) })
        const key = standardTable(name).fields[0]!.name
        const sorted = (list: readonly any[]) => list.toSorted((a, b) => by(key)(a, b) || by('line')(a, b))
        assert.deepEqual(sorted(rows), sorted(seedOf(name)), name)
        for (const row of rows)
          assert.deepEqual(
            Object.keys(row),
            standardTable(name).fields.map((field) => field.name),
          )
      }
    },
  ),
  recordsCheck('_table lists every table and view by name', async (context) => {
    const names = tablesOf(context).map(({ name }) => name)
    const found = (await listed(context, { path: '_table' })).map((item) => item.name)
    for (const name of names) assert.ok(found.includes(name), `${name} is not listed`)
    const bare = await listed(context, { path: '_table', query: { as_list: true } })
    for (const name of names) assert.ok(bare.includes(name), `${name} is not in the bare list`)
  }),
  recordsCheck('a record is read bare by its id, and one that is not there is 404', async (context) => {
    assert.deepEqual(await given(context, { path: at('customers', 5) }), seed[4])
    assert.deepEqual(await given(context, { path: at('customers', 5), query: { fields: 'id,name' } }), {
      id: 5,
      name: 'Emil',
    })
    const error = await refused(
      context,
      { path: at('customers', 999) },
      404,
      /^Record with identifier '999' not found\.$/,
    )
    assert.deepEqual(pick(error, ['code', 'context']), { code: 404, context: null })
  }),
  recordsCheck('an id that is no number is refused, and never read as one', async (context) => {
    for (const id of ['abc', '5abc', '1 OR 1=1', "1'--", '1,2', '0x5', '1e0'])
      await refused(context, { path: at('customers', id) }, [400, 404])
  }),
  recordsCheck('a table that does not exist is 404', async (context) => {
    await refused(context, { path: at('nope') }, 404, /^Table "nope" does not exist in the database\.$/)
    await refused(context, { path: at('nope', 1) }, 404)
    await refused(context, { path: at('customers; drop table customers') }, 404)
  }),
  recordsCheck('fields come in the order asked for, in the spelling of the schema', async (context) => {
    const [row] = await listed(context, { path: C, query: { fields: 'NAME,id', limit: 1, order: 'id' } })
    assert.deepEqual(Object.entries(row), [
      ['name', 'Ada'],
      ['id', 1],
    ])
    const [selected] = await listed(context, { path: C, query: { select: 'email', top: 1, sort: 'id' } })
    assert.deepEqual(selected, { email: 'ada@example.com' })
    assert.deepEqual(
      ids(await listed(context, { path: C, query: { fields: '' } })).toSorted((a, b) => a - b),
      ids(seed),
    )
  }),
  recordsCheck('an unknown field is refused wherever it is named', async (context) => {
    await refused(context, { path: C, query: { fields: 'id,nope' } }, 400, /^Invalid field requested: nope$/)
    await refused(context, { path: C, query: { order: 'nope' } }, 400, /^Invalid field 'nope' in order by clause\.$/)
    await refused(context, { path: C, query: { filter: 'nope=1' } }, 400, /'nope'/)
    await refused(context, { path: at('customers', 1), query: { fields: 'nope' } }, 400, /nope/)
    await refused(context, { path: C, query: { ids: '1', id_field: 'nope' } }, 400)
  }),
  recordsCheck('order sorts by several fields, up and down, with nulls where asked', async (context) => {
    const by2 = await listed(context, { path: C, query: { order: 'active desc, name asc', fields: 'id' } })
    assert.deepEqual(ids(by2), [1, 3, 4, 6, 7, 9, 10, 2, 5, 8])
    const first = await listed(context, { path: C, query: { order: 'credit asc nulls first,id', fields: 'id' } })
    assert.deepEqual(ids(first), [3, 9, 5, 2, 10, 7, 1, 6, 4, 8])
    const last = await listed(context, { path: C, query: { order: 'credit desc nulls last,id asc', fields: 'id' } })
    assert.deepEqual(ids(last), [8, 4, 1, 6, 7, 10, 2, 5, 3, 9])
    const after = await listed(context, { path: C, query: { order: 'credit asc nulls last,id', fields: 'id' } })
    assert.deepEqual(ids(after), [5, 2, 10, 7, 1, 6, 4, 8, 3, 9])
    const before = await listed(context, { path: C, query: { order: 'credit desc nulls first,id', fields: 'id' } })
    assert.deepEqual(ids(before), [3, 9, 8, 4, 1, 6, 7, 10, 2, 5])
    const wide = seed.toSorted((a, b) => by('email', -1)(a, b))
    assert.deepEqual(ids(await listed(context, { path: C, query: { order_by: 'email DESC' } })), ids(wide))
  }),
  recordsCheck('an order with a semicolon is refused', async (context) => {
    await refused(
      context,
      { path: C, query: { order: 'id; drop table customers' } },
      400,
      /^Invalid order by clause in request\.$/,
    )
    await refused(context, { path: C, query: { order: 'id, (select 1)' } }, 400)
  }),
  recordsCheck('limit and offset page through a list without gap or overlap', async (context) => {
    const seen: number[] = []
    for (let offset = 0; offset < 12; offset += 3)
      seen.push(...ids(await listed(context, { path: C, query: { order: 'id', limit: 3, offset } })))
    assert.deepEqual(seen, ids(seed))
    assert.deepEqual(ids(await listed(context, { path: C, query: { order: 'id', top: 2, skip: 4 } })), [5, 6])
    assert.deepEqual(await listed(context, { path: C, query: { order: 'id', limit: 5, offset: 100 } }), [])
  }),
  recordsCheck('a valid limit has no meta; include_count adds count, and next while there is more', async (context) => {
    assert.deepEqual(Object.keys(await given(context, { path: C, query: { limit: 2 } })), ['resource'])
    const counted = (query: object) => given(context, { path: C, query: { include_count: true, ...query } })
    assert.deepEqual((await counted({ limit: 2, offset: 4 })).meta, { count: 10, next: 6 })
    assert.deepEqual((await counted({ limit: 2, offset: 8 })).meta, { count: 10 })
    assert.deepEqual((await counted({ limit: 2, filter: 'active=true' })).meta, { count: 7, next: 2 })
  }),
  recordsCheck('a page never exceeds max_records, and says how many there are', async (context) => {
    for (const limit of [undefined, 0, -1, 4, 1000000, 'abc']) {
      const body = await given(context, {
        service: 'small',
        path: C,
        query: { order: 'id', ...(limit !== undefined && { limit }) },
      })
      assert.deepEqual(ids(body.resource), [1, 2, 3], `limit ${limit}`)
      assert.deepEqual(body.meta, { count: 10, next: 3 }, `limit ${limit}`)
    }
    const all = await given(context, { service: 'small', path: at('journal') })
    assert.deepEqual([all.resource.length, all.meta], [3, undefined])
  }),
  recordsCheck('count_only answers a bare number', async (context) => {
    assert.equal(await given(context, { path: C, query: { count_only: true } }), 10)
    assert.equal(await given(context, { path: C, query: { count_only: true, filter: 'active=false', limit: 1 } }), 3)
  }),
  recordsCheck('ids select records in the order asked for, always as a list', async (context) => {
    assert.deepEqual(ids(await listed(context, { path: C, query: { ids: '3,1,7' } })), [3, 1, 7])
    assert.deepEqual(await listed(context, { path: C, query: { ids: '5', fields: 'name' } }), [{ name: 'Emil' }])
    assert.deepEqual(ids(await listed(context, { ...tunnelled, path: C, body: { ids: [2, 4] } })), [2, 4])
    const records = { resource: [{ id: 6 }, { id: 5 }] }
    assert.deepEqual(ids(await listed(context, { ...tunnelled, path: C, body: records })), [6, 5])
  }),
  recordsCheck('ids of which some are missing are a batch error', async (context) => {
    const error = await refused(context, { path: C, query: { ids: '1,999,2', fields: 'id' } }, 400)
    assert.deepEqual(pick(error, ['code', 'message']), {
      code: 1000,
      message: 'Batch Error: Not all requested records could be retrieved.',
    })
    assert.deepEqual(error.context.error, [1])
    assert.deepEqual([error.context.resource.length, error.context.resource[0]], [2, { id: 1 }])
    const all = await refused(context, { path: C, query: { ids: '1,999,2', fields: 'id', continue: true } }, 400)
    assert.deepEqual([all.code, all.context.error, all.context.resource[2]], [1000, [1], { id: 2 }])
  }),
  recordsCheck('id_field reads by another field than the key', async (context) => {
    const query = { id_field: 'email', id_type: 'string', fields: 'id,email' }
    assert.deepEqual(await given(context, { path: at('customers', 'fay@example.com'), query }), {
      id: 6,
      email: 'fay@example.com',
    })
    assert.deepEqual(
      ids(await listed(context, { path: C, query: { ...query, ids: 'bob@example.com,ada@example.com' } })),
      [2, 1],
    )
    await refused(context, { path: at('customers', 'no@example.com'), query }, 404)
  }),
  recordsCheck('as_list answers bare identifiers', async (context) => {
    assert.deepEqual(await listed(context, { path: C, query: { as_list: true, order: 'id', limit: 3 } }), [1, 2, 3])
  }),
  recordsCheck('include_schema adds the description of the table', async (context) => {
    const { meta } = await given(context, { path: C, query: { include_schema: true, limit: 1 } })
    assert.equal(meta.schema.name, 'customers')
    assert.deepEqual(
      meta.schema.field.map((field: any) => field.name),
      standardTable('customers').fields.map((field) => field.name),
    )
  }),
  recordsCheck('options in the body count where the query has none of that name', async (context) => {
    const body = { filter: 'id > :low', params: { ':low': 7 }, order: 'id desc', fields: 'id', limit: 2 }
    assert.deepEqual(await listed(context, { ...tunnelled, path: C, body }), [{ id: 10 }, { id: 9 }])
    assert.deepEqual(await listed(context, { ...tunnelled, path: C, query: { limit: 1 }, body }), [{ id: 10 }])
  }),
  recordsCheck('tables and fields with awkward names are read like any other', async (context) => {
    const path = at('Odd Names')
    const query = { fields: 'order,full name,MixedCase,select,quo"te', order: 'order desc', limit: 1 }
    const { id: _id, ...odd } = seedOf('Odd Names')[0]!
    assert.deepEqual(await listed(context, { path, query }), [odd])
    assert.deepEqual(ids(await listed(context, { path, query: { filter: '(order > 1) AND (MixedCase = one)' } })), [1])
    assert.deepEqual(ids(await listed(context, { path, query: { filter: 'select = none' } })), [3])
  }),
  recordsCheck(
    'a view and a table without key are listed, and have no records by id',
    async (context) => {
      const active = await listed(context, { path: at('active_customers'), query: { filter: 'name starts with A' } })
      assert.deepEqual(active, [{ id: 1, name: 'Ada', email: 'ada@example.com' }])
      for (const table of ['active_customers', 'journal']) await refused(context, { path: at(table, 1) }, [400, 500])
      assert.equal((await given(context, { path: at('active_customers', 3), query: { id_field: 'id' } })).name, 'Cleo')
    },
    ['views', 'keys'],
  ),
  recordsCheck('verbs that a path does not have are 400', async (context) => {
    await refused(context, { method: 'POST', path: '_table', body: {} }, 400)
    await refused(context, { method: 'POST', path: at('customers', 1), body: { name: 'x' } }, 400)
    await refused(context, { path: '_nothing' }, 404)
  }),
]
