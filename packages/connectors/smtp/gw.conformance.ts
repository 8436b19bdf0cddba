/** How this connector is proved: `gw conformance`, and its own tests. */
import { defineConformance } from '@gw/testkit'
import smtp from './src/index.ts'
import { startServer } from './test/server.ts'

export default defineConformance({
  type: smtp,
  async open() {
    const server = await startServer()
    return {
      service: {
        config: { host: '127.0.0.1', port: server.port, verify_certificate: false },
        invalid: [
          {},
          { host: '' },
          { host: 'h', port: 0 },
          { host: 'h', encryption: 'maybe' },
          { host: 'h', oauth2: { access_token: 't' } },
          { host: 'h', unknown: 1 },
        ],
        unreachable: { host: '127.0.0.1', port: 1 },
        notSecret: ['oauth2.token_url'],
      },
      email: {
        async prepare() {
          const { port, inbox, close } = await startServer()
          const config = { host: '127.0.0.1', port, encryption: '', verify_certificate: false }
          return { config, inbox: () => inbox, close }
        },
      },
      close: () => server.close(),
    }
  },
})
