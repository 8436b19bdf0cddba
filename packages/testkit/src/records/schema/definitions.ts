/** Checks on tables that are made. */
import assert from 'node:assert/strict'
import { COLUMN_TYPES } from '@gw/records'
import type { Check } from '../../check.ts'
import { at, given, listed, type RecordsContext, refused } from '../context.ts'
import { create, described, doneOrNot, field, fieldsIn, ID, names, schema, schemaCheck, TODO } from './context.ts'

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
  datetimetz: ['timestamptz', 'timestamp', 'datetime'],
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

export const definitionChecks: readonly Check<RecordsContext>[] = [
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
    'tables of one request are made in the order of their references, all of them or none',
    async (context) => {
      const mother = { name: 'gw_mother', field: [ID] }
      const child = { name: 'gw_child', field: [ID, { name: 'mother', type: 'reference', ref_table: 'gw_mother' }] }
      const before = await names(context)
      const bad = { name: 'gw_bad', alias: 'gw_named', field: [{ name: 'a', type: 'nonsense' }] }
      const make = (...resource: readonly object[]) => ({ method: 'POST', path: '_schema', body: { resource } })
      const error = await refused(context, make(child, bad, mother), 400, /'gw_bad': .*nonsense.* Nothing .* was done/)
      assert.deepEqual([error.context.index, error.context.done], [1, []])
      assert.deepEqual(await names(context), before)
      assert.deepEqual(await listed(context, make(child, mother)), [{ name: 'gw_child' }, { name: 'gw_mother' }])
      await refused(context, { method: 'DELETE', path: schema('gw_mother') }, 409, /refer/)
      await refused(context, { method: 'DELETE', path: field('gw_mother', 'id') }, [400, 409])
      const drop = (ids: string) => ({ method: 'DELETE', path: '_schema', query: { ids } })
      await refused(context, drop('gw_mother,gw_child,gw_none'), 404)
      assert.deepEqual(
        (await names(context)).filter((name) => !before.includes(name)),
        ['gw_child', 'gw_mother'],
      )
      const dropped = await listed(context, drop('gw_mother,gw_child'))
      assert.deepEqual(dropped, [{ name: 'gw_mother' }, { name: 'gw_child' }])
    },
  ),
  schemaCheck(
    'what the database refuses of one table undoes the others, or it is said that they are done',
    async (context) => {
      await create(context, { name: 'gw_full', field: [ID, { name: 'a', type: 'integer', allow_null: true }] })
      await given(context, { method: 'POST', path: at('gw_full'), body: [{ a: 1 }, { a: 1 }] })
      const before = await names(context)
      const column = { name: 'b', type: 'integer', allow_null: true }
      const resource = [
        { name: 'gw_first', alias: 'gw_alias', field: [ID, { name: 'x', alias: 'y', type: 'integer' }] },
        // Its values are not unique, which only the database knows.
        { name: 'gw_full', label: 'Filled', field: [column, { name: 'a', label: 'One', is_unique: true }] },
        { name: 'gw_last', field: [ID] },
      ]
      const error = await refused(context, { method: 'POST', path: '_schema', body: { resource } }, [400, 409])
      assert.equal(error.context.table, 'gw_full')
      const undone = /Nothing of the request was done/.test(error.message)
      const made = (await names(context)).filter((name) => !before.includes(name))
      assert.deepEqual([made, error.context.done], undone ? [[], []] : [['gw_alias'], ['gw_first']])
      const full = await described(context, 'gw_full')
      assert.deepEqual([full.label, fieldsIn(full).a.label, fieldsIn(full).a.is_unique], ['Gw Full', 'A', false])
      if (undone) {
        assert.equal(fieldsIn(full).b, undefined)
        // Nothing is remembered of a table that was not made.
        const again = await create(context, { name: 'gw_first', field: [ID, { name: 'x', type: 'integer' }] })
        assert.deepEqual([again.alias, fieldsIn(again).x.alias], [null, null])
      } else assert.equal(fieldsIn(await described(context, 'gw_alias')).x.alias, 'y')
    },
  ),
]
