/**
 * The gw ServiceType contract, version 1. A connector package default-exports one `ServiceType`.
 *
 * The kernel reads the package's manifest, imports the type, validates a service's configuration against
 * `config`, calls `create`, then drives `start → (endpoints, resources, health, calls)* → stop`.
 * Nothing here imports hono, zod or a driver. The doc comments are the specification.
 */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import type { ErrorCode } from './errors.ts'
import type { Explanation, Reader } from './explanation.ts'
import type { Grant } from './grant.ts'
import type { Host } from './host.ts'
import type { Reply } from './reply.ts'
import type { ScriptEngine } from './scripting.ts'

export { entityTag, isMatched, isTagList, knownAs } from './entity-tag.ts'
export { type ErrorCode, GwError, type GwErrorOptions, STATUS, statusOf, type Wire } from './errors.ts'
export type { Explanation, ModelRequest, Reader } from './explanation.ts'
export type { Grant, RowCondition, RowFilter } from './grant.ts'
export type { Host } from './host.ts'
export type { Outgoing, OutgoingOptions, OutgoingProxy, OutgoingTls } from './outgoing.ts'
export { ownedBody, release } from './owned-body.ts'
export { type Preferences, preferencesIn } from './preferences.ts'
export { type Encoded, encoded, isEncoded, isRows, type Reply, type Rows, rows } from './reply.ts'
export {
  type Script,
  type ScriptDefinition,
  type ScriptEngine,
  type ScriptEvent,
  type ScriptHost,
  type ScriptOutcome,
  type ScriptRequest,
  type ScriptResponse,
  type ScriptRun,
  type ScriptSession,
  type Standing,
  scriptSession,
  standingOf,
} from './scripting.ts'
export { after, mended, type Ready } from './settle.ts'
export type { State, StateEntry } from './state.ts'
export { isTrue } from './truth.ts'

/** Minor versions only add optional members; a connector's manifest states a range: `^1.0`. */
export const CONTRACT_VERSION = '1.6.0'

/** Any schema that validates *and* describes itself as JSON Schema: zod 4, arktype 2, … */
export interface Schema<I = any, O = I> {
  readonly '~standard': StandardSchemaV1.Props<I, O> & StandardJSONSchemaV1.Props<I, O>
}
export type Output<S> = S extends Schema<infer _I, infer O> ? O : undefined

/** A body or response passed through as a byte stream, with the media types it may have. */
export interface Bytes {
  readonly bytes: readonly string[]
  /** Of a body of any length: the server's limit does not hold, and time begins anew whenever bytes arrive. Since 1.4. */
  readonly anySize?: boolean
  /** What the bytes hold where they are JSON: for the documentation. The kernel neither parses nor checks them. Since 1.4. */
  readonly holds?: Schema | undefined
}

/** Records of a request body, in batches, read from the client as they are asked for: of any number. */
export interface RecordStream {
  readonly records: AsyncIterable<readonly unknown[]>
}

/** Marks a configuration field as secret: encrypted at rest, never read back, redacted in logs. */
export const secret = { writeOnly: true, format: 'password' } as const
/** What a secret reads as; written back, it means "unchanged". */
export const SECRET_MASK = '**********'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Something a role can be granted, e.g. `_table/customers`; also what the API docs enumerate. */
export interface Resource {
  /** The bare name; the kernel derives `…/` and `…/*` from it. */
  readonly component: string
  /** What it is, in the family's words: `table`, `view`, `procedure`, `folder`. */
  readonly kind: string
  readonly label?: string
  readonly methods?: readonly Method[]
}

/** What a type can do. Absent means unsupported, and is refused politely. Kits add members by declaration merging. */
export interface Capabilities {
  readonly rowFilters?: boolean
  readonly fieldRules?: boolean
}

/** Who calls. There is no anonymous caller that means "everything". */
export interface Caller {
  readonly app?: { readonly id: string | number; readonly name: string }
  readonly user?: { readonly id: string | number; readonly name?: string; readonly email?: string }
  readonly role?: { readonly id: string | number; readonly name: string }
  readonly requestor: 'api' | 'script'
  readonly admin: boolean
  /**
   * The value of a lookup (`user.id`, `app.name`, or an operator's own); `undefined` where there is none.
   * `scope: 'private'` also reads private lookups: for role filters only, never for what a client sent.
   */
  lookup(name: string, scope?: 'private'): unknown
  /** All lookups by name, but for keys and tokens; `scope` as above. Since 1.5. */
  lookups?(scope?: 'private'): Readonly<Record<string, unknown>>
}

export type Logger = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: object) => void>

/**
 * A request that its client may send again without having it done again (`Idempotency-Key`). Hashes of 43 characters
 * each: none of them tells what it is made of.
 */
export interface Repeatable {
  /** Of the client's key, of who calls, and of the service. */
  readonly key: string
  /** Of what is asked for: a key belongs to one request. */
  readonly request: string
  /** Of the access rules that hold for the caller: an answer is only shown again under the same ones. */
  readonly rights: string
}

/** The cookie that a page's session is kept in. Its token has no place in an answer, where scripts could read it. */
export interface SessionCookie {
  /** Sends it with the answer. */
  keep(token: string): void
  /** Takes it away. */
  end(): void
}

/** One request to an endpoint. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly service: string
  readonly method: Method
  /** The resource path below the service, percent-decoded, without a leading slash. A trailing slash is kept. */
  readonly path: string
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Instead of a body, where the endpoint `takesRecords` and the caller streams them. */
  readonly records?: RecordStream | undefined
  /** The bytes that `body` was parsed from. Absent where a script changed it, and for `Bytes`. Since 1.5. */
  readonly raw?: Uint8Array | undefined
  /** The original request, for its address and headers. Its body is `body`, also where that is `Bytes`. */
  readonly request: Request
  /**
   * One of the request's headers, without building `request`. `name` in lower case. A step has no conditions and no
   * preferences of its own: those are the call's that it belongs to.
   */
  header(name: string): string | undefined
  /**
   * The address that the client calls from, as far as proxies are trusted to tell it; absent for a call that did not
   * come over a network. Since 1.3.
   */
  readonly client?: string | undefined
  /** Sends a header with the answer, be it a failure's. `name` in lower case. Nothing happens in a step. Since 1.3. */
  sendHeader?(name: string, value: string): void
  /**
   * Where a page of this gateway asks for its session in a cookie, and no other page can have sent the request. For
   * endpoints of the governance alone. Since 1.6.
   */
  readonly sessionCookie?: SessionCookie | undefined
  /**
   * Where the request has an `Idempotency-Key`; a step has none of its own. Since 1.4.
   * @throws GwError `invalid_request` for a key that can not be one
   */
  readonly repeatable?: Repeatable | undefined
  /** The request's id, as in the log and in `x-request-id`. */
  readonly id: string
  readonly caller: Caller
  readonly grant: Grant
  /** Aborted on client disconnect, on timeout, and when the service drains: pass it to the driver. */
  readonly signal: AbortSignal
  /** Asks for a further component (a joined table). Throws `forbidden` (or what the caller's credentials call for). */
  access(component: string, method?: Method): Grant
  /**
   * Calls another service by path (`/files/logo.png`) as this caller, under its access rules.
   * @param requestor `script`: under the rules that hold for what scripts call. Since 1.5.
   */
  fetch(path: string, init?: RequestInit, requestor?: 'script'): Promise<Response>
  /**
   * Another endpoint of this service, for a handler that makes several calls one. Throws what a call of its own would
   * be refused with, limits included, and `not_supported` where an interceptor waits for it, which would not hear of it.
   * @param path below the service, as in a URL: `_table/customers/5`
   * @param request by default with the method of this call
   */
  step(
    path: string,
    request?: { readonly method?: Method; readonly query?: Readonly<Record<string, string>> },
  ): Promise<Step>
  readonly log: Logger
  /** True where someone downstream looks at rows (an interceptor): reply with objects, not encoded bytes. */
  readonly objects: boolean
}

/** A call that a handler makes as a part of its own, under the caller's rights on what it is about. */
export interface Step {
  readonly endpoint: Endpoint
  /** What to hand to `endpoint.handle`; throws `invalid_request` for a body that is not the endpoint's. */
  open(body: unknown): Promise<Call>
  /** What a client would be sent as JSON, lists with their wrapper. */
  content(reply: Reply): unknown
}

/**
 * What a request may make a write depend on: what the record is (`if-match`, `if-none-match: *`), that it is undone
 * again (`prefer: tx=rollback`), how much it changes (`prefer: max-affected=…, handling=strict`), or that it has not
 * been done yet (`idempotency-key`, since 1.4: what was answered is answered again).
 */
export type Condition = 'if-match' | 'if-none-match' | 'tx' | 'max-affected' | 'idempotency-key'

/**
 * One operation. Route, validation, access component, event names and the OpenAPI operation are all read from
 * this object.
 */
export interface Endpoint<P = any, Q = any, B = any, R = any> {
  /** camelCase, unique in the service: the OpenAPI operationId. */
  readonly id: string
  readonly method: Method
  /**
   * OpenAPI syntax: `/_table/{table_name}/{id}`; `{path*}` in last place matches the rest, slashes included, and beside
   * it `{folder*}/` what ends with a slash, which the placeholder keeps (since 1.4).
   */
  readonly path: `/${string}`
  /**
   * The access component beside the raw path (both must be permitted). Placeholders are filled from the path:
   * `_table/{table_name}`. Default: the path itself.
   */
  readonly component?: string
  readonly summary: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly params?: P
  /** Validates the query string's parameters (strings, or arrays of them where repeated). Unknown ones are ignored. */
  readonly query?: Q
  readonly body?: B
  readonly response?: R
  /** Success status; default 200. The wire contract's data calls are all 200. */
  readonly status?: 200 | 201 | 202
  readonly errors?: readonly ErrorCode[]
  /**
   * Whoever reaches the gateway may call it, whatever their role: signing in, and what has to be known before. It has no
   * obligations of a grant to keep, and must itself tell no more than anyone may know. Holds for the service types of
   * the governance alone: a connector's endpoint is never open to everyone by its own word.
   */
  readonly anonymous?: boolean
  /**
   * Of an `anonymous` endpoint: it is reached with wrong, expired and revoked credentials, too, by a caller who counts
   * as not signed in; signing in, and exchanging a token that has expired. Since 1.3.
   */
  readonly anyCredentials?: boolean
  /**
   * A GET that reads a file. Where the service's configuration names its path in `public_path`, the kernel answers
   * whoever asks for `/{service}/{path}` outside the API with it: by a call without credentials, parameters and rights of
   * a role. Nothing else becomes public by it. Since 1.5.
   */
  readonly published?: boolean
  /** Routed, but left out of the documentation. */
  readonly hidden?: boolean
  /** The request body may be left out. */
  readonly bodyOptional?: boolean
  /**
   * A GET that lists names, each only to a caller who may use what it names. Whoever may read anything of the service
   * may call it, unless a rule is about this very path.
   */
  readonly listing?: boolean
  /**
   * Takes bodies of any size: where the query says `stream=true` and the body is NDJSON or CSV, the call has
   * `records` instead of a body. The server's limit then holds for each record, and the time limit of a call begins
   * anew whenever records arrive or are asked for.
   */
  readonly takesRecords?: boolean
  /**
   * A GET whose answers have a strong entity tag, and which answers 304 where the caller has them already. `asked`:
   * only where the caller sends one. Since 1.3.
   */
  readonly tagged?: 'always' | 'asked'
  /**
   * Conditions that the handler keeps. A write that is made to depend on another is refused, and so is a GET that says
   * what it keeps, because it may write. Since 1.3.
   */
  readonly keeps?: readonly Condition[]
  /**
   * Narrows the schemas for one resource (`_table/customers`). The kernel documents the result.
   * @param reader who reads the documentation: what they may not see is not described. Absent: everything is
   */
  refine?(
    resource: Resource,
    reader?: Pick<Reader, 'access'>,
  ): { readonly body?: Schema; readonly response?: Schema } | undefined
  handle(call: Call<Output<P>, Output<Q>, Payload<B>>): Reply<Answer<R>> | Promise<Reply<Answer<R>>>
}
/** What a handler may return besides lists and raw responses: anything, unless `response` says what. */
type Answer<R> = R extends Schema ? Output<R> : R extends Bytes ? never : unknown
type Payload<B> = B extends Bytes ? ReadableStream<Uint8Array> : Output<B>

/** One running service. */
export interface Service {
  /** Read after `start` and again after `catalog.changed`; before `start`, what can be said statically. */
  readonly endpoints: readonly Endpoint[]
  /** Opens pools, warms caches. If it throws, the previous instance goes on serving. Bounded by the kernel (10 s). */
  start?(signal: AbortSignal): Promise<void>
  /** Really reaches the source, in bounded time; throws `unavailable`. */
  health?(signal: AbortSignal): Promise<void>
  /** What a role can be granted; cached by the kernel until `catalog.changed`. */
  resources?(signal: AbortSignal): Promise<readonly Resource[]>
  /**
   * The one spelling of a component (case, alias or native name, `schema.` prefix), so that no second spelling gets
   * round a denial. Pure and fast; returns its argument where it knows no better.
   */
  canonical?(component: string): string
  /** Since 1.2. */
  readonly explanation?: Explanation | undefined
  /** Forgets every answer and every look at the source that it keeps, so that the next call reads anew. */
  flush?(): Promise<void>
  /** Releases everything. Called once, also after a failed `start`. */
  stop?(): Promise<void>
}

export type Group =
  | 'Database'
  | 'File'
  | 'Remote Service'
  | 'Source Control'
  | 'Script'
  | 'Email'
  | 'Cache'
  | 'System'
  | (string & {})

/** What a connector package offers: a named kind of service. */
export interface ServiceType<S extends Schema = Schema> {
  readonly contract: 1
  /** The wire contract's name: `mysql`, `pgsql`, `aws_s3`. */
  readonly name: string
  /** Other names that resolve to this type; never stored. */
  readonly aliases?: readonly string[]
  readonly label: string
  readonly description: string
  readonly group: Group
  /** At most one service of this type. */
  readonly singleton?: boolean
  /** Validates and describes the configuration. An object schema; every field has a title and a description. */
  readonly config: S
  readonly capabilities?: Capabilities
  /** Of the types whose services are scripts. Since 1.5. */
  readonly engine?: ScriptEngine
  /** Must not do I/O: the kernel also calls it to check configuration and to render docs. */
  create(config: Output<S>, host: Host): Service
}

/** Types a connector's default export. */
export const defineServiceType = <S extends Schema>(type: ServiceType<S>): ServiceType<S> => type

/** Types one endpoint: the handler's arguments follow from the schemas. */
export const endpoint = <
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | Bytes | undefined = undefined,
  R extends Schema | Bytes | undefined = undefined,
>(
  e: Endpoint<P, Q, B, R>,
): Endpoint => e
