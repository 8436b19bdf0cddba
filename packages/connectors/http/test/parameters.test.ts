/** The truth tables of parameters and headers: what is sent, and what tells kept answers apart. */
import { METHODS, type Method } from '@gw/core'
import { EVERYTHING, type RoleSpec } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { gatewayTo, json, serve } from './server.ts'

const BIT: Readonly<Record<Method, number>> = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 }

interface Row {
  readonly exclude: boolean
  readonly outbound: boolean
  readonly cache_key: boolean
  /** What arrives of `?p=1&q=2`. */
  readonly sent: string
  /** Whether `?p=1` and `?p=3` are one answer to the cache. */
  readonly one: boolean
}

// biome-ignore format: reads as a table
const TABLE: readonly Row[] = [
  { exclude: true,  outbound: true,  cache_key: true,  sent: 'q=2',           one: true },
  { exclude: true,  outbound: true,  cache_key: false, sent: 'q=2',           one: false },
  { exclude: true,  outbound: false, cache_key: true,  sent: 'p=1&q=2',       one: true },
  { exclude: true,  outbound: false, cache_key: false, sent: 'p=1&q=2',       one: false },
  { exclude: false, outbound: true,  cache_key: true,  sent: 'p=1&q=2&P=own', one: false },
  { exclude: false, outbound: true,  cache_key: false, sent: 'p=1&q=2&P=own', one: false },
  { exclude: false, outbound: false, cache_key: true,  sent: 'p=1&q=2',       one: false },
  { exclude: false, outbound: false, cache_key: false, sent: 'p=1&q=2',       one: false },
]

const queryOf = (url: string) => url.split('?')[1] ?? ''

describe('a parameter', () => {
  for (const { sent, one, ...entry } of TABLE) {
    const words = Object.entries(entry).map(([name, value]) => `${value ? '' : 'no '}${name}`)
    test(`with ${words.join(', ')} sends ${sent} for the verbs it is for, and the client's own for the others`, async () => {
      const server = await serve(json({}))
      for (const verb of METHODS) {
        const { ask } = await gatewayTo({
          base_url: server.url,
          parameters: [{ name: 'P', value: 'own', action: BIT[verb], ...entry }],
        })
        for (const method of METHODS) {
          server.seen.splice(0)
          await ask({ method, path: 'a', query: { p: 1, q: 2 } })
          expect(queryOf(server.seen[0]!.url), `${method} with an entry for ${verb}`).toBe(
            method === verb ? sent : 'p=1&q=2',
          )
        }
      }
    })

    test(`with ${words.join(', ')} ${one ? 'does not tell' : 'tells'} kept answers apart`, async () => {
      for (const [action, same] of [
        [1, one],
        [2, false],
      ] as const) {
        const server = await serve(json({}))
        const { ask } = await gatewayTo({
          base_url: server.url,
          cache_enabled: true,
          cache_ttl: 60,
          parameters: [{ name: 'P', value: 'own', action, ...entry }],
        })
        for (const p of [1, 1, 3]) expect((await ask({ path: 'a', query: { p } })).status).toBe(200)
        expect(server.seen).toHaveLength(same ? 1 : 2)
      }
    })
  }

  test('that is only a part of the key tells callers apart whose lookups differ, and sends nothing', async () => {
    const server = await serve(json({}))
    const { ask } = await gatewayTo({
      base_url: server.url,
      cache_enabled: true,
      cache_ttl: 60,
      parameters: [{ name: 'tenant', value: '{tenant}', cache_key: true, action: 1 }],
    })
    const caller = (tenant: string): RoleSpec => ({ ...EVERYTHING, lookups: { tenant } })
    const [ann, bob] = [caller('a'), caller('b')]
    for (const as of [ann, bob, ann, bob]) await ask({ path: 'a', as })
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/a'])
  })

  test('that was resolved for a caller never gives one caller the answer of another', async () => {
    const server = await serve((request, response) => json({ url: request.url })(request, response))
    const { ask } = await gatewayTo({
      base_url: server.url,
      cache_enabled: true,
      cache_ttl: 60,
      parameters: [{ name: 'tenant', value: '{tenant}', outbound: true, action: 1 }],
    })
    const answers = ['a', 'b'].map((tenant) => ask({ path: 'x', as: { ...EVERYTHING, lookups: { tenant } } }))
    expect((await Promise.all(answers)).map(({ body }) => body.url)).toEqual(['/x?tenant=a', '/x?tenant=b'])
  })

  test('of the client is never resolved: a lookup in it stays text', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({
      base_url: server.url,
      parameters: [{ name: 'own', value: '{secret} {strtoupper(secret)} {unknown}', outbound: true, action: ['GET'] }],
    })
    await ask({ path: 'a', query: { p: '{secret}' }, as: { ...EVERYTHING, lookups: { secret: 'hush' } } })
    const sent = new URLSearchParams(queryOf(server.seen[0]!.url))
    expect(Object.fromEntries(sent)).toEqual({ p: '{secret}', own: 'hush HUSH {unknown}' })
  })

  test('is sent in form style, repeated names repeated, an empty one bare, and 0 as 0', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: `${server.url}/v1/?fixed=1` })
    await ask({ path: '?a=1&b=&a=x%20y&page=0&c' })
    expect(server.seen[0]!.url).toBe('/v1/?fixed=1&a=1&a=x+y&b&page=0&c')
  })

  test('with which the client signed in goes no further than the gateway', async () => {
    const server = await serve()
    const gateway = await gatewayTo({ base_url: server.url })
    const key = gateway.governance.keyOf(EVERYTHING)
    await gateway.ask({ path: 'a', query: { api_key: key, x: 1 }, as: null })
    expect(server.seen[0]!.url).toBe('/a?x=1')
    await gateway.gateway.fetch(
      new Request('http://gateway.test/api/v2/db/a', { headers: { 'x-dreamfactory-api-key': key } }),
    )
    expect(JSON.stringify(server.seen)).not.toContain(key)
  })
})

interface HeaderRow {
  readonly about: string
  readonly entry: Readonly<Record<string, unknown>>
  readonly client?: Readonly<Record<string, string>>
  readonly arrives: string | undefined
}

// biome-ignore format: reads as a table
const HEADERS: readonly HeaderRow[] = [
  { about: 'its own value', entry: { name: 'X-Own', value: 'v' }, arrives: 'v' },
  { about: 'its own value whatever the client sends', entry: { name: 'X-Own', value: 'v' }, client: { 'x-own': 'theirs' }, arrives: 'v' },
  { about: 'a lookup', entry: { name: 'X-Own', value: 'for {team}' }, arrives: 'for blue' },
  { about: 'the client’s', entry: { name: 'X-Own', pass_from_client: true }, client: { 'x-own': 'theirs' }, arrives: 'theirs' },
  { about: 'the client’s by another spelling', entry: { name: 'x_OWN', pass_from_client: true }, client: { 'x-own': 'theirs' }, arrives: 'theirs' },
  { about: 'no lookup that the client sent', entry: { name: 'X-Own', pass_from_client: true }, client: { 'x-own': '{team}' }, arrives: '{team}' },
  { about: 'nothing where the client has none', entry: { name: 'X-Own', pass_from_client: true, value: 'v' }, arrives: undefined },
  { about: 'nothing for another verb', entry: { name: 'X-Own', value: 'v', action: 2 }, arrives: undefined },
  { about: 'nothing for no verb', entry: { name: 'X-Own', value: 'v', action: 0 }, arrives: undefined },
  { about: 'nothing that nobody configured', entry: { name: 'X-Else', value: 'v' }, client: { 'x-own': 'theirs' }, arrives: undefined },
]

describe('a header', () => {
  for (const { about, entry, client, arrives } of HEADERS)
    test(`sends ${about}`, async () => {
      const server = await serve()
      const { ask } = await gatewayTo({ base_url: server.url, headers: [{ action: 1, ...entry }] })
      await ask({ path: 'a', ...(client && { headers: client }), as: { ...EVERYTHING, lookups: { team: 'blue' } } })
      expect(server.seen[0]!.headers['x-own']).toBe(arrives)
    })

  test('of the client that nobody configured is not sent: no cookie, no authorization, no gateway credentials', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url })
    await ask({ path: 'a', headers: { cookie: 'a=b', 'accept-language': 'de', 'x-forwarded-for': '1.2.3.4' } })
    const { host, connection, 'user-agent': agent, 'accept-encoding': encoding, ...others } = server.seen[0]!.headers
    expect(others).toEqual({ accept: '*/*' })
  })

  test('about the connection can not be configured away', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({
      base_url: server.url,
      headers: [
        { name: 'Host', value: 'other.example', action: 31 },
        { name: 'Transfer-Encoding', value: 'chunked', action: 31 },
        { name: 'Content-Length', value: '3', action: 31 },
      ],
    })
    await ask({ method: 'POST', path: 'a', body: { a: 1 } })
    expect(server.seen[0]).toMatchObject({ body: '{"a":1}', headers: { host: `127.0.0.1:${server.port}` } })
  })

  test('that says what the body is comes from the client, unless it is configured', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url })
    await ask({ method: 'POST', path: 'a', body: '<a/>', headers: { 'content-type': 'application/xml' } })
    await ask({ method: 'POST', path: 'a', body: { a: 1 } })
    const own = await gatewayTo({
      base_url: server.url,
      headers: [{ name: 'Content-Type', value: 'text/x', action: 31 }],
    })
    await own.ask({ method: 'POST', path: 'a', body: 'plain', headers: { 'content-type': 'text/plain' } })
    expect(server.seen.map(({ headers }) => headers['content-type'])).toEqual([
      'application/xml',
      'application/json',
      'text/x',
    ])
  })
})
