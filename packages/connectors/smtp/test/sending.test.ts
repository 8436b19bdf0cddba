import { generateKeyPairSync } from 'node:crypto'
import { createServer as createWebServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { createEgress } from '@gw/core/kernel'
import { openGateway, recordedHost, type TestGateway } from '@gw/testkit'
import type { Received } from '@gw/testkit/email'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { smtpConfig } from '../src/config.ts'
import smtp from '../src/index.ts'
import { certificate, type MailServer, refusal, startServer } from './server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const keep = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}
const serve = async (...args: Parameters<typeof startServer>): Promise<MailServer> => keep(await startServer(...args))
const gatewayTo = async (port: number, config: object = {}): Promise<TestGateway> =>
  keep(
    await openGateway({
      services: {
        mail: { type: smtp, config: { host: 'localhost', port, from_email: 'shop@mail.example', ...config } },
      },
    }),
  )
const GOOD = { to: 'a@mail.example', subject: 's', body_text: 'b' }
const send = (gateway: TestGateway, body: object = GOOD) =>
  gateway.ask({ service: 'mail', method: 'POST', path: '', body })
const reasonOf = (answer: { body: { error: { context: { reason: string } } } }) => answer.body.error.context.reason

describe('encryption', () => {
  const trusted = { ca: certificate.cert }

  test('ssl is encrypted from the beginning', async () => {
    const server = await serve({ secure: true })
    const gateway = await gatewayTo(server.port, { encryption: 'ssl', ...trusted })
    expect(await send(gateway)).toMatchObject({ status: 200, body: { count: 1 } })
    expect(server.inbox).toHaveLength(1)
  })

  test('tls begins with STARTTLS, and sends nothing without it', async () => {
    const seen: boolean[] = []
    const server = await serve({
      onMailFrom(_address, session, done) {
        seen.push(session.secure)
        done()
      },
    })
    const gateway = await gatewayTo(server.port, { encryption: 'tls', ...trusted })
    expect((await send(gateway)).status).toBe(200)
    expect(seen).toEqual([true])

    const plain = await serve({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    const refused = await send(await gatewayTo(plain.port, { encryption: 'tls', ...trusted }))
    expect(refused.status).toBe(502)
    expect(reasonOf(refused)).toBe('encryption')
    expect(plain.inbox).toHaveLength(0)
  })

  test('without a setting, STARTTLS is used where the server offers it', async () => {
    const server = await serve({ hideSTARTTLS: true })
    expect((await send(await gatewayTo(server.port))).status).toBe(200)
  })

  test('a certificate that can not be verified is refused, unless the operator says otherwise', async () => {
    const server = await serve({ secure: true })
    const refused = await send(await gatewayTo(server.port, { encryption: 'ssl' }))
    expect([refused.status, reasonOf(refused)]).toEqual([502, 'encryption'])
    const accepted = await gatewayTo(server.port, { encryption: 'ssl', verify_certificate: false })
    expect((await send(accepted)).status).toBe(200)
  })
})

describe('signing in', () => {
  const server = () =>
    serve({
      authOptional: false,
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      onAuth({ username, password, accessToken }, _session, done) {
        const good = username === 'shop' && (password === 'right-password' || accessToken === 'right-token')
        done(good ? null : refusal(535, '5.7.8 wrong'), { user: username })
      },
    })

  test('with a password, or with a token', async () => {
    const { port, inbox } = await server()
    const password = await gatewayTo(port, { username: 'shop', password: 'right-password' })
    expect((await send(password)).status).toBe(200)
    const token = await gatewayTo(port, { username: 'shop', oauth2: { access_token: 'right-token' } })
    expect((await send(token)).status).toBe(200)
    expect(inbox).toHaveLength(2)
  })

  /** Gives out the token for what renews it, and says how often it was asked. */
  const tokenServer = async () => {
    const asked: URLSearchParams[] = []
    const web = createWebServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      asked.push(new URLSearchParams(body))
      const good = asked.at(-1)!.get('refresh_token') === 'renews'
      response
        .writeHead(good ? 200 : 400, { 'content-type': 'application/json' })
        .end(JSON.stringify(good ? { access_token: 'right-token', token_type: 'bearer' } : { error: 'invalid_grant' }))
    })
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening))
    keep({
      async close() {
        web.closeAllConnections()
        await new Promise((closed) => web.close(closed))
      },
    })
    return { asked, url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/token` }
  }

  test('with a token that is renewed', async () => {
    const { port, inbox } = await server()
    const { asked, url } = await tokenServer()
    const oauth2 = { client_id: 'shop', client_secret: 'its-secret', refresh_token: 'renews', token_url: url }
    expect((await send(await gatewayTo(port, { username: 'shop', oauth2 }))).status).toBe(200)
    expect(Object.fromEntries(asked[0]!)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'renews',
      client_id: 'shop',
      client_secret: 'its-secret',
    })
    const revoked = await gatewayTo(port, { username: 'shop', oauth2: { ...oauth2, refresh_token: 'revoked-canary' } })
    const answer = await send(revoked)
    expect([answer.status, reasonOf(answer)]).toEqual([502, 'credentials'])
    expect(answer.text + JSON.stringify(revoked.log.lines)).not.toMatch(/canary|its-secret/)
    expect(inbox).toHaveLength(1)
  })

  test('a token is not asked for where the operator has not opened its address', async () => {
    const { port, inbox } = await server()
    const { asked, url } = await tokenServer()
    const egress = keep(createEgress())
    const config = smtpConfig.parse({
      host: 'localhost',
      port,
      from_email: 'shop@mail.example',
      username: 'shop',
      oauth2: { client_id: 'shop', refresh_token: 'renews', token_url: url },
    })
    const service = smtp.create(config, recordedHost({ fetch: egress.fetch }))
    await expect(service.health!(AbortSignal.timeout(20_000))).rejects.toThrow()
    await service.stop?.()
    expect([asked, inbox]).toEqual([[], []])
  })

  test('wrong credentials are the operator’s matter, and are told to nobody', async () => {
    const { port, inbox } = await server()
    const gateway = await gatewayTo(port, { username: 'shop', password: 'wrong-password-canary' })
    const answer = await send(gateway)
    expect([answer.status, reasonOf(answer)]).toEqual([502, 'credentials'])
    expect(answer.text).not.toMatch(/shop|canary|535|localhost/)
    expect(JSON.stringify(gateway.log.lines)).not.toMatch(/canary/)
    expect(inbox).toHaveLength(0)
  })
})

describe('refusals of the server', () => {
  test('of every recipient, of some, of the sender, of the message, and for now', async () => {
    const server = await serve({
      hideSTARTTLS: true,
      size: 50_000,
      onMailFrom: ({ address }, _session, done) =>
        done(address === 'evil@mail.example' ? refusal(550, '5.7.1 not you') : null),
      onRcptTo({ address }, _session, done) {
        if (address === 'none@mail.example') return done(refusal(550, '5.1.1 nobody'))
        done(address === 'later@mail.example' ? refusal(450, '4.2.1 busy') : null)
      },
    })
    const gateway = await gatewayTo(server.port)
    const all = await send(gateway, { ...GOOD, to: 'none@mail.example' })
    expect([all.status, reasonOf(all)]).toEqual([422, 'recipients_refused'])
    const later = await send(gateway, { ...GOOD, to: 'later@mail.example' })
    expect([later.status, reasonOf(later), later.headers.get('retry-after')]).toEqual([503, 'busy', '60'])
    const sender = await send(gateway, { ...GOOD, from_email: 'evil@mail.example' })
    expect([sender.status, reasonOf(sender)]).toEqual([422, 'sender_refused'])
    const large = await send(gateway, { ...GOOD, body_text: 'x'.repeat(60_000) })
    expect([large.status, reasonOf(large)]).toEqual([413, 'message_too_large'])
    expect(server.inbox).toHaveLength(0)

    const some = await send(gateway, { ...GOOD, to: ['a@mail.example', 'none@mail.example'] })
    expect(some).toMatchObject({ status: 200, body: { count: 1, rejected: ['none@mail.example'] } })
    expect(server.inbox.map(({ recipients }) => recipients)).toEqual([['a@mail.example']])
  })

  test('after it took the message it is no success', async () => {
    const server = await serve({ hideSTARTTLS: true }, () => {
      throw refusal(554, '5.6.0 no')
    })
    const answer = await send(await gatewayTo(server.port))
    expect([answer.status, reasonOf(answer)]).toEqual([422, 'message_refused'])
  })
})

describe('a server that goes away', () => {
  test('a connection that was closed while it was idle costs no message', async () => {
    const server = await serve({ hideSTARTTLS: true })
    const gateway = await gatewayTo(server.port, { pool_size: 1 })
    expect((await send(gateway)).status).toBe(200)
    for (const connection of server.server.connections) (connection as { close(): void }).close()
    expect((await send(gateway)).status).toBe(200)
    expect(server.inbox).toHaveLength(2)
  })

  test('before the message was whole, nothing was sent; after, it may have been, and it is not sent again', async () => {
    const messages: Received[] = []
    const server = await serve({ hideSTARTTLS: true }, (message) => {
      messages.push(message)
      for (const connection of server.server.connections)
        (connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
      return new Promise(() => {})
    })
    const answer = await send(await gatewayTo(server.port))
    expect([answer.status, reasonOf(answer)]).toEqual([502, 'unknown_outcome'])
    expect(answer.body.error.message).toMatch(/may have been sent/)
    expect(messages).toHaveLength(1)
  })

  test('a silent one is given up', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    try {
      const answer = await send(await gatewayTo(port, { timeout: 1 }))
      expect([answer.status, reasonOf(answer)]).toEqual([504, 'timeout'])
    } finally {
      silent.close()
    }
  })

  test('each answer is true for every one of many messages while it is killed', { timeout: 120_000 }, async () => {
    const number = Number(process.env.GW_MAIL_MESSAGES ?? 100)
    let taken = 0
    const stored: string[] = []
    const server = await serve({ hideSTARTTLS: true }, ({ recipients }) => {
      stored.push(recipients[0]!)
      taken += 1
      if (taken === Math.floor(number / 2)) {
        server.server.close()
        for (const connection of server.server.connections)
          (connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
      }
    })
    const gateway = await gatewayTo(server.port)
    const answers = await Promise.all(
      Array.from({ length: number }, async (_, index) => {
        const to = `n${index}@mail.example`
        return { to, answer: await send(gateway, { ...GOOD, to }) }
      }),
    )
    expect(new Set(stored).size, 'nothing is sent twice').toBe(stored.length)
    const outcomes = { sent: 0, failed: 0, unknown: 0 }
    for (const { to, answer } of answers) {
      const has = stored.includes(to)
      if (answer.status === 200) {
        expect(has, `${to} was confirmed`).toBe(true)
        outcomes.sent += 1
      } else if (reasonOf(answer) === 'unknown_outcome') {
        outcomes.unknown += 1
      } else {
        expect(has, `${to} failed: ${answer.text}`).toBe(false)
        outcomes.failed += 1
      }
    }
    expect(outcomes.sent).toBeGreaterThan(0)
    expect(outcomes.failed).toBeGreaterThan(0)
    expect(outcomes.unknown, 'at most one a connection').toBeLessThanOrEqual(5)
  })
})

describe('a caller who leaves', () => {
  test('before the message was handed over: nothing is sent', async () => {
    let greeted = false
    const server = await serve({
      hideSTARTTLS: true,
      onRcptTo(_address, _session, done) {
        greeted = true
        setTimeout(() => done(null), 300)
      },
    })
    const gateway = await gatewayTo(server.port)
    const leaving = new AbortController()
    const key = gateway.governance.keyOf({ access: [{ component: '*' }, { component: '' }] })
    const { url } = await gateway.gateway.listen({ port: 0 })
    const answer = fetch(`${url}/api/v2/mail`, {
      method: 'POST',
      body: JSON.stringify(GOOD),
      headers: { 'content-type': 'application/json', 'x-dreamfactory-api-key': key },
      signal: leaving.signal,
    }).catch(() => undefined)
    await vi.waitFor(() => expect(greeted).toBe(true), { timeout: 60_000 })
    leaving.abort()
    await answer
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(server.inbox).toHaveLength(0)
  })
})

test('messages are signed by DKIM', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const server = await serve({ hideSTARTTLS: true })
  const dkim = {
    domain: 'mail.example',
    selector: 'gw',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  expect((await send(await gatewayTo(server.port, { dkim }))).status).toBe(200)
  const header = /^DKIM-Signature:[\s\S]*?(?=^\S)/m.exec(server.inbox[0]!.raw)?.[0].replace(/\s/g, '')
  expect(header).toContain('d=mail.example')
  expect(header).toContain('s=gw')
  expect(header).toMatch(/b=[A-Za-z0-9+/=]{100,}/)
})
