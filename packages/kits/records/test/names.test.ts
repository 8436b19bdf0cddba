import { type Grant, GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  catalogOf,
  recordsCanonical,
  recordsConfigShape,
  recordsEndpoints,
  recordsOptions,
  recordsResources,
} from '../src/index.ts'
import { memorySource } from '../src/memory.ts'
import { api, customers, FREE, field, ID, lines, orders, shop, table } from './gateway.ts'

const names = (answer: any): string[] => answer.resource.map((item: any) => item.name)
const only = (...components: string[]): Readonly<Record<string, Grant>> =>
  Object.fromEntries(['GET ', 'GET _table', 'GET _schema', ...components].map((component) => [component, FREE]))

describe('lists show what the caller may use', () => {
  test('the root', async () => {
    expect(names(await api(shop()).ask('GET /'))).toEqual(['_schema', '_table'])
    expect(names(await api(shop()).ask('GET /', { grants: { 'GET ': FREE, '_table/orders': FREE } }))).toEqual([
      '_table',
    ])
    expect(names(await api(shop()).ask('GET /', { grants: { 'GET ': FREE } }))).toEqual([])
  })
  test('the names that roles are made of', async () => {
    const query = { as_access_list: 'true' }
    const all = await api(memorySource({ tables: [customers] })).ask('GET /', { query })
    expect(all).toEqual([
      '',
      '*',
      '_schema/',
      '_schema/*',
      '_schema/customers/',
      '_schema/customers/*',
      '_table/',
      '_table/*',
      '_table/customers/',
      '_table/customers/*',
      '_batch',
    ])
    const some = await api(shop()).ask('GET /', { query, grants: only('POST _table/orders') })
    expect(some).toEqual(['', '*', '_schema/', '_schema/*', '_table/', '_table/*', '_table/orders/', '_table/orders/*'])
  })
  test('_table, with the verbs that are allowed', async () => {
    const shown = api(shop())
    expect(names(await shown.ask('GET /_table'))).toEqual(['customers', 'orders', 'lines', 'journal'])
    const answer = await shown.ask('GET /_table', { grants: only('POST _table/orders', 'GET _table/lines') })
    expect(answer.resource).toEqual([
      {
        name: 'orders',
        label: 'Orders',
        description: null,
        native: [],
        plural: 'Orders',
        is_view: false,
        access: ['POST'],
      },
      {
        name: 'lines',
        label: 'Lines',
        description: null,
        native: [],
        plural: 'Lines',
        is_view: false,
        access: ['GET'],
      },
    ])
    expect(names(await shown.ask('GET /_table', { query: { ids: 'Lines, nope' } }))).toEqual(['lines'])
  })
  test('_table of one database schema', async () => {
    const sales = table('sales.items', [ID], { native: 'items', schema: 'sales' })
    const shown = api(memorySource({ tables: [customers, sales] }))
    expect(names(await shown.ask('GET /_table', { query: { schema: 'SALES' } }))).toEqual(['sales.items'])
  })
  test('_schema, and full descriptions of those that ids names', async () => {
    const shown = api(shop())
    const listed = await shown.ask('GET /_schema', { grants: only('GET _schema/orders', 'GET _table/lines') })
    expect(listed.resource).toMatchObject([{ alias: null, name: 'orders', access: ['GET'] }])
    const full = (ask: object) => shown.ask('GET /_schema', ask)
    expect(
      (await full({ query: { ids: 'ORDERS,lines' } })).resource.map((one: any) => [one.name, one.field.length]),
    ).toEqual([
      ['orders', 3],
      ['lines', 3],
    ])
    expect(names(await full({ body: { resource: ['lines', { name: 'orders' }] } }))).toEqual(['lines', 'orders'])
    expect(names(await full({ body: { ids: ['lines'] } }))).toEqual(['lines'])
    expect((await shown.refused('GET /_schema', { query: { ids: 'nope' } })).code).toBe('not_found')
    expect((await shown.refused('GET /_schema', { query: { ids: 'lines' }, grants: only() })).code).toBe('forbidden')
  })
})

describe('a table is described', () => {
  test('with all keys of the wire contract', async () => {
    const described = await api(shop()).ask('GET /_schema/ORDERS')
    expect(Object.keys(described)).toEqual([
      'alias',
      'name',
      'label',
      'description',
      'native',
      'plural',
      'is_view',
      'primary_key',
      'name_field',
      'field',
      'related',
      'constraints',
      'access',
    ])
    expect(described).toMatchObject({ alias: null, name: 'orders', label: 'Orders', primary_key: ['id'], access: 31 })
    expect(described.constraints).toEqual({
      fk_orders: {
        constraint_type: 'foreign key',
        constraint_schema: null,
        constraint_name: 'FK_Orders',
        table_schema: null,
        table_name: 'orders',
        column_name: 'customer_id',
        referenced_table_schema: null,
        referenced_table_name: 'customers',
        referenced_column_name: 'id',
        update_rule: null,
        delete_rule: 'RESTRICT',
      },
    })
    expect(described.field[1]).toEqual({
      alias: null,
      name: 'customer_id',
      label: 'Customer Id',
      description: null,
      native: [],
      type: 'reference',
      db_type: 'integer',
      length: null,
      precision: null,
      scale: null,
      default: null,
      required: true,
      allow_null: false,
      fixed_length: false,
      supports_multibyte: false,
      auto_increment: false,
      is_primary_key: false,
      is_unique: false,
      is_index: true,
      is_foreign_key: true,
      ref_table: 'customers',
      ref_field: 'id',
      ref_on_update: null,
      ref_on_delete: null,
      picklist: null,
      validation: null,
      db_function: null,
      is_virtual: false,
      is_aggregate: false,
    })
    expect(described.field[0].type).toBe('id')
    expect(described.related).toMatchObject([
      {
        name: 'customers_by_customer_id',
        type: 'belongs_to',
        field: 'customer_id',
        ref_table: 'customers',
        ref_field: 'id',
      },
    ])
    expect((await api(shop()).ask('GET /_schema/lines')).constraints).toEqual([])
  })
  test('with aliases apart from the source’s own names', async () => {
    const aliased = table('people', [ID, field('mail', { native: 'mail_address' })], { native: 'tbl_people' })
    const shown = api(memorySource({ tables: [aliased] }))
    const described = await shown.ask('GET /_schema/people')
    expect(described).toMatchObject({ alias: 'people', name: 'tbl_people', label: 'People' })
    expect(described.field[1]).toMatchObject({ alias: 'mail', name: 'mail_address' })
    const { meta } = await shown.ask('GET /_table/people', { query: { include_schema: 1, limit: 1 } })
    expect([meta.schema.name, meta.schema.field[1].name]).toEqual(['people', 'mail'])
    expect((await shown.refused('GET /_schema/nope')).message).toBe('Table "nope" does not exist in the database.')
  })
  test('without fields that are denied on it or on its records, and what they reveal', async () => {
    const deny = (...fields: string[]): Grant => ({ filters: [], deny: fields })
    const grants = {
      'GET _schema/orders': deny('total'),
      'GET _table/orders': deny('CUSTOMER_ID'.toLowerCase()),
      '_table/customers': FREE,
    }
    const described = await api(shop()).ask('GET /_schema/orders', { grants })
    expect(described.field.map((one: any) => one.name)).toEqual(['id'])
    expect([described.related, described.constraints, described.access]).toEqual([[], [], 1])
    expect(JSON.stringify(described)).not.toMatch(/customer|total/)
  })
  test('without tables that the caller cannot read', async () => {
    const grants = { '_schema/orders': FREE, '_table/orders': FREE }
    const described = await api(shop()).ask('GET /_schema/orders', { grants })
    expect(described.field[1]).toMatchObject({
      name: 'customer_id',
      type: 'integer',
      is_foreign_key: false,
      ref_table: null,
    })
    expect(JSON.stringify(described)).not.toMatch(/customers|FK_Orders/)
    const hidden = { ...grants, '_table/customers': { filters: [], deny: ['id'] } }
    expect((await api(shop()).ask('GET /_schema/orders', { grants: hidden })).related).toEqual([])
  })
})

describe('what a role can be granted', () => {
  test('is every table and its description, and the making of several calls one', () => {
    const view = table('recent', [ID], { view: true })
    expect(
      recordsResources(memorySource({ tables: [customers, view] })).map(({ component, kind }) => [component, kind]),
    ).toEqual([
      ['_table/customers', 'table'],
      ['_schema/customers', 'schema'],
      ['_table/recent', 'view'],
      ['_schema/recent', 'schema'],
      ['_batch', 'batch'],
    ])
  })
  test('has one spelling', () => {
    const sales = table('items', [ID], { native: 'tbl_items', schema: 'sales' })
    const canonical = recordsCanonical(memorySource({ tables: [customers, sales] }))
    expect(canonical('_TABLE/Customers/5')).toBe('_table/customers/5')
    expect(canonical('_table/SALES.TBL_ITEMS')).toBe('_table/items')
    expect(canonical('_schema/CUSTOMERS')).toBe('_schema/customers')
    for (const other of [
      '',
      '_table',
      '_table/',
      '_table/nope/1',
      '_proc/customers',
      'customers',
      '_table/customers ',
    ]) {
      expect(canonical(other)).toBe(other)
    }
  })
  test('stays as it is while the source knows nothing yet', () => {
    const catalog = () => {
      throw new GwError('unavailable', 'not yet')
    }
    expect(recordsCanonical({ ...shop(), catalog })('_table/Customers')).toBe('_table/Customers')
    expect(() => recordsResources({ ...shop(), catalog })).toThrow('not yet')
  })
})

describe('the documentation', () => {
  const endpoints = recordsEndpoints(shop(), { maxRecords: 10, allowUpsert: false, maxStreamRecords: 0 })
  test('says of every endpoint what it is and does', () => {
    for (const endpoint of endpoints) {
      expect(endpoint.summary.length).toBeGreaterThan(5)
      if (!endpoint.hidden) expect(endpoint.description?.length).toBeGreaterThan(20)
      if (!endpoint.hidden) expect(endpoint.tags).toHaveLength(1)
    }
    expect(new Set(endpoints.map(({ id }) => id)).size).toBe(endpoints.length)
    const hidden = endpoints.filter(({ hidden }) => hidden)
    // The tables in memory can't be changed: those operations are refused, and not offered.
    expect(hidden.filter(({ path }) => !path.startsWith('/_schema')).map(({ id }) => id)).toEqual(['createRecord'])
    const reading = hidden.filter(({ method, path }) => method === 'GET' && path.startsWith('/_schema'))
    expect(reading.map(({ id }) => id)).toEqual(['getFieldByName'])
  })
  test('describes parameters that the endpoint reads', () => {
    const list = endpoints.find(({ id }) => id === 'getRecords')!
    const described = list.query['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
    expect(Object.keys(described.properties)).toEqual(
      expect.arrayContaining(['fields', 'filter', 'limit', 'offset', 'order', 'ids', 'include_count', 'as_list']),
    )
    for (const one of Object.values<any>(described.properties)) expect(one.description.length).toBeGreaterThan(10)
    expect(list.query['~standard'].validate({ limit: 'x', filter: 'id=1', nope: 1 })).toEqual({
      value: { filter: 'id=1' },
    })
    expect(list.query['~standard'].validate({ fields: 'x'.repeat(30_000) })).toMatchObject({
      issues: [{ message: 'A parameter is too long.' }],
    })
  })
  test('names the schemas of a table after it', () => {
    const refined = (id: string, component = '_table/customers') =>
      endpoints.find((endpoint) => endpoint.id === id)!.refine!({ component, kind: 'table' })
    const shape = (schema: any) => schema['~standard'].jsonSchema.output({ target: 'draft-2020-12' })
    const record = shape(refined('getRecord')!.response)
    expect(record.title).toBe('Customers')
    expect(Object.keys(record.properties)).toEqual(customers.fields.map(({ name }) => name))
    expect(record.properties.name).toMatchObject({
      type: 'string',
      maxLength: 50,
      description: 'Required for a new record.',
    })
    expect(record.properties.born.type).toEqual(['string', 'null'])
    expect(JSON.stringify(shape(refined('createRecords')!.body))).toContain('"CustomersRequest"')
    expect(refined('getRecord', '_table/nope')).toBeUndefined()
  })
})

describe('the configuration', () => {
  const config = z.strictObject(recordsConfigShape)
  test('has its defaults in the schema', () => {
    expect(config.parse({})).toEqual({
      allow_upsert: false,
      max_records: 1000,
      max_stream_records: 0,
      cache_enabled: false,
      cache_ttl: 0,
    })
    expect(recordsOptions(config.parse({}))).toEqual({ allowUpsert: false, maxRecords: 1000, maxStreamRecords: 0 })
    expect(recordsOptions(config.parse({ allow_upsert: true, max_records: 1_000_000 }))).toEqual({
      allowUpsert: true,
      maxRecords: 100_000,
      maxStreamRecords: 0,
    })
    expect(config.safeParse({ max_records: 0 }).success).toBe(false)
  })
  test('describes every setting', () => {
    const { properties } = config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as any
    for (const one of Object.values<any>(properties)) expect([one.title, one.description].every(Boolean)).toBe(true)
  })
})

test('a table outside the default schema is found by both of its names', async () => {
  const items = table('items', [ID], { schema: 'sales', native: 'items' })
  expect(catalogOf([items]).byName.get('sales.items')).toBe(items)
  expect(names(await api(memorySource({ tables: [items, orders, lines] })).ask('GET /_table'))).toEqual([
    'items',
    'orders',
    'lines',
  ])
})
