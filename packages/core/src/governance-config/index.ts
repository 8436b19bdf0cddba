/** Core's own governance: services, roles, apps and lookups as `gw.config` says. */
import { interpolate } from '../configuration/references.ts'
import type { Configuration } from '../configuration/schema.ts'
import type { Logger, State } from '../contract.ts'
import type { Governance, ServiceDefinition } from '../governance.ts'
import { createIdentities } from './identities.ts'
import { checkReferences } from './references.ts'
import { createRoles } from './roles.ts'

export interface ConfigGovernanceOptions {
  readonly config: Configuration
  /** Where relative paths begin. */
  readonly root: string
  readonly log: Logger
  readonly state: (service: string) => State
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
  const { root, log, state, env = process.env, servicesElsewhere = false } = options
  const listeners = new Set<() => Promise<void>>()
  const roles = createRoles()

  const take = (config: Configuration) => {
    checkReferences(config, servicesElsewhere)
    roles.update(config.roles)
    return {
      services: definitionsOf(config),
      identify: createIdentities(config, roles.get),
      documents: config.documents,
    }
  }
  let current = take(options.config)

  return {
    name: 'gw.config',
    services: async () => current.services,
    authenticate: (credentials) => current.identify(credentials),
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

const definitionsOf = ({ services }: Configuration): readonly ServiceDefinition[] =>
  Object.entries(services).map(([name, { type, label, description, active, config }]) => ({
    name,
    type: typeof type === 'string' ? type : type.name,
    label,
    description,
    active,
    config,
    source: 'gw.config',
  }))
