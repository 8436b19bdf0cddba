import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { GwError, type Service, type ServiceType } from '@gw/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type ConformanceOptions, conformance, openService, runChecks, serviceChecks } from '../src/index.ts'
import { weather } from './fixtures/weather.ts'

let server: Server
const config = { baseUrl: 'http://127.0.0.1:1', apiKey: 'sesame-open' }
const options: ConformanceOptions<any> = {
  type: weather,
  config,
  invalid: [{}, { ...config, apiKey: '' }, { ...config, days: 0 }],
  unreachable: { baseUrl: 'http://127.0.0.1:1', apiKey: 'sesame-shut' },
}
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader('connection', 'close')
    response.end('{"max":21}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  config.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

conformance(options)

const failures = async (changes: Partial<ConformanceOptions<any>>): Promise<readonly string[]> => {
  const outcomes = await runChecks(serviceChecks, openService({ ...options, ...changes }))
  return outcomes.filter(({ state }) => state === 'failed').map(({ name }) => name)
}
const typed = (changes: Partial<ServiceType<any>>) => ({ type: { ...weather, ...changes } as ServiceType<any> })
/** The weather service with something changed about every instance. */
const serving = (change: (service: Service, config: any) => Partial<Service>) =>
  typed({
    create: (config, host) => {
      const service = weather.create(config as never, host)
      return { ...service, ...change(service, config) }
    },
  })
const [forecast] = weather.create({ ...config, days: 1 }, undefined as never).endpoints

describe('the service suite notices', () => {
  const cases: readonly [string, Partial<ConformanceOptions<any>>, RegExp][] = [
    ['a label that is empty', typed({ label: '' }), /states contract 1/],
    [
      'unknown configuration keys that are accepted',
      typed({ config: z.object(weather.config.shape) }),
      /unknown configuration key/,
    ],
    [
      'a secret that is not marked',
      typed({
        config: weather.config.extend({ auth_token: z.string().optional().meta({ title: 'T', description: 'D' }) }),
      }),
      /looks secret/,
    ],
    [
      'a field without description',
      typed({ config: weather.config.extend({ x: z.string().optional() }) }),
      /title and a description/,
    ],
    ['an invalid configuration that is accepted', { invalid: [config] }, /invalid configuration is refused/],
    [
      'create that opens a socket',
      serving((_service, { baseUrl }) => {
        connect(Number(new URL(baseUrl).port), '127.0.0.1')
          .on('error', () => {})
          .unref()
          .destroy()
        return {}
      }),
      /create does no input/,
    ],
    [
      'two endpoints on one route',
      serving(() => ({
        endpoints: [forecast!, { ...forecast!, id: 'again', path: '/forecast/{town}', component: 'x' }],
      })),
      /after start have unique/,
    ],
    [
      'a component with a foreign placeholder',
      serving(() => ({ endpoints: [{ ...forecast!, component: 'x/{y}' }] })),
      /after start have unique/,
    ],
    [
      'a stop that forgets a socket',
      serving((service, { baseUrl }) => {
        let socket: Socket
        return {
          start: async (signal) => {
            await service.start?.(signal)
            socket = connect(Number(new URL(baseUrl).port), '127.0.0.1')
            await new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject))
            setTimeout(() => socket.destroy(), 4_000)
          },
        }
      }),
      /stop leaves no handle/,
    ],
    [
      'a start that goes on after it was aborted',
      serving(() => ({ start: async () => {} })),
      /signal has been aborted/,
    ],
    ['health that does not look', serving(() => ({ health: async () => {} })), /source that is away/],
    [
      'a secret in an error',
      serving((_service, { apiKey }) => ({
        health: async () => {
          throw new GwError('unavailable', `Login with ${apiKey} failed.`)
        },
      })),
      /no secret/,
    ],
    ['a capability that nothing proves', typed({ capabilities: { rowFilters: true } }), /declared capability/],
    [
      'a component that only differs by case',
      serving(() => ({
        resources: async () => [{ component: '_table/Customers', kind: 'table' }],
        canonical: (component) => component,
      })),
      /second spelling/,
    ],
  ]
  test.each(cases)('%s', { timeout: 20_000 }, async (_what, changes, check) => {
    expect(await failures(changes)).toContainEqual(expect.stringMatching(check))
  })
})
