import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineServiceType, endpoint } from '../src/contract.ts'
import { notesType, type Opened, openGateway, row, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
const open = async (...args: Parameters<typeof openGateway>) => {
  opened = await openGateway(...args)
  return opened
}
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})
const probe = () => ({ started: [], stopped: [] })
const notes = () => service('notes', 'notes', { title: 'first' })

describe('a POST of a form', () => {
  it('may be tunnelled by a form, and rights are those of the verb that it names', async () => {
    const access = [row('notes', '*', 31 - 2)]
    const { json, stage } = await open([notesType(probe())], { services: [notes()], access })
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      json(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
      })
    expect((await post('/notes/echo', '_method=PUT&text=a+b')).body).toEqual({ text: 'a b' })
    expect((await post('/notes/note/1', '_method=get')).body).toEqual({ id: 1, text: 'one' })
    expect((await post('/notes/note', 'text=x')).status).toBe(401)
    expect((await post('/notes/note', '_method=POST&text=x')).status).toBe(401)
    expect((await post('/notes/echo', '_method=GETT&text=x')).status).toBe(400)
    expect((await post('/notes/echo', '_method=DELETE&text=x', { 'x-http-method': 'PUT' })).body).toEqual({ text: 'x' })
    stage.role = { ...stage.role, access: [row('notes', '*', 2)] }
    expect((await post('/notes/echo', '_method=PUT&text=x')).status).toBe(401)
  })
  it('has its bytes also where they look like a form', async () => {
    const take = endpoint({
      id: 'takeFile',
      method: 'PUT',
      path: '/file',
      summary: 'Takes a file.',
      body: { bytes: ['*/*'] },
      handle: async ({ body }) => ({ text: await new Response(body as never).text() }),
    })
    const type = defineServiceType({
      ...{ contract: 1, name: 'files', label: 'Files', description: 'Files.', group: 'Other', config: z.object({}) },
      create: () => ({ endpoints: [take, { ...take, id: 'addFile', method: 'POST' as const }] }),
    } as const)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    // An interceptor that waits for it does not take them away.
    for (const interceptors of [[], [{ matches: () => true }]]) {
      const { json } = await open([type], { services: [service('files', 'files')], interceptors })
      for (const body of ['_method=PUT&a=%41', 'plain text'])
        expect((await json('/files/file', { method: 'POST', body, headers })).body).toEqual({ text: body })
    }
  })
})
