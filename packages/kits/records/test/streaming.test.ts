import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { PAGE_CEILING } from '../src/index.ts'
import { api, PEOPLE, shop } from './gateway.ts'

const collected = async (items: AsyncIterable<unknown>) => {
  const found: unknown[] = []
  try {
    for await (const row of items) found.push(row)
  } catch (error) {
    if (GwError.is(error)) return { found, message: error.message }
    throw error
  }
  return { found, message: undefined }
}
const ask = async (maxStreamRecords: number, query: object) => {
  const { resource } = await api(shop(), { maxStreamRecords }).ask('GET /_table/customers', {
    query: { stream: true, ...query },
  })
  return collected(resource)
}

describe('the most records of a stream', () => {
  test('bounds it: what has more breaks off instead of looking complete', async () => {
    expect((await ask(5, {})).found).toHaveLength(PEOPLE.length)
    expect((await ask(0, {})).found).toHaveLength(PEOPLE.length)
    expect(await ask(4, {})).toMatchObject({ message: expect.stringContaining('more than 4 records') })
    expect((await ask(4, { filter: 'id < 5' })).found).toHaveLength(4)
    expect((await ask(4, { limit: 4 })).found).toHaveLength(4)
  })

  test('is not exceeded by asking for more', async () => {
    const error = await api(shop(), { maxStreamRecords: 4 }).refused('GET /_table/customers', {
      query: { stream: true, limit: PAGE_CEILING },
    })
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('4 records at most') })
  })
})

test('a stream is refused where a script looks at the answer', async () => {
  const error = await api(shop()).refused('GET /_table/customers', { query: { stream: true }, objects: true })
  expect(error.code).toBe('not_supported')
})
