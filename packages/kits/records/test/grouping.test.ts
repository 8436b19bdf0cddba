import type { Grant } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { RecordsSource } from '../src/index.ts'
import { api, shop } from './gateway.ts'

const C = 'GET /_table/customers'

describe('groups', () => {
  const grant: Grant = { filters: [], deny: ['credit'] }
  test.each([
    [{ group: 'credit' }, "Invalid or unknown field 'credit' in group by clause."],
    [{ group: 'id', fields: 'SUM(credit)' }, 'Invalid field requested: SUM(credit)'],
    [{ group: 'id', fields: 'id,COUNT(CREDIT)' }, 'Invalid field requested: COUNT(CREDIT)'],
    [{ group: 'id', order: 'MAX_credit' }, "Invalid field 'MAX_credit' in order by clause."],
    [{ group: 'id', order: 'MAX(credit)' }, "Invalid field 'MAX(credit)' in order by clause."],
    [{ group: 'id', having: 'MIN_credit > 0' }, "Invalid or unparsable field in filter request: 'MIN_credit'"],
  ])('a denied field can not be read by %o', async (query, message) => {
    const error = await api(shop()).refused(C, { query, grant })
    expect(error).toMatchObject({ code: 'invalid_request', message })
    await api(shop()).ask(C, { query })
  })
  test('row filters decide which records are grouped, whatever else is asked for', async () => {
    const conditions = [{ name: 'id', operator: '<=', value: '2' }]
    const filtered: Grant = { filters: [{ op: 'AND', conditions }], deny: [] } as unknown as Grant
    const query = {
      group: 'id',
      fields: 'id,COUNT(*)',
      order: 'id',
      filter: 'id > 0 OR id < 9',
      having: 'COUNT_ALL > 0',
    }
    expect((await api(shop()).ask(C, { query, grant: filtered })).resource).toEqual([
      { id: 1, COUNT_ALL: 1 },
      { id: 2, COUNT_ALL: 1 },
    ])
    expect((await api(shop()).ask(C, { query: { ...query, offset: 1, limit: 1 }, grant: filtered })).resource).toEqual([
      { id: 2, COUNT_ALL: 1 },
    ])
  })
  test('a source without groups refuses them by name', async () => {
    const { group: _group, ...source } = shop()
    const plain: RecordsSource = { ...source, capabilities: { transactions: true, insensitiveLike: true } }
    const error = await api(plain).refused(C, { query: { group: 'id' } })
    expect(error.code).toBe('not_supported')
    expect(error.message).toContain("'group'")
  })
  test('an aggregate that is asked for twice is answered once', async () => {
    const query = { group: 'id', fields: 'SUM(credit),SUM(credit),sum(credit)', order: 'id', limit: 1 }
    const [row] = (await api(shop()).ask(C, { query })).resource
    expect(Object.keys(row)).toEqual(['SUM_credit'])
  })
  test('groups are for reading lists', async () => {
    for (const line of ['GET /_table/customers/1', 'DELETE /_table/customers/1'])
      expect((await api(shop()).refused(line, { query: { group: 'id' } })).message).toContain('lists only')
  })
})
