import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Call, defineServiceType, endpoint, GwError, type Method, rows } from '../src/contract.ts'
import type { LimitSubject } from '../src/governance.ts'
import { type Opened, openGateway, row, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})

interface Asked {
  readonly path: string
  readonly method?: Method
  readonly query?: Record<string, string>
  readonly body?: unknown
}

/** Things by name, and an endpoint that makes many calls of one. */
const type = defineServiceType({
  contract: 1,
  name: 'things',
  label: 'Things',
  description: 'Things.',
  group: 'Test',
  config: z.strictObject({}),
  capabilities: { rowFilters: true, fieldRules: true },
  create: () => ({
    canonical: (component) => component.toLowerCase(),
    endpoints: [
      endpoint({
        id: 'getThings',
        method: 'GET',
        path: '/things',
        summary: 'Lists things.',
        handle: (call) => rows({ items: [{ id: 1 }, { id: 2 }], identifier: ['id'], meta: { objects: call.objects } }),
      }),
      endpoint({
        id: 'getThing',
        method: 'GET',
        path: '/things/{id}',
        component: 'things/{id}',
        summary: 'One thing.',
        query: z.object({ loud: z.enum(['yes', 'no']).optional() }),
        handle: ({ params, query, grant }) => ({ params, query, deny: grant.deny }) as never,
      }),
      endpoint({
        id: 'makeThing',
        method: 'POST',
        path: '/things',
        summary: 'Makes a thing.',
        body: z.object({ name: z.string() }),
        status: 201,
        handle: ({ body }) => ({ made: body.name }) as never,
      }),
      endpoint({
        id: 'away',
        method: 'GET',
        path: '/away/{how}',
        summary: 'Calls others.',
        handle: async (call: Call<any>) =>
          (await (call.params.how === 'fetch' ? call.fetch('/things/things') : call.step('things'))) as never,
      }),
      endpoint({
        id: 'many',
        method: 'POST',
        path: '/many',
        summary: 'Many calls.',
        async handle(call: Call<any, any, any>) {
          const answers: unknown[] = []
          for (const { path, method = 'GET', query, body } of call.body as Asked[]) {
            const step = await call.step(path, { method, ...(query && { query }) })
            answers.push(step.content(await step.endpoint.handle((await step.open(body)) as never)))
          }
          return { answers }
        },
      }),
    ],
  }),
})

const open = async (setup: object = {}) => {
  opened = await openGateway([type as never], { services: [service('things', 'things')], ...setup })
  return (...asked: Asked[]) => {
    const headers = { 'content-type': 'application/json' }
    return opened!.json('/things/many', { method: 'POST', headers, body: JSON.stringify(asked) })
  }
}

describe('a step of a call', () => {
  it('is answered as a call of its own', async () => {
    const many = await open()
    const { status, body } = await many(
      { path: 'things' },
      { path: 'things', query: { as_list: 'true' } },
      { path: 'things/a%2Fb', query: { loud: 'yes' } },
      { path: 'things', method: 'POST', body: { name: 'x' } },
    )
    expect([status, body.answers]).toEqual([
      200,
      [
        { resource: [{ id: 1 }, { id: 2 }], meta: { objects: true } },
        { resource: [1, 2], meta: { objects: true } },
        { params: { id: 'a/b' }, query: { loud: 'yes' }, deny: [] },
        { made: 'x' },
      ],
    ])
  })
  it('is validated, and unknown paths are unknown', async () => {
    const many = await open()
    const wrong: readonly [Asked, number][] = [
      [{ path: 'things/a', query: { loud: 'very' } }, 400],
      [{ path: 'things', method: 'POST', body: { name: 5 } }, 400],
      [{ path: 'things', method: 'DELETE' }, 400],
      [{ path: 'nothing' }, 404],
      [{ path: 'things/../many' }, 400],
      [{ path: 'things/%2e%2e' }, 400],
      [{ path: '' }, 501],
      [{ path: '_spec' }, 501],
    ]
    for (const [asked, status] of wrong) expect((await many(asked)).status, JSON.stringify(asked)).toBe(status)
  })
  it('needs the rights of its call in every spelling, and is under its obligations', async () => {
    const access = [
      row('things', 'many', 2),
      row('things', 'things/*', 1, { deny: ['secret'] }),
      row('things', 'things/closed', 0),
    ]
    const many = await open({ access })
    expect((await many({ path: 'things/open' })).body.answers[0].deny).toEqual(['secret'])
    for (const path of ['things/closed', 'things/CLOSED', 'things/c%6cosed', 'Things/closed'])
      expect([path, (await many({ path: 'things/open' }, { path })).status]).toEqual([path, 401])
    expect((await many({ path: 'things', method: 'POST', body: { name: 'x' } })).status).toBe(401)
  })
  it('counts for limits as a call of its own', async () => {
    const seen: string[] = []
    const limit = async ({ component, method }: LimitSubject) => {
      seen.push(`${method} ${component}`)
      if (component === 'things/c') throw new GwError('rate_limited', 'Too many calls.')
      return undefined
    }
    const many = await open({ limit })
    expect((await many({ path: 'things/a' }, { path: 'things', method: 'POST', body: { name: 'x' } })).status).toBe(200)
    expect(seen).toEqual(['POST many', 'GET things/a', 'POST things'])
    expect((await many({ path: 'things/c' })).status).toBe(429)
  })
  it('is audited as a call of its own, also where it is refused', async () => {
    const many = await open({ access: [row('things', 'many', 2), row('things', 'things/a', 1)] })
    await many({ path: 'things/a' }, { path: 'things/b' })
    expect(opened!.stage.audits.map(({ component, method, status }) => [component, method, status])).toEqual([
      ['many', 'POST', 401],
      ['things/a', 'GET', 401],
      ['things/b', 'GET', 401],
    ])
  })
  it('is refused where an interceptor waits for such a call, whatever its spelling', async () => {
    const interceptors = [{ matches: (event: string) => event === 'things.things.a.get' }]
    const many = await open({ interceptors })
    expect((await many({ path: 'things/b' })).status).toBe(200)
    for (const path of ['things/a', 'things/A', 'things/%61/']) {
      const { status, body } = await many({ path })
      expect([path, status, /a script looks at it/.test(body.error.message)]).toEqual([path, 501, true])
    }
  })
  it('has no steps of its own, and calls no other services', async () => {
    const many = await open()
    expect((await many({ path: 'away/fetch' })).body.error.message).toMatch(/can not call other services/)
    expect((await many({ path: 'away/step' })).body.error.message).toMatch(/no steps of its own/)
    expect((await many({ path: 'many', method: 'POST', body: [{ path: 'things' }] })).status).toBe(501)
  })
})
