import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/contract.ts'
import { createDispatcher } from '../src/egress/connect.ts'
import { createRules, type EgressRules } from '../src/egress/rules.ts'
import { cleanups, failure, listen, open, redirectTo, serve } from './egress-servers.ts'

describe('an outgoing call', () => {
  it('reaches a target that the operator opened', async () => {
    const server = await serve()
    const response = await open().fetch(`${server.url}/a?b=c`, {
      method: 'POST',
      body: '{"x":1}',
      headers: { 'x-own': '1' },
    })
    expect(response).toBeInstanceOf(Response)
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
    expect(server.seen).toMatchObject([
      { method: 'POST', url: '/a?b=c', body: '{"x":1}', headers: { 'x-own': '1', 'content-length': '7' } },
    ])
  })

  it('sends forms and streams', async () => {
    const server = await serve()
    const form = new FormData()
    form.set('field', 'value')
    await open().fetch(server.url, { method: 'POST', body: form })
    await open().fetch(server.url, { method: 'PUT', body: new Blob(['streamed']).stream() })
    expect(server.seen[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(server.seen[0]!.body).toContain('name="field"')
    expect(server.seen[1]!.body).toBe('streamed')
  })

  it('does not reach a loopback target that nobody opened, and says which rule it was without the address', async () => {
    const server = await serve()
    const error = await failure(open({}).fetch(server.url))
    expect(error.code).toBe('forbidden')
    expect(error.message).toContain('loopback')
    expect(error.message).toContain('`allow`')
    expect(error.message).not.toContain('127.0.0.1')
    expect(server.seen).toEqual([])
  })

  it('does not say to a caller what a name resolved to, but keeps it for the log', async () => {
    const egress = open({ resolve: async () => [{ address: '10.11.12.13', family: 4 }] })
    const error = await failure(egress.fetch('http://intranet.example/'))
    expect(error.code).toBe('forbidden')
    expect(error.message).not.toMatch(/10\.11|intranet/)
    expect(JSON.stringify(error.details ?? null)).toBe('null')
    expect(String((error.cause as Error).message)).toContain('10.11.12.13')
  })

  it('goes to the address that was checked, with the name in the host header', async () => {
    const server = await serve()
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const egress = open({ allow: ['service.example'], resolve })
    await egress.fetch(`http://service.example:${server.port}/`)
    expect(asked).toEqual(['service.example'])
    expect(server.seen[0]!.headers.host).toBe(`service.example:${server.port}`)
  })

  it('resolves again for each new connection, and refuses a name that has moved to a private address', async () => {
    // Every answer closes its connection, so that the second call has to connect, and so to resolve, again.
    const server = await serve((_, response) => response.writeHead(200, { connection: 'close' }).end('ok'))
    const answers = ['127.0.0.1', '127.0.0.2']
    const resolve = async () => [{ address: answers.shift()!, family: 4 }]
    // 127.0.0.1 plays the public address here: it is opened by address, and 127.0.0.2 isn't.
    const egress = open({ allow: ['127.0.0.1'], resolve })
    expect(await (await egress.fetch(`http://rebinding.example:${server.port}/`)).text()).toBe('ok')
    const error = await failure(egress.fetch(`http://rebinding.example:${server.port}/`))
    expect(error.code).toBe('forbidden')
    expect(answers).toEqual([])
    expect(server.seen).toHaveLength(1)
  })

  it('asks the resolver once for a connection, so that a second answer has no use', async () => {
    const server = await serve()
    let asked = 0
    const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.9', family: 4 }]
    const egress = open({ allow: ['127.0.0.1'], resolve })
    expect((await egress.fetch(`http://rebinding.example:${server.port}/`)).status).toBe(200)
    expect(asked).toBe(1)
  })

  it('refuses a name whose addresses are public and private at once', async () => {
    const server = await serve()
    const resolve = async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    const error = await failure(open({ allow: ['127.0.0.1'], resolve }).fetch(`http://mixed.example:${server.port}/`))
    expect(error.code).toBe('forbidden')
    expect(server.seen).toEqual([])
  })

  it('refuses a resolver answer that is no address', async () => {
    const resolve = async () => [{ address: 'localhost', family: 4 }]
    expect((await failure(open({ allow: ['0.0.0.0/0'], resolve }).fetch('http://odd.example/'))).code).toBe('forbidden')
  })

  it('does not resolve a name that `only` cannot mean', async () => {
    const resolve = () => Promise.reject(new Error('must not resolve'))
    const error = await failure(open({ only: ['api.example'], resolve }).fetch('http://other.example/'))
    expect([error.code, error.message]).toEqual(['forbidden', expect.stringContaining('`only`')])
  })

  it('takes no dispatcher and no host header from its caller', async () => {
    const server = await serve()
    const dispatcher = {
      dispatch() {
        throw new Error('the rules were bypassed')
      },
    }
    const init = { dispatcher, headers: { host: 'inner.example' } } as unknown as RequestInit
    await open().fetch(server.url, init)
    expect(server.seen[0]!.headers.host).toBe(`127.0.0.1:${server.port}`)
  })

  it.each([
    ['ftp://files.example/', 'protocol'],
    ['file:///etc/passwd', 'protocol'],
    ['data:text/plain,hello', 'protocol'],
    ['http://user:pass@api.example/', 'user name or password'],
    ['http://user@api.example/', 'user name or password'],
  ])('refuses %s', async (url, reason) => {
    const error = await failure(open().fetch(url))
    expect([error.code, error.message]).toEqual(['forbidden', expect.stringContaining(reason)])
  })

  it('refuses http where only https is permitted', async () => {
    const error = await failure(open({ allow: ['127.0.0.1'], protocols: ['https:'] }).fetch('http://127.0.0.1:9/'))
    expect([error.code, error.message]).toEqual(['forbidden', expect.stringContaining('https')])
  })

  it('does not quote a bad header, because it may be a credential', async () => {
    const error = await failure(open().fetch('http://127.0.0.1:9999/', { headers: { authorization: 'secret\nvalue' } }))
    expect(error.code).toBe('invalid_request')
    expect(`${error.message} ${String(error.cause)}`).not.toContain('secret')
  })

  it('refuses a URL that is none', async () => {
    expect((await failure(open().fetch('/relative'))).code).toBe('invalid_request')
  })
})

describe('a failure of the network', () => {
  it('is `unavailable` where nothing listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    expect((await failure(open().fetch(`http://127.0.0.1:${port}/`))).code).toBe('unavailable')
  })

  it('is `unavailable` where the name does not exist or has no address', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    expect((await failure(open({ resolve: () => Promise.reject(missing) }).fetch('http://no.example/'))).code).toBe(
      'unavailable',
    )
    expect((await failure(open({ resolve: async () => [] }).fetch('http://no.example/'))).code).toBe('unavailable')
  })

  it('is `upstream_failed` where the peer hangs up or speaks no HTTP', async () => {
    const port = await listen(createTcpServer((socket) => socket.resume().end('what?\r\n\r\n')))
    expect((await failure(open().fetch(`http://127.0.0.1:${port}/`))).code).toBe('upstream_failed')
  })

  it('is `upstream_timeout` where a name takes longer to resolve than a connection may', async () => {
    const egress = open({ resolve: () => new Promise(() => {}), connectTimeout: 50 })
    expect((await failure(egress.fetch('http://slow.example/'))).code).toBe('upstream_timeout')
  })

  it('is `upstream_timeout` where the caller set a timeout', async () => {
    const server = await serve(() => {})
    expect((await failure(open().fetch(server.url, { signal: AbortSignal.timeout(50) }))).code).toBe('upstream_timeout')
  })

  it('is the reason of a signal that was aborted, before or during the call', async () => {
    const reason = new Error('no longer wanted')
    await expect(open().fetch('http://127.0.0.1:9999/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const abort = new AbortController()
    const server = await serve(() => abort.abort(reason))
    await expect(open().fetch(server.url, { signal: abort.signal })).rejects.toBe(reason)
    expect(server.seen).toHaveLength(1)
  })

  it('is a refusal on a port that no HTTP client calls', async () => {
    expect((await failure(open().fetch('http://127.0.0.1:25/'))).code).toBe('forbidden')
  })
})

describe('a connection', () => {
  const connect = async (rules: EgressRules, host: string) => {
    let connections = 0
    const port = await listen(createServer((_, response) => response.end('ok')).on('connection', () => connections++))
    const { dispatcher, destroy } = createDispatcher(rules, async () => [{ address: '127.0.0.1', family: 4 }], 1000)
    cleanups.push(destroy)
    const outcome = await fetch(`http://${host}:${port}/`, { dispatcher } as unknown as RequestInit).then(
      (response) => response.text(),
      (error: Error) => (GwError.is(error.cause) ? error.cause.code : String(error.cause)),
    )
    return { outcome, connections }
  }

  it('is not opened to a literal address that the rules refuse, whoever dispatches', async () => {
    expect(await connect(createRules([], undefined), '127.0.0.1')).toEqual({ outcome: 'forbidden', connections: 0 })
    expect(await connect(createRules(['127.0.0.1'], undefined), '127.0.0.1')).toEqual({ outcome: 'ok', connections: 1 })
  })

  it('is judged again by the address it really has, and carries no request if that is refused', async () => {
    let judged = 0
    const changing: EgressRules = { judgeName: () => undefined, judge: () => (judged++ === 0 ? undefined : 'loopback') }
    const { outcome } = await connect(changing, 'name.example')
    expect([outcome, judged]).toEqual(['forbidden', 2])
  })
})

const openssl = (() => {
  try {
    return execFileSync('openssl', ['version'], { stdio: 'pipe' }).length > 0
  } catch {
    return false
  }
})()

describe.skipIf(!openssl || !('setDefaultCACertificates' in tls))('TLS to a pinned address (needs openssl)', () => {
  it('is verified against the name in the URL, and a redirect to http is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gw-egress-'))
    cleanups.push(() => rmSync(folder, { recursive: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=secure.example', '-addext', 'subjectAltName=DNS:secure.example']
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'pipe' },
    )
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, readFileSync(cert, 'utf8')])
    cleanups.push(() => tls.setDefaultCACertificates(before))

    const plain = await serve()
    const names: unknown[] = []
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      names.push((request.socket as tls.TLSSocket).servername)
      if (request.url === '/down') redirectTo(plain.url)(request, response)
      else response.end('secure')
    })
    const port = await listen(server)
    const egress = open({ allow: ['127.0.0.1'], resolve: async () => [{ address: '127.0.0.1', family: 4 }] })

    expect(await (await egress.fetch(`https://secure.example:${port}/`)).text()).toBe('secure')
    expect(names).toEqual(['secure.example'])
    expect((await failure(egress.fetch(`https://other.example:${port}/`))).code).toBe('upstream_failed')
    const downgrade = await failure(egress.fetch(`https://secure.example:${port}/down`))
    expect([downgrade.code, downgrade.message]).toEqual(['forbidden', expect.stringContaining('https to http')])
    expect(plain.seen).toEqual([])
  })
})
