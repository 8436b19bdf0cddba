import type { GwError } from '@gw/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memorySource } from '../src/memory.ts'
import { api, customers, field, ID, orders, PEOPLE, shop, table, watched } from './gateway.ts'

const C = '/_table/customers'
const count = (shown: ReturnType<typeof api>, name = 'customers') =>
  shown.ask(`GET /_table/${name}`, { query: { count_only: true } })
/** The failure of the only record of a batch. */
const inner = (error: GwError): any => {
  expect(error.wire).toMatchObject({ status: 400, code: 1000, context: { error: [0] } })
  return (error.wire!.context as any).resource[0]
}

afterEach(() => {
  vi.useRealTimers()
})

describe('POST', () => {
  test('takes wrapped lists, bare lists, a wrapped record and a bare one', async () => {
    const shown = api(shop())
    const bodies = [{ resource: [{ name: 'a' }] }, [{ name: 'b' }], { resource: { name: 'c' } }, { name: 'd' }]
    for (const [at, body] of bodies.entries()) {
      expect(await shown.ask(`POST ${C}`, { body })).toEqual({ resource: [{ id: 6 + at }] })
    }
  })
  test('answers the fields asked for, as they are stored', async () => {
    const body = { NAME: 'x', mail_address: 'x@y', credit: '1.50', active: 'no', nope: 1 }
    expect(await api(shop()).ask(`POST ${C}`, { body, query: { fields: '*' } })).toEqual({
      resource: [
        { id: 6, name: 'x', email: 'x@y', owner_id: null, credit: 1.5, active: false, born: null, secret: null },
      ],
    })
  })
  test('stores many records of equal columns with one statement', async () => {
    const source = watched(shop())
    const body = [{ name: 'a' }, { name: 'b' }, { name: 'c', credit: 1 }, { credit: 2, name: 'd' }, { name: 'e' }]
    expect((await api(source).ask(`POST ${C}`, { body })).resource).toEqual([6, 7, 8, 9, 10].map((id) => ({ id })))
    expect(source.ran.map(({ values }) => values.length)).toEqual([2, 2, 1])
  })
  test('without records is refused', async () => {
    const shown = api(shop())
    for (const body of [undefined, null, {}, [], { resource: [] }, { resource: null }, { resource: 'x' }, 'text', 5]) {
      expect((await shown.refused(`POST ${C}`, { body })).message).toMatch(
        /^No record\(s\) detected in request\. .*'resource' tag/,
      )
    }
  })
  test.each<[unknown, string]>([
    [{ nope: 1 }, 'No valid fields were found in record.'],
    [{ credit: 1 }, "Required field 'name' can not be NULL."],
    [{ name: null }, "Field 'name' can not be NULL."],
    [{ name: [] }, "Field 'name' can not be NULL."],
    [{ name: 'x', active: null }, "Field 'active' can not be NULL."],
    [{ name: 'x', owner_id: 'y' }, "Field 'owner_id' must be a valid integer."],
    [{ name: 'x', owner_id: 1.5 }, "Field 'owner_id' must be a valid integer."],
    [{ name: 'x', owner_id: 2 ** 60 }, "Field 'owner_id' must be a valid integer."],
    [{ name: 'x', owner_id: true }, "Field 'owner_id' must be a valid integer."],
    [{ name: { a: 1 } }, "Field 'name' must be a text."],
    [{ name: 'x', credit: 'lots' }, "Field 'credit' must be a valid number."],
    ['text', 'The request contains no valid record fields.'],
    [null, 'The request contains no valid record fields.'],
    [[], 'The request contains no valid record fields.'],
  ])('%o: %s', async (record, message) => {
    const shown = api(shop())
    expect(inner(await shown.refused(`POST ${C}`, { body: { resource: [record] } }))).toMatchObject({
      code: 400,
      message,
    })
    expect(await count(shown)).toBe(5)
  })
  test('names a key that is missing', async () => {
    const code = table('codes', [field('code', { primaryKey: true, nullable: false, unique: true }), field('text')])
    const shown = api(memorySource({ tables: [code] }))
    const error = await shown.refused('POST /_table/codes', { body: [{ text: 'x' }] })
    expect(inner(error).message).toBe('Required id field(s) not found in record 0: code')
  })
  test('numbers a record whose key is null, and takes a key that is given', async () => {
    const shown = api(shop())
    expect(
      (
        await shown.ask(`POST ${C}`, {
          body: [
            { id: null, name: 'x' },
            { id: '70', name: 'y' },
          ],
        })
      ).resource,
    ).toEqual([{ id: 6 }, { id: 70 }])
  })
  test('does not write what is denied, and cannot leave out what the source needs', async () => {
    const shown = api(shop())
    const deny = (name: string) => ({ grant: { filters: [], deny: [name] } })
    await shown.ask(`POST ${C}`, { body: [{ name: 'x', Secret: 'y' }], ...deny('secret') })
    expect((await shown.ask(`GET ${C}/6`)).secret).toBeNull()
    const error = await shown.refused(`POST ${C}`, { body: [{ born: '2000-01-01', name: 'x' }], ...deny('name') })
    expect(error).toMatchObject({ code: 'forbidden', message: 'Denied access to some of the requested fields.' })
  })
  test('has no form with an id', async () => {
    expect(await api(shop()).refused(`POST ${C}/5`, { body: {} })).toMatchObject({
      code: 'invalid_request',
      message: 'Create record by identifier not currently supported.',
    })
  })
})

describe('values of records', () => {
  const everything = table('everything', [
    ID,
    field('n', { type: 'integer' }),
    field('big', { type: 'bigint' }),
    field('price', { type: 'decimal' }),
    field('flag', { type: 'boolean' }),
    field('data', { type: 'binary' }),
    field('doc', { type: 'json' }),
    field('day', { type: 'date' }),
    field('at', { type: 'time' }),
    field('moment', { type: 'datetime' }),
    field('zoned', { type: 'timestamp', dbType: 'timestamp with time zone' }),
    field('word'),
    field('sum', { type: 'integer', generated: true }),
  ])
  /** The values that reach the source, by field. */
  const stored = async (record: object, lookups: Record<string, unknown> = {}) => {
    const source = watched(memorySource({ tables: [everything] }))
    await api(source)
      .ask('POST /_table/everything', { body: [record], lookups })
      .catch((error: unknown) => {
        if (source.ran.length === 0) throw error
      })
    const { plan, values } = source.ran[0]!
    return Object.fromEntries(plan.columns.map((one: any, at: number) => [one.name, values[0][at]]))
  }
  test('are cast to what their field is', async () => {
    const record = {
      n: '12',
      big: '9007199254740993',
      price: 0.1,
      flag: 'on',
      data: 'AAE=',
      doc: { a: [1] },
      word: 5,
      sum: 9,
    }
    expect(await stored(record)).toEqual({
      n: 12,
      big: '9007199254740993',
      price: '0.1',
      flag: true,
      data: new Uint8Array([0, 1]),
      doc: '{"a":[1]}',
      word: '5',
    })
  })
  test('of empty text and empty lists are null where that is what they mean', async () => {
    expect(await stored({ n: '', price: '', word: '', day: [], doc: [] })).toEqual({
      n: null,
      price: null,
      word: '',
      day: null,
      doc: '[]',
    })
  })
  test('have their lookups resolved, to values', async () => {
    const lookups = { 'user.id': 7, 'user.name': "O'Brien" }
    expect(await stored({ n: '{user.id}', word: 'by {user.name} {nope}' }, lookups)).toEqual({
      n: 7,
      word: "by O'Brien {nope}",
    })
  })
  test('of a URL are never fetched', async () => {
    await expect(stored({ data: 'http://169.254.169.254/latest' })).rejects.toThrow(/Batch Error/)
  })
  test('may be NULL or a function of time as an expression, and nothing else', async () => {
    vi.useFakeTimers({ now: new Date('2024-01-31T23:30:05.678Z'), toFake: ['Date'] })
    const now = { expression: 'NOW()' }
    expect(
      await stored({ day: now, at: now, moment: now, zoned: now, word: { expression: { value: 'NULL', params: [] } } }),
    ).toEqual({
      day: '2024-01-31',
      at: '23:30:05',
      moment: '2024-01-31 23:30:05',
      zoned: '2024-01-31 23:30:05+00:00',
      word: null,
    })
    expect(
      await stored({
        moment: { expression: 'CURRENT_DATE' },
        day: { expression: 'NOW() + INTERVAL 1 MONTH' },
        at: { expression: 'CURRENT_TIME - INTERVAL 30 MINUTE' },
      }),
    ).toEqual({
      moment: '2024-01-31 00:00:00',
      day: '2024-02-29',
      at: '23:00:05',
    })
    expect(await stored({ doc: { expression: 'NOW()' } })).toEqual({ doc: '{"expression":"NOW()"}' })
  })
  test.each([
    'SLEEP(5)',
    '(SELECT password FROM users)',
    'NOW(); DROP TABLE x',
    '1+1',
    'NULL, 1',
    '',
    'NOW() + INTERVAL 999999 YEAR',
  ])('the expression %s is refused', async (expression) => {
    const source = watched(memorySource({ tables: [everything] }))
    const error = await api(source).refused('POST /_table/everything', { body: [{ moment: { expression } }] })
    expect(inner(error).message).toMatch(/is not permitted\. Allowed are NULL, NOW\(\)|too long/)
    expect(source.ran).toEqual([])
  })
  test('cannot come from the prototype of anything', async () => {
    const shown = api(shop())
    const body = JSON.parse('[{"name":"x","__proto__":{"credit":5},"constructor":{"prototype":{"credit":5}}}]')
    expect((await shown.ask(`POST ${C}`, { body, query: { fields: 'credit' } })).resource).toEqual([{ credit: null }])
  })
  test('under a relation’s name are refused by name', async () => {
    const shown = api(shop())
    const error = await shown.refused(`PATCH ${C}/1`, { body: { orders_by_customer_id: [{ total: 1 }] } })
    expect(error).toMatchObject({ code: 'not_supported' })
    expect(error.message).toContain("'orders_by_customer_id'")
  })
})

describe.each(['PUT', 'PATCH'])('%s', (method) => {
  test('by id changes the fields given, and answers the id', async () => {
    const shown = api(shop())
    expect(await shown.ask(`${method} ${C}/2`, { body: { name: 'x' } })).toEqual({ id: 2 })
    expect(await shown.ask(`GET ${C}/2`)).toEqual({ ...PEOPLE[1], name: 'x' })
    expect(await shown.ask(`${method} ${C}/2`, { body: { name: 'x' }, query: { fields: 'name,id' } })).toEqual({
      name: 'x',
      id: 2,
    })
    expect(
      await shown.ask(`${method} ${C}/2`, { body: { resource: [{ name: 'y' }] }, query: { fields: 'name' } }),
    ).toEqual({ name: 'y' })
    expect(
      await shown.ask(`${method} ${C}/2`, { body: { resource: { name: 'z' } }, query: { fields: 'name' } }),
    ).toEqual({ name: 'z' })
  })
  test('by id leaves the id alone, and a body of nothing known changes nothing', async () => {
    const source = watched(shop())
    const shown = api(source)
    expect(await shown.ask(`${method} ${C}/2`, { body: { id: 77, nope: 1 } })).toEqual({ id: 2 })
    expect(source.ran.map(({ name }) => name)).toEqual(['read'])
    expect((await shown.refused(`${method} ${C}/99`, { body: { nope: 1 } })).code).toBe('not_found')
    expect((await shown.refused(`${method} ${C}/99`, { body: { name: 'x' } })).message).toBe(
      "Record with identifier '99' not found.",
    )
    expect((await shown.refused(`${method} ${C}/2`, { body: undefined })).message).toMatch(/^No record/)
  })
  test('by id shows failures as they are', async () => {
    const shown = api(shop())
    expect(await shown.refused(`${method} ${C}/1`, { body: { email: 'bob@example.com' } })).toMatchObject({
      code: 'conflict',
    })
    expect(await shown.refused(`${method} ${C}/1`, { body: { owner_id: 'x' } })).toMatchObject({
      message: "Field 'owner_id' must be a valid integer.",
    })
    expect(await shown.refused(`${method} ${C}/1`, { body: { name: null } })).toMatchObject({
      message: "Field 'name' can not be NULL.",
    })
  })
  test('by ids applies the first record to all of them', async () => {
    const shown = api(shop())
    const body = { resource: [{ name: 'same' }, { name: 'ignored' }] }
    expect((await shown.ask(`${method} ${C}`, { query: { ids: '4,2' }, body })).resource).toEqual([
      { id: 4 },
      { id: 2 },
    ])
    expect(
      (await shown.ask(`GET ${C}`, { query: { filter: 'name = same', fields: 'id', order: 'id' } })).resource,
    ).toEqual([{ id: 2 }, { id: 4 }])
    expect((await shown.ask(`${method} ${C}`, { query: { ids: '1' }, body: { name: 'bare' } })).resource).toEqual([
      { id: 1 },
    ])
  })
  test('by filter changes what matches with one statement, and answers it as it is then', async () => {
    const source = watched(shop())
    const query = { filter: 'active = false', fields: 'id,active' }
    const answer = await api(source).ask(`${method} ${C}`, { query, body: { resource: [{ active: true }] } })
    expect(answer.resource).toEqual([
      { id: 2, active: true },
      { id: 5, active: true },
    ])
    expect(source.ran.map(({ name }) => name)).toEqual(['update'])
  })
  test('by a list of records needs the id of each', async () => {
    const shown = api(shop())
    const body = [
      { id: 2, name: 'a' },
      { ID: '3', name: 'b' },
    ]
    expect((await shown.ask(`${method} ${C}`, { body, query: { fields: 'name' } })).resource).toEqual([
      { name: 'a' },
      { name: 'b' },
    ])
    const lines = [{ order_id: 1, line: 2, product: 'x' }]
    expect((await shown.ask(`${method} /_table/lines`, { body: lines })).resource).toEqual([{ order_id: 1, line: 2 }])
    const error = await shown.refused(`${method} ${C}`, { body: [{ name: 'c' }] })
    expect(inner(error).message).toBe('Required id field(s) not found in record 0: id')
    const keyless = await shown.refused(`${method} /_table/journal`, { body: [{ kind: 'x' }] })
    expect(inner(keyless).message).toBe('No valid identifier found for this table.')
  })
  test('of nothing in particular changes nothing', async () => {
    const source = watched(shop())
    const shown = api(source)
    const body = { resource: [{ name: 'all' }] }
    for (const query of [{}, { filter: '' }, { filter: '  ' }, { where: '' }, { ids: '' }, { ids: ' , ' }]) {
      expect((await shown.refused(`${method} ${C}`, { query, body })).code).toBe('invalid_request')
    }
    for (const filter of [{}, [], 0, false]) {
      expect((await shown.refused(`${method} ${C}`, { body: { ...body, filter } })).code).toBe('invalid_request')
    }
    expect(source.ran).toEqual([])
  })
})

describe('DELETE', () => {
  test('by id, ids, records and filter removes those, and answers them as they were', async () => {
    const shown = api(memorySource({ tables: [customers], rows: { customers: PEOPLE } }))
    expect(await shown.ask(`DELETE ${C}/1`, { query: { fields: 'name' } })).toEqual({ name: 'Ada' })
    expect((await shown.ask(`DELETE ${C}`, { query: { ids: '3,2' } })).resource).toEqual([{ id: 3 }, { id: 2 }])
    expect((await shown.ask(`DELETE ${C}`, { body: { resource: [{ id: 4 }] } })).resource).toEqual([{ id: 4 }])
    expect((await shown.ask(`DELETE ${C}`, { query: { filter: 'id > 0', fields: '*' } })).resource).toEqual([PEOPLE[4]])
    expect(await count(shown)).toBe(0)
  })
  test('of composite keys goes by records', async () => {
    const shown = api(shop())
    expect((await shown.ask('DELETE /_table/lines', { body: [{ order_id: 1, line: 1 }] })).resource).toEqual([
      { order_id: 1, line: 1 },
    ])
    expect(inner(await shown.refused('DELETE /_table/lines', { body: [{ order_id: 1 }] })).message).toBe(
      'Required id field(s) not found in record 0: line',
    )
    expect(await count(shown, 'lines')).toBe(1)
  })
  test('with a limit removes so many and no more', async () => {
    const shown = api(memorySource({ tables: [customers], rows: { customers: PEOPLE } }))
    const query = { filter: 'id > 0', limit: 2, order: 'id desc' }
    expect((await shown.ask(`DELETE ${C}`, { query })).resource).toEqual([{ id: 5 }, { id: 4 }])
    expect((await shown.refused('DELETE /_table/customers', { query: { limit: 2 } })).message).toBe(
      'No filter or records given for delete request.',
    )
    expect(
      (await api(shop()).refused('DELETE /_table/journal', { query: { filter: 'amount > 0', limit: 1 } })).message,
    ).toBe('No valid identifier found for this table.')
    expect(await count(shown)).toBe(3)
  })
  test('of nothing in particular removes nothing', async () => {
    const source = watched(shop())
    const shown = api(source)
    const line = 'DELETE /_table/journal'
    expect((await shown.refused(line)).message).toBe('No filter or records given for delete request.')
    expect((await shown.refused(line, { query: { filter: '' } })).message).toBe(
      'Filter for delete request can not be empty.',
    )
    expect((await shown.refused(line, { query: { filter: ' ', force: true } })).message).toBe(
      'Filter for delete request can not be empty.',
    )
    for (const ask of [
      { query: { force: 'false' } },
      { query: { force: 'maybe' } },
      { query: { ids: '', force: true } },
      { body: { resource: [] }, query: { force: true } },
      { body: { force: true } },
      { body: [], query: { force: true } },
      { body: { kind: 'in' } },
      { body: { filter: null } },
      { body: { filter: {} } },
    ]) {
      expect(['invalid_request', 'internal']).toContain((await shown.refused(line, ask)).code)
    }
    expect(source.ran).toEqual([])
  })
  test('with force removes everything', async () => {
    const shown = api(shop())
    expect(await shown.ask('DELETE /_table/journal', { query: { force: 'true' } })).toEqual({ success: true })
    expect(await count(shown, 'journal')).toBe(0)
  })
  test('of a record that is referred to is a conflict, on a path id 409', async () => {
    const shown = api(shop())
    expect((await shown.refused(`DELETE ${C}/1`)).code).toBe('conflict')
    expect(inner(await shown.refused(`DELETE ${C}`, { query: { ids: '1' } }))).toMatchObject({
      code: 409,
      status_code: 409,
      context: null,
    })
  })
})

describe('upsert', () => {
  const made = { name: 'New' }
  test('creates what is not there by id, by ids, and in lists of records, where the service allows it', async () => {
    const shown = api(shop(), { allowUpsert: true })
    expect(await shown.ask(`PUT ${C}/50`, { body: made })).toEqual({ id: 50 })
    expect(
      (
        await shown.ask(`PATCH ${C}`, {
          body: [
            { id: 51, ...made },
            { id: 1, ...made },
          ],
          query: { fields: 'id,name' },
        })
      ).resource,
    ).toEqual([
      { id: 51, name: 'New' },
      { id: 1, name: 'New' },
    ])
    expect((await shown.ask(`PUT ${C}`, { query: { ids: '52,2' }, body: [made] })).resource).toEqual([
      { id: 52 },
      { id: 2 },
    ])
    expect(await count(shown)).toBe(8)
  })
  test('does not create by filter, nor where the record is not complete', async () => {
    const shown = api(shop(), { allowUpsert: true })
    expect((await shown.ask(`PUT ${C}`, { query: { filter: 'id = 60' }, body: [made] })).resource).toEqual([])
    expect((await shown.refused(`PUT ${C}/60`, { body: { credit: 1 } })).message).toBe(
      "Required field 'name' can not be NULL.",
    )
    expect(await count(shown)).toBe(5)
  })
  test('is no part of a service that does not allow it', async () => {
    expect((await api(shop()).refused(`PUT ${C}/50`, { body: made })).code).toBe('not_found')
  })
})

test('a source without the table’s rows to return is an error, never a guess', async () => {
  const source = watched(shop(), { insert: async () => [] })
  expect((await api(source).refused(`POST ${C}`, { body: [{ name: 'x' }] })).code).toBe('internal')
  expect(orders.foreignKeys).toHaveLength(1)
})
