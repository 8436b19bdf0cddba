/**
 * Checks for sources that make, change and drop tables (`capabilities.schema`). What a database can't is refused with
 * a reason: where a check allows for that, it says 501.
 */
import assert from 'node:assert/strict'
import { COLUMN_TYPES } from '@gw/records'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Answer, Ask } from '../harness.ts'
import { replyValidator } from '../replies.ts'
import { assertSilent, assertStored, at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'

const schema = (table?: string, rest = ''): string =>
  `_schema${table === undefined ? '' : `/${encodeURIComponent(table)}`}${rest}`
const field = (table: string, name?: string): string =>
  schema(table, `/_field${name === undefined ? '' : `/${encodeURIComponent(name)}`}`)

/** A check that leaves no table behind, whatever happens in it. */
const schemaCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(name, async (context) => {
    const before = new Set(await names(context))
    try {
      await run(context)
    } finally {
      const left = (await names(context)).filter((one) => !before.has(one))
      // Those that refer to others first: what can't be dropped yet is dropped in the next round.
      for (let round = 0; round < left.length; round++)
        for (const one of await names(context))
          if (!before.has(one)) await context.ask({ method: 'DELETE', path: schema(one) })
      assert.deepEqual(
        (await names(context)).filter((one) => !before.has(one)),
        [],
        'tables that can not be dropped',
      )
    }
  })
  return {
    ...check,
    requires: ({ type }) => (type.capabilities?.schema ? undefined : 'the source only describes its tables'),
  }
}

const names = (context: RecordsContext): Promise<readonly string[]> =>
  listed(context, { path: '_schema', query: { as_list: true } })

const create = async (context: RecordsContext, table: object): Promise<any> => {
  const [item] = await listed(context, {
    method: 'POST',
    path: '_schema',
    query: { fields: '*' },
    body: { resource: [table] },
  })
  return item
}
const described = (context: RecordsContext, table: string): Promise<any> => given(context, { path: schema(table) })
const fieldsIn = (description: any): Record<string, any> =>
  Object.fromEntries(description.field.map((one: any) => [one.name, one]))

/** Does it, or says that it can't. */
const doneOrNot = async (context: RecordsContext, ask: Ask): Promise<boolean> => {
  const answer: Answer = await context.ask(ask)
  assertSilent(answer.text)
  assert.ok([200, 501].includes(answer.status), `${ask.method} ${ask.path} → ${answer.status} ${answer.text}`)
  return answer.status === 200
}

const ID = { name: 'id', type: 'id' }
const TODO = {
  name: 'gw_todo',
  field: [
    ID,
    { name: 'title', type: 'string', length: 80, allow_null: false, is_unique: true },
    { name: 'done', type: 'boolean', default: false },
    {
      name: 'owner',
      type: 'reference',
      ref_table: 'customers',
      ref_field: 'id',
      ref_on_delete: 'SET NULL',
      allow_null: true,
    },
    { name: 'created', type: 'timestamp_on_create' },
    { name: 'price', type: 'decimal', precision: 10, scale: 2, allow_null: true, is_index: true },
    { name: 'kind', type: 'string', length: 20, default: "it's new" },
  ],
}

/** What a type may read back as, beside itself: its nearest relative that the database tells apart. */
const RELATIVES: Readonly<Record<string, readonly string[]>> = {
  bigid: ['id', 'bigint'],
  mediumid: ['id'],
  smallid: ['id'],
  reference: ['integer'],
  text: ['string'],
  mediumtext: ['text', 'string'],
  longtext: ['text', 'string'],
  tinyint: ['integer'],
  smallint: ['integer'],
  mediumint: ['integer'],
  money: ['decimal', 'string'],
  float: ['double'],
  jsonb: ['json'],
  json: ['text', 'string'],
  object: ['json', 'text', 'string'],
  uuid: ['string'],
  timeuuid: ['uuid', 'string'],
  timetz: ['time'],
  datetime: ['timestamp'],
  datetimetz: ['timestamp', 'datetime'],
  timestamptz: ['timestamp'],
  timestamp_on_create: ['timestamp'],
  timestamp_on_update: ['timestamp'],
}
const SAMPLES: Readonly<Record<string, unknown>> = {
  boolean: true,
  binary: 'AAH/',
  json: { a: 1 },
  jsonb: { a: 1 },
  object: { a: 1 },
  array: ['a'],
  uuid: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  timeuuid: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  date: '2024-05-06',
  time: '07:08:09',
  timetz: '07:08:09',
  string: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
}
const sampleOf = (type: string): unknown => SAMPLES[type] ?? (/^(date|time)/.test(type) ? '2024-05-06 07:08:09' : 7)

const definitions: readonly Check<RecordsContext>[] = [
  schemaCheck('a table is made as it is described, and its records are served at once', async (context) => {
    const made = await listed(context, { method: 'POST', path: '_schema', body: { resource: [TODO] } })
    assert.deepEqual(made, [{ name: 'gw_todo' }])
    const description = await described(context, 'GW_todo')
    assert.deepEqual(description.primary_key, ['id'])
    const { id, title, done, owner, created, price, kind } = fieldsIn(description)
    assert.deepEqual([id.type, id.auto_increment, id.is_primary_key, id.required], ['id', true, true, false])
    assert.deepEqual(
      [title.type, title.length, title.allow_null, title.is_unique, title.required],
      ['string', 80, false, true, true],
    )
    assert.deepEqual([done.type, done.default, done.allow_null, done.required], ['boolean', false, false, false])
    assert.deepEqual(
      [owner.type, owner.ref_table, owner.ref_field, owner.ref_on_delete, owner.allow_null],
      ['reference', 'customers', 'id', 'SET NULL', true],
    )
    assert.deepEqual(created.default, { expression: 'CURRENT_TIMESTAMP' })
    assert.deepEqual([price.type, price.precision, price.scale, price.is_index], ['decimal', 10, 2, true])
    assert.equal(kind.default, "it's new")
    assert.ok(Object.keys(description.constraints).some((name) => /^fk_gw_todo_owner/.test(name)))

    const [row] = await listed(context, {
      method: 'POST',
      path: at('gw_todo'),
      query: { fields: '*' },
      body: [{ title: 'one', owner: 1 }],
    })
    assert.deepEqual([row.title, row.done, row.owner, row.kind], ['one', false, 1, "it's new"])
    assert.ok(row.created)
    await refused(context, { method: 'POST', path: at('gw_todo'), body: [{ title: 'one' }] }, [400, 409])
    const related = await given(context, { path: at('customers', 1), query: { related: 'gw_todo_by_owner' } })
    assert.equal(related.gw_todo_by_owner.length, 1)
  }),
  schemaCheck('every simple type can be asked for, or is refused by name', async (context) => {
    const reads = new Map<string, unknown>()
    for (const type of COLUMN_TYPES) {
      const reference = type === 'reference' ? { ref_table: 'customers' } : {}
      const counted = /id$/.test(type) && !/uuid|user/.test(type)
      const columns = counted
        ? [{ name: 'value', type }]
        : [ID, { name: 'value', type, allow_null: true, ...reference }]
      const table = `gw_type_${type}`
      const body = {
        resource: [{ name: table, field: [...columns, { name: 'note', type: 'string', allow_null: true }] }],
      }
      if (!(await doneOrNot(context, { method: 'POST', path: '_schema', body }))) {
        assert.ok(!(await names(context)).includes(table))
        continue
      }
      const { value } = fieldsIn(await described(context, table))
      assert.ok(
        [type, ...(RELATIVES[type] ?? [])].includes(value.type),
        `${type} reads back as ${value.type} (${value.db_type})`,
      )
      reads.set(type, value.db_type)
      const record = counted ? { note: 'x' } : { value: type === 'reference' ? 1 : sampleOf(type), note: 'x' }
      const [row] = await listed(context, { method: 'POST', path: at(table), query: { fields: '*' }, body: [record] })
      // Who wrote it is not known here: this caller is an app, not a user.
      if (type.startsWith('user_id_on')) continue
      assert.notEqual(row.value, null, `${type} is lost`)
      if (typeof sampleOf(type) !== 'number' && !/date|time/.test(type))
        assert.deepEqual(row.value, sampleOf(type), type)
    }
    for (const type of [
      'id',
      'string',
      'text',
      'integer',
      'bigint',
      'decimal',
      'double',
      'boolean',
      'date',
      'time',
      'datetime',
      'timestamp',
      'binary',
      'reference',
    ])
      assert.ok(reads.has(type), `${type} is refused`)
    for (const type of ['row', 'column', 'table', 'ref_cursor', 'varchar2', 'virtual', '', 7, {}])
      await refused(
        context,
        { method: 'POST', path: '_schema', body: { resource: [{ name: 'gw_none', field: [{ name: 'a', type }] }] } },
        400,
      )
  }),
  schemaCheck('keys of several fields, references to the own table and defaults are kept', async (context) => {
    const made = await create(context, {
      name: 'gw_pairs',
      field: [
        { name: 'left', type: 'integer', is_primary_key: true },
        { name: 'right', type: 'string', length: 20, is_primary_key: true },
        { name: 'count', type: 'integer', default: -3 },
        { name: 'rate', type: 'decimal', precision: 6, scale: 2, default: '1.50' },
        { name: 'flag', type: 'boolean', default: true },
        { name: 'nothing', type: 'integer', default: null, allow_null: true },
        { name: 'day', type: 'date', default: '2024-05-06' },
      ],
    })
    assert.deepEqual(made.primary_key, ['left', 'right'])
    const { count, rate, flag, nothing, day } = fieldsIn(made)
    assert.deepEqual(
      [count.default, rate.default, flag.default, nothing.default, day.default],
      [-3, 1.5, true, null, '2024-05-06'],
    )
    const [row] = await listed(context, {
      method: 'POST',
      path: at('gw_pairs'),
      query: { fields: '*' },
      body: [{ left: 1, right: 'a' }],
    })
    assert.deepEqual([row.count, row.rate, row.flag, row.nothing, row.day], [-3, 1.5, true, null, '2024-05-06'])
    const tree = await create(context, {
      name: 'gw_tree',
      field: [
        ID,
        {
          name: 'parent',
          type: 'reference',
          ref_table: 'gw_tree',
          ref_field: 'id',
          ref_on_delete: 'CASCADE',
          allow_null: true,
        },
      ],
    })
    const { parent } = fieldsIn(tree)
    assert.deepEqual([parent.ref_table, parent.ref_field, parent.ref_on_delete], ['gw_tree', 'id', 'CASCADE'])
  }),
  schemaCheck(
    'tables of one request are made in the order of their references, and one failure does not stop the others',
    async (context) => {
      const resource = [
        { name: 'gw_child', field: [ID, { name: 'mother', type: 'reference', ref_table: 'gw_mother' }] },
        { name: 'gw_bad', field: [{ name: 'a', type: 'nonsense' }] },
        { name: 'gw_mother', field: [ID] },
      ]
      const items = await listed(context, { method: 'POST', path: '_schema', body: { resource } })
      assert.deepEqual([items[0], items[2]], [{ name: 'gw_child' }, { name: 'gw_mother' }])
      assert.equal(items[1].error.code, 400)
      assert.match(items[1].error.message, /nonsense/)
      await refused(context, { method: 'DELETE', path: schema('gw_mother') }, 409, /refer/)
      await refused(context, { method: 'DELETE', path: field('gw_mother', 'id') }, [400, 409])
      const dropped = await listed(context, {
        method: 'DELETE',
        path: '_schema',
        query: { ids: 'gw_mother,gw_child,gw_none' },
      })
      assert.deepEqual(dropped.slice(0, 2), [{ name: 'gw_mother' }, { name: 'gw_child' }])
      assert.equal(dropped[2].error.code, 404)
    },
  ),
]

const changes: readonly Check<RecordsContext>[] = [
  schemaCheck('a description that is sent back changes nothing', async (context) => {
    await create(context, TODO)
    for (const table of ['gw_todo', 'customers', 'orders', 'order_lines', 'Odd Names', 'samples']) {
      const before = await described(context, table)
      for (const method of ['PATCH', 'PUT', 'POST'])
        assert.deepEqual(await given(context, { method, path: schema(table), body: before }), { name: before.name })
      assert.deepEqual(await described(context, table), before)
    }
    const again = await listed(context, { method: 'POST', path: '_schema', body: { resource: [TODO] } })
    assert.deepEqual(again, [{ name: 'gw_todo' }])
  }),
  schemaCheck('fields are added, changed and dropped, or it is said why not', async (context) => {
    await create(context, TODO)
    await given(context, { method: 'POST', path: at('gw_todo'), body: [{ title: 'one' }] })
    const add = [
      { name: 'note', type: 'string', length: 40, allow_null: true },
      { name: 'rank', type: 'integer', default: 5 },
    ]
    const added = await given(context, {
      method: 'PATCH',
      path: schema('gw_todo'),
      query: { fields: '*' },
      body: { field: add },
    })
    const { note, rank } = fieldsIn(added)
    assert.deepEqual([note.type, note.length, note.allow_null, rank.default], ['string', 40, true, 5])
    assert.deepEqual((await listed(context, { path: at('gw_todo') }))[0].rank, 5)

    assert.deepEqual(
      await listed(context, {
        method: 'POST',
        path: field('gw_todo'),
        body: { resource: [{ name: 'extra', type: 'text', allow_null: true, is_index: false }] },
      }),
      [{ name: 'extra' }],
    )
    const one = await given(context, {
      method: 'POST',
      path: field('gw_todo', 'more'),
      query: { fields: '*' },
      body: { type: 'integer', allow_null: true, is_unique: true },
    })
    assert.deepEqual([one.name, one.type, one.is_unique], ['more', 'integer', true])
    await refused(context, { method: 'PATCH', path: field('gw_todo', 'nope'), body: { type: 'integer' } }, 404)

    await given(context, { method: 'PATCH', path: at('gw_todo', 1), body: { note: 'here' } })
    const changed = await doneOrNot(context, {
      method: 'PATCH',
      path: field('gw_todo', 'NOTE'),
      body: { length: 60, allow_null: false, default: 'none' },
    })
    const now = await given(context, { path: field('gw_todo', 'note') })
    assert.deepEqual([now.length, now.allow_null, now.default], changed ? [60, false, 'none'] : [40, true, null])
    if (
      await doneOrNot(context, {
        method: 'PATCH',
        path: field('gw_todo', 'rank'),
        body: { type: 'bigint', default: null, allow_null: true },
      })
    ) {
      const bigger = await given(context, { path: field('gw_todo', 'rank') })
      assert.deepEqual([bigger.type, bigger.default, bigger.allow_null], ['bigint', null, true])
    }
    await given(context, { method: 'PATCH', path: field('gw_todo', 'rank'), body: { is_index: true } })
    assert.equal((await given(context, { path: field('gw_todo', 'rank') })).is_index, true)
    await given(context, { method: 'PATCH', path: field('gw_todo', 'more'), body: { is_unique: false } })
    assert.equal((await given(context, { path: field('gw_todo', 'more') })).is_unique, false)

    for (const name of ['extra', 'more', 'rank'])
      assert.deepEqual(await given(context, { method: 'DELETE', path: field('gw_todo', name) }), { success: true })
    assert.deepEqual(await given(context, { method: 'DELETE', path: field('gw_todo'), query: { ids: 'note' } }), {
      success: true,
    })
    const left = (await described(context, 'gw_todo')).field.map(({ name }: any) => name)
    assert.deepEqual(
      left,
      TODO.field.map(({ name }) => name),
    )
    assert.equal((await listed(context, { path: at('gw_todo') }))[0].title, 'one')
  }),
  schemaCheck('PUT drops fields that a list leaves out, and none where there is no list', async (context) => {
    await create(context, {
      name: 'gw_put',
      field: [ID, { name: 'a', type: 'integer', allow_null: true }, { name: 'b', type: 'integer', allow_null: true }],
    })
    await given(context, { method: 'PUT', path: schema('gw_put'), body: { name: 'gw_put' } })
    assert.equal((await described(context, 'gw_put')).field.length, 3)
    await given(context, { method: 'PATCH', path: schema('gw_put'), body: { field: [{ name: 'id', type: 'id' }] } })
    assert.equal((await described(context, 'gw_put')).field.length, 3)
    await given(context, {
      method: 'PUT',
      path: schema('gw_put'),
      body: { field: [{ name: 'id', type: 'id' }, { name: 'b' }] },
    })
    assert.deepEqual(
      (await described(context, 'gw_put')).field.map(({ name }: any) => name),
      ['id', 'b'],
    )
    await refused(context, { method: 'PUT', path: schema('gw_put'), body: { field: [{ name: 'b' }] } }, 400, /key/)
  }),
  schemaCheck('a dropped table is gone at once, and can be made again', async (context) => {
    for (let round = 0; round < 2; round++) {
      await create(context, { name: 'gw_again', field: [ID, { name: `f${round}`, type: 'string', allow_null: true }] })
      await given(context, { method: 'POST', path: at('gw_again'), body: [{ [`f${round}`]: 'x' }] })
      assert.equal((await listed(context, { path: at('gw_again') }))[0][`f${round}`], 'x')
      assert.deepEqual(await given(context, { method: 'DELETE', path: schema('gw_again') }), { success: true })
      await refused(context, { path: at('gw_again') }, 404)
      await refused(context, { path: schema('gw_again') }, 404)
    }
  }),
  schemaCheck('the fields of a table are described in the words of its own description', async (context) => {
    const { field: own } = await described(context, 'orders')
    assert.deepEqual(await listed(context, { path: field('orders') }), own)
    assert.deepEqual(await listed(context, { path: field('orders'), query: { ids: 'total,ID' } }), [own[2], own[0]])
    assert.deepEqual(
      await listed(context, { path: field('orders'), query: { as_list: true } }),
      own.map(({ name }: any) => name),
    )
    assert.deepEqual(await given(context, { path: field('ORDERS', 'Total') }), own[2])
    assert.deepEqual(await given(context, { path: schema('orders', '/total') }), own[2])
    await refused(context, { path: field('orders', 'nope') }, 404, /No requested fields found in table 'orders'\./)
  }),
]

const refusals: readonly Check<RecordsContext>[] = [
  schemaCheck('a bad definition is refused as a whole, with a reason', async (context) => {
    const good = { name: 'good', type: 'integer', allow_null: true }
    const bad: readonly (readonly [object, RegExp])[] = [
      [{ name: 'a' }, /type/],
      [{ type: 'string' }, /Field name can not be empty/],
      [{ name: 'a', type: 'string', length: -1 }, /length/],
      [{ name: 'a', type: 'string', length: 0 }, /length/],
      [{ name: 'a', type: 'string', length: 1e9 }, /length/],
      [{ name: 'a', type: 'string', length: '80); drop table orders; --' }, /length/],
      [{ name: 'a', type: 'decimal', precision: 5, scale: 9 }, /scale/],
      [{ name: 'a', type: 'decimal', precision: 99_999 }, /precision/],
      [{ name: 'a', type: 'integer', default: 'many' }, /integer/],
      [{ name: 'a', type: 'timestamp', default: { expression: 'now(); drop table orders' } }, /CURRENT_TIMESTAMP/],
      [{ name: 'a', type: 'integer', default: { expression: 'CURRENT_TIMESTAMP' } }, /dates/],
      [{ name: 'a', type: 'string', default: ['x'] }, /text/],
      [{ name: 'a', type: 'string', lenght: 5 }, /lenght/],
      [{ name: 'a', sql: 'integer' }, /SQL/],
      [{ name: 'a', type: 'reference' }, /ref_table/],
      [{ name: 'a', type: 'reference', ref_table: 'nope' }, /no field to refer to/],
      [{ name: 'a', type: 'reference', ref_table: 'customers', ref_field: 'notes' }, /neither the key nor unique/],
      [{ name: 'a', type: 'reference', ref_table: 'customers', ref_on_delete: 'EXPLODE' }, /ref_on_delete/],
      [{ name: 'a', db_type: 'integer; drop table orders' }, /database type/],
      [{ name: 'a', db_type: 'nonsense(3)' }, /database type/],
      [{ name: 'GOOD', type: 'integer' }, /twice/],
    ]
    for (const [field, reason] of bad) {
      const table = { name: 'gw_bad', field: [ID, good, field] }
      await refused(context, { method: 'POST', path: '_schema', body: { resource: [table] } }, 400, reason)
      assert.ok(!(await names(context)).includes('gw_bad'))
    }
    await create(context, { name: 'gw_kept', field: [ID] })
    for (const [field, reason] of bad.slice(0, -1)) {
      await refused(
        context,
        { method: 'PATCH', path: schema('gw_kept'), body: { field: [good, { allow_null: true, ...field }] } },
        400,
        reason,
      )
      assert.equal((await described(context, 'gw_kept')).field.length, 1, 'half of a definition was carried out')
    }
    for (const method of ['POST', 'PUT', 'PATCH'])
      for (const body of [undefined, {}, { resource: [] }])
        await refused(context, { method, path: '_schema', body }, 400)
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ field: [ID] }] } },
      400,
      /Table name can not be empty/,
    )
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ name: 'gw_none' }] } },
      400,
      /at least one field/,
    )
    await refused(
      context,
      { method: 'PATCH', path: '_schema', body: { resource: [{ name: 'gw_none', field: [ID] }] } },
      404,
    )
    await refused(context, { method: 'POST', path: schema('gw_none'), body: { field: [ID] } }, 404)
    await refused(context, { method: 'DELETE', path: schema('gw_none') }, 404)
    await refused(context, { method: 'DELETE', path: '_schema' }, 400, /No data in schema delete request/)
    const exists = { method: 'POST', path: '_schema', query: { check_exist: true } }
    await refused(context, { ...exists, body: { resource: [{ name: 'gw_kept', field: [ID] }] } }, 409, /already exist/)
    await refused(context, { method: 'PATCH', path: schema('gw_kept'), body: { name: 'gw_other' } }, 400, /renaming/)
  }),
  schemaCheck('views and keys stay as they are', async (context) => {
    await refused(context, { method: 'DELETE', path: schema('active_customers') }, 400, /view/)
    const body = { field: [{ name: 'x', type: 'integer', allow_null: true }] }
    await refused(context, { method: 'PATCH', path: schema('active_customers'), body }, 400, /view/)
    await refused(context, { method: 'DELETE', path: field('active_customers', 'name') }, 400, /view/)
    await create(context, { name: 'gw_key', field: [ID, { name: 'a', type: 'integer', allow_null: true }] })
    await refused(context, { method: 'DELETE', path: field('gw_key', 'id') }, 400, /key/)
    await refused(context, { method: 'PATCH', path: field('gw_key', 'a'), body: { is_primary_key: true } }, 501)
    await refused(context, { method: 'PATCH', path: field('gw_key', 'a'), body: { auto_increment: true } }, 501)
    await refused(context, { method: 'DELETE', path: schema('customers') }, 409, /refer/)
    await assertStored(context, 'customers')
  }),
  schemaCheck('no name, type or default reaches the database as SQL', async (context) => {
    const texts = [
      `x'; drop table order_lines; --`,
      `x"; drop table order_lines; --`,
      'x`; drop table order_lines; --',
      `'`,
      `"`,
      '`',
      `\\`,
      `\\'; drop table order_lines; --`,
      `\\\\'`,
      'a\u0000b',
      '--',
      '/*',
      '*/',
      '/*!50000 x */',
      'x) ; drop table order_lines',
      'a b',
      ' a',
      'a ',
      '',
      'a.b',
      'a,b',
      'a*',
      '*',
      '(x)',
      '{x}',
      '$1',
      '?',
      ':x',
      '%',
      '%00',
      '__proto__',
      'constructor',
      'select',
      'rowid',
      'x'.repeat(200),
      '\u{1f98a}',
      'é',
      '\ud800',
      'null',
      "e'x'",
      '\n',
      'x\ny',
      'sqlite_x',
      'pg_x',
    ]
    const calls = texts.flatMap((text): Ask[] => {
      const body = (table: object) => ({ method: 'POST', path: '_schema', body: { resource: [table] } })
      return [
        body({ name: text, field: [ID] }),
        body({ name: 'gw_hostile', field: [ID, { name: text, type: 'integer', allow_null: true }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', db_type: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', db_type: `varchar(10) ${text}` }] }),
        body({ name: 'gw_hostile', options: text, field: [ID] }),
        body({ name: 'gw_hostile', options: `ENGINE=${text}`, field: [ID] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'reference', ref_table: text }] }),
        body({
          name: 'gw_hostile',
          field: [ID, { name: 'a', type: 'reference', ref_table: 'customers', ref_field: text }],
        }),
        body({
          name: 'gw_hostile',
          field: [ID, { name: 'a', type: 'reference', ref_table: 'customers', ref_on_update: text }],
        }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'integer', default: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'date', default: text }] }),
        body({ name: 'gw_hostile', field: [ID, { name: 'a', type: 'timestamp', default: { expression: text } }] }),
        body({ name: 'gw_hostile', [text]: text, field: [ID] }),
        body({ name: 'gw_hostile', primary_key: [text], field: [ID] }),
        { method: 'DELETE', path: '_schema', body: { ids: [text, text] } },
      ]
    })
    for (const ask of calls) {
      const answer = await context.ask(ask)
      assert.ok(
        answer.status < 500 || answer.status === 501,
        `${JSON.stringify(ask.body)} → ${answer.status} ${answer.text}`,
      )
      assertSilent(answer.text.replaceAll('sqlite_x', ''))
      if (answer.status !== 200) continue
      const { name } = answer.body.resource[0]
      if (name !== undefined) await context.ask({ method: 'DELETE', path: schema(name) })
    }
    await assertStored(context, 'order_lines').catch(async () =>
      assert.equal((await context.stored('order_lines')).length, 4, 'a foreign statement ran'),
    )
  }),
  schemaCheck('a default text comes back byte for byte', async (context) => {
    const texts = [
      `it's`,
      `'`,
      `''`,
      `\\`,
      `\\'`,
      `'\\`,
      `\\\\''x`,
      `"`,
      '`',
      '; --',
      `'; drop table orders; --`,
      '${x}',
      '$1',
      '?',
      'a\nb\tc',
      'Zoë',
      '%s',
      "e'x'",
      'true',
      '5',
      '{x}',
      'null',
      'current_timestamp',
      '',
    ]
    const columns = texts.map((text, at) => ({ name: `f${at}`, type: 'string', length: 60, default: text }))
    const made = await create(context, {
      name: 'gw_defaults',
      field: [ID, { name: 'n', type: 'integer', allow_null: true }, ...columns],
    })
    const [row] = await listed(context, {
      method: 'POST',
      path: at('gw_defaults'),
      query: { fields: '*' },
      body: [{ n: 1 }],
    })
    assert.deepEqual(
      texts.map((_, at) => row[`f${at}`]),
      texts,
    )
    const told = fieldsIn(made)
    assert.deepEqual(
      texts.map((_, at) => told[`f${at}`].default),
      texts,
    )
  }),
]

const role = (...access: RoleSpec['access']): RoleSpec => ({ access, user: { id: 1, name: 'Ada' } })
const READS = { component: '_table/*', verbs: ['GET'] } as const

const guards: readonly Check<RecordsContext>[] = [
  schemaCheck('a role makes the tables that it is allowed to make, and no others', async (context) => {
    const as = role(
      { component: '_schema/' },
      { component: '_schema/gw_todo' },
      { component: '_schema/gw_todo/*' },
      READS,
    )
    const make = (name: string) => ({
      method: 'POST',
      path: '_schema',
      body: { resource: [{ name, field: [ID] }] },
      as,
    })
    await refused(context, make('gw_other'), 403)
    await refused(context, make('GW_OTHER'), 403)
    assert.ok(!(await names(context)).some((name) => /^gw_other$/i.test(name)))
    assert.deepEqual(await listed(context, make('gw_todo')), [{ name: 'gw_todo' }])
    await refused(context, { method: 'DELETE', path: schema('orders'), as }, 403)
    const [one, other] = await listed(context, {
      method: 'DELETE',
      path: '_schema',
      query: { ids: 'samples,gw_todo' },
      as,
    })
    assert.equal(one.error.code, 403)
    assert.deepEqual(other, { name: 'gw_todo' })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      await refused(
        context,
        {
          method,
          path: '_schema',
          query: { ids: 'journal' },
          body: { resource: [{ name: 'journal', field: [{ name: 'x', type: 'integer', allow_null: true }] }] },
          as: role({ component: '_schema/*', verbs: ['GET'] }, READS),
        },
        403,
      )
    await assertStored(context, 'samples')
  }),
  schemaCheck('a denial of a table or a field holds under every spelling', async (context) => {
    await create(context, { name: 'gw_safe', field: [ID, { name: 'pay', type: 'integer', allow_null: true }] })
    const sly = role({ component: '*' }, { component: '_schema/*' }, { component: '_schema/gw_safe', verbs: [] })
    const body = { field: [{ name: 'x', type: 'integer', allow_null: true }] }
    for (const name of [
      'gw_safe',
      'GW_SAFE',
      'Gw_safe/',
      'gw_safe/_field/pay',
      'GW_SAFE/_field/PAY',
      'gw_Safe/pay',
      'gw_safe/_field',
    ])
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        await refused(
          context,
          {
            method,
            path: `_schema/${name}`,
            query: { ids: 'pay' },
            body: method === 'GET' ? undefined : body,
            as: sly,
          },
          403,
        )
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [{ name: 'GW_safe', ...body }] }, as: sly },
      403,
    )
    const oneField = role(
      { component: '*' },
      { component: '_schema/*' },
      { component: '_schema/gw_safe/_field/pay', verbs: [] },
    )
    for (const path of ['gw_safe/_field/pay', 'GW_SAFE/_field/Pay', 'gw_safe/pay', 'gw_SAFE/PAY'])
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await refused(
          context,
          { method, path: `_schema/${path}`, body: method === 'PATCH' ? { is_index: true } : undefined, as: oneField },
          403,
        )
    await refused(context, { method: 'DELETE', path: field('gw_safe'), query: { ids: 'PAY' }, as: oneField }, 403)
    assert.equal((await described(context, 'gw_safe')).field.length, 2)
  }),
  schemaCheck('fields that a role may not read are not described, changed, dropped or referred to', async (context) => {
    await create(context, {
      name: 'gw_secret',
      field: [
        ID,
        { name: 'pay', type: 'integer', allow_null: true, is_unique: true },
        { name: 'note', type: 'string', allow_null: true },
      ],
    })
    const as = role(
      { component: '_schema/*' },
      { component: '_table/*' },
      { component: '_table/gw_secret', deny: ['pay'] },
    )
    assert.deepEqual(
      (await listed(context, { path: field('gw_secret'), as })).map(({ name }) => name),
      ['id', 'note'],
    )
    await refused(context, { path: field('gw_secret', 'pay'), as }, 404)
    await refused(context, { path: field('gw_secret'), query: { ids: 'pay' }, as }, 404)
    await refused(context, { method: 'DELETE', path: field('gw_secret', 'PAY'), as }, 404)
    await refused(
      context,
      {
        method: 'PATCH',
        path: schema('gw_secret'),
        body: { field: [{ name: 'Pay', type: 'integer', allow_null: true }] },
        as,
      },
      403,
    )
    await refused(
      context,
      { method: 'POST', path: field('gw_secret', 'pay'), body: { is_index: true, type: 'integer' }, as },
      403,
    )
    const probe = {
      name: 'gw_probe',
      field: [ID, { name: 'pay', type: 'integer', ref_table: 'gw_secret', ref_field: 'pay' }],
    }
    await refused(
      context,
      { method: 'POST', path: '_schema', body: { resource: [probe] }, as },
      400,
      /no field to refer to/,
    )
    // What the role does not see is not left out of its list by its own will.
    await given(context, { method: 'PUT', path: schema('gw_secret'), body: { field: [ID] }, as })
    assert.deepEqual(
      (await described(context, 'gw_secret')).field.map(({ name }: any) => name),
      ['id', 'pay'],
    )
    const filter = { op: 'AND' as const, conditions: [{ name: 'id', operator: '=', value: 1 }] }
    await refused(
      context,
      { method: 'DELETE', path: schema('gw_secret'), as: role({ component: '_schema/*', filter }) },
      403,
    )
  }),
  schemaCheck('every answer is what is documented', async (context) => {
    await create(context, TODO)
    const document: any = await context.gateway.gateway.document({ service: 'db' })
    const validate = replyValidator(document)
    assert.ok(
      document.paths['/_schema/{table_name}']?.patch ?? document.paths['/_schema/gw_todo']?.patch,
      'not documented',
    )
    const calls: readonly Ask[] = [
      { method: 'POST', path: '_schema', body: { resource: [TODO, { name: 'gw_bad' }] } },
      { method: 'POST', path: '_schema', query: { fields: '*' }, body: { resource: [TODO] } },
      { method: 'PATCH', path: schema('gw_todo'), body: { field: [{ name: 'x', type: 'integer', allow_null: true }] } },
      { path: field('gw_todo') },
      { path: field('gw_todo', 'x') },
      { method: 'POST', path: field('gw_todo'), body: [{ name: 'y', type: 'integer', allow_null: true }] },
      { method: 'PATCH', path: field('gw_todo', 'x'), body: { is_index: true } },
      { method: 'DELETE', path: field('gw_todo'), query: { ids: 'y' } },
      { method: 'DELETE', path: field('gw_todo', 'x') },
      { method: 'DELETE', path: '_schema', query: { ids: 'gw_todo,gw_none' } },
      { method: 'DELETE', path: schema('gw_todo') },
    ]
    for (const ask of calls) validate(ask, await context.ask(ask))
  }),
]

export const schemaChecks: readonly Check<RecordsContext>[] = [
  ...definitions,
  ...changes,
  ...refusals,
  ...guards,
  {
    name: 'a source that only describes its tables says so where they are to be changed',
    requires: ({ type }) => (type.capabilities?.schema ? 'the source makes tables' : undefined),
    async run(context) {
      const body = { resource: [TODO] }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        await refused(context, { method, path: '_schema', body }, 501, /can not change its tables/)
        await refused(context, { method, path: schema('customers'), body: TODO }, 501, /can not change its tables/)
        await refused(context, { method, path: field('customers'), body }, 501, /can not change its tables/)
        await refused(context, { method, path: field('customers', 'name'), body: { type: 'text' } }, 501)
      }
    },
  },
]
