import type { GwError } from '@gw/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memorySource } from '../src/memory.ts'
import { api, customers, PEOPLE, shop, watched } from './gateway.ts'

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
