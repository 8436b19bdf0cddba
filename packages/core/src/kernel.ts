/**
 * The kernel: services, policy and HTTP put together. `createGateway` is what the `gw` command, an embedding
 * program and the test kit all use.
 */
import { isAbsolute, resolve } from 'node:path'
import type { Configuration, LoadedConfiguration } from './configuration/index.ts'
import {
  CONTRACT_VERSION,
  GwError,
  type Host,
  type Logger,
  type ScriptDefinition,
  type ScriptEngine,
  type ScriptOutcome,
  type ScriptRun,
  scriptSession,
} from './contract.ts'
import type { Registry } from './discovery/index.ts'
import { createClientAddress } from './edge/index.ts'
import { createEgress } from './egress/index.ts'
import { createChain } from './events/chain.ts'
import { toResponse } from './formats/index.ts'
import type { Credentials, Governance, Identity, Interceptor, RunningGateway } from './governance.ts'
import { createAnswerer } from './http/answer.ts'
import type { HttpSettings, KernelContext } from './http/context.ts'
import { dispatch } from './http/dispatch.ts'
import { createDocumentStore } from './http/document-store.ts'
import { documentFor } from './http/documents.ts'
import { fromRequest } from './http/incoming.ts'
import { dispatchPublished } from './http/published.ts'
import { createServer, type HttpServer } from './http/server.ts'
import { isolatedTypes } from './isolation/service.ts'
import { createAccessLog, createFailureLog, createLineBudgets, type KernelLogger } from './log/index.ts'
import { downgrade } from './openapi/index.ts'
import { createAttribution } from './services/attribution.ts'
import { createEmitter } from './services/emitter.ts'
import { governedCors, governedTypes, runningGateway } from './services/governed.ts'
import { createProbe } from './services/probe.ts'
import { createReconciler, type ReloadReport, type ServiceStatus, statusOf } from './services/reconcile.ts'
import { createStatics } from './static/index.ts'
import {
  createActivity,
  createMetrics,
  createTracing,
  listenForScrapes,
  type Metrics,
  type Tracing,
} from './telemetry/index.ts'

export { createEgress, type Egress, type EgressOptions } from './egress/index.ts'
export type { ReloadReport, ServiceState, ServiceStatus } from './services/reconcile.ts'

export interface GatewayOptions {
  readonly configuration: LoadedConfiguration
  readonly registry: Registry
  readonly governance: Governance
  readonly log: KernelLogger
  /** Where calls between services go, in the process of an isolated service: to its parent. */
  readonly elsewhere?: KernelContext['fetch'] | undefined
}

export interface DocumentOptions {
  readonly service?: string | undefined
  readonly expand?: boolean
  readonly version?: '3.1' | '3.0'
}

export interface Gateway {
  /** Starts the services. Resolves when each has settled, or after two seconds: a slow one starts on behind. */
  start(): Promise<void>
  /** Takes calls. `port` 0 is a free one. */
  listen(options?: {
    readonly host?: string
    readonly port?: number
  }): Promise<{ readonly url: string; readonly port: number }>
  /** Reads the wanted services again; unchanged ones are untouched. */
  reload(): Promise<ReloadReport>
  /** Stops taking calls, lets those under way end, stops the services. */
  stop(): Promise<void>
  /** Answers one request in process. */
  fetch(request: Request): Promise<Response>
  /** Answers one request of another server's, whose caller is known. */
  serve: HttpServer['serve']
  /**
   * Takes what nobody waited for: finds out which services' code it came from, and quarantines those.
   * @param what happened, as a part of a sentence: `threw an error outside of any call`
   * @returns their names; none where it came from the gateway's own code, or where that can not be told
   */
  contain(what: string, error: unknown): readonly string[]
  /** The services whose code is running at the moment, as far as that can be told. */
  running(): readonly string[]
  /**
   * Runs a script as whoever the credentials prove, and without any as the operator.
   * @throws GwError of the script, or `unauthenticated` for credentials that are wrong
   */
  runScript(
    engine: ScriptEngine,
    definition: ScriptDefinition,
    run: Pick<ScriptRun, 'event' | 'log'> & { readonly credentials?: Credentials },
  ): Promise<ScriptOutcome>
  services(): readonly ServiceStatus[]
  /** Really reaches each service's source. The reason where it does not answer. */
  health(): Promise<readonly (ServiceStatus & { readonly health?: string | undefined })[]>
  document(options?: DocumentOptions): Promise<object>
}

/** How long `start` waits for slow services before the gateway may listen, in ms. */
const START_PATIENCE = 2_000
/** How long one health probe may take, in ms. */
const HEALTH_PATIENCE = 5_000

/** Whoever wrote the configuration. */
const OPERATOR: Identity = { caller: { requestor: 'script', admin: true, lookup: () => undefined }, admin: true }

const NO_INTERCEPTORS: readonly Interceptor[] = []

const settingsOf = ({ server, metrics }: Configuration): HttpSettings => ({
  basePath: server.basePath,
  bodyLimit: server.bodyLimit,
  requestTimeout: server.requestTimeout,
  maxCalls: server.maxCalls,
  compression: server.compression,
  wrapper: server.wrapper,
  alwaysWrap: server.alwaysWrap,
  docs: server.docs,
  metrics,
})

/** Puts a gateway together. Does no I/O until `start`. */
export const createGateway = (options: GatewayOptions): Gateway => {
  const { configuration, registry, governance, log, elsewhere } = options
  const { config, root } = configuration
  const egress = createEgress(config.egress)
  const budgets = createLineBudgets(log)
  let draining = false
  const telemetry: { metrics?: Metrics; tracing?: Tracing } = {}
  let scrapes: { close(): Promise<void> } | undefined

  const reconciler = createReconciler({
    governance,
    types: governedTypes(governance, registry),
    log: log.logger,
    bounded: budgets.bounded,
    isolated: isolatedTypes(configuration, registry, log),
    drainTimeout: config.server.drainTimeout,
    context: {
      startTimeout: config.server.startTimeout,
      host: (definition, onCatalogChange) => hostFor(definition.name, onCatalogChange),
    },
  })

  const hostFor = (service: string, onCatalogChange: () => void): Host => {
    const own: Logger = budgets.bounded(log.child({ service }), service)
    const changed = createEmitter(() => {
      onCatalogChange()
      governance.outdated?.(service)
    }, own)
    return {
      service,
      contract: CONTRACT_VERSION,
      log: own,
      fetch: (url, init) => (telemetry.tracing?.traced(egress.fetch) ?? egress.fetch)(url, init),
      ...(telemetry.tracing && { span: telemetry.tracing.span }),
      outgoing(options) {
        const way = egress.outgoing(options)
        return { fetch: telemetry.tracing?.traced(way.fetch) ?? way.fetch, close: way.close }
      },
      lookup: egress.lookup,
      state: governance.state(service),
      document: async (kind, key) => governance.document?.(kind, key),
      read: (name, path, signal) => readAsOperator(name, path, signal),
      // Without it, nobody is known later: what would be kept would never be done.
      ...(governance.identify && { onBehalfOf }),
      resolvePath: (path) => (isAbsolute(path) ? path : resolve(root, path)),
      emit(event) {
        own.debug('event', { event: `${service}.${event}` })
        if (event === 'catalog.changed') changed()
      },
    }
  }

  const attribution = createAttribution(reconciler.slots, registry)
  const observations = governance.observes
    ? { activity: createActivity({ known: (service) => reconciler.slots.has(service) }), log: log.recent() }
    : undefined
  const lentTo = (service: string): Host => hostFor(service, () => {})

  const context: KernelContext = {
    settings: settingsOf(config),
    governance,
    chain: createChain(() => governance.interceptors ?? NO_INTERCEPTORS),
    log: log.logger,
    child: (fields) => budgets.bounded(log.child(fields), String(fields.service)),
    access: createAccessLog(log),
    telemetry,
    activity: observations?.activity,
    failures: createFailureLog(log.logger),
    slots: reconciler.slots,
    documents: createDocumentStore(),
    cors: governedCors(config.cors, governance, log.logger),
    clientAddress: createClientAddress(config.server.trustedProxies),
    reload: reconciler.reconcile,
    draining: () => draining,
    async fetch(path, init, inherited) {
      if (elsewhere) return elsewhere(path, init, inherited)
      const url = new URL(`${config.server.basePath}/v2${path}`, 'http://gateway.internal')
      return toResponse(await answer(fromRequest(new Request(url, init), inherited)))
    },
  }
  /** No credentials stand behind it: the identity is the governance's word. */
  const asGovernance: RunningGateway['fetch'] = (path, init, identity) =>
    context.fetch(path, init, {
      identity,
      credentials: {},
      signal: init.signal ?? AbortSignal.timeout(config.server.requestTimeout),
      depth: 1,
    })
  const readAsOperator: NonNullable<Host['read']> = async (service, path, signal) => {
    if (elsewhere) return asGovernance(`/${encodeURIComponent(service)}/${path}`, { signal }, OPERATOR)
    const slots = [...reconciler.slots.values()]
    const slot = slots.find(
      ({ definition: { name, id } }) => name === String(service) || String(id) === String(service),
    )
    if (!slot) throw new GwError('not_found', `There is no service '${service}'.`)
    return asGovernance(`/${encodeURIComponent(slot.definition.name)}/${path}`, { signal }, OPERATOR)
  }
  const begun = Promise.withResolvers<void>()
  const onBehalfOf: NonNullable<Host['onBehalfOf']> = async (standing) => {
    // What is left of an earlier process is not begun among services that have not started yet.
    await begun.promise
    const identity = await governance.identify?.(standing)
    const same = !identity?.admin || standing.admin === true
    if (!identity || identity.error || !same || identity.caller.role?.id !== standing.role)
      throw new GwError('forbidden', 'Whoever this is done for may no longer call as they did.', {
        cause: identity?.error,
      })
    const scripted: Identity = { ...identity, caller: { ...identity.caller, requestor: 'script' } }
    governance.derived?.(identity, scripted)
    return { caller: scripted.caller, fetch: (path, init) => asGovernance(path, init, scripted) }
  }
  const runScript: Gateway['runScript'] = async (engine, definition, { event, log: own, credentials }) => {
    const identity = credentials ? await governance.authenticate(credentials) : OPERATOR
    if (identity.error) throw identity.error
    const script = engine.open(definition, { ...hostFor('script', () => {}), log: own })
    try {
      return await script.run({
        event,
        session: scriptSession(identity.caller, undefined),
        fetch: (path, init) =>
          asGovernance(path, init, { ...identity, caller: { ...identity.caller, requestor: 'script' } }),
        signal: new AbortController().signal,
        log: own,
      })
    } finally {
      await script.close()
    }
  }
  const answer = createAnswerer(context, dispatch)
  const server = createServer(context, {
    api: answer,
    published: createAnswerer(context, dispatchPublished),
    statics: createStatics(() => registry.packages, config.server.compression),
  })
  let unwatch: (() => void) | undefined

  return {
    async start() {
      const { metrics } = config
      if (config.telemetry.traces) telemetry.tracing = await createTracing()
      if (metrics.enabled) telemetry.metrics = await createMetrics(reconciler.slots)
      if (telemetry.metrics && metrics.port !== undefined)
        scrapes = await listenForScrapes({ ...metrics, port: metrics.port }, telemetry.metrics, log.logger)
      await governance.start?.(
        AbortSignal.timeout(config.server.startTimeout),
        runningGateway(reconciler.slots, {
          fetch: asGovernance,
          host: lentTo,
          observations,
          probe: createProbe({
            host: lentTo,
            startTimeout: config.server.startTimeout,
            log: log.logger,
            strays: (service) => budgets.bounded(log.logger, service),
          }),
        }),
      )
      unwatch = governance.watch?.(() =>
        reconciler.reconcile().then(
          () => undefined,
          (error: unknown) => log.logger.error('the services could not be read again', { error }),
        ),
      )
      const settled = reconciler.reconcile()
      let timer: NodeJS.Timeout | undefined
      const patience = new Promise<void>((proceed) => {
        timer = setTimeout(proceed, START_PATIENCE)
      })
      await Promise.race([settled, patience])
      clearTimeout(timer)
      settled
        .catch((error: unknown) => log.logger.error('the services could not be read', { error }))
        .finally(begun.resolve)
    },
    listen: ({ host = config.server.host, port = config.server.port } = {}) => server.listen(host, port),
    reload: reconciler.reconcile,
    runScript,
    contain(what, error) {
      const { origin, services } = attribution.of(error)
      if (origin) origin.failed(what, error)
      else for (const service of services) reconciler.quarantine(service, what, error)
      return services
    },
    running: () => attribution.of(new Error('here')).services,
    async stop() {
      draining = true
      unwatch?.()
      await server.close(config.server.drainTimeout)
      await scrapes?.close()
      await governance.settle?.()
      await reconciler.stop()
      await egress.close()
      await governance.stop?.()
      context.failures.close()
      budgets.close()
      context.activity?.close()
      await log.flush()
    },
    fetch: (request) => Promise.resolve(server.fetch(request)),
    serve: server.serve,
    services: () => [...reconciler.slots.values()].map(statusOf),
    health: () =>
      Promise.all(
        [...reconciler.slots.values()].map(async (slot) => {
          const status = statusOf(slot)
          try {
            await slot.instance?.service.health?.(AbortSignal.timeout(HEALTH_PATIENCE))
            return status
          } catch (error) {
            return { ...status, health: error instanceof Error ? error.message : String(error) }
          }
        }),
      ),
    async document({ service, expand = true, version = '3.1' } = {}) {
      const document = await documentFor(context, { service, expand: expand && 'refined' })
      return version === '3.0' ? downgrade(document) : document
    },
  }
}
