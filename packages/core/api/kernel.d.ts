// Beside what is in contract.d.ts, config.d.ts, governance.d.ts.

import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';

declare interface Abortable {
    /** Milliseconds on the clock of `performance.now()`; `Infinity` once the answer is under way. */
    deadline: number;
    /** Whether its client is gone, and someone wants to know. */
    readonly abandoned?: boolean;
    abandon?(): void;
    /** Where the set keeps it; the set's own. */
    place?: number;
    abort(reason: GwError): void;
}

/** What is known of one answered request. */
declare interface AccessFacts {
    /** The request's id. */
    readonly id: string;
    readonly method: string;
    /** With its query string, as sent. */
    readonly path: string;
    readonly status: number;
    /** ms */
    readonly duration: number;
    readonly service?: string | undefined;
    /** Of the answer's body, where they are known. */
    readonly bytes?: number | undefined;
    /** The app's name. */
    readonly app?: string | undefined;
    /** The user's id. */
    readonly user?: string | number | undefined;
    readonly client?: string | undefined;
}

/** An answered call, as far as metrics look at it. */
declare interface Answered {
    /** Absent where the path led to no service. */
    readonly service: string | undefined;
    /** Absent where it led to no endpoint. */
    readonly endpoint: Endpoint | undefined;
    readonly method: string;
    readonly status: number;
    /** ms */
    readonly duration: number;
}

declare interface CallSet {
    readonly size: number;
    /** Seconds after which it may be worth to try again, by how quickly calls have ended lately: 1 to 30. */
    readonly retryAfter: number;
    add(call: Abortable): void;
    remove(call: Abortable): void;
    /** Resolves when no call is left, or after `grace` ms, when the rest has been aborted with the reason. */
    drain(grace: number, reason?: GwError): Promise<void>;
    /** Stops the sweep. */
    close(): void;
}

declare interface Chain {
    /** No event has any link: names need not even be made. */
    readonly empty: boolean;
    /** The links that want an event, in order; most events have none. */
    select(names: EventNames): readonly Interceptor[];
}

/** Where a request really comes from. */
declare interface ClientAddress {
    /** An IP address; mapped IPv4 as IPv4. */
    readonly address: string;
    readonly protocol: 'http' | 'https';
    /** The host that the client called, where a trusted proxy says so. */
    readonly host?: string;
}

declare interface ClientAddressOptions {
    /**
     * The header family that the proxies set; default `x-forwarded-for`, with `x-forwarded-proto` and `-host`. Only
     * one is read: a proxy passes the other on as the client sent it.
     */
    readonly header?: 'x-forwarded-for' | 'forwarded';
}

declare type ConfigurationFormat = 'ts' | 'js' | 'json' | 'yaml';

declare interface CorsAnswer {
    /** The whole answer, where the request is a preflight. */
    readonly preflight?: Response;
    /** To be sent with the answer, errors included. Append `vary`, so that other reasons to vary survive. */
    readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Writes one line for each request, at level `info`. `undefined` where that level is off: call it as `access?.(…)`,
 * and not even the arguments are built.
 */
declare const createAccessLog: (log: KernelLogger) => ((facts: AccessFacts) => void) | undefined;

/**
 * Compiles a list of proxies into a reader of client addresses. Reported addresses are walked from the nearest
 * proxy outwards, up to the first that isn't trusted (proxy-addr's rule): what a client forged stands behind its
 * own address and is never reached. Nothing is believed where the peer itself isn't a listed proxy.
 *
 * @param trusted addresses, networks, or `loopback`, `linklocal`, `uniquelocal`
 * @throws `invalid_request` for an entry that is none of these
 */
declare const createClientAddress: (trusted: readonly string[], { header }?: ClientAddressOptions) => (remoteAddress: string, headers: HeaderReader) => ClientAddress;

/**
 * Compiles the rules. The longest matching path wins; without a rule there are no CORS headers, and a preflight is
 * answered 405.
 *
 * @returns for a request's method, headers and path: a preflight's whole answer, or headers for the answer to come
 * @throws `invalid_request` for any origin together with credentials, and for what is no origin or no pattern
 */
declare const createCors: (config: readonly CorsRule[]) => (method: string, headers: HeaderReader, path: string) => CorsAnswer;

/**
 * Opens the way out.
 *
 * @throws `invalid_request` for an entry that cannot be read, so that a mistyped list never opens or closes less.
 */
export declare const createEgress: (options?: EgressOptions) => Egress;

/** Puts a gateway together. Does no I/O until `start`. */
export declare const createGateway: (options: GatewayOptions) => Gateway;

export declare interface DocumentOptions {
    readonly service?: string | undefined;
    readonly expand?: boolean;
    readonly version?: '3.1' | '3.0';
}

declare interface DocumentStore {
    /**
     * @param reader who reads; without one, everything is shown
     * @param variant everything else that the text depends on, revisions of services included
     * @param make makes the text, and says whether it is all there is to say: otherwise it is not kept
     */
    text(reader: Identity | undefined, variant: string, make: () => Promise<{
        readonly text: string;
        readonly whole: boolean;
    }>): Promise<string>;
}

export declare interface Egress {
    /**
     * `fetch` under the operator's rules. Differences: a `host` header is dropped (the URL decides), no URL with
     * credentials, no redirect from https to http, and a change of origin drops all headers but content negotiation.
     * As with any `fetch`, the body is decompressed while `content-encoding` and `content-length` still describe what
     * was received: don't pass those two on.
     *
     * @throws `forbidden` by rule, without the resolved address; `invalid_request` for what isn't valid HTTP;
     *   `unavailable`, `upstream_timeout`, `upstream_failed` for the network; the signal's reason once it is aborted.
     */
    fetch(url: string | URL, init?: RequestInit): Promise<Response>;
    /** A way out with connections of its own, under the same rules. */
    outgoing(options: OutgoingOptions): Outgoing;
    /**
     * For libraries that connect by themselves: judges a URL, and gives the name resolution that their sockets must use.
     * A socket resolves no literal address, so that the URL has to be the one that is called, or one of a name.
     *
     * @throws `forbidden` by rule, as `fetch`
     */
    lookup(url: string | URL): LookupFunction;
    /** Ends every connection, also those at work: drain first. */
    close(): Promise<void>;
}

/** How an operator opens and closes the way out. An entry is what `isEgressEntry` accepts. */
export declare interface EgressOptions {
    /**
     * Opens targets that are refused by default; none by default. A host name opens the private, loopback and
     * carrier-grade NAT addresses it resolves to; link-local (cloud metadata) and the other special ranges need an
     * address or a network.
     */
    readonly allow?: readonly string[] | undefined;
    /**
     * When given, nothing else is called; an empty list forbids every call. It narrows and never opens: a private
     * target needs `allow` as well.
     */
    readonly only?: readonly string[] | undefined;
    /** How many redirects are followed; default 5. */
    readonly maxRedirects?: number;
    /** Milliseconds to resolve the name and open the connection; default 10 000. */
    readonly connectTimeout?: number;
    /** Protocols that may be called; default both. */
    readonly protocols?: readonly ('http:' | 'https:')[];
    /** Replaces the system's name resolution. */
    readonly resolve?: Resolve;
}

declare interface EventNames {
    readonly event: string;
    readonly template: string;
    /** As `event`, with the placeholder of a record left in; the same where there is none. */
    readonly named: string;
}

declare interface Failure {
    readonly request: string;
    readonly service: string | undefined;
    readonly code: string;
    readonly error: unknown;
}

declare interface FailureLog {
    write(failure: Failure): void;
    /** Writes what has only been counted so far. */
    close(): void;
}

declare type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export declare interface Gateway {
    /** Starts the services. Resolves when each has settled, or after two seconds: a slow one starts on behind. */
    start(): Promise<void>;
    /** Takes calls. `port` 0 is a free one. */
    listen(options?: {
        readonly host?: string;
        readonly port?: number;
    }): Promise<{
        readonly url: string;
        readonly port: number;
    }>;
    /** Reads the wanted services again; unchanged ones are untouched. */
    reload(): Promise<ReloadReport>;
    /** Stops taking calls, lets those under way end, stops the services. */
    stop(): Promise<void>;
    /** Answers one request in process. */
    fetch(request: Request): Promise<Response>;
    /** Answers one request of another server's, whose caller is known. */
    serve: HttpServer['serve'];
    /**
     * Takes what nobody waited for: finds out which services' code it came from, and quarantines those.
     * @param what happened, as a part of a sentence: `threw an error outside of any call`
     * @returns their names; none where it came from the gateway's own code, or where that can not be told
     */
    contain(what: string, error: unknown): readonly string[];
    /** The services whose code is running at the moment, as far as that can be told. */
    running(): readonly string[];
    /**
     * Runs a script as whoever the credentials prove, and without any as the operator.
     * @throws GwError of the script, or `unauthenticated` for credentials that are wrong
     */
    runScript(engine: ScriptEngine, definition: ScriptDefinition, run: Pick<ScriptRun, 'event' | 'log'> & {
        readonly credentials?: Credentials;
    }): Promise<ScriptOutcome>;
    services(): readonly ServiceStatus[];
    /** Really reaches each service's source. The reason where it does not answer. */
    health(): Promise<readonly (ServiceStatus & {
        readonly health?: string | undefined;
    })[]>;
    document(options?: DocumentOptions): Promise<object>;
}

export declare interface GatewayOptions {
    readonly configuration: LoadedConfiguration;
    readonly registry: Registry;
    readonly governance: Governance;
    readonly log: KernelLogger;
    /** Where calls between services go, in the process of an isolated service: to its parent. */
    readonly elsewhere?: KernelContext['fetch'] | undefined;
}

/** Request headers. `name` is lower case, so that Node's own header object can stand behind it. */
declare interface HeaderReader {
    get(name: string): string | null | undefined;
}

declare interface HttpServer {
    /** Answers one request of another server's, whose caller is known. */
    serve(request: IncomingMessage, response: ServerResponse, inherited: Inherited): void;
    fetch(request: Request): Response | Promise<Response>;
    listen(host: string, port: number): Promise<{
        readonly url: string;
        readonly port: number;
    }>;
    /** Takes no new calls, waits up to `grace` ms for those under way. */
    close(grace: number): Promise<void>;
}

declare interface HttpSettings {
    /** Where the API begins: `/api`. */
    readonly basePath: string;
    /** bytes */
    readonly bodyLimit: number;
    /** ms */
    readonly requestTimeout: number;
    /** Under way on one service at once. */
    readonly maxCalls: number;
    readonly compression: boolean;
    readonly wrapper: string;
    readonly alwaysWrap: boolean;
    readonly docs: boolean;
    readonly metrics: MetricsConfiguration;
}

/** A call made by a service on a caller's behalf: already identified. */
declare interface Inherited {
    readonly identity: Identity;
    readonly credentials: Credentials;
    readonly signal: AbortSignal;
    /** How many calls deep; bounded, so that two services cannot call each other forever. */
    readonly depth: number;
    /** The address that it came from, where it came through another process. */
    readonly client?: string | undefined;
}

declare interface Instance {
    readonly definition: ServiceDefinition;
    /** As its type has validated it. */
    readonly config: unknown;
    readonly type: ServiceType;
    readonly service: RemoteService;
    /** What its code runs as; absent for what belongs to the gateway itself. */
    readonly origin: Origin | undefined;
    readonly router: Router;
    readonly calls: CallSet;
    /** Another number, in the whole process, whenever endpoints or resources may have changed. */
    readonly revision: number;
    /** Cached until the catalogue changes. */
    resources(signal: AbortSignal): Promise<readonly Resource[]>;
    /** Reads endpoints and resources again. */
    refresh(): void;
    /**
     * Waits for the calls under way, then releases everything.
     * @param reason what those hear that are ended
     */
    retire(grace: number, reason?: GwError): Promise<void>;
}

declare interface KernelContext {
    readonly settings: HttpSettings;
    readonly governance: Governance;
    readonly chain: Chain;
    readonly log: Logger;
    /** Writes one line per request; absent where that level is off. */
    readonly access: ReturnType<typeof createAccessLog>;
    readonly failures: FailureLog;
    /** A logger whose lines carry `fields`. */
    child(fields: Readonly<Record<string, unknown>>): Logger;
    /** Numbers and spans of calls; absent where nobody wants them, or before the start. */
    readonly telemetry: {
        readonly metrics?: Metrics | undefined;
        readonly tracing?: Tracing | undefined;
    };
    /** Absent where nobody looks at it. */
    readonly activity: Activity | undefined;
    readonly slots: ReadonlyMap<string, Slot>;
    readonly documents: DocumentStore;
    /** A call between services, as the caller of the call that makes it. */
    fetch(path: string, init: RequestInit | undefined, inherited: Inherited): Promise<Response>;
    reload(): Promise<ReloadReport>;
    /** Cross-origin rules: an answer to a preflight, or headers for the answer. */
    readonly cors: ReturnType<typeof createCors>;
    readonly clientAddress: ReturnType<typeof createClientAddress>;
    /** True once the gateway stops taking calls. */
    draining(): boolean;
}

/** The gateway's log. Whatever goes through it is masked: see redact.ts. */
declare interface KernelLogger {
    readonly logger: Logger;
    /** A logger whose lines carry `fields`. */
    child(fields: Readonly<Record<string, unknown>>): Logger;
    /** Whether lines of this level are written. */
    enabled(level: LogLevel): boolean;
    /** Writes a finished line, masked by whoever made it. It may wait a moment for others to be written with it. */
    append(line: string): void;
    /** The last lines, kept from the first time that somebody asks for them. Lines of a level that is off are not there. */
    recent(): RecentLines;
    /** Resolves when every line so far has left the process. */
    flush(): Promise<void>;
}

declare const LEVELS: readonly ['debug', 'info', 'warn', 'error'];

/** A configuration as it was found. */
declare interface LoadedConfiguration {
    /** Checked, defaults filled in; `${…}` are replaced everywhere but in the services' own `config`. */
    readonly config: Configuration;
    /** The absolute path of the file. */
    readonly file: string;
    /** The folder of the file: where relative paths begin. */
    readonly root: string;
    readonly format: ConfigurationFormat;
    /** Further files that `${file:…}` names; a change of one is a change of the configuration. */
    readonly references: readonly string[];
    /** The line of a path in the file, where the format has lines. */
    lineOf(path: readonly PropertyKey[]): number | undefined;
}

declare type LogLevel = (typeof LEVELS)[number];

declare interface Match {
    readonly route: Route | undefined;
    readonly params: Readonly<Record<string, string>>;
    /** Verbs that this path has; empty where there is no such path. */
    readonly methods: readonly Method[];
}

declare interface Metrics {
    record(call: Answered): void;
    /** In Prometheus' text format. */
    text(): Promise<string>;
    readonly contentType: string;
}

declare type MetricsConfiguration = Configuration['metrics'];

declare interface OpenSpan {
    /** Runs what belongs to it. */
    within<T>(work: () => T): T;
    end(call: Answered & {
        readonly id: string;
        readonly app?: string | undefined;
    }): void;
}

/** One attempt to run a service: from the import of its package to its stop, and what is left of it after that. */
declare interface Origin {
    readonly service: string;
    /**
     * Takes a failure that nobody waited for.
     * @param what happened, as a part of a sentence: `threw an error outside of any call`
     */
    failed(what: string, error: unknown): void;
}

/** How long a service is kept away after its connector has failed by itself: longer each time, until it has been well. */
declare interface Quarantine {
    /** Whether it is kept away. */
    readonly holds: boolean;
    /** Seconds until it is tried again, at least 1; `undefined` where it is not kept away. */
    readonly retryAfter: number | undefined;
    /** @returns ms until it may be tried again */
    begin(): number;
    /** It is tried again. */
    end(): void;
}

/** A service type that an installed package says it offers. */
declare interface RegisteredType {
    readonly name: string;
    readonly package: string;
    readonly version: string;
    /** The range of contract versions it was written for. */
    readonly contract: string;
}

/** The service types at hand. Nothing of a package runs until `load` asks for one of its types. */
declare interface Registry {
    types(): readonly RegisteredType[];
    /** The packages with a manifest, those that are refused included. */
    readonly packages: readonly InstalledPackage[];
    readonly problems: readonly DiscoveryProblem[];
    /**
     * Imports a type, once. An alias resolves to its type.
     * @throws GwError `unavailable` with a readable reason: not installed, unknown, offered twice, broken, wrong contract.
     */
    load(type: string): Promise<ServiceType>;
    /**
     * Where a type's code lies: its package's real folder, or the file of a module. `undefined` for one that is given by
     * value, is not there by that name, or comes from more than one place.
     */
    homeOf?(type: string): string | undefined;
}

export declare interface ReloadReport {
    readonly started: readonly string[];
    readonly unchanged: readonly string[];
    readonly removed: readonly string[];
    readonly failed: readonly {
        readonly name: string;
        readonly reason: string;
    }[];
}

/** A service in another process. */
declare interface RemoteService extends Service {
    /** Learns the spellings of components, which are then at hand for decisions. */
    spell?(components: readonly string[]): Promise<void>;
    /** Its endpoints with all that can be said of each resource to whoever reads; without an identity, to everyone. */
    described?(identity: Identity | undefined): Promise<readonly Endpoint[]>;
}

/** The addresses of a host name. */
declare type Resolve = (host: string) => Promise<readonly {
    readonly address: string;
    readonly family: number;
}[]>;

/** An endpoint with everything that can be known before a call. */
declare interface Route {
    readonly endpoint: Endpoint;
    /** Placeholder names in path order. */
    readonly names: readonly string[];
    /** The access component of a call, without slashes at its ends; `undefined` where it is the path itself. */
    readonly component: ((params: Readonly<Record<string, string>>) => string) | undefined;
    /** The path with dots, as events name it: `_table.{table_name}`. */
    readonly event: string;
}

declare interface Router {
    readonly routes: readonly Route[];
    /** `segments` are percent-decoded; a trailing slash matters to `{path*}` only. */
    match(method: Method, segments: readonly string[], trailingSlash: boolean): Match;
}

export declare type ServiceState = 'starting' | 'serving' | 'degraded' | 'down' | 'inactive';

export declare interface ServiceStatus {
    readonly name: string;
    readonly type: string;
    readonly state: ServiceState;
    /** Readable, and fit for a caller: no hosts, paths or secrets. */
    readonly reason?: string | undefined;
    /** For the operator (`gw doctor`, the log): may name what the client must not see. */
    readonly detail?: string | undefined;
    readonly since: string;
}

/** One name's place in the gateway; survives its instances. */
declare interface Slot {
    definition: ServiceDefinition;
    state: ServiceState;
    reason: string | undefined;
    detail: string | undefined;
    since: string;
    instance: Instance | undefined;
    /** Of the configuration that is running or was last tried. */
    fingerprint: string;
    attempts: number;
    retry: NodeJS.Timeout | undefined;
    readonly quarantine: Quarantine;
}

declare interface Tracing {
    /** A call has come in. */
    serve(method: string, headers: {
        get(name: string): string | null | undefined;
    }): OpenSpan;
    /** `fetch` whose requests are spans, and carry the trace. */
    traced(fetch: Fetch): Fetch;
    /** See `Host.span`. */
    readonly span: NonNullable<Host['span']>;
}
