/** Checks on `_spec`: what a reader is told of a records service, under the rights that the reader has (§1.4). */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { alikeOn, given, type RecordsContext, recordsCheck, refused, tablesOf } from './context.ts'
import { STANDARD, type StandardTable, seedOf } from './standard.ts'

const modelFor = (context: RecordsContext, query: object = {}, as?: RoleSpec): Promise<any> =>
  given(context, { path: '_spec', query: { model: true, ...query }, as })

/** Whose records can be told apart, and put in one order. */
const keyed = ({ primaryKey, rows }: StandardTable): boolean => primaryKey.length > 0 && rows.length > 0

/** What of a document is about tables: the rest is the same for all readers, examples included. */
const aboutTables = ({ paths, components, ...document }: any): string =>
  JSON.stringify([
    Object.keys(paths),
    components.schemas,
    document['x-dreamfactory-resources'],
    document['x-dreamfactory-relationships'],
  ])

/** Reads active customers without their notes, and orders; nothing else, and no description. */
const NARROW: RoleSpec = {
  access: [
    { component: '_spec', verbs: ['GET'] },
    { component: '_table/orders/*', verbs: ['GET'] },
    {
      component: '_table/customers/*',
      verbs: ['GET'],
      deny: ['notes'],
      filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
    },
  ],
}
/** Of what the others refer to, nothing. */
const ORDERS: RoleSpec = {
  access: [
    { component: '_spec', verbs: ['GET'] },
    { component: '_table/orders', verbs: ['GET', 'POST'], deny: ['total'] },
  ],
}

export const explainedChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'a model has each table with its columns, its keys and what refers to what',
    async (context) => {
      const { service, tables, relationships } = await modelFor(context, { stock: true })
      assert.equal(service, 'db')
      assert.deepEqual(Object.keys(tables).toSorted(), STANDARD.map(({ name }) => name).toSorted())
      for (const { name, fields } of STANDARD)
        assert.deepEqual(
          tables[name].columns.map((column: any) => column.name),
          fields.map((field) => field.name),
          name,
        )
      assert.deepEqual(tables.order_lines.columns.slice(0, 2), [
        { name: 'order_id', type: 'reference', pk: true, required: true, fk: 'orders.id' },
        { name: 'line', type: 'integer', pk: true, required: true },
      ])
      assert.deepEqual(tables.orders.columns[0], { name: 'id', type: 'id', pk: true })
      assert.deepEqual(
        relationships.customers.find(({ name }: any) => name === 'orders_by_customer_id'),
        {
          name: 'orders_by_customer_id',
          type: 'has_many',
          field: 'id',
          ref_table: 'orders',
          ref_field: 'customer_id',
          usage: 'related=orders_by_customer_id',
        },
      )
      assert.match(tables.order_lines.hints.join(), /order_id, line/)
    },
    'foreignKeys',
  ),
  recordsCheck('a model counts records, shows three of them, and lists values that repeat', async (context) => {
    const { tables, query_templates: templates } = await modelFor(context)
    for (const table of tablesOf(context)) {
      const { row_count: count, sample_data: sample } = tables[table.name]
      assert.equal(count, table.rows.length, table.name)
      assert.equal(sample.length, Math.min(3, table.rows.length), table.name)
      if (keyed(table) && alikeOn(context).includes(table)) assert.deepEqual(sample, table.rows.slice(0, 3), table.name)
    }
    assert.deepEqual(tables.orders.enum_values, { status: ['new', 'paid', 'sent', 'void'] })
    assert.deepEqual(tables.journal.enum_values, { kind: ['in', 'out'] })
    // Texts that are dates repeat as texts do.
    const { born: _born, created: _created, ...repeating } = tables.customers.enum_values
    assert.deepEqual(context.lacks.includes('dateTypes') ? repeating : tables.customers.enum_values, {})
    assert.ok(templates.length > STANDARD.length)
    // Each of them is a call that can be made.
    for (const { method, path } of templates) {
      const answer = await context.ask({ method, path: path.replace('{id}', '1') })
      assert.ok(answer.status === 200 || (answer.status === 404 && path.includes('{id}')), `${path}: ${answer.text}`)
    }
  }),
  recordsCheck('a model is as long as it was asked to be', async (context) => {
    const some = await modelFor(context, { tables: 'ORDERS, journal' })
    assert.deepEqual(Object.keys(some.tables), ['orders', 'journal'])
    const { tables, ...stock } = await modelFor(context, { tables: 'orders', stock: true })
    assert.deepEqual(Object.keys(tables.orders), ['columns', 'row_count', 'hints'])
    assert.equal('query_templates' in stock, false)
    await refused(context, { path: '_spec', query: { model: true, tables: 'orders,none' } }, 404)
  }),
  recordsCheck('a model knows no table, no record and no field that is not its reader’s', async (context) => {
    const model = await modelFor(context, {}, NARROW)
    assert.deepEqual(Object.keys(model.tables).toSorted(), ['customers', 'orders'])
    const active = seedOf('customers').filter((row) => row.active)
    assert.equal(model.tables.customers.row_count, active.length)
    assert.deepEqual(
      model.tables.customers.sample_data,
      active.slice(0, 3).map(({ notes: _notes, ...row }) => row),
    )
    assert.doesNotMatch(JSON.stringify(model), /notes|order_lines|journal/)
    const orders = await modelFor(context, {}, ORDERS)
    assert.doesNotMatch(JSON.stringify(orders), /customers|total|reference/)
    assert.deepEqual(orders.relationships, {})
    for (const tables of ['customers', 'none'])
      await refused(context, { path: '_spec', query: { model: true, tables }, as: ORDERS }, 404, /does not exist/)
  }),
  recordsCheck('a description shows its reader no table, field or reference that is not theirs', async (context) => {
    const whole = await given(context, { path: '_spec' })
    assert.deepEqual(
      whole['x-dreamfactory-resources'].toSorted(),
      tablesOf(context)
        .map(({ name }) => name)
        .toSorted(),
    )
    assert.match(aboutTables(whole), /"notes".*journal/)
    const narrow = await given(context, { path: '_spec', as: NARROW })
    assert.deepEqual(Object.keys(narrow.paths).toSorted(), [
      '/_table/customers',
      '/_table/customers/{id}',
      '/_table/orders',
      '/_table/orders/{id}',
    ])
    assert.doesNotMatch(aboutTables(narrow), /notes|order_lines|journal/)
    const orders = await given(context, { path: '_spec', as: ORDERS })
    assert.deepEqual(Object.keys(orders.paths['/_table/orders']), ['get', 'post'])
    assert.doesNotMatch(aboutTables(orders), /customers|"total"/)
    const short = await given(context, { path: '_spec', query: { compact: true, tables: true }, as: ORDERS })
    assert.deepEqual(short['x-dreamfactory-resources'], ['orders'])
  }),
]
