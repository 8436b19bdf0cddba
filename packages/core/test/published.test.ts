import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineServiceType, endpoint, GwError } from '../src/contract.ts'
import type { ServiceDefinition } from '../src/governance.ts'
import { type Opened, openGateway, service } from './fixtures/gateway.ts'

/** `careless` says of each of its reads that it may be published; `discreet` of none. */
const type = (name: string, published: boolean) =>
  defineServiceType({
    contract: 1,
    name,
    label: name,
    description: 'Answers with what it was asked for.',
    group: 'File',
    config: z.strictObject({ public_path: z.array(z.string()).nullish(), broken: z.boolean().default(false) }),
    create: ({ broken }) => ({
      async start() {
        if (broken) throw new GwError('unavailable', 'It is broken.')
      },
      endpoints: [
        endpoint({
          id: 'read',
          method: 'GET',
          path: '/{path*}',
          summary: 'Read',
          published,
          handle: ({ path, caller, query, access }) => {
            let rights = 'some'
            try {
              access('other', 'PUT')
            } catch {
              rights = 'none'
            }
            return { path, app: caller.app ?? null, query, rights }
          },
        }),
        endpoint({ id: 'root', method: 'GET', path: '/', summary: 'Root', published, handle: () => 'the root' }),
      ],
    }),
  })
const types = [type('careless', true), type('discreet', false)]

let opened: Opened | undefined
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})
const open = async (services: ServiceDefinition[], more: Partial<Parameters<typeof openGateway>[1]> = {}) => {
  opened = await openGateway(types, { services, ...more })
  return opened
}
const ask = async (path: string, init?: RequestInit) => {
  const response = await opened!.gateway.fetch(new Request(`http://gateway.test${path}`, init))
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const status = async (path: string, init?: RequestInit) => (await ask(path, init)).status

test('a path is public where the configuration names it and the endpoint may be published, and only then', async () => {
  await open([
    service('files', 'careless', { public_path: ['img', 'docs/a.txt'] }),
    service('closed', 'careless'),
    service('empty', 'careless', { public_path: [] }),
    service('other', 'discreet', { public_path: ['img'] }),
    service('resting', 'careless', { public_path: ['img'] }, { active: false }),
  ])
  expect(await status('/files/img/a/b.png')).toBe(200)
  expect(await status('/files/docs/a.txt')).toBe(200)
  for (const path of ['docs/b.txt', 'docs/', 'imgs/a.png', 'a.png', ''])
    expect([path, await status(`/files/${path}`)]).toEqual([path, 403])
  // What says nothing of a public path is not told to be there at all.
  for (const path of ['closed', 'empty', 'resting', 'none'])
    expect([path, await status(`/${path}/img/a.png`)]).toEqual([path, 404])
  expect(await status('/other/img/a.png')).toBe(404)
  expect(await status('/api/v2/files/img/a.png')).toBe(400)
})

test('the root names what is in no folder, and never itself', async () => {
  await open([service('files', 'careless', { public_path: ['/'] })])
  expect([await status('/files/a.txt'), await status('/files/docs/a.txt')]).toEqual([200, 403])
  expect([await status('/files'), await status('/files/')]).toEqual([404, 404])
})

test('the call has neither credentials nor parameters nor rights of a role', async () => {
  await open([service('files', 'careless', { public_path: ['img'] })])
  const headers = { 'x-dreamfactory-api-key': 'test-key' }
  const { text } = await ask('/files/img/a.png?zip=true&method=DELETE', { headers })
  expect(JSON.parse(text)).toEqual({ path: 'img/a.png', app: null, query: {}, rights: 'none' })
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await ask('/files/img/a.png', { method, headers })
    expect([answer.status, answer.headers.get('allow')]).toEqual([400, 'GET, HEAD'])
  }
})

test('what was taken back is not public any more, even where the new configuration can not be used', async () => {
  const { stage, gateway } = await open([service('files', 'careless', { public_path: ['img'] })])
  expect(await status('/files/img/a.png')).toBe(200)
  stage.services = [service('files', 'careless', { public_path: [], broken: true })]
  await gateway.reload()
  // The service goes on as it was, but for this.
  expect((await opened!.json('/files/img/a.png')).status).toBe(200)
  expect(await status('/files/img/a.png')).toBe(404)
  stage.services = [service('files', 'careless', { public_path: ['img'], broken: true })]
  await gateway.reload()
  expect(await status('/files/img/a.png')).toBe(200)
})

test('pages of the gateway stay its own, whatever services are called', async () => {
  await open(['docs', 'healthz', 'api'].map((name) => service(name, 'careless', { public_path: ['index.html', '/'] })))
  expect((await ask('/docs/index.html')).text).not.toContain('"path":"index.html"')
  expect(await status('/healthz')).toBe(200)
  expect(await status('/api/index.html')).toBe(400)
})

test('limits, scripts, cross-origin rules and the audit trail hold as for any call', async () => {
  let calls = 0
  const { stage } = await open([service('files', 'careless', { public_path: ['img'] })], {
    config: { cors: [{ path: 'files/*', origins: ['https://shop.example'], methods: ['GET'] }] },
    limit: ({ service: name, component, method }) => {
      if (++calls > 2) throw new GwError('rate_limited', `No more of ${method} ${name}/${component}.`)
      return { 'x-left': String(2 - calls) }
    },
    interceptors: [
      {
        matches: (event) => event.startsWith('files.img.secret'),
        pre: () => {
          throw new GwError('forbidden', 'A script says no.')
        },
      },
    ],
  })
  const answer = await ask('/files/img/a.png', { headers: { origin: 'https://shop.example' } })
  expect([answer.headers.get('x-left'), answer.headers.get('access-control-allow-origin')]).toEqual([
    '1',
    'https://shop.example',
  ])
  expect((await ask('/files/img/secret')).text).toContain('A script says no.')
  expect((await ask('/files/img/a.png')).text).toContain('No more of GET files/img/a.png.')
  expect(stage.audits.map(({ component, status: code, caller }) => [component, code, caller])).toEqual([
    ['img/a.png', 200, {}],
    ['img/secret', 403, {}],
    ['img/a.png', 429, {}],
  ])
})
