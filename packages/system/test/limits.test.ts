import { severable } from '@gw/testkit'
import { describe, expect, inject, test } from 'vitest'
import { opened, shopIn } from './opened.ts'

const make = async (config: Readonly<Record<string, unknown>> = {}) => {
  const gw = await opened({ config })
  await gw.ask('POST', 'system/service', {
    resource: [{ name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(gw.folder) } }],
  })
  const shop = (await gw.ask('GET', "system/service?filter=name='shop'")).body.resource[0].id as number
  await gw.ask('POST', 'system/role', {
    resource: [
      {
        name: 'reader',
        is_active: true,
        role_service_access_by_role_id: [{ service_id: shop, component: '_table/*', verb_mask: 1, requestor_mask: 1 }],
      },
    ],
  })
  await gw.ask('POST', 'system/app', { resource: [{ name: 'a', is_active: true, role_id: 1 }] })
  await gw.ask('POST', 'system/app', { resource: [{ name: 'b', is_active: true, role_id: 1 }] })
  const keys = (await gw.ask('GET', 'system/app?fields=api_key')).body.resource.map((one: any) => one.api_key)
  const read = (key = keys[0], path = 'shop/_table/items', headers = {}): Promise<Response> =>
    Promise.resolve(
      gw.gateway.fetch(
        new Request(`http://gateway.test/api/v2/${path}`, { headers: { 'x-dreamfactory-api-key': key, ...headers } }),
      ),
    )
  return { ...gw, shop, keys, read, [Symbol.asyncDispose]: () => gw[Symbol.asyncDispose]() }
}

const limit = (values: object) => ({ resource: [{ name: 'l', is_active: true, period: 'minute', rate: 2, ...values }] })

test('A service’s description tells the limits that its reader’s calls may count for, and no others', async () => {
  await using gw = await make()
  await gw.ask('POST', 'system/role', {
    resource: [
      {
        name: 'describer',
        is_active: true,
        role_service_access_by_role_id: [{ service_id: gw.shop, component: '*', verb_mask: 1, requestor_mask: 1 }],
      },
    ],
  })
  await gw.ask('PATCH', 'system/app', { resource: [1, 2].map((id) => ({ id, role_id: id })) })
  const resource = [
    { name: 'own', type: 'instance.role', role_id: 2, rate: 50, verb: 'GET' },
    { name: 'other', type: 'instance.role', role_id: 1, rate: 50 },
    { name: 'shop', type: 'instance.each_user.service', service_id: gw.shop, rate: 60 },
    { name: 'system', type: 'instance.service', service_id: 1, rate: 70 },
  ].map((one) => ({ is_active: true, period: 'minute', ...one }))
  expect((await gw.ask('POST', 'system/limit', { resource })).status).toBe(201)
  const told = async (query = '') =>
    ((await (await gw.read(gw.keys[1], `shop/_spec${query}`)).json()) as any)['x-rate-limit']
  const expected = [
    { name: 'own', rate: 50, period: 'minute', each_caller: false, verb: 'GET' },
    { name: 'shop', rate: 60, period: 'minute', each_caller: true },
  ]
  expect(await told()).toEqual(expected)
  expect(await told('?compact=true')).toEqual(expected)
  await gw.ask('PATCH', 'system/limit', { resource: [1, 3].map((id) => ({ id, is_active: false })) })
  expect(await told()).toBeUndefined()
})

describe('limits of the system API', () => {
  test('hold from the moment they are made, say how much is left, and end with their record', async () => {
    await using gw = await make()
    expect((await gw.read()).headers.get('x-ratelimit-limit')).toBeNull()
    const made = await gw.ask(
      'POST',
      'system/limit',
      limit({ type: 'instance.service', service_id: gw.shop, endpoint: 'unused' }),
    )
    expect(made.status).toBe(201)
    expect((await gw.ask('GET', 'system/limit/1')).body).toMatchObject({
      key_text: `instance.service.service:${gw.shop}.minute`,
      endpoint: null,
      verb: null,
    })
    const first = await gw.read()
    expect([first.status, first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual([
      200,
      '2',
      '1',
    ])
    expect(Number(first.headers.get('x-ratelimit-reset')) - Date.now() / 1_000).toBeGreaterThan(50)
    expect((await gw.read()).status).toBe(200)
    const refused = await gw.read(gw.keys[1])
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(((await refused.json()) as any).error).toMatchObject({
      code: 429,
      message: expect.stringMatching(/^API limit\(s\) exceeded: 'l'\. Try again in \d+ seconds\.$/),
      context: [{ id: 1, name: 'l', max: 2 }],
    })
    // What is refused is not counted, and other services go on.
    expect((await gw.ask('GET', 'system/limit_cache')).body.resource).toEqual([
      { id: 1, key: `instance.service.service:${gw.shop}.minute`, max: 2, attempts: 2, remaining: 0 },
    ])
    expect(
      (await gw.ask('GET', 'system/limit/1?related=limit_cache_by_limit_id,service_by_service_id')).body,
    ).toMatchObject({
      limit_cache_by_limit_id: [{ attempts: 2 }],
      service_by_service_id: { name: 'shop' },
    })
    await gw.ask('PATCH', 'system/limit/1', { rate: 3 })
    expect((await gw.ask('GET', 'system/limit_cache/1')).body).toMatchObject({ max: 3, attempts: 0, remaining: 3 })
    expect((await gw.read()).status).toBe(200)
    expect((await gw.ask('DELETE', 'system/limit_cache')).status).toBe(400)
    expect((await gw.ask('DELETE', 'system/limit_cache/1')).body).toEqual({ id: 1 })
    expect((await gw.ask('GET', 'system/limit_cache/1')).body).toMatchObject({ attempts: 0 })
    await gw.ask('DELETE', `system/service/${gw.shop}`)
    expect((await gw.ask('GET', 'system/limit')).body.resource).toEqual([])
  })

  test('go back to nothing when a rate is changed and changed back', async () => {
    await using gw = await make()
    await gw.ask('POST', 'system/limit', limit({ type: 'instance.service', service_id: gw.shop, rate: 1 }))
    expect((await gw.read()).status).toBe(200)
    expect((await gw.read()).status).toBe(429)
    await gw.ask('PATCH', 'system/limit/1', { rate: 5 })
    await gw.ask('PATCH', 'system/limit/1', { rate: 1 })
    expect((await gw.read()).status).toBe(200)
  })

  test('count callers apart where the type says so, and a call that one limit refuses uses up no other', async () => {
    await using gw = await make()
    await gw.ask(
      'POST',
      'system/limit',
      limit({ name: 'each', type: 'instance.each_user.service', service_id: gw.shop, rate: 1 }),
    )
    await gw.ask('POST', 'system/limit', limit({ name: 'all', type: 'instance.service', service_id: gw.shop, rate: 3 }))
    expect((await gw.read()).status).toBe(200)
    expect((await gw.read()).status).toBe(429)
    expect((await gw.read()).status).toBe(429)
    expect((await gw.read(gw.keys[1])).status).toBe(200)
    const counts = (await gw.ask('GET', 'system/limit_cache')).body.resource
    expect(counts.map(({ id, key, attempts }: any) => [id, key.split('.').at(-1), attempts])).toEqual([
      [1, 'app:1', 1],
      [1, 'app:2', 1],
      [2, 'minute', 2],
    ])
    // A limit counts what a path means, not how it is spelled.
    await gw.ask('DELETE', 'system/limit_cache?allow_delete=true')
    await gw.ask(
      'POST',
      'system/limit',
      limit({
        name: 'path',
        type: 'instance.service.endpoint',
        service_id: gw.shop,
        endpoint: '_table/items',
        rate: 1,
      }),
    )
    await gw.ask('DELETE', 'system/limit/1')
    expect((await gw.read(gw.keys[0], 'shop/_table/ITEMS')).status).toBe(200)
    expect((await gw.read(gw.keys[0], 'shop/_table/items')).status).toBe(429)
  })

  test.each([
    [{ type: 'instance.nobody' }, 'type'],
    [{ type: 'instance', period: 'week' }, 'period'],
    [{ type: 'instance', rate: 0 }, 'rate'],
    [{ type: 'instance', rate: 1.5 }, 'rate'],
    [{ type: 'instance', verb: 'FETCH' }, 'verb'],
    [{ type: 'instance.user' }, 'user_id'],
    [{ type: 'instance.user', user_id: 99 }, 'user_id'],
    [{ type: 'instance.role', role_id: 99 }, 'role_id'],
    [{ type: 'instance.service', service_id: 99 }, 'service_id'],
    [{ type: 'instance.service.endpoint', service_id: 1 }, 'endpoint'],
    [{ type: 'instance.service.endpoint', service_id: 1, endpoint: 'a*b*' }, 'endpoint'],
    [{ type: 'instance', name: '' }, 'name'],
  ])('that make no sense are refused by the name of what is wrong: %j', async (values, field) => {
    await using gw = await opened()
    const answer = await gw.ask('POST', 'system/limit', limit(values))
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body.error)).toMatch(new RegExp(`["']${field}["']`))
  })

  test('are not made twice for the same calls', async () => {
    await using gw = await opened()
    expect((await gw.ask('POST', 'system/limit', limit({ type: 'instance', verb: 'GET', rate: 100 }))).status).toBe(201)
    expect((await gw.ask('POST', 'system/limit', limit({ type: 'instance', verb: 'GET', rate: 7 }))).status).toBe(400)
    expect((await gw.ask('POST', 'system/limit', limit({ type: 'instance', verb: 'POST', rate: 100 }))).status).toBe(
      201,
    )
    expect((await gw.ask('PATCH', 'system/limit/2', { verb: 'GET' })).status).toBe(400)
    expect((await gw.ask('PATCH', 'system/limit/2', { rate: 9 })).status).toBe(200)
  })

  test('of wrong credentials hold before anybody looks at the next ones', async () => {
    await using gw = await make({ system: { wrong_credentials: 3 } })
    for (let guess = 0; guess < 3; guess++) expect((await gw.read(`wrong-${guess}`)).status).toBe(400)
    const refused = await gw.read(gw.keys[0])
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})

interface Server {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}
const redis = inject('redis' as never) as Server | undefined
const why = redis ? '' : ` (skipped: ${inject('redisMissing' as never)})`

describe.skipIf(!redis)(`limits of several nodes by one Redis${why}`, () => {
  test('admit as many calls as the rate says, not one more, and without Redis each node counts by itself', async () => {
    const line = await severable(redis!)
    const url = `redis://${redis!.user}:${redis!.password}@${line.host}:${line.port}/0`
    const config = { system: { redis: url } }
    // Each node has a store of its own here, with the same ids in it.
    await using a = await make(config)
    await using b = await make(config)
    await using c = await make(config)
    const nodes = [a, b, c]
    for (const node of nodes) {
      const made = await node.ask(
        'POST',
        'system/limit',
        limit({ type: 'instance.service', service_id: node.shop, rate: 50 }),
      )
      expect(made.status).toBe(201)
    }
    const statusesOf = async (count: number, nodeOf: (at: number) => typeof a) => {
      const statuses = await Promise.all(
        Array.from({ length: count }, async (_, at) => (await nodeOf(at).read()).status),
      )
      return {
        served: statuses.filter((one) => one === 200).length,
        refused: statuses.filter((one) => one === 429).length,
      }
    }
    expect(await statusesOf(120, (at) => nodes[at % 3]!)).toEqual({ served: 50, refused: 70 })
    expect((await b.ask('GET', 'system/limit_cache/1')).body).toMatchObject({ attempts: 50, remaining: 0 })
    await b.ask('DELETE', 'system/limit_cache/1')
    expect((await c.read()).headers.get('x-ratelimit-remaining')).toBe('49')
    await line.away()
    expect(await statusesOf(60, () => a)).toEqual({ served: 50, refused: 10 })
    await line.back()
    await expect.poll(async () => (await b.read()).status, { timeout: 60_000, interval: 500 }).toBe(200)
    await line.close()
  })
})
