import { conformance } from '@gw/testkit'
import { EMAIL_PROVEN, emailConformance } from '@gw/testkit/email'
import { afterAll } from 'vitest'
import smtp from '../src/index.ts'
import { startServer } from './server.ts'

const server = await startServer()
afterAll(() => server.close())

conformance({
  type: smtp,
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
  proven: EMAIL_PROVEN,
})

emailConformance({
  type: smtp,
  async prepare() {
    const { port, inbox, close } = await startServer()
    return { config: { host: '127.0.0.1', port, encryption: '', verify_certificate: false }, inbox: () => inbox, close }
  },
})
