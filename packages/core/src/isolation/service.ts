/** A service whose connector runs in a process of its own, as a service of this one. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { LoadedConfiguration } from '../configuration/index.ts'
import {
  type Call,
  type Endpoint,
  GwError,
  type Host,
  type Reply,
  type Resource,
  type ServiceType,
} from '../contract.ts'
import type { Registry } from '../discovery/index.ts'
import type { ServiceDefinition } from '../governance.ts'
import type { KernelLogger } from '../log/index.ts'
import type { RemoteService } from '../services/contained.ts'
import { runningOrigin } from '../services/origin.ts'
import { until } from '../settle.ts'
import { createTeller } from './callers.ts'
import { refinedBy, standIns } from './declare.ts'
import { forward } from './forward.ts'
import { type Client, createClient } from './http.ts'
import { servePlatform } from './platform.ts'
import { type ServiceProcess, startProcess } from './process.ts'
import type { Declaration, Order, Refined, Started } from './protocol.ts'
import { memoryOf } from './settings.ts'

/** Spellings of components that are kept. */
const SPELLINGS = 5_000

interface IsolationContext {
  readonly registry: Pick<Registry, 'homeOf'>
  /** Members of `gw.config` that hold in the process, too. */
  readonly configuration: object
  readonly root: string
  readonly log: Order['log']
}

/** The least first. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** @returns the type of a service that runs in a process of its own; throws `unavailable` where its code is not found */
export const isolatedTypes = (
  { config: { server, egress }, root }: LoadedConfiguration,
  registry: Pick<Registry, 'homeOf'>,
  log: Pick<KernelLogger, 'enabled'>,
): ((definition: ServiceDefinition) => ServiceType) => {
  const context: IsolationContext = {
    registry,
    root,
    log: LEVELS.find((level) => log.enabled(level)) ?? 'silent',
    configuration: { server: { ...server, compression: false, docs: false, trustedProxies: [] }, egress },
  }
  return (definition) => isolatedType(definition, context)
}

const homeOf = ({ type }: ServiceDefinition, { registry }: IsolationContext): string => {
  const home = registry.homeOf?.(type)
  if (home !== undefined) return home
  throw new GwError(
    'unavailable',
    `The service type "${type}" can not be isolated: it has to come from one installed package or module, under its own name and not by an alias.`,
    { retryable: false },
  )
}

/** Takes any configuration: it is checked where the connector is. */
const UNCHECKED: ServiceType['config'] = {
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
}

const isolatedType = (definition: ServiceDefinition, context: IsolationContext): ServiceType => {
  const home = homeOf(definition, context)
  let about: Pick<Started['type'], 'name' | 'label' | 'description' | 'group'> = {
    name: definition.type,
    label: definition.type,
    description: '',
    group: '',
  }
  return {
    contract: 1,
    get name() {
      return about.name
    },
    get label() {
      return about.label
    },
    get description() {
      return about.description
    },
    get group() {
      return about.group
    },
    config: UNCHECKED,
    // Where it does not, the process refuses: it knows its type.
    capabilities: { rowFilters: true, fieldRules: true },
    create: (config, host) =>
      createIsolated(definition, host, {
        ...context,
        home,
        config: config as Order['service']['config'],
        learned(type) {
          about = type
        },
      }),
  }
}

interface Making extends IsolationContext {
  readonly home: string
  readonly config: Order['service']['config']
  learned(type: Started['type']): void
}

const createIsolated = (definition: ServiceDefinition, host: Host, making: Making): RemoteService => {
  const origin = runningOrigin()
  const tell = createTeller(definition.name)
  const calls = new Map<string, Call>()
  const spelled = new LRUCache<string, string>({ max: SPELLINGS })
  let endpoints: readonly Endpoint[] = []
  let running: { readonly process: ServiceProcess; readonly client: Client } | undefined
  let platform: Server | undefined
  let folder: string | undefined

  const live = () => {
    if (!running) throw new GwError('unavailable', `Service '${definition.name}' is not running.`)
    return running
  }
  const handle = async (call: Call): Promise<Reply> => {
    const { process, client } = live()
    const name = randomUUID()
    process.tell('caller', name, tell.call(call))
    calls.set(name, call)
    // It may call others for as long as its answer goes on.
    const forget = () => calls.delete(name)
    try {
      const reply = await forward(call, name, client)
      if (!(reply instanceof Response) || !reply.body) {
        forget()
        return reply
      }
      const { status, headers } = reply
      const body = reply.body.pipeThrough(new TransformStream({ flush: () => void forget() }))
      call.signal.addEventListener('abort', forget, { once: true })
      return new Response(body, { status, headers })
    } catch (error) {
      forget()
      throw error
    }
  }
  const declare = (declarations: readonly Declaration[]) => {
    endpoints = standIns(declarations, handle)
    spelled.clear()
  }
  const orderOf = (sockets: Order['sockets']): Order => {
    const { name, type, label, description } = definition
    const { home, config, configuration, root, log } = making
    return { home, service: { name, type, label, description, config }, configuration, root, sockets, log }
  }
  const begin = async (signal: AbortSignal): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'gw-'))
    const sockets = { own: join(folder, 'own'), platform: join(folder, 'platform') }
    platform = await servePlatform(sockets.platform, { callOf: (name) => calls.get(name), read: host.read })
    const process = startProcess({
      root: making.root,
      memory: memoryOf(definition.isolation ?? 'process'),
      log: host.log,
      handlers: {
        log: (level: keyof Host['log'], message: string, fields: object) => host.log[level]?.(message, fields),
        'state.get': host.state.get,
        'state.put': host.state.put,
        'state.delete': host.state.delete,
        'state.list': host.state.list,
        document: (kind: string, key: string | number) => host.document?.(kind, key),
        changed(declarations: readonly Declaration[]) {
          declare(declarations)
          host.emit('catalog.changed', {})
        },
      },
      ended: (what, error) => origin?.failed(what, error),
    })
    running = { process, client: createClient(sockets.own) }
    const started = await until(process.ask<Started>('open', orderOf(sockets)), signal)
    process.watch()
    making.learned(started.type)
    declare(started.endpoints)
  }
  return {
    get endpoints() {
      return endpoints
    },
    start: begin,
    health: () => live().process.ask('health'),
    resources: () => live().process.ask<readonly Resource[]>('resources'),
    flush: () => live().process.ask('flush'),
    async spell(components) {
      const { process } = live()
      const unknown = components.filter((component) => !spelled.has(component))
      if (unknown.length === 0) return
      const names = await process.ask<readonly string[]>('canonical', unknown)
      for (const [index, component] of unknown.entries()) spelled.set(component, names[index] ?? component)
    },
    async described(identity) {
      const { process } = live()
      const refined = await process.ask<readonly Refined[]>('refine', identity && tell.reader(identity))
      return refinedBy(endpoints, refined)
    },
    // What was not asked for is judged by the process, which knows every spelling.
    canonical: (component) => spelled.get(component) ?? component,
    async stop() {
      const { process, client } = running ?? {}
      running = undefined
      await process?.end()
      client?.close()
      platform?.close()
      platform?.closeAllConnections()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
