/** Core's own governance: services, roles, apps and lookups as `gw.config` says. */
import { interpolate } from '../configuration/references.ts'
import type { Configuration } from '../configuration/schema.ts'
import type { Logger, ServiceType, State } from '../contract.ts'
import { type EventScript, eventScripts } from '../events/scripts/event-scripts.ts'
import type { Governance, RunningGateway, ServiceDefinition } from '../governance.ts'
import { createIdentities } from './identities.ts'
import { checkReferences } from './references.ts'
import { createRoles } from './roles.ts'

export interface ConfigGovernanceOptions {
  readonly config: Configuration
  /** Where relative paths begin. */
  readonly root: string
  readonly log: Logger
  readonly state: (service: string) => State
  /** Imports a service type: those whose engines run event scripts. Without it, the calls they hang on are refused. */
  readonly load?: ((type: string) => Promise<ServiceType>) | undefined
  /** What `${env:…}` reads. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** There are services that the configuration does not name, so that a role's may not be known. */
  readonly servicesElsewhere?: boolean
}

export interface ConfigGovernance extends Governance {
  /**
   * Takes over a changed configuration and tells the kernel. Roles that say the same stay the same objects.
   * @throws ConfigurationError where it refers to what is not there; the previous one then stays in force
   */
  update(config: unknown): void
  resolveSecrets(config: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
}

/** @throws ConfigurationError where roles name unknown services, apps unknown roles, or two apps have one key */
export const createConfigGovernance = (options: ConfigGovernanceOptions): ConfigGovernance => {
  const { root, log, state, env = process.env, servicesElsewhere = false, load = noTypes } = options
  const listeners = new Set<() => Promise<void>>()
  const roles = createRoles()
  let gateway: RunningGateway | undefined

  const take = (config: Configuration) => {
    checkReferences(config, servicesElsewhere)
    roles.update(config.roles)
    return {
      services: definitionsOf(config),
      identify: createIdentities(config, roles.get),
      documents: config.documents,
      scripts: scriptsOf(config),
    }
  }
  let current = take(options.config)
  const scripts = eventScripts({
    scripts: () => current.scripts,
    load,
    host: () => gateway?.host(SCRIPTS_HOST),
    log,
  })

  return {
    name: 'gw.config',
    async start(_, running) {
      gateway = running
      scripts.start()
    },
    settle: () => scripts.stop(),
    get interceptors() {
      return scripts.interceptors()
    },
    services: async () => current.services,
    authenticate: (credentials) => current.identify(credentials),
    // Users are not of here: for one of them, nothing can be done.
    identify: ({ app, user }) => (typeof app === 'string' && user === undefined ? current.identify.of(app) : undefined),
    resolveSecrets: async (config) => interpolate(config, { env, root }),
    state,
    document: async (kind, key) => {
      const known = current.documents[kind]
      return known && Object.hasOwn(known, key) ? { name: key, ...known[key] } : undefined
    },
    watch(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    update(config) {
      current = take(config as Configuration)
      log.debug('the configuration was taken over', { services: current.services.length })
      for (const listener of listeners) void listener()
    },
  }
}

/** What event scripts keep is kept with the documents of this service, and not of one that may go. */
const SCRIPTS_HOST = 'system'

const noTypes = async (): Promise<never> => {
  throw new Error('no service types are known here')
}

/** Those that say the same have links that stay. */
const scriptsOf = ({ eventScripts }: Configuration): readonly EventScript[] =>
  Object.entries(eventScripts)
    .filter(([, { is_active }]) => is_active)
    .map(([name, { is_active: _, allow_event_modification, ...script }]) => ({
      ...script,
      name,
      changes: allow_event_modification,
    }))

const definitionsOf = ({ services }: Configuration): readonly ServiceDefinition[] =>
  Object.entries(services).map(([name, { type, label, description, active, isolation, config }]) => ({
    name,
    type: typeof type === 'string' ? type : type.name,
    label,
    description,
    active,
    ...(isolation && { isolation }),
    config,
    source: 'gw.config',
  }))
