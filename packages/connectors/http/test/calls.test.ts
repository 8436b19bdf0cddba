/** What goes to the service and what comes back: paths, verbs, bodies, statuses, headers, links. */

import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { METHODS } from '@gw/core'
import { EVERYTHING } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { gatewayTo, json, listen, serve } from './server.ts'

describe('a call', () => {
  test('goes out with its verb, its path and its body, whatever they are', async () => {
    const server = await serve((request, response) => response.end(request.method))
    const { ask } = await gatewayTo({ base_url: `${server.url}/v1/` })
    for (const method of METHODS) {
      const body = method === 'GET' ? undefined : { for: method }
      const answer = await ask({ method, path: 'a/b', body })
      expect([answer.status, answer.text]).toEqual([200, method])
    }
    expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual(
      METHODS.map((method) => [method, '/v1/a/b', method === 'GET' ? '' : `{"for":"${method}"}`]),
    )
  })

  test('has each segment of its path encoded, and never leaves the base URL', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: `${server.url}/base` })
    for (const path of ['a%20b/c%2Fd', 'x(1)!', '%252e%252e/up', 'q%3Fx/%23y', 'caf%C3%A9', ';p=1/@me', ''])
      await ask({ path })
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/base/a%20b/c/d',
      '/base/x%281%29%21',
      '/base/%252e%252e/up',
      '/base/q%3Fx/%23y',
      '/base/caf%C3%A9',
      '/base/%3Bp%3D1/%40me',
      '/base',
    ])
    for (const path of ['..%2Fup', '%2e%2e%2fup', 'a%2F..%2F..%2Fup', 'a%5C..%5Cup']) {
      const answer = await ask({ path })
      expect([path, answer.status]).toEqual([path, 400])
    }
    expect(server.seen).toHaveLength(7)
  })

  test('ends in a slash where that is configured, but for the root', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url, preserve_forward_trailing_slash: true })
    for (const path of ['a', 'a/', '']) await ask({ path })
    const plain = await gatewayTo({ base_url: server.url })
    await plain.ask({ path: 'a/' })
    expect(server.seen.map(({ url }) => url)).toEqual(['/a/', '/a/', '/', '/a'])
  })

  test('without a body sends none, also where there is a query', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url })
    await ask({ method: 'POST', path: 'a', query: { q: 1 } })
    await ask({ method: 'DELETE', path: 'a' })
    expect(server.seen.map(({ body, headers }) => [body, headers['content-length']])).toEqual([
      ['', '0'],
      ['', undefined],
    ])
  })

  test('passes forms with files on as they are', async () => {
    const server = await serve()
    const gateway = await gatewayTo({ base_url: server.url })
    const form = new FormData()
    form.set('note', 'ä')
    form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')
    await gateway.gateway.fetch(
      new Request('http://gateway.test/api/v2/db/upload', {
        method: 'POST',
        body: form,
        headers: { 'x-dreamfactory-api-key': gateway.governance.keyOf(EVERYTHING) },
      }),
    )
    expect(server.seen[0]!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(server.seen[0]!.body).toContain('filename="a.txt"')
  })

  test('of HEAD is one of HEAD there, too', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-length': '1234', etag: '"x"' }).end(),
    )
    const { ask } = await gatewayTo({ base_url: server.url })
    const answer = await ask({ method: 'HEAD', path: 'a' })
    expect(server.seen[0]!.method).toBe('HEAD')
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([200, '', '"x"'])
  })

  test('for the list of access is answered here, unless the service has one', async () => {
    const server = await serve(json({ theirs: true }))
    const here = await gatewayTo({ base_url: server.url })
    expect((await here.ask({ path: '', query: { as_access_list: true } })).body).toEqual({ resource: ['', '*'] })
    expect(server.seen).toEqual([])
    const there = await gatewayTo({ base_url: server.url, implements_access_list: true })
    expect((await there.ask({ path: '', query: { as_access_list: true } })).body).toEqual({ theirs: true })
  })

  test('of the service’s description is answered by the gateway', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url })
    const { status, body } = await ask({ path: '_spec' })
    expect([status, Object.keys(body.paths)]).toEqual([200, ['/{path}']])
    expect(server.seen).toEqual([])
  })
})

describe('an answer', () => {
  test('below 300 keeps its status, headers and bytes', async () => {
    const bytes = Buffer.from([0, 255, 254, 13, 10])
    const server = await serve((_request, response) =>
      response
        .writeHead(201, {
          'content-type': 'image/x-odd',
          'x-own': 'v',
          etag: '"1"',
          link: '<a>; rel=next',
          'content-length': 5,
        })
        .end(bytes),
    )
    const gateway = await gatewayTo({ base_url: server.url })
    const key = gateway.governance.keyOf(EVERYTHING)
    const answer = await gateway.gateway.fetch(
      new Request('http://gateway.test/api/v2/db/a', { headers: { 'x-dreamfactory-api-key': key } }),
    )
    expect(answer.status).toBe(201)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/x-odd',
      'x-own': 'v',
      etag: '"1"',
      link: '<a>; rel=next',
      'content-length': '5',
    })
  })

  test('that is compressed is decoded, and says so no more', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(gzipSync('plain text')),
    )
    const { ask } = await gatewayTo({ base_url: server.url })
    const { text, headers } = await ask({ path: 'a' })
    expect([text, headers.get('content-encoding'), headers.get('content-length')]).toEqual(['plain text', null, null])
  })

  test('brings no cookie, no rules for browsers and no page that acts as the gateway’s', async () => {
    const server = await serve((_request, response) =>
      response
        .writeHead(200, {
          'set-cookie': 'a=b',
          'strict-transport-security': 'max-age=1',
          'access-control-allow-origin': '*',
          'clear-site-data': '"*"',
          'content-type': 'text/html',
          connection: 'x-hop',
          'x-hop': '1',
        })
        .end('<script>alert(1)</script>'),
    )
    const { ask } = await gatewayTo({ base_url: server.url })
    const { headers } = await ask({ path: 'a' })
    for (const name of [
      'set-cookie',
      'strict-transport-security',
      'access-control-allow-origin',
      'clear-site-data',
      'x-hop',
    ])
      expect([name, headers.get(name)]).toEqual([name, null])
    expect([headers.get('content-security-policy'), headers.get('x-content-type-options')]).toEqual([
      'sandbox',
      'nosniff',
    ])
  })

  test('of 204 stays empty', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end())
    const { ask } = await gatewayTo({ base_url: server.url })
    expect(await ask({ method: 'DELETE', path: 'a' })).toMatchObject({ status: 204, text: '' })
  })

  test('from 300 on is put into the API’s form with its own status and words', async () => {
    const server = await serve((request, response) => {
      const status = Number(request.url!.slice(1))
      json({ detail: 'bad <b>' }, status, { 'retry-after': '7', 'x-own': 'v' })(request, response)
    })
    const { ask } = await gatewayTo({ base_url: server.url, retries: 0 })
    for (const status of [300, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599]) {
      const { body, headers, ...answer } = await ask({ path: String(status) })
      expect(answer.status).toBe(status)
      expect(body.error).toEqual({ code: status, context: null, message: '{"detail":"bad <b>"}', status_code: status })
      expect([headers.get('retry-after'), headers.get('x-own')]).toEqual(['7', null])
    }
  })

  test('from 300 on is passed on as it is where that is configured', async () => {
    const server = await serve(json({ detail: 'bad' }, 422, { 'x-own': 'v' }))
    const { ask } = await gatewayTo({ base_url: server.url, pass_errors: true })
    const { status, body, headers } = await ask({ path: 'a' })
    expect([status, body, headers.get('x-own')]).toEqual([422, { detail: 'bad' }, 'v'])
  })

  test('that is a long failure is cut, and one that is no text is not shown', async () => {
    const server = await serve((request, response) =>
      request.url === '/long'
        ? response.writeHead(400, { 'content-type': 'text/plain' }).end('x'.repeat(1_000_000))
        : response.writeHead(400, { 'content-type': 'image/png' }).end('secret bytes'),
    )
    const { ask } = await gatewayTo({ base_url: server.url })
    expect((await ask({ path: 'long' })).body.error.message).toHaveLength(16_384)
    expect((await ask({ path: 'image' })).body.error.message).toBe('The remote service answered with status 400.')
  })

  test('that never comes tells neither where the service is nor why', async () => {
    const port = await listen(createServer((request) => request.socket.destroy()))
    const { ask } = await gatewayTo({ base_url: `http://127.0.0.1:${port}/hidden`, retries: 0 })
    const { status, text } = await ask({ path: 'a' })
    expect(status).toBe(502)
    expect(text).not.toMatch(/127|hidden|ECONN|socket/i)
  })

  test('that is silent for too long is given up', async () => {
    const port = await listen(createServer(() => {}))
    const { ask } = await gatewayTo({ base_url: `http://127.0.0.1:${port}`, retries: 0, timeout: 0.5 })
    expect((await ask({ path: 'a' })).status).toBe(504)
  })
})

describe('links', () => {
  test('below the base URL lead to the gateway, in texts and headers, and nothing else is changed', async () => {
    let base = ''
    const server = await serve((_request, response) => {
      const own = JSON.stringify({ a: `${base}/x`, b: base, c: `${base}0/x`, d: 'https://else.example/v1' })
      response.writeHead(200, { 'content-type': 'application/json', location: `${base}/x` })
      // In pieces, so that links are cut in two.
      const text = `${own.slice(0, -1)},"e":"${base.replaceAll('/', '\\/')}\\/x"}`
      for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7))
      response.end()
    })
    base = `${server.url}/v1`
    const { ask } = await gatewayTo({ base_url: `${base}/`, replace_link: true })
    const { body, headers } = await ask({ path: 'a' })
    const here = 'http://gateway.test/api/v2/db'
    expect(body).toEqual({ a: `${here}/x`, b: here, c: `${base}0/x`, d: 'https://else.example/v1', e: `${here}/x` })
    expect(headers.get('location')).toBe(`${here}/x`)
  })

  test('stay as they are in what is no text, and where nobody asked for it', async () => {
    const server = await serve((request, response) =>
      response
        .writeHead(200, { 'content-type': request.url === '/bin' ? 'application/octet-stream' : 'text/plain' })
        .end(`see ${server.url}/x`),
    )
    const replacing = await gatewayTo({ base_url: server.url, replace_link: true })
    expect((await replacing.ask({ path: 'bin' })).text).toBe(`see ${server.url}/x`)
    const plain = await gatewayTo({ base_url: server.url })
    expect((await plain.ask({ path: 'text' })).text).toBe(`see ${server.url}/x`)
  })
})
