/** Retries, the circuit breaker, tokens and kept answers. */
import { createServer, type RequestListener } from 'node:http'
import { METHODS } from '@gw/core'
import { EVERYTHING } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { gatewayTo, json, listen, serve } from './server.ts'

/** Answers in turn; the last one from then on. */
const inTurn = (...answers: readonly RequestListener[]): RequestListener => {
  let asked = 0
  return (request, response) => answers[Math.min(asked++, answers.length - 1)]!(request, response)
}
const broken: RequestListener = (request) => void request.socket.destroy()

describe('a call that fails', () => {
  test('is tried again for idempotent verbs only, with the same body', async () => {
    for (const method of METHODS) {
      const server = await serve(inTurn(json({}, 503), broken, json({ fine: true })))
      const { ask } = await gatewayTo({ base_url: server.url })
      const { status } = await ask({ method, path: 'a', ...(method !== 'GET' && { body: { a: 1 } }) })
      const again = method !== 'POST' && method !== 'PATCH'
      expect([method, status, server.seen.length]).toEqual([method, again ? 200 : 503, again ? 3 : 1])
      if (again && method !== 'GET') expect(server.seen.map(({ body }) => body)).toEqual(Array(3).fill('{"a":1}'))
    }
  })

  test('is tried again as often as configured, and then answered as it failed', async () => {
    for (const retries of [0, 1, 3]) {
      const server = await serve(json({ no: 1 }, 503))
      const { ask } = await gatewayTo({ base_url: server.url, retries })
      expect([(await ask({ path: 'a' })).status, server.seen.length]).toEqual([503, retries + 1])
    }
  })

  test('is not tried again for a refusal, nor where the service wants a long pause', async () => {
    for (const answer of [json({}, 404), json({}, 500), json({}, 429, { 'retry-after': '3600' })]) {
      const server = await serve(answer)
      const { ask } = await gatewayTo({ base_url: server.url })
      await ask({ path: 'a' })
      expect(server.seen).toHaveLength(1)
    }
  })

  test('waits as long as the service says', async () => {
    const server = await serve(inTurn(json({}, 429, { 'retry-after': '1' }), json({ fine: true })))
    const { ask } = await gatewayTo({ base_url: server.url })
    const begun = performance.now()
    expect((await ask({ path: 'a' })).status).toBe(200)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990)
  })

  test('is not tried again with a body that has gone by as a stream', async () => {
    const server = await serve(json({}, 503))
    const { ask } = await gatewayTo({ base_url: server.url })
    await ask({
      method: 'PUT',
      path: 'a',
      body: 'x'.repeat(100_000),
      headers: { 'content-type': 'text/plain', 'content-length': '100000' },
    })
    expect(server.seen.map(({ body }) => body.length)).toEqual([100_000])
  })
})

describe('a service that fails in a row', () => {
  test('is spared, and tried again by one call after a pause', async () => {
    let fine = false
    const server = await serve((request, response) => json({}, fine ? 200 : 503)(request, response))
    const { ask } = await gatewayTo({ base_url: server.url, retries: 0, breaker: { failures: 3, pause: 1 } })
    for (let count = 0; count < 3; count++) expect((await ask({ path: 'a' })).status).toBe(503)
    const spared = await ask({ path: 'a' })
    expect([spared.status, spared.headers.get('retry-after'), server.seen.length]).toEqual([503, '1', 3])
    expect(spared.body.error.message).toContain('several times in a row')
    fine = true
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect([(await ask({ path: 'a' })).status, (await ask({ path: 'a' })).status]).toEqual([200, 200])
    expect(server.seen).toHaveLength(5)
  })

  test('is not spared for refusals, nor for callers who leave', async () => {
    let silent = true
    const port = await listen(createServer((_request, response) => void (silent || response.writeHead(404).end())))
    const gateway = await gatewayTo({
      base_url: `http://127.0.0.1:${port}`,
      retries: 0,
      breaker: { failures: 2, pause: 60 },
    })
    const { url } = await gateway.gateway.listen({ port: 0 })
    const headers = { 'x-dreamfactory-api-key': gateway.governance.keyOf(EVERYTHING) }
    for (let count = 0; count < 4; count++)
      await fetch(`${url}/api/v2/db/a`, { headers, signal: AbortSignal.timeout(150) }).catch(() => undefined)
    silent = false
    for (let count = 0; count < 4; count++) expect((await fetch(`${url}/api/v2/db/a`, { headers })).status).toBe(404)
  })
})

describe('OAuth 2 client credentials', () => {
  const tokenServer = async (expires_in = 3600) => {
    let count = 0
    return serve((request, response) =>
      json({ access_token: `token-${++count}`, token_type: 'Bearer', expires_in })(request, response),
    )
  }
  const oauth2 = { client_id: 'app', client_secret: 'hush&hush', scope: 'read write' }

  test('one token serves many callers, and is asked for as the standard has it', async () => {
    const tokens = await tokenServer()
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url, oauth2: { ...oauth2, token_url: `${tokens.url}/token` } })
    await Promise.all([1, 2, 3].map((n) => ask({ path: `a${n}` })))
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer token-1'))
    expect(tokens.seen).toHaveLength(1)
    expect(tokens.seen[0]).toMatchObject({ method: 'POST', body: 'scope=read+write&grant_type=client_credentials' })
    expect(Buffer.from(tokens.seen[0]!.headers.authorization!.slice(6), 'base64').toString()).toBe('app:hush%26hush')
  })

  test('a token that ends, or is refused, is replaced', async () => {
    const short = await tokenServer(1)
    const server = await serve()
    const { ask } = await gatewayTo({
      base_url: server.url,
      oauth2: { ...oauth2, authentication: 'post', token_url: short.url },
    })
    await ask({ path: 'a' })
    await ask({ path: 'a' })
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(short.seen[0]!.body).toContain('client_secret=hush%26hush')

    const long = await tokenServer()
    const picky = await serve(inTurn(json({}, 401), json({ fine: true })))
    const second = await gatewayTo({ base_url: picky.url, oauth2: { ...oauth2, token_url: long.url } })
    expect((await second.ask({ path: 'a' })).status).toBe(200)
    expect(picky.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('a token server that refuses is the service’s failure, without a secret in it', async () => {
    const tokens = await serve(json({ error: 'invalid_client', error_description: 'hush&hush is wrong' }, 401))
    const server = await serve()
    const { ask, log } = await gatewayTo({
      base_url: server.url,
      retries: 0,
      oauth2: { ...oauth2, token_url: tokens.url },
    })
    const { status, text } = await ask({ path: 'a' })
    expect(status).toBe(502)
    expect(text + JSON.stringify(log.lines)).not.toContain('hush')
    expect(server.seen).toEqual([])
  })
})

describe('answers that are kept', () => {
  const keeping = { cache_enabled: true, cache_ttl: 60 }

  test('come back with status, content type and body, to GET only', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/csv', 'x-own': 'v' }).end('a,b'),
    )
    const { ask } = await gatewayTo({ base_url: server.url, ...keeping })
    await ask({ path: 'a' })
    const { status, text, headers } = await ask({ path: 'a' })
    expect([status, text, headers.get('content-type'), headers.get('x-own')]).toEqual([200, 'a,b', 'text/csv', 'v'])
    expect(headers.has('age')).toBe(true)
    expect(server.seen).toHaveLength(1)
    for (let count = 0; count < 2; count++) await ask({ method: 'POST', path: 'a', body: {} })
    expect(server.seen).toHaveLength(3)
  })

  // biome-ignore format: reads as a table
  const CONTROL: readonly (readonly [status: number, headers: Readonly<Record<string, string>>, kept: boolean])[] = [
    [200, {}, true],
    [200, { 'cache-control': 'max-age=100' }, true],
    [200, { 'cache-control': 'public, s-maxage=100, max-age=0' }, true],
    [200, { 'cache-control': 'max-age=0' }, false],
    [200, { 'cache-control': 'no-store' }, false],
    [200, { 'cache-control': 'no-cache' }, false],
    [200, { 'cache-control': 'private, max-age=100' }, false],
    [200, { expires: new Date(Date.now() - 1000).toUTCString() }, false],
    [200, { expires: new Date(Date.now() + 100_000).toUTCString() }, true],
    [200, { vary: '*' }, false],
    [201, {}, false],
    [404, {}, false],
    [404, { 'cache-control': 'max-age=100' }, false],
    [500, { 'cache-control': 'max-age=100' }, false],
  ]
  for (const [status, headers, kept] of CONTROL)
    test(`are ${kept ? '' : 'not '}kept for ${status} with ${JSON.stringify(headers).replace(/\d{2} \w{3} \d{4}.*GMT/, '…')}`, async () => {
      const server = await serve(json({ a: 1 }, status, headers))
      const { ask } = await gatewayTo({ base_url: server.url, ...keeping })
      for (let count = 0; count < 2; count++) expect((await ask({ path: 'a' })).status).toBe(status)
      expect(server.seen).toHaveLength(kept ? 1 : 2)
    })

  test('are not kept for longer than the operator says, nor where nobody asked for it, nor when they are large', async () => {
    const server = await serve((request, response) =>
      response.end(request.url === '/large' ? 'x'.repeat(2_000_000) : 'x'),
    )
    const brief = await gatewayTo({ base_url: server.url, cache_enabled: true, cache_ttl: 1 })
    await brief.ask({ path: 'a' })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    await brief.ask({ path: 'a' })
    expect(server.seen).toHaveLength(2)
    for (const config of [{}, { cache_enabled: true }, { cache_ttl: 60 }]) {
      const { ask } = await gatewayTo({ base_url: server.url, ...config })
      server.seen.splice(0)
      for (let count = 0; count < 2; count++) await ask({ path: 'a' })
      expect(server.seen).toHaveLength(2)
    }
    const { ask } = await gatewayTo({ base_url: server.url, ...keeping })
    server.seen.splice(0)
    for (let count = 0; count < 2; count++) expect((await ask({ path: 'large' })).text).toHaveLength(2_000_000)
    expect(server.seen).toHaveLength(2)
  })

  test('are not given to one caller for another where a header is the caller’s', async () => {
    const server = await serve((request, response) => response.end(request.headers.authorization))
    const headers = [{ name: 'Authorization', pass_from_client: true, action: 31 }]
    const gateway = await gatewayTo({ base_url: server.url, ...keeping, headers })
    const key = gateway.governance.keyOf(EVERYTHING)
    const as = (name: string) =>
      gateway.gateway
        .fetch(
          new Request('http://gateway.test/api/v2/db/a', {
            headers: { 'x-dreamfactory-api-key': key, authorization: `Digest ${name}` },
          }),
        )
        .then((answer) => answer.text())
    expect([await as('ann'), await as('bob'), await as('ann')]).toEqual(['Digest ann', 'Digest bob', 'Digest ann'])
    expect(server.seen).toHaveLength(2)
  })

  test('are passed over by a caller who wants a new one', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url, ...keeping })
    for (let count = 0; count < 2; count++) await ask({ path: 'a', headers: { 'cache-control': 'no-cache' } })
    expect(server.seen).toHaveLength(2)
  })
})
