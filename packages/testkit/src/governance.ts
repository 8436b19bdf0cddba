/** A governance in memory: services given as values, and a role for whoever asks for one. */
import { type Caller, GwError, METHODS, type Method, type RowFilter } from '@gw/core'
import type { AccessRow, Credentials, Governance, Identity, Role, ServiceDefinition } from '@gw/core/governance'
import { memoryState } from './host.ts'

/** One row of access, as a test writes it down. */
export interface AccessSpec {
  /** Default: everything of the service. */
  readonly component?: string
  /** A name, or `*` for the row that holds for all services. Default: a row for each service of the gateway. */
  readonly service?: string
  /** Default: all. An empty list is a denial. */
  readonly verbs?: readonly Method[]
  readonly filter?: RowFilter
  readonly deny?: readonly string[]
}

export interface RoleSpec {
  readonly access: readonly AccessSpec[]
  readonly user?: Caller['user']
  /** What lookups stand for: `{ 'team': 4 }`. Those of `user` need not be given. */
  readonly lookups?: Readonly<Record<string, unknown>>
  /** Those that are read only where private ones are asked for. */
  readonly privateLookups?: Readonly<Record<string, unknown>>
}

/** May do everything, by rows: an administrator would skip the checks. */
export const EVERYTHING: RoleSpec = { access: [{ component: '*' }, { component: '' }] }

const maskOf = (verbs: readonly Method[]) => verbs.reduce((mask, verb) => mask | (1 << METHODS.indexOf(verb)), 0)

const rowsOf = (
  { service, component = '*', verbs = METHODS, filter, deny }: AccessSpec,
  services: readonly string[],
): readonly AccessRow[] =>
  (service === undefined ? services : [service]).map((name) => ({
    service: name === '*' ? null : name,
    component,
    verbMask: maskOf(verbs),
    requestorMask: 3,
    filter,
    deny,
  }))

export interface MemoryGovernance extends Governance {
  /** The API key of a caller with this role; the same object always gives the same key. */
  keyOf(role: RoleSpec): string
  /** Replaces the wanted services. */
  want(services: readonly ServiceDefinition[]): void
  /** What `Host.document` gives: by kind, then by name or id. */
  readonly documents: Record<string, Record<string | number, unknown>>
}

/** Makes a governance with these services and no callers: only keys handed out by `keyOf` are known. */
export const memoryGovernance = (initial: readonly ServiceDefinition[]): MemoryGovernance => {
  let wanted = initial
  const keys = new Map<RoleSpec, string>()
  const identities = new Map<string, Identity>()
  const states = new Map<string, ReturnType<typeof memoryState>>()

  const identityOf = (spec: RoleSpec, id: number): Identity => {
    const services = wanted.map(({ name }) => name)
    const access = spec.access.flatMap((row) => rowsOf(row, services))
    const role: Role = { id, name: `role ${id}`, active: true, access }
    const app = { id, name: `app ${id}`, active: true }
    const lookups: Readonly<Record<string, unknown>> = {
      ...Object.fromEntries(Object.entries(spec.user ?? {}).map(([name, value]) => [`user.${name}`, value])),
      ...spec.lookups,
    }
    const caller: Caller = {
      app,
      role: { id, name: role.name },
      requestor: 'api',
      admin: false,
      lookup: (name, scope) => {
        const all: Readonly<Record<string, unknown>> =
          scope === 'private' ? { ...lookups, ...spec.privateLookups } : lookups
        return Object.hasOwn(all, name) ? all[name] : undefined
      },
      lookups: (scope) => ({ ...lookups, ...(scope === 'private' && spec.privateLookups) }),
      ...(spec.user && { user: spec.user }),
    }
    return { caller, app, role, admin: false }
  }

  const nobody: Identity = {
    caller: { requestor: 'api', admin: false, lookup: () => undefined },
    admin: false,
  }

  const documents: MemoryGovernance['documents'] = {}

  return {
    name: 'memory',
    documents,
    document: async (kind, key) => documents[kind]?.[key],
    keyOf(role) {
      const known = keys.get(role)
      if (known) return known
      const key = `key-${keys.size + 1}`
      keys.set(role, key)
      identities.set(key, identityOf(role, keys.size))
      return key
    },
    want(services) {
      wanted = services
    },
    services: async () => wanted,
    authenticate: ({ apiKey, sessionToken }: Credentials) => {
      if (sessionToken !== undefined)
        return { ...nobody, error: new GwError('unauthenticated', 'There are no sessions in this gateway.') }
      return (apiKey === undefined ? undefined : identities.get(apiKey)) ?? nobody
    },
    identify: ({ app }) => [...identities.values()].find((identity) => identity.app?.id === app),
    resolveSecrets: async (config) => config,
    state(service) {
      const state = states.get(service) ?? memoryState()
      states.set(service, state)
      return state
    },
  }
}
