import { expect, test } from 'vitest'
import { z } from 'zod'
import { configurationSchema, type LoadedConfiguration } from '../src/configuration/index.ts'
import { defineServiceType, endpoint, type ServiceType } from '../src/contract.ts'
import { GwError } from '../src/errors.ts'
import type { Governance, RunningGateway } from '../src/governance.ts'
import { createGateway } from '../src/kernel.ts'
import { createLogger } from '../src/log/index.ts'
import { createMemoryState } from '../src/state/index.ts'
import { registryOf, service } from './fixtures/gateway.ts'

const open = (name: string): ServiceType =>
  defineServiceType({
    contract: 1,
    name,
    label: name,
    description: 'Says hello to whoever asks, if it may.',
    group: 'System',
    config: z.strictObject({}),
    create: () => ({
      endpoints: [
        endpoint({
          id: 'hello',
          method: 'GET',
          path: '/hello',
          summary: 'Hello',
          anonymous: true,
          handle: () => 'hello',
        }),
        endpoint({
          id: 'enter',
          method: 'POST',
          path: '/hello',
          summary: 'Enter',
          anonymous: true,
          anyCredentials: true,
          handle: ({ caller, client = 'nowhere' }) => ({ user: caller.user?.id ?? null, client }),
        }),
        endpoint({ id: 'rest', method: 'GET', path: '/rest', summary: 'The rest', handle: () => 'rest' }),
      ],
    }),
  })

const caller = { requestor: 'api', admin: false, lookup: () => undefined } as const
const MAILER = {
  id: 1,
  name: 'mailer',
  active: true,
  access: [{ service: 'foreign', component: 'rest', verbMask: 1, requestorMask: 1 }],
}

/** A gateway with a governance that takes no token, and one service of each kind. */
const started = async () => {
  let running: RunningGateway | undefined
  const clients: (string | undefined)[] = []
  const governance: Governance = {
    name: 'tests',
    serviceTypes: [open('own')],
    services: async () => [service('own', 'own'), service('foreign', 'foreign')],
    async start(_, gateway) {
      running = gateway
    },
    authenticate({ sessionToken, basic, client }) {
      if (basic) clients.push(client)
      return {
        caller: { ...caller },
        admin: false,
        ...(sessionToken !== undefined && { error: new GwError('unauthenticated', 'Invalid token: none is good.') }),
      }
    },
    resolveSecrets: async (config) => config,
    state: createMemoryState(),
  }
  const config = configurationSchema.parse({})
  const gateway = createGateway({
    configuration: { config, file: 'test', root: process.cwd(), format: 'json' } as unknown as LoadedConfiguration,
    registry: registryOf(open('foreign')),
    governance,
    log: createLogger({ level: 'silent', format: 'json' }),
  })
  await gateway.start()
  const ask = (path: string, init: RequestInit = {}) =>
    gateway.fetch(new Request(`http://gateway.test/api/v2/${path}`, init))
  return { gateway, ask, clients, running: () => running! }
}

test('an endpoint of the governance may be open to everyone; one of a connector never is', async () => {
  const { gateway, ask } = await started()
  const status = async (path: string) => (await ask(path)).status
  expect(await status('own/hello')).toBe(200)
  expect(await status('own/rest')).toBe(400)
  expect(await status('foreign/hello')).toBe(400)
  expect(await status('foreign/rest')).toBe(400)
  await gateway.stop()
})

test('a bad token keeps callers from everything but endpoints of the governance that take any', async () => {
  const { gateway, ask } = await started()
  const headers = { 'x-dreamfactory-session-token': 'stale' }
  const status = async (method: string, path: string) => (await ask(path, { method, headers })).status
  expect(await (await ask('own/hello', { method: 'POST', headers })).json()).toEqual({ user: null, client: 'nowhere' })
  expect(await status('GET', 'own/hello')).toBe(401)
  expect(await status('POST', 'foreign/hello')).toBe(401)
  expect(await status('POST', 'none/hello')).toBe(401)
  // A tunnelled verb is the one that counts.
  expect((await ask('own/hello?method=GET', { method: 'POST', headers })).status).toBe(401)
  await gateway.stop()
})

test('an address that calls is told to the handler, and with a password to the governance', async () => {
  const { gateway, clients } = await started()
  const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 })
  const basic = { authorization: `Basic ${btoa('a:b')}`, 'x-forwarded-for': '203.0.113.9' }
  const answer = await fetch(`${url}/api/v2/own/hello`, { method: 'POST', headers: basic })
  // Nobody has said that the peer is a proxy.
  expect(await answer.json()).toEqual({ user: null, client: '127.0.0.1' })
  expect(clients).toEqual(['127.0.0.1'])
  await gateway.stop()
})

test('a governance calls services by its own word, within the rights that it gives', async () => {
  const { gateway, running } = await started()
  const as = (role: typeof MAILER | undefined) => ({ caller, admin: false, ...(role && { role }) })
  const status = async (path: string, role?: typeof MAILER) =>
    (await running().fetch(path, { method: 'GET' }, as(role))).status
  expect(await status('/foreign/rest', MAILER)).toBe(200)
  expect(await status('/foreign/hello', MAILER)).toBe(400)
  expect(await status('/own/rest', MAILER)).toBe(400)
  expect(await status('/foreign/rest')).toBe(400)
  await gateway.stop()
})
