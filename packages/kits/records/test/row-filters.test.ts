import { type Grant, GwError, type RowCondition, type RowFilter } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { type Api, type Ask, api, shop } from './gateway.ts'

const filtered = (
  conditions: readonly RowCondition[],
  op: RowFilter['op'] = 'AND',
  deny: readonly string[] = [],
): Grant => ({
  filters: [{ op, conditions }],
  deny,
})
const OWN = filtered([{ name: 'owner_id', operator: '=', value: '{user.id}' }])
const AS_7 = { grant: OWN, lookups: { 'user.id': 7 } }
const ids = async (shown: Api, ask: Ask): Promise<number[]> =>
  (await shown.ask('GET /_table/customers', { query: { order: 'id', fields: 'id' }, ...ask })).resource.map(
    (row: any) => row.id,
  )
const seen = (condition: RowCondition, ask: Ask = {}) => ids(api(shop()), { grant: filtered([condition]), ...ask })

describe('every operator selects what it says', () => {
  test.each<[RowCondition, readonly number[]]>([
    [{ name: 'owner_id', operator: '=', value: 7 }, [1, 3]],
    [{ name: 'OWNER_ID', operator: '=', value: '7' }, [1, 3]],
    [{ name: 'owner_id', operator: '!=', value: 7 }, [2, 5]],
    [{ name: 'owner_id', operator: '<>', value: 7 }, [2, 5]],
    [{ name: 'id', operator: '>', value: 3 }, [4, 5]],
    [{ name: 'id', operator: '>=', value: 3 }, [3, 4, 5]],
    [{ name: 'id', operator: '<', value: 3 }, [1, 2]],
    [{ name: 'id', operator: '<=', value: 3 }, [1, 2, 3]],
    [{ name: 'id', operator: 'in', value: '1, 2,9' }, [1, 2]],
    [{ name: 'id', operator: 'IN', value: '(1,2)' }, [1, 2]],
    [{ name: 'id', operator: 'in', value: [4, '5'] }, [4, 5]],
    [{ name: 'name', operator: 'in', value: "'Ada','Bob'" }, [1, 2]],
    [{ name: 'id', operator: 'not in', value: '1,2' }, [3, 4, 5]],
    [{ name: 'id', operator: ' Not   In ', value: '1,2' }, [3, 4, 5]],
    [{ name: 'name', operator: 'starts with', value: 'A' }, [1]],
    [{ name: 'name', operator: 'ends with', value: 'a' }, [1, 4]],
    [{ name: 'name', operator: 'contains', value: 'o' }, [2, 3, 4]],
    [{ name: 'name', operator: 'like', value: '_o%' }, [2, 4]],
    [{ name: 'credit', operator: 'is null' }, [3]],
    [{ name: 'credit', operator: 'IS NOT NULL', value: 'ignored' }, [1, 2, 4, 5]],
    [{ name: 'owner_id', operator: 'does exist' }, [1, 2, 3, 5]],
    [{ name: 'owner_id', operator: 'DOES NOT EXIST' }, [4]],
    [{ name: 'active', operator: '=', value: 'yes' }, [1, 3, 4]],
    [{ name: 'name', operator: '=', value: "'Ada'" }, [1]],
    [{ name: 'mail_address', operator: '=', value: 'ada@example.com' }, [1]],
  ])('%o', async (condition, expected) => {
    expect(await seen(condition)).toEqual(expected)
  })
})

describe('what cannot be decided selects nothing, whatever the operator', () => {
  const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'contains', 'starts with', 'ends with', 'like']
  const claims: readonly (readonly [string, Ask])[] = [
    ['a lookup that does not exist', {}],
    ['null', { lookups: { claim: null } }],
    ['undefined', { lookups: { claim: undefined } }],
    ['an empty text', { lookups: { claim: '' } }],
    ['an object', { lookups: { claim: { id: 1 } } }],
    ['NaN', { lookups: { claim: Number.NaN } }],
    ['an empty list', { lookups: { claim: [] } }],
    ['a list with a hole', { lookups: { claim: [1, null] } }],
  ]
  for (const [what, ask] of claims) {
    test.each(OPERATORS)(`${what} under %s`, async (operator) => {
      expect(await seen({ name: 'owner_id', operator, value: '{claim}' }, ask)).toEqual([])
      expect(await seen({ name: 'name', operator, value: '{claim}' }, ask)).toEqual([])
    })
  }
  test.each(OPERATORS)('a missing value under %s', async (operator) => {
    for (const value of [undefined, null]) expect(await seen({ name: 'name', operator, value })).toEqual([])
  })
  test.each(['not in', '!='])('a lookup that is misspelt under %s', async (operator) => {
    for (const value of ['{user.id', '{user id}', 'x{nope}', '{system(user.id)}', '{{user.id}}']) {
      expect(await seen({ name: 'name', operator, value }, { lookups: { 'user.id': 7 } })).toEqual([])
    }
  })
  test('an empty list, a list without items, and a filter without conditions', async () => {
    expect(await seen({ name: 'id', operator: 'in', value: '' })).toEqual([])
    expect(await seen({ name: 'id', operator: 'not in', value: '' })).toEqual([])
    expect(await seen({ name: 'id', operator: 'not in', value: [] })).toEqual([])
    expect(await ids(api(shop()), { grant: { filters: [{ op: 'AND', conditions: [] }], deny: [] } })).toEqual([])
    expect(await ids(api(shop()), { grant: { filters: [{ op: 'OR', conditions: [] }], deny: [] } })).toEqual([])
  })
  test('a claim of another type than its field', async () => {
    for (const operator of ['=', '!=', 'not in']) {
      expect(await seen({ name: 'owner_id', operator, value: '{claim}' }, { lookups: { claim: '7 OR 1=1' } })).toEqual(
        [],
      )
      expect(await seen({ name: 'active', operator, value: '{claim}' }, { lookups: { claim: 'banana' } })).toEqual([])
    }
  })
  test('one undecided condition of an OR leaves the others', async () => {
    const grant = filtered(
      [
        { name: 'owner_id', operator: '=', value: '{nope}' },
        { name: 'id', operator: '=', value: 4 },
      ],
      'OR',
    )
    expect(await ids(api(shop()), { grant })).toEqual([4])
  })
})

describe('claims are values', () => {
  test('a claim cannot bring wildcards, empty patterns or further list items', async () => {
    for (const claim of ['%', '_', '%a', 'A_a', '\\', '[a-z]']) {
      for (const operator of ['contains', 'starts with', 'ends with', 'like']) {
        expect(await seen({ name: 'name', operator, value: '{claim}' }, { lookups: { claim } })).toEqual([])
      }
    }
    expect(await seen({ name: 'name', operator: 'in', value: '{claim}' }, { lookups: { claim: 'Ada,Bob' } })).toEqual(
      [],
    )
    expect(
      await seen({ name: 'name', operator: '=', value: '{claim}' }, { lookups: { claim: "x' OR '1'='1" } }),
    ).toEqual([])
    const grant = filtered([{ name: 'name', operator: 'contains', value: '' }])
    expect((await api(shop()).refused('GET /_table/customers', { grant })).code).toBe('internal')
  })
  test('a claim that is a list of values is one in IN', async () => {
    expect(await seen({ name: 'id', operator: 'in', value: '{claim}' }, { lookups: { claim: [1, 3] } })).toEqual([1, 3])
    expect(await seen({ name: 'id', operator: 'in', value: '{claim}, 5' }, { lookups: { claim: [1, 3] } })).toEqual([
      1, 3, 5,
    ])
    expect(await seen({ name: 'id', operator: '=', value: '{claim}' }, { lookups: { claim: [1, 3] } })).toEqual([])
  })
  test('private lookups are for roles, not for what a client sends', async () => {
    const shown = api(shop())
    const privates = { team: 7 }
    expect(
      await ids(shown, { grant: filtered([{ name: 'owner_id', operator: '=', value: '{team}' }]), privates }),
    ).toEqual([1, 3])
    const error = await shown.refused('GET /_table/customers', { query: { filter: 'owner_id = {team}' }, privates })
    expect(error.message).toBe("Field 'owner_id' must be a valid integer.")
  })
})

describe('a filter that makes no sense is the operator’s to mend: 500, never all rows', () => {
  test.each<[string, unknown]>([
    ['an unknown field', { name: 'nope', operator: '=', value: 1 }],
    ['an unknown operator', { name: 'id', operator: 'is not', value: 1 }],
    ['an operator of the prototype', { name: 'id', operator: 'constructor', value: 1 }],
    ['an empty operator', { name: 'id', operator: '', value: 1 }],
    ['no operator', { name: 'id', value: 1 }],
    ['a value that does not fit', { name: 'id', operator: '=', value: 'abc' }],
    ['a text for a boolean', { name: 'active', operator: '!=', value: 'banana' }],
    ['an object', { name: 'name', operator: '=', value: { a: 1 } }],
  ])('%s', async (_, condition) => {
    const shown = api(shop())
    const grant = filtered([condition as RowCondition])
    for (const line of ['GET /_table/customers', 'GET /_table/customers/1', 'DELETE /_table/customers/1']) {
      const error = await shown.refused(line, { grant })
      expect(error).toMatchObject({ code: 'internal', message: 'Invalid server-side filter configuration detected.' })
    }
  })
  test('an unknown operation', async () => {
    const grant = {
      filters: [{ op: 'NOR', conditions: [{ name: 'id', operator: '=', value: 1 }] }],
      deny: [],
    } as unknown as Grant
    expect((await api(shop()).refused('GET /_table/customers', { grant })).code).toBe('internal')
  })
})

describe('what a client sends cannot widen a filter', () => {
  test.each([
    'id > 0',
    'id > 0 OR id > 0',
    '(id > 0) OR (id > 0)',
    'NOT (id = 0)',
    'owner_id IS NULL OR owner_id IS NOT NULL',
    'id = 0 NOR id = 0',
    "name != '{user.id}'",
  ])('%s', async (filter) => {
    const shown = api(shop())
    const rows = (await shown.ask('GET /_table/customers', { query: { filter, order: 'id' }, ...AS_7 })).resource
    expect(rows.map((row: any) => row.id)).toEqual([1, 3])
  })
  test('nor can a parenthesis too many', async () => {
    for (const filter of ['id = 1) OR (id > 0', '1=1) OR (1=1', "name = 'x') OR ('1'='1"]) {
      expect((await api(shop()).refused('GET /_table/customers', { query: { filter }, ...AS_7 })).code).toBe(
        'invalid_request',
      )
    }
  })
  test('rows outside are as if they did not exist, on every way to a row', async () => {
    const shown = api(shop())
    const missing = { code: 'not_found', message: "Record with identifier '2' not found." }
    expect(await shown.refused('GET /_table/customers/2', AS_7)).toMatchObject(missing)
    expect(await shown.refused('PATCH /_table/customers/2', { ...AS_7, body: { name: 'x' } })).toMatchObject(missing)
    expect(await shown.refused('PATCH /_table/customers/2', { ...AS_7, body: {} })).toMatchObject({
      code: 'invalid_request',
    })
    expect(await shown.refused('PATCH /_table/customers/2', { ...AS_7, body: { nope: 1 } })).toMatchObject(missing)
    expect(await shown.refused('DELETE /_table/customers/2', AS_7)).toMatchObject(missing)
    expect(
      await shown.refused('GET /_table/customers/bob@example.com', { ...AS_7, query: { id_field: 'email' } }),
    ).toMatchObject({ code: 'not_found' })
    for (const line of ['GET', 'DELETE']) {
      expect((await shown.refused(`${line} /_table/customers`, { ...AS_7, query: { ids: '2' } })).wire?.code).toBe(1000)
      expect((await shown.refused(`${line} /_table/customers`, { ...AS_7, body: [{ id: 2 }] })).wire?.code).toBe(1000)
    }
    expect(await shown.ask('GET /_table/customers', { ...AS_7, query: { count_only: true } })).toBe(2)
    expect(
      (await shown.ask('GET /_table/customers', { ...AS_7, query: { include_count: true, limit: 1 } })).meta,
    ).toEqual({ count: 2, next: 1 })
    expect(
      (
        await shown.ask('PATCH /_table/customers', {
          ...AS_7,
          query: { filter: 'id > 0' },
          body: [{ born: '2000-01-01' }],
        })
      ).resource,
    ).toEqual([{ id: 1 }, { id: 3 }])
    expect(
      (await shown.ask('GET /_table/customers', { query: { filter: "born = '2000-01-01'", fields: 'id' } })).resource,
    ).toHaveLength(2)
  })
  test('force removes what the filter shows, and nothing else', async () => {
    const shown = api(shop())
    const grant = filtered([{ name: 'kind', operator: '=', value: 'in' }])
    await shown.ask('DELETE /_table/journal', { grant, query: { force: 'true' } })
    expect((await shown.ask('GET /_table/journal')).resource).toEqual([{ kind: 'out', amount: 2 }])
    await shown.ask('DELETE /_table/journal', {
      grant: filtered([{ name: 'kind', operator: '!=', value: '{nope}' }]),
      query: { force: true },
    })
    expect((await shown.ask('GET /_table/journal')).resource).toHaveLength(1)
  })
})

describe('several filters', () => {
  test('all of them hold at once', async () => {
    const grant: Grant = {
      filters: [
        { op: 'AND', conditions: [{ name: 'owner_id', operator: '=', value: 7 }] },
        {
          op: 'OR',
          conditions: [
            { name: 'credit', operator: 'is null' },
            { name: 'id', operator: '>', value: 3 },
          ],
        },
      ],
      deny: [],
    }
    expect(await ids(api(shop()), { grant })).toEqual([3])
  })
  test('a role may filter by a field that it denies', async () => {
    const grant = filtered([{ name: 'owner_id', operator: '=', value: 7 }], 'AND', ['owner_id'])
    const shown = api(shop())
    const rows = (await shown.ask('GET /_table/customers', { grant })).resource
    expect(rows.map((row: any) => [row.id, 'owner_id' in row])).toEqual([
      [1, false],
      [3, false],
    ])
  })
  test('one caller never gets another’s plan with their own values', async () => {
    const shown = api(shop())
    const asked = (id: unknown) => ids(shown, { grant: OWN, lookups: { 'user.id': id } })
    expect(await asked(7)).toEqual([1, 3])
    expect(await asked(8)).toEqual([2, 5])
    expect(await asked(undefined)).toEqual([])
    expect(await asked(7)).toEqual([1, 3])
  })
})

test('errors about filters say nothing about what they hold', async () => {
  const error = await api(shop()).refused('GET /_table/customers', {
    grant: filtered([{ name: 'internal_flag', operator: '=', value: 'hush' }]),
  })
  expect(GwError.is(error)).toBe(true)
  expect(`${error.message}${JSON.stringify(error.details ?? null)}${JSON.stringify(error.wire ?? null)}`).not.toMatch(
    /internal_flag|hush/,
  )
})
