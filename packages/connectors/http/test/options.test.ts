/** Settings and libcurl's options for timeouts, sign-in, certificates and proxies. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, test } from 'vitest'
import { curlSettings } from '../src/curl.ts'
import http from '../src/index.ts'
import { cleanups, gatewayTo, listen, serve } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-http-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A certificate that signs itself, made anew: a stored one would expire. */
const certificate = (name: string) => {
  const [key, cert] = [join(folder, `${name}-key.pem`), join(folder, `${name}.pem`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  return { key, cert, texts: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }
}
const server = certificate('server')
const client = certificate('client')

const serveTls = () =>
  listen(
    createTlsServer(
      { ...server.texts, requestCert: true, rejectUnauthorized: false, ca: client.texts.cert },
      (request, response) => response.end((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'),
    ),
  )

/** OpenSSL's own server, which tells a client why it turns it away; Node's just closes. */
const serveStrictly = async (version: '-tls1_2' | '-tls1_3'): Promise<number> => {
  const files = ['-cert', server.cert, '-key', server.key, '-CAfile', client.cert]
  const strict = [
    's_server',
    version,
    '-accept',
    '127.0.0.1:0',
    ...files,
    '-Verify',
    '1',
    '-verify_return_error',
    '-www',
  ]
  const process = spawn('openssl', strict, { stdio: ['ignore', 'pipe', 'ignore'] })
  cleanups.push(() => process.kill())
  let told = ''
  for await (const chunk of process.stdout) {
    told += chunk
    const port = /ACCEPT \S+:(\d+)/.exec(told)
    if (port) return Number(port[1])
  }
  throw new Error('openssl s_server did not start.')
}

/** A proxy that opens tunnels, and tells who asked. */
const serveProxy = async () => {
  const asked: (string | undefined)[] = []
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.headers['proxy-authorization'])
    const upstream = connect(Number(request.url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const one of [upstream, socket]) one.on('error', () => upstream.destroy())
  })
  return { port: await listen(proxy), asked }
}

describe('certificates', () => {
  test('of the service are verified, and the client’s is shown, by settings and by options', async () => {
    const base_url = `https://127.0.0.1:${await serveTls()}`
    const closed = await gatewayTo({ base_url, retries: 0 })
    const refused = await closed.ask({ path: 'a' })
    expect([refused.status, refused.body.error.message]).toEqual([502, expect.stringMatching(/can not be verified/)])
    const configs = [
      { tls: { ca: server.texts.cert, cert: client.texts.cert, key: client.texts.key } },
      { options: { CURLOPT_CAINFO: server.cert, CURLOPT_SSLCERT: client.cert, CURLOPT_SSLKEY: client.key } },
      { options: { CURLOPT_SSL_VERIFYPEER: '0', 10025: client.cert, 10087: client.key } },
    ]
    for (const config of configs) {
      const { ask } = await gatewayTo({ base_url, retries: 0, ...config })
      expect((await ask({ path: 'a' })).text).toBe('client')
    }
  })

  test('that the service wants and does not get are named as the reason', async () => {
    const ca = server.texts.cert
    for (const version of ['-tls1_2', '-tls1_3'] as const) {
      const base_url = `https://127.0.0.1:${await serveStrictly(version)}`
      for (const [tls, status, said] of [
        [{ ca }, 502, /wants? a client certificate/],
        [{ ca, ...server.texts }, 502, /wants? a client certificate/],
        [client.texts, 502, /can not be verified/],
        [{ ca, ...client.texts }, 200, /s_server/],
      ] as const) {
        const { ask } = await gatewayTo({ base_url, retries: 0, tls })
        const { body, text, ...answer } = await ask({ path: '' })
        expect([answer.status, body?.error?.message ?? text]).toEqual([status, expect.stringMatching(said)])
      }
    }
  })

  test('that are not there keep the service down, without their path', async () => {
    const config = { base_url: 'https://127.0.0.1', options: { CURLOPT_CAINFO: '/no/such/file.pem' } }
    await expect(gatewayTo(config)).rejects.toThrow(/can not be read from its file/)
    await expect(gatewayTo(config)).rejects.not.toThrow(/no.such/)
  })
})

test('a proxy is asked with its credentials, by settings and by options', async () => {
  const target = await serve()
  const proxy = await serveProxy()
  const url = `http://127.0.0.1:${proxy.port}`
  const configs = [
    { proxy: { url, username: 'me', password: 'p:w' } },
    { options: { CURLOPT_PROXY: '127.0.0.1', CURLOPT_PROXYPORT: proxy.port, CURLOPT_PROXYUSERPWD: 'me:p:w' } },
  ]
  for (const config of configs) {
    const { ask } = await gatewayTo({ base_url: target.url, ...config })
    expect((await ask({ path: 'a' })).text).toBe('ok')
  }
  expect(proxy.asked).toEqual(Array(2).fill(`Basic ${Buffer.from('me:p:w').toString('base64')}`))
})

test('options sign in, add headers, choose the port and the patience', async () => {
  const target = await serve((request, response) => {
    if (request.url !== '/slow') response.end('ok')
  })
  const { ask } = await gatewayTo({
    base_url: 'http://127.0.0.1:1/',
    retries: 0,
    options: {
      CURLOPT_USERPWD: 'me:secret',
      CURLOPT_HTTPAUTH: 'CURLAUTH_BASIC',
      CURLOPT_HTTPHEADER: ['X-One: 1', 'X-Two: a: b'],
      CURLOPT_USERAGENT: 'shop/1',
      CURLOPT_PORT: String(target.port),
      CURLOPT_TIMEOUT_MS: '500',
    },
  })
  expect((await ask({ path: 'a' })).status).toBe(200)
  expect(target.seen[0]!.headers).toMatchObject({
    authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    'x-one': '1',
    'x-two': 'a: b',
    'user-agent': 'shop/1',
  })
  expect((await ask({ path: 'slow' })).status).toBe(504)
})

test('redirects are followed as often as an option says', async () => {
  const target = await serve((_request, response) => response.writeHead(302, { location: '/next' }).end('moved'))
  for (const [options, status, calls] of [
    [{ CURLOPT_FOLLOWLOCATION: '0' }, 302, 1],
    [{ CURLOPT_MAXREDIRS: '2' }, 502, 3],
  ] as const) {
    target.seen.splice(0)
    const { ask } = await gatewayTo({ base_url: target.url, retries: 0, options })
    expect([(await ask({ path: 'a' })).status, target.seen.length]).toEqual([status, calls])
  }
})

describe('an option', () => {
  // biome-ignore format: reads as a table
  const REFUSED: readonly (readonly [option: Readonly<Record<string, string>>, because: string])[] = [
    [{ CURLOPT_TIMEOUT: 'soon' }, 'CURLOPT_TIMEOUT'],
    [{ CURLOPT_PROXY: 'socks5://127.0.0.1:1080' }, 'CURLOPT_PROXY'],
    [{ CURLOPT_PROXYTYPE: 'CURLPROXY_SOCKS5' }, 'CURLOPT_PROXYTYPE'],
    [{ CURLOPT_PROXYUSERPWD: 'a:hush' }, 'CURLOPT_PROXYUSERPWD'],
    [{ CURLOPT_HTTPAUTH: 'CURLAUTH_DIGEST' }, 'CURLOPT_HTTPAUTH'],
    [{ CURLOPT_SSLVERSION: 'CURL_SSLVERSION_SSLv3' }, 'CURLOPT_SSLVERSION'],
    [{ CURLOPT_HTTP_VERSION: '3' }, 'CURLOPT_HTTP_VERSION'],
    [{ CURLOPT_HTTPHEADER: 'hush' }, 'CURLOPT_HTTPHEADER'],
  ]
  for (const [option, because] of REFUSED)
    test(`${Object.keys(option)} that can not be meant is refused by name, without its value`, () => {
      const read = () => curlSettings(option, () => '')
      expect(read).toThrow(because)
      expect(read).not.toThrow(/hush|1080/)
    })

  test('that nobody knows is no configuration', async () => {
    for (const name of ['CURLOPT_NONSENSE', '99999', 'toString'])
      expect(
        (
          await http.config['~standard'].validate({
            base_url: 'http://a.example',
            options: JSON.parse(`{"${name}":"1"}`),
          })
        ).issues?.length,
      ).toBeGreaterThan(0)
  })
})
