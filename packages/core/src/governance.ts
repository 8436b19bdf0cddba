/**
 * The governance port: who calls, what they may, what is logged and kept, and which services there are.
 * Core's own implementation is fed by `gw.config`; a package offers another by its manifest
 * (`"gw": { "governance": "./governance" }`), whose default export is a `GovernanceFactory`.
 */
import type { CorsRule } from './configuration/schema.ts'
import type {
  Caller,
  Endpoint,
  GwError,
  Host,
  Logger,
  Method,
  Resource,
  RowFilter,
  ServiceType,
  Standing,
  State,
} from './contract.ts'

import type { DiscoveryProblem, InstalledPackage } from './discovery/index.ts'
import type { Isolation } from './isolation/settings.ts'
import type { RecentLines } from './log/index.ts'
import type { Activity } from './telemetry/index.ts'

export type { PackageCommand, PackageCommandContext } from './commands/package-commands.ts'
export { coerceScalars } from './configuration/coerce.ts'
export { ConfigurationError, nearest, type Problem, pathOf } from './configuration/problems.ts'
export type { Configuration, CorsRule } from './configuration/schema.ts'
export type { DiscoveryProblem, InstalledPackage } from './discovery/index.ts'
export {
  type EventScript,
  type EventScripts,
  type EventScriptsOptions,
  eventScripts,
} from './events/scripts/event-scripts.ts'
export { parseBody } from './formats/body.ts'
export { isRecordType, recordsOf } from './formats/record-stream.ts'
export { type Isolation, isolationIn } from './isolation/settings.ts'
export type { RecentLine } from './log/index.ts'
export type { Counted, ServiceActivity } from './telemetry/index.ts'

/** A service as its operator wrote it down; `config` is not yet validated, references not yet resolved. */
export interface ServiceDefinition {
  readonly name: string
  readonly type: string
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly active: boolean
  readonly config: Readonly<Record<string, unknown>>
  /** Whether its connector runs in a process of its own, and within which bounds. */
  readonly isolation?: Isolation | undefined
  /** Where it was written down; shown by `gw doctor` and as "managed by" in the console. */
  readonly source: string
  /** What it is known by where its name may change; listings show it. */
  readonly id?: number | undefined
}

/** One row of a role's access rules (platform.md §5). */
export interface AccessRow {
  /** The service's name; `null` means all services. */
  readonly service: string | null
  /** `''` is the service root, `*` everything below it, `_table/*` one branch. */
  readonly component: string
  /** GET 1, POST 2, PUT 4, PATCH 8, DELETE 16. 0 is a denial. */
  readonly verbMask: number
  /** API 1, SCRIPT 2. */
  readonly requestorMask: number
  readonly filter?: RowFilter | undefined
  readonly deny?: readonly string[] | undefined
}

/** A role. The kernel compiles `access` once per object: hand out the same object until something changes. */
export interface Role {
  readonly id: string | number
  readonly name: string
  readonly active: boolean
  readonly access: readonly AccessRow[]
}

/** The credentials found in a request, not yet checked (platform.md §1.4). */
export interface Credentials {
  readonly apiKey?: string | undefined
  readonly sessionToken?: string | undefined
  readonly basic?: { readonly username: string; readonly password: string } | undefined
  readonly scriptToken?: string | undefined
  /**
   * The id of a role that the caller wants to be judged as, and as nothing more: for administrators who are signed in.
   * Anybody else, and a role that there is not or that is not active, is an identity with the error `forbidden`.
   */
  readonly actAs?: string | undefined
  /** The address that a password came from, where it came over a network. */
  readonly client?: string | undefined
}

/** What the credentials amount to. Without `role` and without `admin`, nothing is allowed. */
export interface Identity {
  readonly caller: Caller
  readonly app?: { readonly id: string | number; readonly name: string; readonly active: boolean } | undefined
  readonly role?: Role | undefined
  /** Unrestricted: every check passes. Only a signed-in administrator without role assignments. */
  readonly admin: boolean
  /** Credentials that are wrong, expired or revoked: answered before anything else. */
  readonly error?: GwError | undefined
}

export interface LimitSubject {
  readonly identity: Identity
  readonly service: string
  /** With the one spelling of what it names. */
  readonly component: string
  readonly method: Method
}
/** Admits a call or throws `rate_limited`; may return headers for the answer. Nothing to wait for where none applies. */
export type Limiter = (
  subject: LimitSubject,
) => Readonly<Record<string, string>> | undefined | Promise<Readonly<Record<string, string>> | undefined>

/** A limit as the description of a service tells it. */
export interface ToldLimit {
  readonly name: string
  /** Calls in a period. */
  readonly rate: number
  readonly period: string
  /** Whether each caller has a count of their own. */
  readonly each_caller: boolean
  readonly verb?: string | undefined
  readonly endpoint?: string | undefined
}

/** Looks at addresses before it is known who calls. Both are on every request's path. */
export interface CredentialGuard {
  /** Throws `rate_limited` where too many wrong credentials came from there. */
  admit(address: string): void
  /** Credentials that came from there were wrong. */
  failed(address: string): void
}

export interface AuditEntry {
  readonly time: string
  readonly request: string
  readonly service: string
  readonly component: string
  readonly method: Method
  readonly status: number
  readonly caller: { readonly app?: string; readonly user?: string | number; readonly role?: string }
  readonly duration: number
}

/** A request handler at the root of the server, outside `/api`; it does its own authentication. */
export interface RootRoute {
  readonly method: Method
  /** Hono path syntax. */
  readonly path: string
  handle(request: Request): Response | Promise<Response>
}

export interface Exchange {
  /** The concrete event name: `db._table.customers.get`, `db._table.customers.5.get`. */
  readonly event: string
  /** The templated one: `db._table.{table_name}.get`, `db._table.{table_name}.{id}.get`. */
  readonly template: string
  /** The concrete one with the record left open: `db._table.customers.{id}.get`; otherwise the same as `event`. */
  readonly named: string
  readonly service: string
  readonly path: string
  readonly caller: Caller
  /** As sent, with its query string. */
  readonly uri: string
  /** The bytes that the body was parsed from, where it was. */
  readonly raw?: Uint8Array | undefined
  /** Calls a service by path as this caller, as a script of theirs. */
  fetch(path: string, init: RequestInit, signal: AbortSignal): Promise<Response>
  /** Ends with the call; of no concern to `after`. */
  readonly signal: AbortSignal
  readonly log: Logger
  request: { method: Method; query: Record<string, string | readonly string[]>; body: unknown; headers: Headers }
  /** Set by `pre` to answer in the handler's place; seen and changed by `post`. */
  response?: { status: number; headers: Record<string, string>; content: unknown } | undefined
}
/** A link of the chain that events hang on (platform.md §11). */
export interface Interceptor {
  /** Whether this interceptor wants an event of these names: asked once for them, then cached. */
  matches(event: string, template: string, named: string): boolean
  /** `.pre_process`: after access and limits, before the handler. */
  pre?(exchange: Exchange): Promise<void> | void
  /** `.post_process`: after the handler, also after its error. */
  post?(exchange: Exchange): Promise<void> | void
  /** No suffix, and `.queued`: after the answer was sent. Its errors are logged. */
  after?(exchange: Exchange): Promise<void> | void
}

/** What became of a service that is wanted. */
export interface RunningService {
  readonly definition: ServiceDefinition
  readonly state: 'starting' | 'serving' | 'degraded' | 'down' | 'inactive'
  /** Fit for a caller: no hosts, paths or secrets. */
  readonly reason?: string | undefined
  /** Since when it has been in that state: ISO 8601. */
  readonly since: string
  /** Absent where nothing of it has started yet. */
  readonly type?: ServiceType | undefined
  readonly endpoints: readonly Endpoint[]
  resources(signal: AbortSignal): Promise<readonly Resource[]>
  /** The one spelling of a component, where it has several. */
  canonical?(component: string): string
  /** Forgets what it keeps of its source. Absent where it keeps nothing. */
  readonly flush?: (() => Promise<void>) | undefined
}

/** What was asked of this node lately, and what its log says of it. For those who look at it, not for decisions. */
export interface Observations {
  readonly activity: Pick<Activity, 'read'>
  /** As far as `log.level` lets them through. */
  readonly log: Pick<RecentLines, 'since' | 'first' | 'last'>
}

/** The gateway as its governance may look at it. */
export interface RunningGateway {
  services(): readonly RunningService[]
  /**
   * A service's configuration as its type takes it.
   * @throws GwError `invalid_request` naming each wrong key
   */
  validate(type: ServiceType, config: unknown): Promise<unknown>
  /**
   * Tries a service out, under the rules and limits of any: starts it, asks for its health and stops it, within ten
   * seconds. It is not registered, and keeps nothing.
   * @param config references and secrets resolved
   * @returns ms that its source took to answer
   * @throws GwError what is wrong, fit for a caller; with `details` by field where the configuration is
   */
  probe(type: ServiceType, name: string, config: unknown, signal: AbortSignal): Promise<number>
  /**
   * Calls a service by path (`/mail`) as an identity that the governance vouches for, under that identity's access
   * rules: what the gateway itself has to send, for a caller who may not.
   */
  fetch(path: string, init: RequestInit, identity: Identity): Promise<Response>
  /** What a service of that name would be lent, for what the governance itself runs. Keeps and emits nothing of note. */
  host(service: string): Host
  /** Where the governance `observes`. */
  readonly observations?: Observations | undefined
  /** Whether a caller may use a component; `undefined`: anything of the service. */
  permits(identity: Pick<Identity, 'role' | 'admin' | 'caller'>, service: string, component?: string): boolean
}

export interface Governance {
  readonly name: string
  /** Service types of its own, which go before those of connectors. */
  readonly serviceTypes?: readonly ServiceType[] | undefined
  start?(signal: AbortSignal, gateway: RunningGateway): Promise<void>
  /** No calls come any more: ends what it runs by itself, while the services are still there. */
  settle?(): Promise<void>
  stop?(): Promise<void>
  /** The wanted services. Throws with a readable reason where the source cannot be read; the running set then stays. */
  services(): Promise<readonly ServiceDefinition[]>
  /** Tells the kernel to read `services()` again; settles when all have started or failed. Returns the unsubscriber. */
  watch?(onChange: () => Promise<void>): () => void
  /**
   * Takes over a changed `gw.config`. Absent: that needs a restart.
   * @throws ConfigurationError where it can't; the one before then stays in force
   */
  update?(config: unknown): void
  /** Answers from a cache wherever it can: this is on every request's path. */
  authenticate(credentials: Credentials): Identity | Promise<Identity>
  /**
   * Who has called before, as they are now: what is done on their behalf is done later. `undefined`, or an identity with
   * an `error`, where they may not call any more.
   */
  identify?(standing: Standing): Identity | undefined | Promise<Identity | undefined>
  /** A script calls for an identity: `scripted` is the same one, with a caller object of its own. */
  derived?(identity: Identity, scripted: Identity): void
  readonly limit?: Limiter | undefined
  /** The limits that calls of this caller on a service may count for. */
  limits?(identity: Identity, service: string): readonly ToldLimit[]
  readonly guard?: CredentialGuard | undefined
  /** Whether it looks at `RunningGateway.observations`: they are only kept where somebody does. */
  readonly observes?: boolean
  /** Which web pages may call, beside what `gw.config` says; the same list until it changes. One that can't be used is left out. */
  cors?(): readonly CorsRule[]
  audit?(entry: AuditEntry): void
  /** An administrator has made a call as a role, which is the identity's: beside `audit`. */
  acted?(entry: AuditEntry, identity: Identity): void
  /**
   * Replaces `${env:…}`, `${file:…}` and encrypted values by what they stand for.
   * @param definition whose configuration it is
   */
  resolveSecrets(
    config: Readonly<Record<string, unknown>>,
    definition: ServiceDefinition,
  ): Promise<Readonly<Record<string, unknown>>>
  state(service: string): State
  /** A service of this node says that its catalogue is not what it was: other nodes have to look, too. */
  outdated?(service: string): void
  /** A document that the operator keeps for services of a kind: see `Host.document`. */
  document?(kind: string, key: string | number): Promise<unknown>
  /** The same list until it changes. */
  readonly interceptors?: readonly Interceptor[]
  readonly routes?: readonly RootRoute[]
}

export interface GovernanceContext {
  readonly log: Logger
  /** The folder of the configuration. */
  readonly root: string
  /** The parsed `gw.config`. */
  readonly config: unknown
  /** What `gw.config` itself says, as the core governs it: to build upon. */
  readonly configured: Governance
  /** The service types at hand; `load` imports one. */
  readonly types: {
    types(): readonly { readonly name: string; readonly package: string }[]
    load(type: string): Promise<ServiceType>
    /** The packages with a manifest, also those that are of no use here. */
    readonly packages?: readonly InstalledPackage[]
    /** Why packages, or parts of them, are of no use here. */
    readonly problems?: readonly DiscoveryProblem[]
  }
}
export type GovernanceFactory = (context: GovernanceContext) => Governance | Promise<Governance>
