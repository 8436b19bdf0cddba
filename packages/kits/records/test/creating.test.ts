import type { GwError } from '@gw/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memorySource } from '../src/memory.ts'
import { api, field, ID, shop, table, watched } from './gateway.ts'

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
  test('under a relation’s name need a source with transactions', async () => {
    const { transaction: _, ...bare } = shop()
    const source = { ...bare, capabilities: { ...bare.capabilities, transactions: false } }
    const error = await api(source).refused(`PATCH ${C}/1`, { body: { orders_by_customer_id: [{ total: 1 }] } })
    expect(error).toMatchObject({ code: 'not_supported' })
    expect(error.message).toContain('transactions')
  })
})

test('a source without the table’s rows to return is an error, never a guess', async () => {
  const source = watched(shop(), { insert: async () => [] })
  expect((await api(source).refused(`POST ${C}`, { body: [{ name: 'x' }] })).code).toBe('internal')
})
