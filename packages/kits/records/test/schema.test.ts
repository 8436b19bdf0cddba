/** Definitions of tables, read and held against the catalogue; nothing is made: the writer only notes what it is told. */
import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { FieldChange, RecordsSource, SchemaWriter, TableDefinition } from '../src/index.ts'
import { api, FREE, shop } from './gateway.ts'

interface Told {
  readonly created: TableDefinition[]
  readonly altered: { readonly table: string; readonly changes: readonly FieldChange[] }[]
  readonly dropped: string[]
}

const writing = (): { readonly told: Told; readonly source: RecordsSource } => {
  const told: Told = { created: [], altered: [], dropped: [] }
  const schema: SchemaWriter = {
    label: 'Paper',
    longestName: 20,
    place: (name) => ({ name, native: name }),
    createTable: async (definition) => void told.created.push(definition),
    alterTable: async (table, changes) => void told.altered.push({ table: table.name, changes }),
    dropTable: async (table) => void told.dropped.push(table.name),
  }
  return { told, source: { ...shop(), schema } }
}
const ID = { name: 'id', type: 'id' }
const columns = (told: Told) => told.created[0]!.columns

describe('a definition of a new table', () => {
  const made = async (...field: readonly object[]) => {
    const { told, source } = writing()
    await api(source).ask('POST /_schema', { body: { resource: [{ name: 'todo', field }] } })
    return columns(told)
  }
  test('is told in the native names, with everything that was not said filled in', async () => {
    const [id, title, owner] = await made(
      ID,
      { name: 'title', type: 'string', size: '80', is_unique: true, default: 'x' },
      { name: 'owner', type: 'fk', ref_table: 'CUSTOMERS', ref_on_delete: 'set  null', allow_null: true },
    )
    expect(id).toMatchObject({ type: 'id', autoIncrement: true, nullable: false, unique: false })
    expect(title).toMatchObject({ type: 'string', length: 80, unique: true, default: { kind: 'value', value: 'x' } })
    expect(owner).toMatchObject({
      type: 'reference',
      nullable: true,
      reference: { table: 'customers', column: 'id', onDelete: 'SET NULL' },
    })
  })
  test.each([
    [{ type: 'integer' }, false],
    [{ type: 'integer', required: false }, true],
    [{ type: 'integer', required: true }, false],
    [{ type: 'integer', required: false, default: 1 }, false],
    [{ type: 'integer', required: true, allow_null: true }, true],
    [{ type: 'integer', allow_null: 'yes' }, true],
  ])('%j may be null: %s', async (said, nullable) => {
    expect((await made({ name: 'a', ...said }))[0]!.nullable).toBe(nullable)
  })
  test('takes CURRENT_TIMESTAMP for moments, in its ways of being written', async () => {
    for (const expression of ['CURRENT_TIMESTAMP', 'now()', ' current_timestamp( ) '])
      expect((await made({ name: 'a', type: 'datetime', default: { expression } }))[0]!.default).toEqual({
        kind: 'now',
      })
  })
  test.each<[string, object]>([
    ['an object for a name', { name: {}, type: 'integer' }],
    ['a name that is too long', { name: 'x'.repeat(21), type: 'integer' }],
    ['a name that a prototype has', { name: '__proto__', type: 'integer' }],
    ['a default that no statement can hold', { name: 'a', type: 'string', default: 'a\u0000b' }],
    ['half a character', { name: 'a', type: 'string', default: '\ud800' }],
    ['a default for what is counted up', { name: 'a', type: 'integer', auto_increment: true, default: 1 }],
    ['an object where a flag belongs', { name: 'a', type: 'integer', allow_null: {} }],
    ['a fraction where a length belongs', { name: 'a', type: 'string', length: 1.5 }],
    ['a view to refer to', { name: 'a', type: 'integer', ref_table: 'recent' }],
  ])('with %s is refused before anything is made', async (_what, field) => {
    const { told, source } = writing()
    const error = await api(source).refused('POST /_schema', {
      body: { resource: [{ name: 'todo', field: [ID, field] }] },
    })
    expect(error.code).toBe('invalid_request')
    expect(told.created).toEqual([])
  })
})

describe('a definition of a table that is there', () => {
  test('that says what is there already changes nothing', async () => {
    const { told, source } = writing()
    const { ask } = api(source)
    for (const table of ['customers', 'orders', 'lines']) {
      const described = await ask(`GET /_schema/${table}`)
      for (const method of ['POST', 'PUT', 'PATCH']) await ask(`${method} /_schema/${table}`, { body: described })
    }
    expect(told).toEqual({ created: [], altered: [], dropped: [] })
  })
  test('changes what differs, and says what of it', async () => {
    const { told, source } = writing()
    await api(source).ask('PATCH /_schema/orders', {
      body: { field: [{ name: 'TOTAL', allow_null: false, default: 5 }] },
    })
    expect(told.altered).toMatchObject([{ table: 'orders', changes: [{ kind: 'alter', field: { name: 'total' } }] }])
    const [change] = told.altered[0]!.changes
    expect(change?.kind === 'alter' && [...change.aspects].toSorted()).toEqual(['default', 'null'])
  })
  test('drops nothing that the caller does not see', async () => {
    const { told, source } = writing()
    const grants = {
      'PUT _schema/orders': FREE,
      'GET _schema/orders': FREE,
      '_schema/orders': FREE,
      '_table/orders': { filters: [], deny: ['total'] },
      '_table/customers': FREE,
    }
    await api(source).ask('PUT /_schema/orders', { body: { field: [{ name: 'id' }, { name: 'customer_id' }] }, grants })
    const dropped = told.altered.flatMap(({ changes }) => changes.map((one) => one.kind === 'drop' && one.field.name))
    expect(dropped).not.toContain('total')
  })
  test('is not changed by a role with row filters', async () => {
    const { told, source } = writing()
    const filter = { op: 'AND' as const, conditions: [{ name: 'id', operator: '=', value: 1 }] }
    const grants = { '_schema/orders': { filters: [filter], deny: [] }, '_table/orders': FREE }
    expect((await api(source).refused('DELETE /_schema/orders', { grants })).code).toBe('forbidden')
    expect(told.dropped).toEqual([])
  })
})

describe('several tables', () => {
  test('are made in the order of their references, also where these go round in circles', async () => {
    const { told, source } = writing()
    const table = (name: string, ...to: readonly string[]) => ({
      name,
      field: [ID, ...to.map((ref_table) => ({ name: `to_${ref_table}`, type: 'reference', ref_table }))],
    })
    const resource = [table('a', 'b'), table('b', 'c'), table('c', 'a'), table('d')]
    const answer = await api(source).ask('POST /_schema', { body: { resource } })
    // The writer makes nothing: what refers to a new table can't be made after all.
    expect(answer.resource.map((one: any) => one.name ?? one.error.code)).toEqual([400, 400, 400, 'd'])
    expect(told.created.map(({ name }) => name)).toEqual(['d'])
  })
  test('are at most so many, however they hang together', async () => {
    const { source } = writing()
    const resource = Array.from({ length: 20_000 }, (_, n) => ({ name: `t${n}`, field: [{ ref_table: `t${n + 1}` }] }))
    const error = await api(source).refused('POST /_schema', { body: { resource } })
    expect([GwError.is(error), error.message]).toEqual([true, expect.stringMatching(/At most 200/)])
  })
})

test('a source without a writer says so, whoever asks for what', async () => {
  for (const line of [
    'POST /_schema',
    'PUT /_schema/orders',
    'DELETE /_schema/orders',
    'DELETE /_schema/orders/_field/id',
  ])
    expect((await api(shop()).refused(line, { body: {} })).code).toBe('not_supported')
})
