import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { conformance } from '@gw/testkit'
import { afterAll } from 'vitest'
import http from '../src/index.ts'

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"fine":true}')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => server.close())
// A port that nobody listens on any more.
const gone = createServer().listen(0, '127.0.0.1')
await new Promise((resolve) => gone.once('listening', resolve))
const { port: closed } = gone.address() as AddressInfo
await new Promise((resolve) => gone.close(resolve))
const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const openapi = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  paths: {
    '/items': {
      get: {
        operationId: 'items/list',
        responses: { 200: { description: 'All.', content: { 'application/json': {} } } },
      },
      post: { requestBody: { content: { 'application/json': { schema: { type: 'object' } } } } },
    },
    '/items/{item-id}': { get: { responses: {} }, delete: { summary: 'Away with it' } },
  },
}

const shared = {
  type: http,
  invalid: [
    {},
    { base_url: 'nowhere' },
    { base_url: 'ftp://files.example' },
    { base_url: 'http://user:secret@service.example' },
    { base_url, unknown: 1 },
    { base_url, options: { CURLOPT_NO_SUCH: '1' } },
    { base_url, parameters: 'Web service parameters must be an array.' },
    { base_url, headers: [{ name: 'has space', value: 'x' }] },
    { base_url, retries: -1 },
    { base_url, oauth2: { token_url: 'x', client_id: 'a', client_secret: 'b' } },
  ],
  unreachable: { base_url: `http://127.0.0.1:${closed}` },
  caseInsensitive: false,
  notSecret: ['oauth2.token_url', 'parameters.cache_key'],
} as const

conformance({
  ...shared,
  config: { base_url, parameters: [{ name: 'key', value: 'a-secret-value', outbound: true, action: 31 }] },
})
conformance({ ...shared, config: { base_url, openapi }, resources: ['items'] })
