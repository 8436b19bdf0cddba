import { expect, test } from 'vitest'
import { z } from 'zod'
import { configurationSchema, type LoadedConfiguration } from '../src/configuration/index.ts'
import { defineServiceType, endpoint, type ServiceType } from '../src/contract.ts'
import type { Governance } from '../src/governance.ts'
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
        endpoint({ id: 'rest', method: 'GET', path: '/rest', summary: 'The rest', handle: () => 'rest' }),
      ],
    }),
  })

test('an endpoint of the governance may be open to everyone; one of a connector never is', async () => {
  const governance: Governance = {
    name: 'tests',
    serviceTypes: [open('own')],
    services: async () => [service('own', 'own'), service('foreign', 'foreign')],
    authenticate: () => ({ caller: { requestor: 'api', admin: false, lookup: () => undefined }, admin: false }),
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
  const status = async (path: string) => (await gateway.fetch(new Request(`http://gateway.test/api/v2/${path}`))).status
  expect(await status('own/hello')).toBe(200)
  expect(await status('own/rest')).toBe(400)
  expect(await status('foreign/hello')).toBe(400)
  expect(await status('foreign/rest')).toBe(400)
  await gateway.stop()
})
