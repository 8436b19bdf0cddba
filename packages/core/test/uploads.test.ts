import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineServiceType, endpoint } from '../src/contract.ts'
import { KEY, type Opened, openGateway, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})

const count = async (body: AsyncIterable<Uint8Array>) => {
  let bytes = 0
  for await (const chunk of body) bytes += chunk.byteLength
  return { bytes }
}

const takingType = defineServiceType({
  contract: 1,
  name: 'taking',
  label: 'Taking',
  description: 'Counts bytes.',
  group: 'Test',
  config: z.strictObject({}),
  create: () => ({
    endpoints: [
      endpoint({
        id: 'takeAny',
        method: 'POST',
        path: '/any',
        summary: 'Takes bodies of any size',
        body: { bytes: ['*/*'], anySize: true },
        handle: ({ body }) => count(body),
      }),
      endpoint({
        id: 'takeSome',
        method: 'POST',
        path: '/some',
        summary: 'Takes bodies within the limit',
        body: { bytes: ['*/*'] },
        handle: ({ body }) => count(body),
      }),
    ],
  }),
})

const start = async (server: object) => {
  opened = await openGateway([takingType], {
    services: [service('taking', 'taking')],
    server: { host: '127.0.0.1', port: 0, ...server },
  })
  const { url } = await opened.gateway.listen()
  return (path: string, headers: Record<string, string> = {}) => {
    const sending = request(`${url}/api/v2/taking/${path}`, {
      method: 'POST',
      headers: { 'x-dreamfactory-api-key': KEY, ...headers },
    })
    const answer = new Promise<{ status: number | undefined; body: any }>((resolve, reject) => {
      sending.once('error', reject).once('response', async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode, body: JSON.parse(text) })
      })
    })
    return { sending, answer }
  }
}

describe('a body of any size', () => {
  test('is taken beyond the limit of the server, which holds for every other body', async () => {
    const upload = await start({ bodyLimit: 1000 })
    const large = upload('any')
    large.sending.end(Buffer.alloc(100_000))
    expect(await large.answer).toEqual({ status: 200, body: { bytes: 100_000 } })
    const refused = upload('some')
    refused.sending.end(Buffer.alloc(100_000))
    expect((await refused.answer).status).toBe(413)
  })

  test.each(['application/json', 'application/x-www-form-urlencoded'])(
    'is not read for credentials or a method where it is %s',
    async (type) => {
      const upload = await start({ bodyLimit: 1000 })
      const large = upload('any', { 'content-type': type })
      large.sending.end(' '.repeat(5000))
      expect(await large.answer).toEqual({ status: 200, body: { bytes: 5000 } })
    },
  )

  test('may take longer than a call as long as bytes arrive, and ends soon after they cease', async () => {
    const upload = await start({ requestTimeout: 600 })
    const slow = upload('any')
    for (let sent = 0; sent < 8; sent++) {
      slow.sending.write('x')
      await pause(150)
    }
    slow.sending.end()
    expect(await slow.answer).toEqual({ status: 200, body: { bytes: 8 } })
    const ceasing = upload('any')
    ceasing.sending.write('x')
    expect((await ceasing.answer).status).toBe(504)
    ceasing.sending.destroy()
  })
})
