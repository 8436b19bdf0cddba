import { expect, test } from 'vitest'
import { notesType, openGateway, row, service } from './fixtures/gateway.ts'

test('where the governance knows nothing of acting as a role, nobody does: the call is refused', async () => {
  const opened = await openGateway([notesType({ started: [], stopped: [] })], {
    services: [service('notes', 'notes', { title: 'Mine' })],
    access: [row('notes', '*', 31), row('notes', '', 31)],
  })
  const status = async (headers: Record<string, string>) => (await opened.call('/notes/note', { headers })).status
  expect(await status({})).toBe(200)
  // Also its own role: there is no session behind it.
  for (const role of ['2', '', 'admin']) expect([role, await status({ 'x-gw-act-as-role': role })]).toEqual([role, 403])
  expect((await opened.call('/api_docs/notes?role=1')).status).toBe(403)
  await opened.gateway.stop()
})
