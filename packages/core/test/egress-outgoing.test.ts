/** Ways out with connections of their own: certificates, a proxy, bounds; and the same rules as ever. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { Egress } from '../src/egress/index.ts'
import type { OutgoingOptions } from '../src/outgoing.ts'
import { cleanups, failure, listen, open, serve } from './egress-servers.ts'

/** A certificate that signs itself, made anew: a stored one would expire. */
const certificate = (name: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-egress-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
      {
        stdio: 'ignore',
      },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
const server = certificate('service.example')
const client = certificate('client.example')

const wayOf = (egress: Egress, options: OutgoingOptions) => {
  const way = egress.outgoing(options)
  cleanups.push(() => way.close())
  return way
}

/** An HTTPS server that says who its client is. */
const serveTls = (answer?: RequestListener) =>
  listen(
    createTlsServer(
      { ...server, requestCert: true, rejectUnauthorized: false, ca: client.cert },
      (request, response) => {
        if (answer) return answer(request, response)
        const { subject } = (request.socket as TLSSocket).getPeerCertificate()
        response.end(subject?.CN ?? 'nobody')
      },
    ),
  )

describe('certificates', () => {
  it('are shown and trusted where they are for, and nowhere else', async () => {
    const port = await serveTls()
    const egress = open()
    const tls = { ca: server.cert, cert: client.cert, key: client.key }
    const here = wayOf(egress, { tls: { ...tls, origins: [`https://127.0.0.1:${port}`] } })
    expect(await (await here.fetch(`https://127.0.0.1:${port}/`)).text()).toBe('client.example')
    const elsewhere = wayOf(egress, { tls: { ...tls, origins: ['https://other.example'] } })
    expect((await failure(elsewhere.fetch(`https://127.0.0.1:${port}/`))).code).toBe('upstream_failed')
    expect((await failure(egress.fetch(`https://127.0.0.1:${port}/`))).code).toBe('upstream_failed')
  })

  it('are not shown to what the service redirects to, and one that is not verified there is refused', async () => {
    const other = await serveTls()
    const port = await serveTls((_request, response) =>
      response.writeHead(302, { location: `https://127.0.0.1:${other}/` }).end(),
    )
    const way = wayOf(open(), {
      tls: { verify: false, cert: client.cert, key: client.key, origins: [`https://127.0.0.1:${port}`] },
    })
    expect((await failure(way.fetch(`https://127.0.0.1:${port}/`))).code).toBe('upstream_failed')
  })

  it('need not be verified where that was said', async () => {
    const port = await serveTls()
    const way = wayOf(open(), { tls: { verify: false, origins: [`https://127.0.0.1:${port}`] } })
    expect(await (await way.fetch(`https://127.0.0.1:${port}/`)).text()).toBe('nobody')
  })
})

/** A proxy that opens tunnels, and remembers to where. */
const startProxy = async (answer = 'HTTP/1.1 200 Connection established\r\n\r\n') => {
  const asked: { target: string; authorization: string | undefined }[] = []
  const proxy = createServer((_request, response) => response.writeHead(405).end())
  proxy.on('connect', (request, socket, head) => {
    asked.push({ target: request.url!, authorization: request.headers['proxy-authorization'] })
    if (!answer.includes('200')) return socket.end(answer)
    const port = Number(request.url!.split(':').at(-1))
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write(answer)
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    for (const one of [upstream, socket]) one.on('error', () => upstream.destroy())
  })
  return { port: await listen(proxy), asked }
}

const resolve = async () => [{ address: '127.0.0.1', family: 4 }]

describe('a proxy', () => {
  it('is asked for a tunnel to an address that was resolved and judged here, with credentials', async () => {
    const [target, proxy] = [await serve(), await startProxy()]
    const egress = open({ allow: ['127.0.0.1'], resolve })
    const way = wayOf(egress, { proxy: { url: `http://127.0.0.1:${proxy.port}`, authorization: 'Basic eDp5' } })
    expect(await (await way.fetch(`http://service.example:${target.port}/a`)).text()).toBe('ok')
    expect(proxy.asked).toEqual([{ target: `127.0.0.1:${target.port}`, authorization: 'Basic eDp5' }])
    expect(target.seen[0]).toMatchObject({ url: '/a', headers: { host: `service.example:${target.port}` } })
    expect(target.seen[0]!.headers).not.toHaveProperty('proxy-authorization')
  })

  it('is a tunnel for encrypted calls, which are verified by the name that was called', async () => {
    const [port, proxy] = [await serveTls(), await startProxy()]
    const egress = open({ allow: ['127.0.0.1'], resolve })
    const options = (host: string): OutgoingOptions => ({
      proxy: { url: `http://127.0.0.1:${proxy.port}` },
      tls: { ca: server.cert, origins: [`https://${host}:${port}`] },
    })
    const way = wayOf(egress, options('service.example'))
    expect(await (await way.fetch(`https://service.example:${port}/`)).text()).toBe('nobody')
    const wrong = wayOf(egress, options('wrong.example'))
    expect((await failure(wrong.fetch(`https://wrong.example:${port}/`))).code).toBe('upstream_failed')
    expect(proxy.asked).toHaveLength(2)
  })

  it('does not lead to a refused address, by name or by number, and is not even called for it', async () => {
    const proxy = await startProxy()
    const egress = open({ allow: ['127.0.0.1'], resolve: async () => [{ address: '169.254.169.254', family: 4 }] })
    const way = wayOf(egress, { proxy: { url: `http://127.0.0.1:${proxy.port}` } })
    for (const url of ['http://metadata.example/', 'http://10.0.0.1/', 'http://[::ffff:10.0.0.1]/'])
      expect((await failure(way.fetch(url))).code).toBe('forbidden')
    expect(proxy.asked).toEqual([])
  })

  it('is an address like any other: one in a private network has to be opened', async () => {
    const [target, proxy] = [await serve(), await startProxy()]
    const egress = open({ allow: [`127.0.0.1:${target.port}`] })
    const way = wayOf(egress, { proxy: { url: `http://127.0.0.1:${proxy.port}` } })
    expect((await failure(way.fetch(target.url))).code).toBe('forbidden')
    expect([proxy.asked, target.seen]).toEqual([[], []])
  })

  it('that refuses is said so, without a host', async () => {
    const [target, proxy] = [await serve(), await startProxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')]
    const way = wayOf(open(), { proxy: { url: `http://127.0.0.1:${proxy.port}` } })
    const error = await failure(way.fetch(target.url))
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('407')])
    expect(error.message).not.toContain('127')
  })
})

describe('connections of its own', () => {
  it('are never more than they may be', async () => {
    let [now, most] = [0, 0]
    const target = await serve((_request, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now -= 1
        response.end('ok')
      }, 50)
    })
    const way = wayOf(open(), { connections: 2 })
    const answers = await Promise.all(Array.from({ length: 8 }, async () => (await way.fetch(target.url)).text()))
    expect([answers.length, most]).toEqual([8, 2])
  })

  it('end with their way out, and with the gateway', async () => {
    const target = await serve()
    const egress = open()
    const [one, two] = [egress.outgoing({}), egress.outgoing({})]
    await one.close()
    expect((await failure(one.fetch(target.url))).code).toBe('unavailable')
    expect(await (await two.fetch(target.url)).text()).toBe('ok')
    await egress.close()
    expect((await failure(two.fetch(target.url))).code).toBe('unavailable')
  })

  it('have patience of their own', async () => {
    const port = await listen(createServer(() => {}))
    const way = wayOf(open(), { headersTimeout: 500 })
    expect((await failure(way.fetch(`http://127.0.0.1:${port}/`))).code).toBe('upstream_timeout')
  })

  it('follow as many redirects as they say', async () => {
    const target = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end())
    const way = wayOf(open(), { maxRedirects: 1 })
    expect((await failure(way.fetch(target.url))).code).toBe('upstream_failed')
    expect(target.seen).toHaveLength(2)
  })
})
