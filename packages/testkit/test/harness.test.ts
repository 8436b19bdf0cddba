import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGateway, replyValidator, type TestGateway } from '../src/index.ts'
import { weather } from './seeded/weather.ts'

let server: Server
let gateway: TestGateway
beforeAll(async () => {
  server = createServer((_request, response) => response.end('{"max":21}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  gateway = await openGateway({ services: { db: { type: weather, config: { baseUrl, apiKey: 'sesame-open' } } } })
})
afterAll(async () => {
  await gateway?.close()
  server.close()
})

const path = 'forecast/Oslo'

test('a call goes through the whole request path and is answered', async () => {
  const { status, body } = await gateway.ask({ path })
  expect([status, body]).toEqual([200, { max: 21 }])
})

test('without credentials, or with a role that lacks the path, nothing is answered', async () => {
  expect((await gateway.ask({ path, as: null })).status).toBe(400)
  expect((await gateway.ask({ path, as: { access: [] } })).status).toBe(401)
  expect((await gateway.ask({ path, as: { access: [{ component: 'other/*' }] } })).status).toBe(401)
})

test('an obligation that the service has not declared to honour is refused', async () => {
  const filter = { op: 'AND', conditions: [{ name: 'city', operator: '=', value: 'Oslo' }] } as const
  expect((await gateway.ask({ path, as: { access: [{ filter }] } })).status).toBe(403)
  expect((await gateway.ask({ path, as: { access: [{ deny: ['max'] }] } })).status).toBe(403)
})

test('an answer that is not what the document promises is noticed', async () => {
  const validate = replyValidator((await gateway.gateway.document({ service: 'db' })) as never)
  const answer = await gateway.ask({ path })
  expect(() => validate({ path }, answer)).not.toThrow()
  expect(() => validate({ path }, { ...answer, body: { max: 'warm' } })).toThrow(/not what is documented/)
  expect(() => validate({ path: 'nowhere' }, answer)).toThrow(/not documented/)
})
