/** Calls whose body is a stream: they go another way than `fetch`, and have to behave like it. */
import { createServer } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/contract.ts'
import { BLOCKED_PORTS } from '../src/egress/ports.ts'
import { failure, listen, open, redirectTo, serve } from './egress-servers.ts'

const streamOf = (...texts: readonly string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
const post = (texts: readonly string[], init: RequestInit = {}): RequestInit => ({
  method: 'POST',
  body: streamOf(...texts),
  ...init,
})

describe('a call with a stream', () => {
  it('sends its pieces, with their length where that is known, and gives the answer as fetch would', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(201, { 'x-own': 'v', 'set-cookie': ['a=1', 'b=2'] }).end('made'),
    )
    const egress = open()
    const answer = await egress.fetch(server.url, post(['ab', 'cd']))
    expect([answer instanceof Response, answer.status, await answer.text()]).toEqual([true, 201, 'made'])
    expect([answer.headers.get('x-own'), answer.headers.getSetCookie()]).toEqual(['v', ['a=1', 'b=2']])
    await egress.fetch(server.url, post(['ab', 'cd'], { headers: { 'content-length': '4', 'content-type': 'text/x' } }))
    expect(server.seen.map(({ body }) => body)).toEqual(['abcd', 'abcd'])
    expect(server.seen[0]!.headers).toMatchObject({
      'transfer-encoding': 'chunked',
      accept: '*/*',
      'user-agent': 'node',
    })
    expect(server.seen[1]!.headers).toMatchObject({ 'content-length': '4', 'content-type': 'text/x' })
  })

  it('has an encoded answer decoded', async () => {
    for (const [encoding, encode] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
    ] as const) {
      const server = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(encode('plain')),
      )
      expect(await (await open().fetch(server.url, post(['x']))).text()).toBe('plain')
    }
  })

  it('has an empty answer where there is none to read', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end())
    const answer = await open().fetch(server.url, post(['x']))
    expect([answer.status, answer.body]).toEqual([204, null])
  })

  it('follows a redirect without its body, and is not sent a second time with it', async () => {
    const end = await serve((_request, response) => response.end('there'))
    const see = await serve(redirectTo(`${end.url}/x`, 303))
    expect(await (await open().fetch(see.url, post(['x']))).text()).toBe('there')
    expect(end.seen).toMatchObject([{ method: 'GET', url: '/x', body: '' }])
    const again = await serve(redirectTo(`${end.url}/y`, 307))
    const error = await failure(open().fetch(again.url, post(['x'])))
    expect([error.code, error.message]).toEqual(['upstream_failed', expect.stringContaining('twice')])
  })

  it('is judged like any other, by name, by number and by port', async () => {
    const server = await serve()
    for (const url of [server.url, 'http://169.254.169.254/', 'http://93.184.216.34:25/'])
      expect((await failure(open({}).fetch(url, post(['x'])))).code).toBe('forbidden')
    const named = open({ resolve: async () => [{ address: '10.0.0.1', family: 4 }] })
    expect((await failure(named.fetch('http://public.example/', post(['x'])))).code).toBe('forbidden')
    expect(server.seen).toEqual([])
  })

  it('fails as its source fails, and ends when its signal says so', async () => {
    const port = await listen(createServer((request) => void request.resume()))
    const url = `http://127.0.0.1:${port}/`
    const tooLarge = new GwError('too_large', 'It is too large.')
    const failing = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: (controller) => controller.error(tooLarge),
    })
    expect(await failure(open().fetch(url, { method: 'POST', body: failing }))).toBe(tooLarge)

    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        controller.enqueue(new Uint8Array(1000))
      },
      cancel() {
        cancelled = true
      },
    })
    const leaving = new AbortController()
    const answer = open().fetch(url, { method: 'POST', body: endless, signal: leaving.signal })
    setTimeout(() => leaving.abort(new GwError('unavailable', 'left')), 100)
    expect((await failure(answer)).message).toBe('left')
    await expect.poll(() => cancelled).toBe(true)
  })

  it('says what became of a connection', async () => {
    const broken = await listen(createServer((request) => void request.socket.destroy()))
    expect((await failure(open().fetch(`http://127.0.0.1:${broken}/`, post(['x'])))).code).toBe('upstream_failed')
    const gone = await serve()
    const egress = open()
    await egress.close()
    expect((await failure(egress.fetch(gone.url, post(['x'])))).code).toBe('unavailable')
  })
})

describe('blocked ports', () => {
  it('are those that fetch itself blocks', async () => {
    // The standard has 0 as well; Node leaves it to the system.
    for (const port of [...BLOCKED_PORTS].filter((one) => one > 0)) {
      const error: any = await fetch(`http://127.0.0.1:${port}/`).catch((reason) => reason)
      expect([port, error.cause?.message]).toEqual([port, 'bad port'])
    }
  })

  it('are called by nobody', async () => {
    for (const port of [25, 6667, 10080])
      expect((await failure(open().fetch(`http://127.0.0.1:${port}/`))).message).toContain('port')
  })
})
