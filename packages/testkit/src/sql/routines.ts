/** Checks on stored procedures and functions: for every dialect that declares them, over `standardRoutines`. */
import assert from 'node:assert/strict'
import { about, type Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { given, listed, refused } from '../records/context.ts'
import { replyValidator } from '../replies.ts'
import { type SqlContext, sqlCheck } from './context.ts'
import { functionCheck, lacking, proc, procedureCheck } from './routine-check.ts'
import { routineRights } from './routine-rights.ts'

const UPTO_2 = [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Bob' },
]

const calls: readonly Check<SqlContext>[] = [
  procedureCheck(
    'arguments are taken by name, by position, as a list, from the path and from the query',
    async ({ records }) => {
      const path = '_proc/total_for'
      const asks: readonly Ask[] = [
        proc('total_for', { uid: 1 }),
        proc('total_for', { UID: '1' }),
        proc('total_for', [1]),
        proc('total_for', [{ name: 'Uid', value: 1 }]),
        proc('total_for', [
          { name: 'uid', value: 1 },
          { name: 'total', value: null },
        ]),
        { path: '_proc/total_for(1)' },
        { path: '_proc/TOTAL_FOR(%201%20)' },
        { method: 'POST', path: '_proc/total_for(1)' },
        { path, query: { uid: 1 } },
        { path, query: { UID: 1, wrap: 'false', accept: 'application/json' } },
        { method: 'POST', path, query: { uid: 1 } },
      ]
      for (const ask of asks) assert.deepEqual(await given(records, ask), { total: 55.5 }, JSON.stringify(ask))
    },
  ),
  procedureCheck('the body wins over the path, and the path over the query', async ({ records }) => {
    const both = { path: '_proc/total_for(2)', query: { uid: 1 } }
    assert.deepEqual(await given(records, both), { total: 5.25 })
    assert.deepEqual(await given(records, { ...both, method: 'POST', body: { params: { uid: 4 } } }), { total: 100.5 })
    assert.deepEqual(await given(records, { ...both, method: 'POST', body: { params: {} } }), { total: 5.25 })
  }),
  procedureCheck('a call that is to be undone is refused, by GET as well', async ({ records }) => {
    const headers = { prefer: 'tx=rollback' }
    const asks = [{ path: '_proc/total_for(1)' }, proc('total_for', { uid: 1 })]
    for (const ask of asks) await refused(records, { ...ask, headers }, 501, /Nothing was done/)
  }),
  procedureCheck('an argument that is left out is null', async ({ records }) => {
    assert.deepEqual(await given(records, { path: '_proc/total_for' }), { total: null })
  }),
  procedureCheck('a lookup is resolved after arguments are taken apart', async ({ records }) => {
    const as: RoleSpec = { access: [{}], lookups: { team: '1', sly: '1,2' } }
    assert.deepEqual(await given(records, { path: '_proc/total_for({team})', as }), { total: 55.5 })
    assert.deepEqual(await given(records, { ...proc('total_for', { uid: '{team}' }), as }), { total: 55.5 })
    await refused(records, { path: '_proc/total_for({sly})', as }, 400, /'uid' must be a valid integer/)
  }),
  procedureCheck('INOUT parameters go in and come out, OUT ones come out by name', async ({ records }) => {
    assert.deepEqual(await given(records, proc('count_up', { n: 5, step: 2 })), { n: 7 })
    assert.deepEqual(await given(records, proc('count_up', [40, 2])), { n: 42 })
  }),
  procedureCheck('one row set is a bare array, under the wrapper where one is named', async ({ records }) => {
    assert.deepEqual(await given(records, proc('customers_upto', { last: 2 })), UPTO_2)
    assert.deepEqual(await given(records, proc('customers_upto', { last: 0 })), [])
    assert.deepEqual(await given(records, proc('customers_upto', { last: 2 }, { wrapper: 'data' })), { data: UPTO_2 })
    const query = { last: 2, wrapper: 'data' }
    assert.deepEqual(await given(records, { path: '_proc/customers_upto', query }), { data: UPTO_2 })
  }),
  procedureCheck('several row sets are an array of arrays', async ({ records }) => {
    assert.deepEqual(await given(records, proc('two_sets', { last: 2 })), [
      [{ id: 1 }, { id: 2 }],
      [
        { number: 1, credit: 12.5 },
        { number: 2, credit: 0 },
      ],
    ])
  }),
  procedureCheck('rows stand beside OUT parameters, and are left out where there are none', async ({ records }) => {
    const rows = [{ id: 1, credit: 12.5 }]
    assert.deepEqual(await given(records, proc('rows_and_total', { last: 1 })), { resource: rows, total: 2 })
    assert.deepEqual(await given(records, proc('rows_and_total', { last: 1 }, { wrapper: 'data' })), {
      data: rows,
      total: 2,
    })
    assert.deepEqual(await given(records, proc('rows_and_total', { last: 0 })), { total: 0 })
  }),
  procedureCheck('nothing is an empty array, and what was done is done', async ({ records }) => {
    assert.deepEqual(await given(records, proc('note', { what: 'called', much: 3 })), [])
    const rows = await listed(records, {
      path: '_table/journal',
      query: { filter: "kind = 'called'", fields: 'kind,amount' },
    })
    assert.deepEqual(rows, [{ kind: 'called', amount: 3 }])
  }),
  procedureCheck('returns reduces to one value, schema casts fields and OUT values', async ({ records }) => {
    assert.equal(await given(records, proc('customers_upto', { last: 2 }, { returns: 'string' })), '1')
    assert.deepEqual(await given(records, proc('customers_upto', { last: 2 }, { returns: 'TABLE' })), UPTO_2)
    assert.equal(await given(records, { path: '_proc/customers_upto', query: { last: 2, returns: 'integer' } }), 1)
    const schema = { total: 'string', credit: 'int' }
    assert.deepEqual(await given(records, proc('rows_and_total', { last: 1 }, { schema })), {
      resource: [{ id: 1, credit: 12 }],
      total: '2',
    })
    await refused(records, proc('customers_upto', { last: 2 }, { returns: 'blob' }), 400, /Unknown type/)
    await refused(records, proc('customers_upto', { last: 2 }, { schema: { id: 'x' } }), 400, /Unknown type/)
  }),
  functionCheck('a function of one value answers it bare', async ({ records }) => {
    assert.equal(await given(records, { path: '_func/add_up(40,2)' }), 42)
    assert.equal(await given(records, { path: '_func/ADD_UP', query: { A: 40, b: 2 } }), 42)
    assert.equal(await given(records, { method: 'POST', path: '_func/add_up', body: { params: [40, 2] } }), 42)
    assert.equal(await given(records, { path: '_func/add_up' }), null)
    assert.equal(await given(records, { path: '_func/big_number' }), '9007199254740993')
    assert.deepEqual(await given(records, { path: '_func/add_up(1,2)', query: { wrapper: 'sum' } }), { sum: 3 })
    assert.equal(await given(records, { path: '_func/add_up(1,2)', query: { returns: 'string' } }), '3')
  }),
  sqlCheck(
    'a table function answers its rows',
    async ({ records }) => {
      const rows = [{ id: 10, name: 'Joan' }]
      assert.deepEqual(await given(records, { path: '_func/customers_above(9)' }), rows)
      assert.deepEqual(await given(records, { path: '_func/customers_above(9)', query: { wrapper: 'data' } }), {
        data: rows,
      })
      assert.deepEqual(await given(records, { path: '_func/customers_above(99)' }), [])
    },
    (context) =>
      lacking('functions')(context) ??
      (context.options.routines?.tableFunctions ? undefined : 'the dialect has no functions that give rows'),
  ),
]

const refusals: readonly Check<SqlContext>[] = [
  ...about(
    ['sql.procedures', 'sql.functions'],
    [
      sqlCheck('a service without routines does not know their paths', async ({ records, options: { dialect } }) => {
        const { resource } = await given(records, { path: '' })
        for (const [branch, kind] of [
          ['_proc', 'procedures'],
          ['_func', 'functions'],
        ] as const) {
          const has = dialect.capabilities[kind]
          assert.equal(
            resource.some(({ name }: { name: string }) => name === branch),
            has,
          )
          if (has) continue
          await refused(records, { path: branch }, 404, new RegExp(`Resource '${branch}' not found`))
          await refused(records, { method: 'POST', path: `${branch}/x` }, 404, /not found/)
        }
      }),
    ],
  ),
  procedureCheck('bad calls are 4xx and say why, without reaching the database', async ({ records, spy }) => {
    await given(records, { path: '_proc' })
    spy.forget()
    await refused(records, { path: '_proc/nope' }, 404, /^Procedure 'nope' does not exist in the database\.$/)
    await refused(records, { path: '_proc', query: { ids: 'nope' } }, 404, /Procedure 'nope'/)
    await refused(records, { path: '_func/nope(1)' }, 404, /'_func|Function 'nope' does not exist in the database/)
    await refused(records, proc('total_for', { nope: 1 }), 400, /Unknown parameter 'nope'.+uid/)
    await refused(records, { path: '_proc/total_for', query: { nope: 1 } }, 400, /Unknown parameter 'nope'/)
    await refused(records, proc('total_for', [1, 2, 3]), 400, /takes 1 argument/)
    await refused(records, { path: '_proc/total_for(1,2,3)' }, 400, /takes 1 argument/)
    await refused(records, { path: '_proc/total_for(1' }, 400, /must end with/)
    await refused(records, proc('total_for', { uid: 'x' }), 400, /Parameter 'uid' must be a valid integer/)
    await refused(records, proc('total_for', { uid: 1, UID: 2 }), 400, /given twice/)
    await refused(records, proc('total_for', 'uid=1'), 400, /'params' must be/)
    await refused(records, { ...proc('total_for'), body: { uid: 1 } }, 400, /Unknown key 'uid'.+'params'/)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      await refused(records, { method, path: '_proc/total_for', body: {} }, 400, /not currently supported/)
      await refused(records, { method, path: '_proc', body: {} }, 400, /not currently supported/)
    }
    await refused(records, { method: 'POST', path: '_proc', body: {} }, 400, /not currently supported/)
    assert.deepEqual(spy.statements, [])
  }),
  procedureCheck('what fails inside a routine is told in one fixed sentence', async ({ records }) => {
    const error = await refused(records, proc('fails'), 500, /^Failed to call database stored procedure\.$/)
    assert.doesNotMatch(JSON.stringify(error), /operator/)
  }),
  functionCheck(
    'no argument reaches the database as SQL, and text comes back byte for byte',
    async ({ records, spy }) => {
      const texts = [
        `'; drop table orders; --zqx`,
        `zqx') or (1=1`,
        '"zqx`\\',
        'zqx$1?:a@b',
        'zqx\u{1f98a}\n\t',
        '{zqx}',
        '${zqx}',
      ]
      for (const word of texts) {
        const body = { params: { word } }
        assert.equal(await given(records, { method: 'POST', path: '_func/same_text', body }), word)
        assert.equal(await given(records, { path: '_func/same_text', query: { word } }), word)
        const name = await records.ask({ path: '_func/same_text', query: { [word]: '1' } })
        assert.equal(name.status, 400, name.text)
        const path = await records.ask({ path: `_func/${encodeURIComponent(word)}` })
        assert.ok([400, 404].includes(path.status), path.text)
      }
      assert.deepEqual(
        spy.statements.filter(({ sql }) => sql.includes('zqx')),
        [],
      )
    },
  ),
]

const lists: readonly Check<SqlContext>[] = [
  procedureCheck('the lists name what may be called, and ids describe it', async ({ records }) => {
    const names = await listed(records, { path: '_proc', query: { as_list: true } })
    for (const name of ['total_for', 'count_up', 'note', 'fails']) assert.ok(names.includes(name), name)
    assert.ok(!names.includes('add_up'))
    const [item] = (await listed(records, { path: '_proc', query: { fields: '*' } })).filter(
      ({ name }) => name === 'note',
    )
    assert.deepEqual(Object.keys(item), ['alias', 'name', 'label', 'description', 'native', 'access'])
    assert.deepEqual(
      await listed(records, { path: '_proc', query: { fields: 'name' } }),
      names.map((name) => ({ name })),
    )
    const [described] = await listed(records, { path: '_proc', query: { ids: 'TOTAL_FOR' } })
    assert.deepEqual(
      [described.name, described.label, described.return_type, described.access],
      ['total_for', 'Total For', null, 31],
    )
    assert.deepEqual(
      described.params.map((one: any) => [one.name, one.position, one.param_type, one.type]),
      [
        ['uid', 1, 'IN', 'integer'],
        ['total', 2, 'OUT', 'decimal'],
      ],
    )
  }),
  functionCheck('functions are listed with what they return', async ({ records }) => {
    const [described] = await listed(records, { path: '_func', query: { ids: 'add_up' } })
    assert.equal(described.return_type, 'integer')
    assert.deepEqual(
      described.params.map((one: any) => one.param_type),
      ['IN', 'IN'],
    )
  }),
  procedureCheck('roles are offered each routine, and documents describe it', async ({ records }) => {
    const list = await listed(records, { path: '', query: { as_access_list: true } })
    for (const component of ['_proc/', '_proc/*', '_proc/total_for']) assert.ok(list.includes(component), component)
    const document: any = await records.gateway.gateway.document({ service: 'db' })
    const operation = document.paths['/_proc/total_for']?.post ?? document.paths['/db/_proc/total_for']?.post
    assert.ok(operation, 'a procedure that is not documented')
    assert.match(JSON.stringify(document), /"uid"/)
  }),
]

/** One of each kind of answer. */
const CALLS: readonly Ask[] = [
  { path: '_proc' },
  { path: '_proc', query: { fields: '*' } },
  { path: '_proc', query: { as_list: true } },
  { path: '_proc', query: { ids: 'total_for' } },
  { path: '_proc', query: { ids: 'nope' } },
  { path: '_proc/total_for', query: { uid: 1 } },
  { path: '_proc/total_for', query: { nope: 1 } },
  proc('total_for', { uid: 1 }),
  proc('customers_upto', { last: 2 }),
  proc('customers_upto', { last: 2 }, { returns: 'integer' }),
  proc('two_sets', { last: 2 }),
  proc('rows_and_total', { last: 2 }, { wrapper: 'data' }),
  proc('note', ['documented', 1]),
  proc('fails'),
]

const replies: readonly Check<SqlContext>[] = [
  procedureCheck('every answer is what is documented', async ({ records }) => {
    const validate = replyValidator((await records.gateway.gateway.document({ service: 'db' })) as any)
    for (const ask of CALLS) validate(ask, await records.ask(ask))
  }),
  procedureCheck(
    'rows are answered in other formats, too, and wrapped where that is asked for',
    async ({ records }) => {
      const path = '_proc/customers_upto(2)'
      const csv = await records.ask({ path, headers: { accept: 'text/csv' } })
      assert.deepEqual(csv.text.trim().split(/\r?\n/), ['id,name', '1,Ada', '2,Bob'])
      const lines = await records.ask({ path, headers: { accept: 'application/x-ndjson' } })
      assert.deepEqual(
        lines.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
        UPTO_2,
      )
      assert.match((await records.ask({ path, headers: { accept: 'application/xml' } })).text, /<name>Ada<\/name>/)
      assert.deepEqual(await given(records, { path, query: { wrap: true } }), { resource: UPTO_2 })
    },
  ),
]

const proven: Check<SqlContext> = {
  name: 'declared procedures and functions are there to be tested',
  run({ options: { dialect, routines } }) {
    const { procedures, functions } = dialect.capabilities
    assert.ok(routines || !(procedures || functions), 'declared, but not created by prepare (option `routines`)')
  },
}

export const routineChecks: readonly Check<SqlContext>[] = [
  proven,
  ...routineRights,
  ...calls,
  ...refusals,
  ...lists,
  ...replies,
]
