import { expect, test } from 'vitest'
import { KEY, notesType, openGateway, row, service } from './fixtures/gateway.ts'

const probe = { started: [], stopped: [] }

test('an API key counts in a body, too, and one in the header goes before it', async () => {
  const { gateway } = await openGateway([notesType(probe)], {
    services: [service('notes', 'notes', { title: 'Mine' })],
    access: [row('notes', '*', 31), row('notes', '', 31)],
  })
  const status = async (body: object, headers: Record<string, string> = {}) => {
    const request = new Request('http://gateway.test/api/v2/notes', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-http-method': 'GET', ...headers },
      body: JSON.stringify(body),
    })
    return (await gateway.fetch(request)).status
  }
  expect(await status({})).toBe(400)
  expect(await status({ api_key: 'wrong' })).toBe(400)
  expect(await status({ api_key: KEY })).toBe(200)
  expect(await status({ api_key: KEY }, { 'x-dreamfactory-api-key': 'wrong' })).toBe(400)
  expect(await status({ api_key: 'wrong' }, { 'x-dreamfactory-api-key': KEY })).toBe(200)
  await gateway.stop()
})
