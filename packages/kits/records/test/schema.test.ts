/** Definitions of tables, read and held against the catalogue; nothing is made: the writer only notes what it is told. */
import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import {
  type ExtrasStore,
  extrasStore,
  type FieldChange,
  type RecordsSource,
  type SchemaWriter,
  type TableDefinition,
} from '../src/index.ts'
import { api, FREE, shop } from './gateway.ts'

interface Told {
  readonly created: TableDefinition[]
  readonly altered: { readonly table: string; readonly changes: readonly FieldChange[] }[]
  readonly dropped: string[]
}

interface Paper {
  readonly transactional?: boolean
  /** The table at which it fails. */
  readonly failing?: string
}

const writing = ({ transactional = true, failing }: Paper = {}) => {
  const told: Told = { created: [], altered: [], dropped: [] }
  const schema: SchemaWriter = {
    label: 'Paper',
    longestName: 20,
    place: (name) => ({ name, native: name }),
    transactional,
    async apply(changes, _signal, onDone) {
      for (const [index, change] of changes.entries()) {
        const name = change.kind === 'create' ? change.definition.name : change.table.name
        if (name === failing) throw new GwError('conflict', 'The paper is torn.')
        if (change.kind === 'create') told.created.push(change.definition)
        else if (change.kind === 'alter') told.altered.push({ table: name, changes: change.changes })
        else told.dropped.push(name)
        onDone?.(index)
      }
    },
  }
  const source: RecordsSource = { ...shop(), schema }
  return { told, source }
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
    const circle = [table('a', 'b'), table('b', 'c'), table('c', 'a'), table('d')]
    const error = await api(source).refused('POST /_schema', { body: { resource: circle } })
    expect([error.code, error.message]).toEqual(['invalid_request', expect.stringMatching(/^Table 'c': There is no/)])
    expect(told.created).toEqual([])
    const line = [table('a', 'b'), table('b', 'c'), table('c'), table('d')]
    const answer = await api(source).ask('POST /_schema', { body: { resource: line } })
    expect(answer.resource).toEqual(['a', 'b', 'c', 'd'].map((name) => ({ name })))
    expect(told.created.map(({ name }) => name)).toEqual(['c', 'b', 'a', 'd'])
  })
  test('may refer to each other by names and keys that the request itself gives', async () => {
    const { told, source } = writing()
    const unique = { name: 'code', type: 'string', is_unique: true }
    const resource = [
      { name: 'b', field: [ID, { name: 'up', type: 'reference', ref_table: 'a', ref_field: 'code' }] },
      { name: 'c', field: [ID, { name: 'to', type: 'reference', ref_table: 'orders', ref_field: 'number' }] },
      { name: 'a', field: [ID, unique] },
      { name: 'orders', field: [{ name: 'number', type: 'integer', allow_null: true, is_unique: true }] },
    ]
    await api(source).ask('POST /_schema', { body: { resource } })
    expect(told.created.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(told.altered.map(({ table }) => table)).toEqual(['orders'])
    const twice = [resource[2], { ...resource[2]!, name: 'A' }]
    const error = await api(source).refused('POST /_schema', { body: { resource: twice } })
    expect(error.message).toMatch(/twice|already/)
  })
  test('are all refused where one of them is, before anything is done', async () => {
    const { told, source } = writing()
    const resource = [
      { name: 'a', field: [ID] },
      { name: 'b', field: [{ name: 'x', type: 'nonsense' }] },
    ]
    const error = await api(source).refused('POST /_schema', { body: { resource } })
    expect(error.message).toMatch(/^Table 'b': .*nonsense.* Nothing of the request was done\.$/)
    expect(error.wire).toMatchObject({ status: 400, context: { table: 'b', index: 1, done: [] } })
    expect(told.created).toEqual([])
    const gone = await api(source).refused('DELETE /_schema', { query: { ids: 'journal,nowhere' } })
    expect([gone.code, told.dropped]).toEqual(['not_found', []])
  })
  test('fail as a whole, or with a word on what is done where that can not be undone', async () => {
    const resource = ['a', 'b', 'c'].map((name) => ({ name, field: [ID] }))
    const whole = await api(writing({ failing: 'b' }).source).refused('POST /_schema', { body: { resource } })
    expect([whole.code, whole.message]).toEqual([
      'conflict',
      "Table 'b': The paper is torn. Nothing of the request was done.",
    ])
    const { told, source } = writing({ failing: 'b', transactional: false })
    const half = await api(source).refused('POST /_schema', { body: { resource } })
    expect(half.message).toMatch(/Done before it, and not undone, .*: a\.$/)
    expect(half.wire).toMatchObject({ status: 409, context: { table: 'b', index: 1, done: ['a'] } })
    expect(told.created.map(({ name }) => name)).toEqual(['a'])
  })
  test('are at most so many, however they hang together', async () => {
    const { source } = writing()
    const resource = Array.from({ length: 20_000 }, (_, n) => ({ name: `t${n}`, field: [{ ref_table: `t${n + 1}` }] }))
    const error = await api(source).refused('POST /_schema', { body: { resource } })
    expect([GwError.is(error), error.message]).toEqual([true, expect.stringMatching(/At most 200/)])
  })
})

describe('what is remembered beside the source', () => {
  const remembering = (paper: Paper & { readonly full?: string } = {}) => {
    const kept = new Map<string, { value: unknown; version: number }>()
    let versions = 0
    const extras: ExtrasStore = extrasStore({
      get: async <T>(key: string) => kept.get(key) as { value: T; version: number } | undefined,
      async put(key, value) {
        if (key === `extras/${paper.full}`) throw new GwError('unavailable', 'There is no paper left.')
        kept.set(key, { value, version: ++versions })
        return versions
      },
      delete: async (key) => kept.delete(key),
      list: async () => [...kept.keys()],
    })
    const { told, source } = writing(paper)
    return { told, extras, shown: api(source, {}, extras) }
  }
  const named = (name: string) => ({ name, alias: `the_${name}`, field: [ID] })
  const aliases = ({ current }: ExtrasStore) =>
    Object.fromEntries([...current()].map(([name, { alias }]) => [name, alias]))

  test('is put back where the source did not do it', async () => {
    for (const [transactional, left] of [
      [true, {}],
      [false, { a: 'the_a' }],
    ] as const) {
      const { extras, shown } = remembering({ failing: 'b', transactional })
      await extras.change('orders', (before) => ({ ...before, alias: 'kept' }))
      const resource = [...['a', 'b', 'c'].map(named), { name: 'orders', alias: 'changed' }]
      await shown.refused('POST /_schema', { body: { resource } })
      expect(aliases(extras)).toEqual({ orders: 'kept', ...left })
    }
    const { extras, shown } = remembering({ failing: 'journal' })
    await extras.change('journal', (before) => ({ ...before, alias: 'kept' }))
    await shown.refused('DELETE /_schema/journal')
    expect(aliases(extras)).toEqual({ journal: 'kept' })
  })
  test('has to be written before the source does anything', async () => {
    const { told, extras, shown } = remembering({ full: 'b' })
    const error = await shown.refused('POST /_schema', { body: { resource: ['a', 'b'].map(named) } })
    expect([error.code, told.created, aliases(extras)]).toEqual(['unavailable', [], {}])
  })
  test('goes with its table', async () => {
    const { told, extras, shown } = remembering()
    await shown.ask('POST /_schema', { body: { resource: [named('a')] } })
    await extras.change('journal', (before) => ({ ...before, label: 'Diary' }))
    await shown.ask('DELETE /_schema/journal')
    expect([told.dropped, aliases(extras)]).toEqual([['journal'], { a: 'the_a' }])
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
