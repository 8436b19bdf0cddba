/** The reference as a service that is wrong on purpose, each in one way, where sources have no say. */
import type { Call, Endpoint, ServiceType } from '@gw/core'

const endpoints = (type: ServiceType<any>, change: (endpoint: Endpoint) => Endpoint): ServiceType<any> => ({
  ...type,
  create(config, host) {
    const service = type.create(config, host)
    return { ...service, endpoints: service.endpoints.map(change) }
  },
})

/** The same call under another grant. */
const under = (call: any, grant: object): any =>
  new Proxy(call, {
    get(target, name) {
      if (name === 'grant') return { ...target.grant, ...grant }
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const granted = (type: ServiceType<any>, grant: object): ServiceType<any> =>
  endpoints(type, (endpoint) => ({ ...endpoint, handle: (call) => endpoint.handle(under(call, grant)) }))

/** The same, for some calls only. */
const whenAsked = (type: ServiceType<any>, when: (call: Call) => boolean, grant: object): ServiceType<any> =>
  endpoints(type, (endpoint) => ({
    ...endpoint,
    handle: (call) => endpoint.handle(when(call as Call) ? under(call, grant) : call),
  }))

/** The same call, whose further tables are under another grant. */
const joined = (type: ServiceType<any>, grant: object): ServiceType<any> =>
  endpoints(type, (endpoint) => ({
    ...endpoint,
    handle: (call) =>
      endpoint.handle(
        new Proxy(call, {
          get(target, name) {
            const value = Reflect.get(target, name, target)
            if (name === 'access') return (...asked: [string]) => ({ ...(target as Call).access(...asked), ...grant })
            return typeof value === 'function' ? value.bind(target) : value
          },
        }),
      ),
  }))

/** The same call whose header says something else. */
const hearing = (
  type: ServiceType<any>,
  header: string,
  heard: (sent: string) => string | undefined,
): ServiceType<any> =>
  endpoints(type, (endpoint) => ({
    ...endpoint,
    handle: (call) =>
      endpoint.handle(
        new Proxy(call, {
          get(target, name) {
            const value = Reflect.get(target, name, target)
            if (name !== 'header') return value
            const read = (asked: string): string | undefined => {
              const sent = target.header(asked)
              return asked === header && sent !== undefined ? heard(sent) : sent
            }
            return read
          },
        }),
      ),
  }))

export const TYPES: Readonly<Record<string, (type: ServiceType<any>) => ServiceType<any>>> = {
  'ignores denied fields': (type) => granted(type, { deny: [] }),
  'ignores row filters': (type) => granted(type, { filters: [] }),
  'takes any tag for the right one': (type) => hearing(type, 'if-match', () => '*'),
  'does what it was to undo': (type) => hearing(type, 'prefer', () => undefined),
  'documents another answer than it gives': (type) =>
    endpoints(type, ({ refine: _refine, response: _response, ...endpoint }) => ({
      ...endpoint,
      response: {
        '~standard': {
          version: 1,
          vendor: 'broken',
          validate: (value: unknown) => ({ value }),
          jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'string' }) },
        },
      },
    })),
  'forgets the row filter on updates': (type) =>
    whenAsked(type, ({ method }) => method === 'PATCH' || method === 'PUT', { filters: [] }),
  'forgets the row filter on deletes': (type) => whenAsked(type, ({ method }) => method === 'DELETE', { filters: [] }),
  'forgets the row filter on counts': (type) =>
    whenAsked(type, ({ request }) => new URL(request.url).searchParams.has('count_only'), { filters: [] }),
  'forgets the row filter of related tables': (type) => joined(type, { filters: [] }),
  'answers denied fields of related tables': (type) => joined(type, { deny: [] }),
  'answers a denied field after a write': (type) => whenAsked(type, ({ method }) => method !== 'GET', { deny: [] }),
}
