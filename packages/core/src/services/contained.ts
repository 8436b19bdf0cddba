/**
 * A connector's service as the kernel uses it: it runs as its own, no part of it is waited for without end, and what it
 * says is looked at before it is believed.
 */
import { type Endpoint, GwError, isRows, METHODS, type Reply, type Resource, rows, type Service } from '../contract.ts'
import type { Identity } from '../governance.ts'
import { until } from '../settle.ts'
import { type Origin, type RunAs, runAs } from './origin.ts'

/** How long it may take to stop, to forget what it keeps, and to check its configuration, in ms. */
const PATIENCE = 10_000

/** Settles as `work` does, or rejects after the time that a service has. */
export const inTime = async <T>(work: () => T | PromiseLike<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new GwError('unavailable', `It did not ${what} within ${PATIENCE / 1_000} seconds.`)),
      PATIENCE,
    )
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

const unusable = (reason: string) => new GwError('unavailable', `Its connector is of no use: ${reason}.`)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Why an endpoint can not be routed to, or `undefined`. */
const faultOfEndpoint = (endpoint: unknown): string | undefined => {
  if (!isRecord(endpoint)) return 'one of its endpoints is no object'
  const { id, method, path, handle, status, component } = endpoint as Partial<Endpoint>
  if (typeof id !== 'string' || id === '') return 'one of its endpoints has no id'
  if (!METHODS.some((one) => one === method)) return `its endpoint "${id}" has no method of this API`
  if (typeof path !== 'string' || !path.startsWith('/')) return `the path of its endpoint "${id}" begins with no slash`
  if (typeof handle !== 'function') return `its endpoint "${id}" has no handle function`
  if (component !== undefined && typeof component !== 'string')
    return `the component of its endpoint "${id}" is no text`
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 299))
    return `the status of its endpoint "${id}" is not one of a success`
  return undefined
}

const checkedEndpoints = (endpoints: unknown): readonly Endpoint[] => {
  if (!Array.isArray(endpoints)) throw unusable('its endpoints are no list')
  for (const endpoint of endpoints) {
    const fault = faultOfEndpoint(endpoint)
    if (fault !== undefined) throw unusable(fault)
  }
  return endpoints
}

const checkedResources = (resources: unknown): readonly Resource[] => {
  const isList =
    Array.isArray(resources) && resources.every((one) => isRecord(one) && typeof one.component === 'string')
  if (!isList) throw unusable('its resources are no list of components')
  return resources as readonly Resource[]
}

/** A service in another process. */
export interface RemoteService extends Service {
  /** Learns the spellings of components, which are then at hand for decisions. */
  spell?(components: readonly string[]): Promise<void>
  /** Its endpoints with all that can be said of each resource to whoever reads; without an identity, to everyone. */
  described?(identity: Identity | undefined): Promise<readonly Endpoint[]>
}

/**
 * @param made what `create` returned
 * @param origin `undefined` for what belongs to the gateway itself
 * @throws GwError `unavailable` where it is no service
 */
export const contain = (made: unknown, origin: Origin | undefined): RemoteService => {
  if (made instanceof Promise) {
    made.catch(() => undefined)
    throw unusable('its create function returns a promise, and must not wait for anything')
  }
  if (!isRecord(made)) throw unusable('its create function returns no service')
  const service = made as unknown as RemoteService
  const { start, health, resources, canonical, flush, stop, spell, described } = service
  const late = (what: string) => new GwError('unavailable', `It did not ${what} in time.`)
  /** Of what is asked with a signal, which it may not look at. */
  const heeding = async <T>(work: () => Promise<T>, signal: AbortSignal, what: string): Promise<T> => {
    try {
      return await until(
        runAs(origin, async () => work()),
        signal,
      )
    } catch (error) {
      throw signal.aborted && !GwError.is(signal.reason) ? late(what) : error
    }
  }
  return {
    get endpoints() {
      return checkedEndpoints(service.endpoints)
    },
    get explanation() {
      return service.explanation
    },
    ...(start && { start: (signal) => runAs(origin, async () => start.call(service, signal)) }),
    ...(health && { health: (signal) => heeding(() => health.call(service, signal), signal, 'answer') }),
    ...(resources && {
      resources: async (signal) =>
        checkedResources(await heeding(() => resources.call(service, signal), signal, 'say what there is in it')),
    }),
    ...(canonical && {
      canonical(component) {
        const name: unknown = canonical.call(service, component)
        // By another word than a text, rules would be looked for under what it happens to look like.
        if (typeof name !== 'string') throw new Error('Its canonical function returned no text.')
        return name
      },
    }),
    ...(described && { described: (identity) => described.call(service, identity) }),
    ...(spell && { spell: (components) => spell.call(service, components) }),
    ...(flush && {
      flush: () => inTime(() => runAs(origin, async () => flush.call(service)), 'forget what it keeps'),
    }),
    ...(stop && { stop: () => inTime(() => runAs(origin, async () => stop.call(service)), 'stop') }),
  }
}

/** Rows that are read later are read as the service whose they are, too. */
export const containRows = (reply: Reply, origin: Origin | undefined, run: RunAs): Reply => {
  if (!origin || !isRows(reply) || !isRecord(reply.items) || !(Symbol.asyncIterator in reply.items)) return reply
  const source = reply.items
  const items: typeof source = {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]()
      return {
        next: () => run(origin, () => iterator.next()),
        ...(iterator.return && { return: (value) => run(origin, () => iterator.return!(value)) }),
      }
    },
  }
  return rows({ ...reply, items })
}
