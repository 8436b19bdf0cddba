import { describe, expect, test } from 'vitest'
import type { RecordsSource } from '../src/index.ts'
import { api, customers, FREE, PEOPLE, shop, watched } from './gateway.ts'

const C = 'GET /_table/customers'
const ids = (answer: any): number[] => answer.resource.map((row: any) => row.id)

describe('lists', () => {
  test('all fields in table order, or those asked for in the order asked for, each once', async () => {
    const shown = api(shop())
    const [first] = (await shown.ask(C, { query: { limit: 1, order: 'id' } })).resource
    expect(Object.entries(first)).toEqual(Object.entries(PEOPLE[0]!))
    const query = { fields: ' NAME, id ,mail_address,name', limit: 1, order: 'id' }
    const [row] = (await shown.ask(C, { query })).resource
    expect(Object.entries(row)).toEqual([
      ['name', 'Ada'],
      ['id', 1],
      ['email', 'ada@example.com'],
    ])
  })
  test('empty fields are the key, or everything where there is none', async () => {
    const shown = api(shop())
    expect((await shown.ask(C, { query: { fields: '', limit: 1 } })).resource).toEqual([{ id: 1 }])
    expect((await shown.ask('GET /_table/journal', { query: { fields: ',', limit: 1 } })).resource).toEqual([
      { kind: 'in', amount: 1 },
    ])
  })
  test.each([
    [{ fields: 'nope' }, 'Invalid field requested: nope'],
    [{ fields: 'id,SUM(credit)' }, 'Invalid field requested: SUM(credit)'],
    [{ order: 'id; drop' }, 'Invalid order by clause in request.'],
    [{ order: 'nope desc' }, "Invalid field 'nope' in order by clause."],
    [{ order: 'SUM(credit)' }, "Invalid field 'SUM(credit)' in order by clause."],
    [{ filter: 'nope = 1' }, "Invalid or unparsable field in filter request: 'nope'"],
    [{ ids: '1', id_field: 'nope' }, 'Invalid field requested: nope'],
    [{ ids: '1', id_type: 'nope' }, "Unknown id_type 'nope'. Use a simple type such as integer or string."],
    [{ ids: 'x' }, undefined],
    [{ rollback: true, continue: true }, 'Rollback and continue operations can not be requested at the same time.'],
  ])('%o is refused', async (query, message) => {
    const error = await api(shop()).refused(C, { query })
    expect(error.code).toBe('invalid_request')
    if (message) expect(error.message).toBe(message)
  })
  test.each([
    ['name', [1, 2, 3, 4, 5]],
    ['name DESC', [5, 4, 3, 2, 1]],
    ['name sideways', [1, 2, 3, 4, 5]],
    ['owner_id desc nulls last, id', [2, 5, 1, 3, 4]],
    ['owner_id asc nulls first, id desc', [4, 3, 1, 5, 2]],
    ['owner_id nulls last,id', [1, 3, 2, 5, 4]],
    ['ACTIVE,mail_address desc', [5, 2, 4, 3, 1]],
  ])('order=%s', async (order, expected) => {
    expect(ids(await api(shop()).ask(C, { query: { order } }))).toEqual(expected)
  })
  test('aliases of parameters count, and the last of a repeated one', async () => {
    const shown = api(shop())
    const query = { select: 'id', where: 'id > 1', top: '2', skip: '1', sort: 'id desc' }
    expect((await shown.ask(C, { query })).resource).toEqual([{ id: 4 }, { id: 3 }])
    expect(ids(await shown.ask(C, { query: { order_by: 'id', limit: ['4', '1'] } }))).toEqual([1])
    expect((await shown.ask(C, { query: { select: 'id', fields: 'name', limit: 1 } })).resource).toEqual([
      { name: 'Ada' },
    ])
  })
  test('filters are text: anything else is refused', async () => {
    for (const filter of [{ id: 1 }, 5, true, ['id=1']]) {
      expect((await api(shop()).refused(C, { body: { filter } })).message).toMatch(/^The filter must be a text/)
    }
  })
  test('an unknown table is 404', async () => {
    expect(await api(shop()).refused('GET /_table/nope')).toMatchObject({
      code: 'not_found',
      message: 'Table "nope" does not exist in the database.',
    })
  })
})

describe('pages', () => {
  const small = (source: RecordsSource) => api(source, { maxRecords: 3 })
  test.each<[string | undefined, number]>([
    [undefined, 3],
    ['0', 3],
    ['-1', 3],
    ['4', 3],
    ['abc', 3],
    ['', 3],
    ['2; DROP', 2],
    ['2.9', 2],
    ['3', 3],
  ])('limit %s gives %i records', async (limit, count) => {
    const answer = await small(shop()).ask(C, { query: limit === undefined ? {} : { limit } })
    expect(answer.resource).toHaveLength(count)
  })
  test('a valid limit counts nothing; one that is missing or clamped says how many there are', async () => {
    const source = watched(shop())
    const shown = small(source)
    expect(Object.keys(await shown.ask(C, { query: { limit: 2 } }))).toEqual(['resource'])
    expect(source.ran.map(({ name }) => name)).toEqual(['readEncoded'])
    expect((await shown.ask(C)).meta).toEqual({ count: 5, next: 3 })
    expect((await shown.ask(C, { query: { offset: 3 } })).meta).toEqual({ count: 5 })
    expect((await shown.ask('GET /_table/journal')).meta).toBeUndefined()
  })
  test('a page that is not full proves the total without counting', async () => {
    const source = watched(shop())
    const shown = api(source)
    expect((await shown.ask(C, { query: { include_count: true } })).meta).toEqual({ count: 5 })
    expect((await shown.ask(C, { query: { include_count: true, limit: 4, offset: 3 } })).meta).toEqual({ count: 5 })
    await shown.ask(C)
    await shown.ask(C, { query: { offset: 50 } })
    expect(source.ran.filter(({ name }) => name === 'count')).toEqual([])
  })
  test('a page beyond the end is counted where the count was asked for', async () => {
    const source = watched(shop())
    expect(await api(source).ask(C, { query: { include_count: 'yes', offset: 50, limit: 2 } })).toEqual({
      resource: [],
      meta: { count: 5 },
    })
    expect(source.ran.map(({ name }) => name)).toContain('count')
  })
  test('next is the offset of the next page', async () => {
    const query = { include_count: true, limit: 2, offset: 1 }
    expect((await api(shop()).ask(C, { query })).meta).toEqual({ count: 5, next: 3 })
    expect((await api(shop()).ask(C, { query: { ...query, offset: 3 } })).meta).toEqual({ count: 5 })
  })
  test('count_only answers the number alone', async () => {
    expect(await api(shop()).ask(C, { query: { count_only: 'true', filter: 'active = true', limit: 1 } })).toBe(3)
  })
  test('include_schema describes the table in names of the API', async () => {
    const { meta } = await api(shop()).ask(C, {
      query: { include_schema: true, limit: 1 },
      grant: { filters: [], deny: ['secret'] },
    })
    expect(meta.schema.field.map((one: any) => one.name)).toEqual([
      'id',
      'name',
      'email',
      'owner_id',
      'credit',
      'active',
      'born',
    ])
  })
})

describe('one record', () => {
  test('is bare, and missing is 404', async () => {
    const shown = api(shop())
    expect(await shown.ask(`${C}/3`)).toEqual(PEOPLE[2])
    expect(await shown.ask(`${C}/3`, { query: { fields: 'name' } })).toEqual({ name: 'Cleo' })
    expect(await shown.refused(`${C}/9`)).toMatchObject({
      code: 'not_found',
      message: "Record with identifier '9' not found.",
    })
    expect((await shown.refused(`${C}/1%2C2`)).message).toBe("Field 'id' must be a valid integer.")
  })
  test('is found by another field with id_field, and its type with id_type', async () => {
    const shown = api(shop())
    const query = { id_field: 'email', id_type: 'string', fields: 'id' }
    expect(await shown.ask(`${C}/bob@example.com`, { query })).toEqual({ id: 2 })
    expect((await shown.refused(`${C}/bob`, { query: { id_field: 'name', id_type: 'integer' } })).code).toBe(
      'invalid_request',
    )
  })
  test('needs one identifying field', async () => {
    const shown = api(shop())
    expect(await shown.refused('GET /_table/journal/1')).toMatchObject({
      code: 'invalid_request',
      message: 'Identifying field(s) could not be determined. Name one with id_field.',
    })
    expect(await shown.ask('GET /_table/journal/out', { query: { id_field: 'kind' } })).toEqual({
      kind: 'out',
      amount: 2,
    })
    const error = await shown.refused('GET /_table/lines/1,2')
    expect(error.code).toBe('invalid_request')
    expect(error.message).toMatch(/order_id, line.*body.*id_field/)
  })
  test('cannot be found by a key that is denied', async () => {
    const grant = { filters: [], deny: ['id'] }
    expect((await api(shop()).refused(`${C}/1`, { grant })).code).toBe('invalid_request')
    expect((await api(shop()).refused(`${C}/1`, { grant, query: { id_field: 'id' } })).message).toBe(
      'Invalid field requested: id',
    )
  })
})

describe('records by ids', () => {
  test('come in the order asked for, with one statement', async () => {
    const source = watched(shop())
    const shown = api(source)
    expect(ids(await shown.ask(C, { query: { ids: '3, 1,5' } }))).toEqual([3, 1, 5])
    expect((await shown.ask(C, { query: { ids: '2,1', fields: 'name' } })).resource).toEqual([
      { name: 'Bob' },
      { name: 'Ada' },
    ])
    expect(source.ran).toHaveLength(2)
    expect(ids(await shown.ask(C, { query: { ids: '4,4' } }))).toEqual([4, 4])
    expect(ids(await shown.ask(C, { body: { ids: [2, '4'] } }))).toEqual([2, 4])
    expect(ids(await shown.ask(C, { body: { resource: [{ id: 5 }, { ID: '1' }] } }))).toEqual([5, 1])
    expect(ids(await shown.ask(C, { body: [{ id: 5 }] }))).toEqual([5])
  })
  test('come from an id_field that is unique, or not', async () => {
    const shown = api(shop())
    const unique = { ids: 'cleo@example.com,ada@example.com', id_field: 'email' }
    expect(ids(await shown.ask(C, { query: unique }))).toEqual([3, 1])
    const shared = { ids: '8,7', id_field: 'owner_id' }
    expect(ids(await shown.ask(C, { query: shared }))).toEqual([2, 1])
  })
  test('come by composite keys from records', async () => {
    const shown = api(shop())
    const body = [
      { line: 2, order_id: 1 },
      { order_id: 1, line: 1 },
    ]
    expect((await shown.ask('GET /_table/lines', { body, query: { fields: 'product' } })).resource).toEqual([
      { product: 'ink' },
      { product: 'pen' },
    ])
    expect((await shown.refused('GET /_table/lines', { query: { ids: '1' } })).message).toMatch(/order_id, line/)
  })
  test('an empty list of ids selects nothing', async () => {
    expect(await api(shop()).ask(C, { query: { ids: '' } })).toEqual({ resource: [] })
    expect(await api(shop()).ask(C, { body: { ids: [] } })).toEqual({ resource: [] })
    expect(await api(shop()).ask(C, { body: { resource: [] } })).toEqual({ resource: [] })
  })
  test('one that is missing makes a batch error, after which nothing is listed unless it goes on', async () => {
    const shown = api(shop())
    const missing = { code: 404, context: null, message: "Record with identifier '99' not found.", status_code: 404 }
    const stopped = await shown.refused(C, { query: { ids: '1,99,2', fields: 'id' } })
    expect(stopped.message).toBe('Batch Error: Not all requested records could be retrieved.')
    expect(stopped.wire).toEqual({ status: 400, code: 1000, context: { error: [1], resource: [{ id: 1 }, missing] } })
    const all = await shown.refused(C, { query: { ids: '1,99,2', fields: 'id', continue: true } })
    expect(all.wire?.context).toEqual({ error: [1], resource: [{ id: 1 }, missing, { id: 2 }] })
  })
  test('too many of them are refused', async () => {
    const body = { ids: Array(10_001).fill(1) }
    expect((await api(shop()).refused(C, { body })).message).toMatch(/^Too many identifiers: 10001/)
    expect((await api(shop()).refused(C, { body: { ids: [{ $gt: 0 }] } })).wire?.code).toBe(1000)
  })
  test('come before the filter, and path ids before everything', async () => {
    const shown = api(shop())
    expect(ids(await shown.ask(C, { query: { ids: '5', filter: 'id = 1' } }))).toEqual([5])
    expect(await shown.ask(`${C}/2`, { query: { ids: '5', fields: 'id' } })).toEqual({ id: 2 })
  })
})

describe('options in the body', () => {
  test('count where the query does not say it', async () => {
    const shown = api(shop())
    const body = { filter: 'id > :low', params: { ':low': 2 }, sort: 'id desc', fields: 'id', limit: 2 }
    expect((await shown.ask(C, { body })).resource).toEqual([{ id: 5 }, { id: 4 }])
    expect((await shown.ask(C, { body, query: { limit: '1', where: 'id = 1' } })).resource).toEqual([{ id: 1 }])
    expect(await shown.ask(C, { body: { count_only: true } })).toBe(5)
  })
  test('do not count where the wire contract does not say so', async () => {
    const answer = await api(shop()).ask(C, {
      body: { include_count: true, id_field: 'name', as_list: true, limit: 1 },
    })
    expect(answer).toEqual({ resource: [PEOPLE[0]] })
  })
})

describe('denied fields', () => {
  const grant = { filters: [], deny: ['secret', 'mail_address'] }
  test('are neither shown nor asked for', async () => {
    const shown = api(shop())
    const [row] = (await shown.ask(C, { grant, query: { limit: 1 } })).resource
    expect(Object.keys(row)).toEqual(['id', 'name', 'owner_id', 'credit', 'active', 'born'])
    for (const query of [
      { fields: 'secret' },
      { fields: 'EMAIL' },
      { fields: 'mail_address' },
      { order: 'secret' },
      { filter: 'secret = s1' },
      { filter: 'email IS NULL' },
      { ids: 's1', id_field: 'secret' },
    ]) {
      expect((await shown.refused(C, { grant, query })).code).toBe('invalid_request')
    }
  })
  test('of which nothing is left make a table forbidden', async () => {
    const all = { filters: [], deny: customers.fields.map(({ name }) => name) }
    expect((await api(shop()).refused(C, { grant: all })).code).toBe('forbidden')
  })
})

describe('rows stay text where nobody looks at them', () => {
  test.each<[string, object, 'encoded' | 'objects']>([
    [C, {}, 'encoded'],
    [`${C}/1`, {}, 'encoded'],
    [C, { objects: true }, 'objects'],
    [`${C}/1`, { objects: true }, 'objects'],
    [C, { query: { as_list: true } }, 'objects'],
    [C, { query: { accept: 'text/csv' } }, 'objects'],
    [C, { query: { file: 'x.csv' } }, 'objects'],
    [C, { headers: { accept: 'application/xml' } }, 'objects'],
    [C, { headers: { accept: 'application/x-ndjson' } }, 'objects'],
    [C, { headers: { accept: 'application/json, */*' } }, 'encoded'],
  ])('%s %o: %s', async (line, ask, form) => {
    expect(await api(shop()).form(line, ask)).toBe(form)
  })
  test('a source that cannot encode gives objects', async () => {
    const { readEncoded: _, ...source } = shop()
    expect(await api(source).form(C)).toBe('objects')
    expect((await api(source).ask(`${C}/1`)).name).toBe('Ada')
  })
  test('both ways answer the same', async () => {
    const shown = api(shop())
    expect(await shown.ask(C, { objects: true })).toEqual(await shown.ask(C))
  })
})

test('refresh reads the structure anew before it answers', async () => {
  let refreshed = 0
  const source = shop()
  const refresh = (signal: AbortSignal) => {
    refreshed++
    return source.refresh(signal)
  }
  const counting = { ...source, refresh }
  for (const line of [C, 'GET /', 'GET /_table', 'GET /_schema', 'GET /_schema/customers']) {
    await api(counting).ask(line)
    await api(counting).ask(line, { query: { refresh: 'true' }, grant: FREE })
  }
  expect(refreshed).toBe(5)
})
