/** A gateway in process, for calls through the whole request path. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceType } from '@gw/core'
import type { ServiceDefinition } from '@gw/core/governance'
import { createGateway, type Gateway, type GatewayOptions as KernelOptions } from '@gw/core/kernel'
import { EVERYTHING, type MemoryGovernance, memoryGovernance, type RoleSpec } from './governance.ts'
import { type RecordedLog, recordedLog } from './host.ts'

type Configuration = KernelOptions['configuration']['config']

/** One service of the gateway under test. */
export interface HarnessService {
  readonly type: ServiceType<any>
  readonly config: Readonly<Record<string, unknown>>
}

export interface HarnessOptions {
  /** By name. */
  readonly services: Readonly<Record<string, HarnessService>>
  /** Relative paths of configurations start here. Default: the working directory. */
  readonly root?: string | undefined
}

/** What a test asks. */
export interface Ask {
  /** Default: GET. */
  readonly method?: string | undefined
  /** Below the service, without a leading slash; `_table/customers`. Encoded by the caller where need be. */
  readonly path: string
  /** Default: `db`. */
  readonly service?: string | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default: everything is allowed. `null`: without any credentials. */
  readonly as?: RoleSpec | null | undefined
}

export interface Answer {
  readonly status: number
  /** Parsed where it is JSON. */
  readonly body: any
  readonly text: string
  readonly headers: Headers
}

export interface TestGateway {
  readonly gateway: Gateway
  readonly governance: MemoryGovernance
  readonly log: RecordedLog
  ask(ask: Ask): Promise<Answer>
  close(): Promise<void>
}

const SETTINGS: Configuration['server'] = {
  host: '127.0.0.1',
  port: 0,
  basePath: '/api',
  trustedProxies: [],
  bodyLimit: 1_048_576,
  requestTimeout: 30_000,
  maxCalls: 1_000,
  drainTimeout: 1_000,
  startTimeout: 10_000,
  compression: false,
  wrapper: 'resource',
  alwaysWrap: true,
  docs: false,
}

/** ms that a service may take where a process is started for it, on a machine that has much else to do. */
const PROCESS_START = 120_000

const configurationOf = (root: string, isolated: boolean): KernelOptions['configuration'] => ({
  config: {
    server: isolated ? { ...SETTINGS, startTimeout: PROCESS_START } : SETTINGS,
    cors: [],
    log: { level: 'silent', format: 'json' },
    metrics: { enabled: false, path: '/metrics', host: '127.0.0.1' },
    telemetry: { traces: false },
    egress: { allow: ['127.0.0.0/8', 'localhost'] },
    services: {},
    roles: {},
    apps: {},
    lookups: {},
    documents: {},
    eventScripts: {},
    system: {},
    state: { directory: '.gw/state' },
  },
  file: `${root}/gw.config.json`,
  root,
  format: 'json',
  references: [],
  lineOf: () => undefined,
})

const homes = new WeakMap<ServiceType<any>, string>()

/**
 * The same type, whose services run in a process of their own wherever a suite has a gateway start them.
 * @param home the folder of its package
 */
export const inProcess = <T extends ServiceType<any>>(type: T, home: string): T => {
  const isolated = { ...type }
  homes.set(isolated, home)
  return isolated
}

const registryOf = (types: readonly ServiceType<any>[]): KernelOptions['registry'] => ({
  types: () => types.map(({ name }) => ({ name, package: '@gw/testkit', version: '0.0.0', contract: '^1.0' })),
  homeOf(name) {
    const type = types.find((one) => one.name === name)
    return type && homes.get(type)
  },
  packages: [],
  problems: [],
  async load(name) {
    const type = types.find((one) => one.name === name || one.aliases?.includes(name))
    if (!type) throw new Error(`The harness has no type '${name}'.`)
    return type
  },
})

const definitionOf = (name: string, { type, config }: HarnessService): ServiceDefinition => ({
  name,
  type: type.name,
  active: true,
  config,
  ...(homes.has(type) && { isolation: 'process' }),
  source: 'testkit',
})

const address = ({ service = 'db', path, query = {} }: Ask): URL => {
  const url = new URL(`http://gateway.test/api/v2/${service}/${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  return url
}

/** One request as the gateway gets it. */
export const requestOf = (ask: Ask, apiKey: string | undefined): Request => {
  const json = ask.body === undefined || typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
  return new Request(address(ask), {
    method: ask.method ?? 'GET',
    headers: {
      ...(apiKey !== undefined && { 'x-dreamfactory-api-key': apiKey }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...ask.headers,
    },
    ...(json !== undefined && { body: json }),
  })
}

export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const json = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, body: json ? JSON.parse(text) : text, text, headers: response.headers }
}

/**
 * Starts a gateway with the given services and nothing else; it does not listen.
 * @throws Error where a service does not start, with the gateway's own reason
 */
export const openGateway = async ({ services, root = process.cwd() }: HarnessOptions): Promise<TestGateway> => {
  const log = recordedLog()
  const types = [...new Set(Object.values(services).map(({ type }) => type))]
  const governance = memoryGovernance(Object.entries(services).map(([name, service]) => definitionOf(name, service)))
  const gateway = createGateway({
    configuration: configurationOf(
      root,
      types.some((type) => homes.has(type)),
    ),
    registry: registryOf(types),
    governance,
    log: {
      logger: log,
      child: () => log,
      enabled: () => true,
      append: (line) => log.info('request', JSON.parse(line)),
      recent() {
        throw new Error('Nobody observes this gateway.')
      },
      flush: async () => {},
    },
  })
  await gateway.start()
  while (gateway.services().some(({ state }) => state === 'starting')) await sleep(20)
  const failed = gateway.services().filter(({ state }) => state !== 'serving')
  if (failed.length > 0) {
    await gateway.stop()
    throw new Error(`A service did not start: ${JSON.stringify(failed)}`)
  }
  return {
    gateway,
    governance,
    log,
    async ask(ask) {
      const key = ask.as === null ? undefined : governance.keyOf(ask.as ?? EVERYTHING)
      return answerOf(await gateway.fetch(requestOf(ask, key)))
    },
    close: () => gateway.stop(),
  }
}
