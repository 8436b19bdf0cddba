/** How this connector is proved: `gw conformance`, and its own tests. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineConformance } from '@gw/testkit'
import http from './src/index.ts'

export default defineConformance({
  type: http,
  async open() {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"fine":true}')
    }).listen(0, '127.0.0.1')
    // A port that nobody listens on any more.
    const gone = createServer().listen(0, '127.0.0.1')
    await Promise.all([once(server, 'listening'), once(gone, 'listening')])
    const { port: closed } = gone.address() as AddressInfo
    gone.close()
    await once(gone, 'close')
    const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return {
      service: {
        config: { base_url, parameters: [{ name: 'key', value: 'a-secret-value', outbound: true, action: 31 }] },
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
      },
      remote: {
        prepare: () => ({
          configOf: (url) => ({ base_url: url }),
          call: { path: 'things/1' },
          answer: () => ({ thing: 1 }),
          impatient: { timeout: 1, retries: 0 },
        }),
      },
      close: () => {
        server.closeAllConnections()
        server.close()
      },
    }
  },
})
