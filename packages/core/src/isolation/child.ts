/**
 * The process of one service: a gateway with nothing but that service, which is told who calls. What it does by itself
 * (decide, validate, call, format) is what any gateway does; the rest is its parent's.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { configurationSchema, type LoadedConfiguration } from '../configuration/index.ts'
import { type Caller, GwError, type Reader, type State } from '../contract.ts'
import { discover } from '../discovery/index.ts'
import type { Credentials, Governance, Identity, Role, RunningService, ServiceDefinition } from '../governance.ts'
import type { Inherited } from '../http/incoming.ts'
import { createGateway, type Gateway } from '../kernel.ts'
import { createLogger, type KernelLogger } from '../log/index.ts'
import { authorize } from '../policy/access.ts'
import { createChannel, type Port, sentError } from './channel.ts'
import { declarationOf, refinementsOf } from './declare.ts'
import { createClient } from './http.ts'
import { HEADERS, OPERATOR, type Order, type SentCaller, type Started } from './protocol.ts'

/** ms between two signs of life. */
const BEAT = 500
/** ms that a call waits for its caller, who is told of on another way. */
const LATE = 10_000

const roles = new Map<number, Role>()
type Told = { readonly identity: Identity; readonly credentials: Credentials; readonly client: string | undefined }
const callers = new Map<string, PromiseWithResolvers<Told> & { readonly since: number }>()
const origins = new WeakMap<Identity, { readonly call: string; readonly requestor?: 'script' }>()
/** Something in the parent waits for events: a step that it would not hear of has to be refused. */
let watched = false
let gateway: Gateway | undefined
let own: (() => RunningService | undefined) | undefined

const slotFor = (call: string) => {
  const known = callers.get(call) ?? { ...Promise.withResolvers<Told>(), since: performance.now() }
  callers.set(call, known)
  return known
}

const callerOf = (sent: SentCaller, role: Role | undefined): Caller => {
  const told = (scope?: 'private') => (scope === 'private' ? sent.privateLookups : sent.lookups)
  return {
    ...(sent.app && { app: sent.app }),
    ...(sent.user && { user: sent.user }),
    ...(role && { role: { id: role.id, name: role.name } }),
    requestor: sent.requestor,
    admin: sent.admin,
    lookup: (name, scope) => (Object.hasOwn(told(scope), name) ? told(scope)[name] : undefined),
    lookups: told,
  }
}

/** In place of what only the parent has seen. */
const TOLD = 'told by the parent'

const identityOf = (sent: SentCaller): Identity => {
  if (sent.newRole && sent.role !== undefined) roles.set(sent.role, { ...sent.newRole, active: true })
  const role = sent.role === undefined ? undefined : roles.get(sent.role)
  return {
    caller: callerOf(sent, role),
    role,
    admin: sent.admin,
    ...(sent.app && { app: { ...sent.app, active: true } }),
  }
}

const takeCaller = (call: string, sent: SentCaller): void => {
  watched = sent.watched
  const identity = identityOf(sent)
  origins.set(identity, { call })
  const credentials = { ...(sent.sent.key && { apiKey: TOLD }), ...(sent.sent.token && { sessionToken: TOLD }) }
  slotFor(call).resolve({ identity, credentials, client: sent.client })
}

/** Rights as a call would find them: under every spelling of a component. */
const readerFor = (identity: Identity): Pick<Reader, 'access'> => {
  const { definition, canonical = (component: string) => component } = running()
  return {
    access: (component, method = 'GET') =>
      authorize(identity, {}, definition.name, [...new Set([component, canonical(component)])], method),
  }
}

const running = (): RunningService => {
  const service = own?.()
  if (!service) throw new GwError('unavailable', 'The service is not running.')
  return service
}

const PARENT: Port = {
  send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
  listen: (listener) => void process.on('message', listener),
}
const channel = createChannel(PARENT, {
  open: (order: Order) => open(order),
  caller: takeCaller,
  async health() {
    const [status] = (await gateway?.health()) ?? []
    if (status?.health !== undefined) throw new GwError('unavailable', status.health)
  },
  resources: () => running().resources(AbortSignal.timeout(LATE)),
  canonical(components: readonly string[]) {
    const { canonical = (component: string) => component } = running()
    return components.map((component) => canonical(component))
  },
  async refine(sent: SentCaller | undefined) {
    const { endpoints, resources } = running()
    const reader = sent && readerFor(identityOf(sent))
    return refinementsOf(endpoints, await resources(AbortSignal.timeout(LATE)), reader)
  },
  flush: () => running().flush?.(),
  async stop() {
    await gateway?.stop()
  },
})

const state = (): State => ({
  get: (key) => channel.ask('state.get', key),
  put: (key, value, options) => channel.ask('state.put', key, value, options),
  delete: (key, options) => channel.ask('state.delete', key, options),
  list: (prefix) => channel.ask('state.list', prefix),
})

const NOBODY: Identity = { caller: { requestor: 'api', admin: false, lookup: () => undefined }, admin: false }
const WATCHING = [{ matches: () => true }]
const NOTHING: readonly never[] = []

const governanceOf = (definition: ServiceDefinition, changed: () => void): Governance => ({
  name: 'isolated',
  services: async () => [definition],
  async start(_, lent) {
    own = () => lent.services()[0]
  },
  authenticate: () => NOBODY,
  derived(identity, scripted) {
    const origin = origins.get(identity)
    if (origin) origins.set(scripted, { ...origin, requestor: 'script' })
  },
  resolveSecrets: async (config) => config,
  state,
  document: (kind, key) => channel.ask('document', kind, key),
  outdated: changed,
  get interceptors() {
    return watched ? WATCHING : NOTHING
  },
})

/** Of the kernel. */
const SERVING = 'service is serving'

/** Lines are the parent's to write; neither that there was a request nor that it serves is told twice. */
const logTo = (level: Order['log']): KernelLogger => {
  const destination = new Writable({
    write(line: Buffer, _, done) {
      const { level: at, msg, time: _time, service: _service, ...fields } = JSON.parse(String(line))
      if (msg !== SERVING) channel.tell('log', at, msg, fields)
      done()
    },
  })
  return { ...createLogger({ level, format: 'json', destination }), append: () => {} }
}

const started = (): Started => {
  const { type, endpoints } = running()
  const { name, label, description, group, capabilities } = type!
  return {
    type: { name, label, description, group, capabilities: JSON.parse(JSON.stringify(capabilities ?? {})) },
    endpoints: endpoints.map(declarationOf),
  }
}

const open = async (order: Order): Promise<Started> => {
  const { service, root } = order
  const config = configurationSchema.parse(order.configuration)
  const platform = createClient(order.sockets.platform)
  const log = logTo(order.log)
  gateway = createGateway({
    configuration: {
      config,
      root,
      file: '',
      format: 'json',
      references: [],
      lineOf: () => undefined,
    } satisfies LoadedConfiguration,
    registry: await discover({ root, connectors: [order.home] }),
    governance: governanceOf({ ...service, active: true, source: 'its parent' }, () =>
      channel.tell('changed', started().endpoints),
    ),
    log,
    async elsewhere(path, init, { identity, signal }) {
      const { call, requestor } = origins.get(identity) ?? { call: OPERATOR, requestor: undefined }
      const request = new Request(new URL(path, 'http://gateway.internal'), {
        ...init,
        ...(init?.body && { duplex: 'half' }),
      } as RequestInit)
      return platform.send({
        method: request.method,
        path,
        headers: {
          ...Object.fromEntries(request.headers),
          [HEADERS.call]: call,
          ...(requestor && { [HEADERS.requestor]: requestor }),
        },
        body: (request.body as AsyncIterable<Uint8Array> | null) ?? undefined,
        signal: init?.signal ? AbortSignal.any([signal, init.signal]) : signal,
      })
    },
  })
  await gateway.start()
  while (gateway.services()[0]?.state === 'starting') await sleep(10)
  const [status] = gateway.services()
  if (status?.state !== 'serving')
    throw new GwError('unavailable', status?.reason ?? 'It did not start.', { cause: status?.detail })
  await new Promise<void>((resolve) =>
    createHttpServer({ requestTimeout: 0, keepAliveTimeout: 0 }, serve).listen(order.sockets.own, resolve),
  )
  return started()
}

const FOREVER = new AbortController().signal

const serve = (request: IncomingMessage, response: ServerResponse): void => {
  const call = String(request.headers[HEADERS.call])
  delete request.headers[HEADERS.call]
  const late = setTimeout(() => slotFor(call).reject(new Error('A call has no caller.')), LATE)
  slotFor(call)
    .promise.then(({ identity, credentials, client }) => {
      const inherited: Inherited = { identity, credentials, signal: FOREVER, depth: 0, client }
      gateway!.serve(request, response, inherited)
    })
    .catch(() => response.destroy())
    .finally(() => {
      clearTimeout(late)
      callers.delete(call)
    })
}

const WHAT = {
  uncaughtException: 'threw an error outside of any call',
  unhandledRejection: 'had a promise fail that nobody waited for',
} as const

process.on('uncaughtException', (error, kind) => {
  channel.tell('failed', WHAT[kind], sentError(error), error instanceof Error ? error.stack : undefined)
  setImmediate(() => process.exit(1))
})
// Its end is its parent's to decide; without one there is nothing left to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit(0))
setInterval(() => {
  channel.tell('beat', process.memoryUsage.rss())
  // Calls that were given up before they came here.
  for (const [call, { since }] of callers) {
    if (performance.now() - since < 2 * LATE) break
    callers.delete(call)
  }
}, BEAT)
