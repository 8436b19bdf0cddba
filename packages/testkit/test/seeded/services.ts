/** The guide's connector with something wrong about it: what the suite of every service type is measured by. */
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { GwError, type Service, type ServiceType } from '@gw/core'
import { z } from 'zod'
import type { ConformanceOptions } from '../../src/index.ts'
import { weather } from './weather.ts'

/** Filled with the address of a source by `startWeather`. */
const config = { baseUrl: 'http://127.0.0.1:1', apiKey: 'sesame-open' }

export const weatherOptions: ConformanceOptions<any> = {
  type: weather,
  config,
  invalid: [{}, { ...config, apiKey: '' }, { ...config, days: 0 }],
  unreachable: { baseUrl: 'http://127.0.0.1:1', apiKey: 'sesame-shut' },
}

/** @returns what ends it */
export const startWeather = async (): Promise<() => void> => {
  const server = createServer((_request, response) => {
    response.setHeader('connection', 'close')
    response.end('{"max":21}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  config.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => void server.close()
}

let stoppedForAll = false
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

export const SERVICES: readonly (readonly [
  what: string,
  changes: Partial<ConformanceOptions<any>>,
  caughtBy: RegExp,
])[] = [
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
  ['a start that goes on after it was aborted', serving(() => ({ start: async () => {} })), /signal has been aborted/],
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
  [
    'a start that fails and leaves a socket behind',
    serving((service) => {
      let stray: Socket
      return {
        async start(signal) {
          await service.start?.(signal)
          stray = connect(Number(new URL(config.baseUrl).port), '127.0.0.1')
          await new Promise((resolve, reject) => stray.on('connect', resolve).on('error', reject))
          setTimeout(() => stray.destroy(), 4_000)
          await service.health?.(signal)
        },
      }
    }),
    /start that failed leaves no handle/,
  ],
  [
    'a source that is away, told by a driver’s own error',
    serving(() => ({
      health: async () => {
        throw new Error('connect ECONNREFUSED 127.0.0.1:1')
      },
    })),
    /source that is away/,
  ],
  [
    'a source that is away, told as if something were not there',
    serving(() => ({
      health: async () => {
        throw new GwError('not_found', 'The weather is not there.')
      },
    })),
    /source that is away/,
  ],
  [
    'an answer that is not the documented one',
    serving(() => ({
      endpoints: [{ ...forecast!, path: '/now', params: undefined, handle: async () => ({ max: 'warm' }) } as never],
    })),
    /answered as documented/,
  ],
  [
    'a resource that is listed twice',
    serving(() => ({
      resources: async () => [
        { component: 'forecast/Oslo', kind: 'city' },
        { component: 'forecast/Oslo', kind: 'city' },
      ],
    })),
    /resources are unique/,
  ],
  [
    'a stop that works once only',
    serving(() => {
      let stopped = false
      return {
        async stop() {
          if (stopped) throw new Error('stopped twice')
          stopped = true
        },
      }
    }),
    /none the second time/,
  ],
  [
    'two instances that share what one of them stops',
    serving((service) => ({
      stop: async () => {
        stoppedForAll = true
      },
      async start(signal) {
        stoppedForAll = false
        await service.start?.(signal)
      },
      async health(signal) {
        if (stoppedForAll) throw new GwError('unavailable', 'The connection has been closed.')
        await service.health?.(signal)
      },
    })),
    /side by side/,
  ],
]
