import type { LookupFunction } from 'node:net';
import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Goes on with a value: at once, or when it is there. */
export declare const after: <T, R>(value: Ready<T>, next: (value: T) => Ready<R>) => Ready<R>;

/** What a handler may return besides lists and raw responses: anything, unless `response` says what. */
declare type Answer<R> = R extends Schema ? Output<R> : R extends Bytes ? never : unknown;

/** A body or response passed through as a byte stream, with the media types it may have. */
export declare interface Bytes {
    readonly bytes: readonly string[];
    /** Of a body of any length: the server's limit does not hold, and time begins anew whenever bytes arrive. Since 1.4. */
    readonly anySize?: boolean;
    /** What the bytes hold where they are JSON: for the documentation. The kernel neither parses nor checks them. Since 1.4. */
    readonly holds?: Schema | undefined;
}

/** One request to an endpoint. */
export declare interface Call<P = unknown, Q = unknown, B = unknown> {
    readonly service: string;
    readonly method: Method;
    /** The resource path below the service, percent-decoded, without a leading slash. A trailing slash is kept. */
    readonly path: string;
    readonly params: P;
    readonly query: Q;
    readonly body: B;
    /** Instead of a body, where the endpoint `takesRecords` and the caller streams them. */
    readonly records?: RecordStream | undefined;
    /** The bytes that `body` was parsed from. Absent where a script changed it, and for `Bytes`. Since 1.5. */
    readonly raw?: Uint8Array | undefined;
    /** The original request, for its address and headers. Its body is `body`, also where that is `Bytes`. */
    readonly request: Request;
    /**
     * One of the request's headers, without building `request`. `name` in lower case. A step has no conditions and no
     * preferences of its own: those are the call's that it belongs to.
     */
    header(name: string): string | undefined;
    /**
     * The address that the client calls from, as far as proxies are trusted to tell it; absent for a call that did not
     * come over a network. Since 1.3.
     */
    readonly client?: string | undefined;
    /** Sends a header with the answer, be it a failure's. `name` in lower case. Nothing happens in a step. Since 1.3. */
    sendHeader?(name: string, value: string): void;
    /**
     * Where a page of this gateway asks for its session in a cookie, and no other page can have sent the request. For
     * endpoints of the governance alone. Since 1.6.
     */
    readonly sessionCookie?: SessionCookie | undefined;
    /**
     * Where the request has an `Idempotency-Key`; a step has none of its own. Since 1.4.
     * @throws GwError `invalid_request` for a key that can not be one
     */
    readonly repeatable?: Repeatable | undefined;
    /** The request's id, as in the log and in `x-request-id`. */
    readonly id: string;
    readonly caller: Caller;
    readonly grant: Grant;
    /** Aborted on client disconnect, on timeout, and when the service drains: pass it to the driver. */
    readonly signal: AbortSignal;
    /** Asks for a further component (a joined table). Throws `forbidden` (or what the caller's credentials call for). */
    access(component: string, method?: Method): Grant;
    /**
     * Calls another service by path (`/files/logo.png`) as this caller, under its access rules.
     * @param requestor `script`: under the rules that hold for what scripts call. Since 1.5.
     */
    fetch(path: string, init?: RequestInit, requestor?: 'script'): Promise<Response>;
    /**
     * Another endpoint of this service, for a handler that makes several calls one. Throws what a call of its own would
     * be refused with, limits included, and `not_supported` where an interceptor waits for it, which would not hear of it.
     * @param path below the service, as in a URL: `_table/customers/5`
     * @param request by default with the method of this call
     */
    step(path: string, request?: {
        readonly method?: Method;
        readonly query?: Readonly<Record<string, string>>;
    }): Promise<Step>;
    readonly log: Logger;
    /** True where someone downstream looks at rows (an interceptor): reply with objects, not encoded bytes. */
    readonly objects: boolean;
}

/** Who calls. There is no anonymous caller that means "everything". */
export declare interface Caller {
    readonly app?: {
        readonly id: string | number;
        readonly name: string;
    };
    readonly user?: {
        readonly id: string | number;
        readonly name?: string;
        readonly email?: string;
    };
    readonly role?: {
        readonly id: string | number;
        readonly name: string;
    };
    readonly requestor: 'api' | 'script';
    readonly admin: boolean;
    /**
     * The value of a lookup (`user.id`, `app.name`, or an operator's own); `undefined` where there is none.
     * `scope: 'private'` also reads private lookups: for role filters only, never for what a client sent.
     */
    lookup(name: string, scope?: 'private'): unknown;
    /** All lookups by name, but for keys and tokens; `scope` as above. Since 1.5. */
    lookups?(scope?: 'private'): Readonly<Record<string, unknown>>;
}

/** What a type can do. Absent means unsupported, and is refused politely. Kits add members by declaration merging. */
export declare interface Capabilities {
    readonly rowFilters?: boolean;
    readonly fieldRules?: boolean;
}

/**
 * What a request may make a write depend on: what the record is (`if-match`, `if-none-match: *`), that it is undone
 * again (`prefer: tx=rollback`), how much it changes (`prefer: max-affected=…, handling=strict`), or that it has not
 * been done yet (`idempotency-key`, since 1.4: what was answered is answered again).
 */
export declare type Condition = 'if-match' | 'if-none-match' | 'tx' | 'max-affected' | 'idempotency-key';

/** Minor versions only add optional members; a connector's manifest states a range: `^1.0`. */
export declare const CONTRACT_VERSION = "1.6.0";

/** Types a connector's default export. */
export declare const defineServiceType: <S extends Schema>(type: ServiceType<S>) => ServiceType<S>;

/** The replies a handler may give. The kernel alone wraps, formats and compresses them. */
declare const ENCODED: unique symbol;

/** JSON text that is ready to be sent: rows that never became objects. */
export declare interface Encoded {
    readonly [ENCODED]: true;
    readonly json: string;
    /** The same text as UTF-8, where that is what there is; `json` is then made when it is asked for. */
    readonly bytes?: Uint8Array | undefined;
    /**
     * Nothing but `bytes` lies in their memory, and nobody keeps them: the kernel gives it back as soon as they are sent.
     * Waiting for the collector instead has it look at everything there is, again and again, for the sake of a few lists.
     */
    readonly owned?: boolean | undefined;
}

/**
 * Wraps JSON text, or its UTF-8, so that the kernel sends it as it is. It must be one valid JSON value.
 * @param owned See `Encoded.owned`; after they are sent, such bytes are gone: an empty view is left.
 */
export declare const encoded: (json: string | Uint8Array, { owned }?: Pick<Encoded, 'owned'>) => Encoded;

/**
 * One operation. Route, validation, access component, event names and the OpenAPI operation are all read from
 * this object.
 */
export declare interface Endpoint<P = any, Q = any, B = any, R = any> {
    /** camelCase, unique in the service: the OpenAPI operationId. */
    readonly id: string;
    readonly method: Method;
    /**
     * OpenAPI syntax: `/_table/{table_name}/{id}`; `{path*}` in last place matches the rest, slashes included, and beside
     * it `{folder*}/` what ends with a slash, which the placeholder keeps (since 1.4).
     */
    readonly path: `/${string}`;
    /**
     * The access component beside the raw path (both must be permitted). Placeholders are filled from the path:
     * `_table/{table_name}`. Default: the path itself.
     */
    readonly component?: string;
    readonly summary: string;
    readonly description?: string;
    readonly tags?: readonly string[];
    readonly params?: P;
    /** Validates the query string's parameters (strings, or arrays of them where repeated). Unknown ones are ignored. */
    readonly query?: Q;
    readonly body?: B;
    readonly response?: R;
    /** Success status; default 200. The wire contract's data calls are all 200. */
    readonly status?: 200 | 201 | 202;
    readonly errors?: readonly ErrorCode[];
    /**
     * Whoever reaches the gateway may call it, whatever their role: signing in, and what has to be known before. It has no
     * obligations of a grant to keep, and must itself tell no more than anyone may know. Holds for the service types of
     * the governance alone: a connector's endpoint is never open to everyone by its own word.
     */
    readonly anonymous?: boolean;
    /**
     * Of an `anonymous` endpoint: it is reached with wrong, expired and revoked credentials, too, by a caller who counts
     * as not signed in; signing in, and exchanging a token that has expired. Since 1.3.
     */
    readonly anyCredentials?: boolean;
    /**
     * A GET that reads a file. Where the service's configuration names its path in `public_path`, the kernel answers
     * whoever asks for `/{service}/{path}` outside the API with it: by a call without credentials, parameters and rights of
     * a role. Nothing else becomes public by it. Since 1.5.
     */
    readonly published?: boolean;
    /** Routed, but left out of the documentation. */
    readonly hidden?: boolean;
    /** The request body may be left out. */
    readonly bodyOptional?: boolean;
    /**
     * A GET that lists names, each only to a caller who may use what it names. Whoever may read anything of the service
     * may call it, unless a rule is about this very path.
     */
    readonly listing?: boolean;
    /**
     * Takes bodies of any size: where the query says `stream=true` and the body is NDJSON or CSV, the call has
     * `records` instead of a body. The server's limit then holds for each record, and the time limit of a call begins
     * anew whenever records arrive or are asked for.
     */
    readonly takesRecords?: boolean;
    /**
     * A GET whose answers have a strong entity tag, and which answers 304 where the caller has them already. `asked`:
     * only where the caller sends one. Since 1.3.
     */
    readonly tagged?: 'always' | 'asked';
    /**
     * Conditions that the handler keeps. A write that is made to depend on another is refused, and so is a GET that says
     * what it keeps, because it may write. Since 1.3.
     */
    readonly keeps?: readonly Condition[];
    /**
     * Narrows the schemas for one resource (`_table/customers`). The kernel documents the result.
     * @param reader who reads the documentation: what they may not see is not described. Absent: everything is
     */
    refine?(resource: Resource, reader?: Pick<Reader, 'access'>): {
        readonly body?: Schema;
        readonly response?: Schema;
    } | undefined;
    handle(call: Call<Output<P>, Output<Q>, Payload<B>>): Reply<Answer<R>> | Promise<Reply<Answer<R>>>;
}

/** Types one endpoint: the handler's arguments follow from the schemas. */
export declare const endpoint: <P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined, B extends Schema | Bytes | undefined = undefined, R extends Schema | Bytes | undefined = undefined>(e: Endpoint<P, Q, B, R>) => Endpoint;

/** @param json the text of the answer, or its UTF-8: equal texts have equal tags, however they came about */
export declare const entityTag: (json: string | Uint8Array) => string;

export declare type ErrorCode = keyof typeof STATUS;

/** What `_spec` tells of a service beside its endpoints, as far as its reader may know. */
export declare interface Explanation {
    /** Members of the API description. From structure and rights alone: kept for each role until `catalog.changed`. */
    extensions?(reader: Reader): Readonly<Record<`x-${string}`, unknown>>;
    /** What stands behind the endpoints, for programs that make calls (`_spec?model=true`). Made for each request. */
    model?(reader: Reader, request: ModelRequest): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * A permission and its obligations. The same rows of the same role always give the same object, so that a kit
 * may key caches by its identity. A service whose capabilities do not say that it honours an obligation is
 * refused by the kernel, never trusted.
 */
export declare interface Grant {
    /** Row predicates, all to be ANDed into every read and write. Needs `capabilities.rowFilters`. */
    readonly filters: readonly RowFilter[];
    /** Fields neither read, written, filtered nor sorted by; lower-case. Needs `capabilities.fieldRules`. */
    readonly deny: readonly string[];
}

export declare type Group = 'Database' | 'File' | 'Remote Service' | 'Source Control' | 'Script' | 'Email' | 'Cache' | 'System' | (string & {});

/**
 * A failure that a caller may read. `message` says what happened, why, and what to do. Anything else that is
 * thrown reaches the caller as `internal`, without its message.
 */
export declare class GwError extends Error {
    readonly name = "GwError";
    readonly code: ErrorCode;
    readonly details: unknown;
    readonly retryable: boolean;
    readonly headers: Readonly<Record<string, string>> | undefined;
    readonly wire: Wire | undefined;
    constructor(code: ErrorCode, message: string, options?: GwErrorOptions);
    /** A brand check, so that an error from a second installed copy of this package is recognised too. */
    static is(error: unknown): error is GwError;
}

export declare interface GwErrorOptions {
    /** Logged under the request's id, never sent. */
    readonly cause?: unknown;
    /** For machines: sent as `context`. Must not carry secrets, SQL, hosts or paths. */
    readonly details?: unknown;
    /** Whether the same call may succeed later. Default: true for 502, 503, 504 and 429. */
    readonly retryable?: boolean;
    /** Sent with the answer, e.g. `retry-after`. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly wire?: Wire;
}

/** What the kernel offers a service. */
export declare interface Host {
    /** The service's name in this gateway. */
    readonly service: string;
    /** The contract version of the running kernel. */
    readonly contract: string;
    readonly log: Logger;
    /**
     * The only way out to an address: checks the operator's allow-list, refuses private, loopback and link-local
     * addresses in every notation, pins DNS, re-checks redirects. Throws `forbidden` for a refused address.
     */
    readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
    /**
     * A second `fetch` under the same rules, with connections of its own: certificates, a proxy, bounds. Opens nothing by
     * itself; the service closes it when it stops. Since 1.4.
     */
    outgoing?(options: OutgoingOptions): Outgoing;
    /**
     * For a library that connects by itself: judges an address as `fetch` does, and gives the `lookup` that its sockets
     * must have (node:net), by which every address of a name is judged before it is connected to. Literal addresses are
     * not looked up: `url` has to be what is called. Throws `forbidden`. Since 1.4.
     */
    lookup?(url: string | URL): LookupFunction;
    readonly state: State;
    /**
     * A document that the operator keeps for services of a kind, by name or id: the `email_template` named `welcome`.
     * `undefined` where there is none. What is in it is for the family to know. Since 1.1.
     */
    document?(kind: string, key: string | number): Promise<unknown>;
    /**
     * Reads from another service what this one's configuration names: as the operator, whom no access rule concerns.
     * Never for a name or a path that a caller sent. Since 1.5.
     * @param service its name or id
     * @param path below the service, as in a URL
     * @throws GwError `not_found` where there is no such service
     */
    read?(service: string | number, path: string, signal: AbortSignal): Promise<Response>;
    /**
     * Calls services, as a script, on behalf of someone who called this one before, maybe in another process: under the
     * rights that they have by now. Only ever for what `standingOf` said of a caller. Since 1.6.
     * @throws GwError `forbidden` where they are gone, or may no longer call
     */
    onBehalfOf?(standing: Standing): Promise<{
        readonly caller: Caller;
        fetch(path: string, init: RequestInit): Promise<Response>;
    }>;
    /**
     * Begins a span below the call's, for what a source is asked; what it gives ends it, and is told whether it failed.
     * Neither name nor attributes may hold anything of a caller's. Absent where no traces are wanted. Since 1.3.
     */
    readonly span?: ((name: string, attributes: Readonly<Record<string, string>>) => (failed: boolean) => void) | undefined;
    /** The absolute form of a path from the configuration; relative ones start at the configuration's folder. */
    resolvePath(path: string): string;
    /** Publishes `<service>.<event>`; `catalog.changed` makes the kernel read `endpoints` and `resources` again. */
    emit(event: string, payload: object): void;
}

/** A brand check that holds across copies of this package. */
export declare const isEncoded: (value: unknown) => value is Encoded;

/** Whether `If-Match` names a record with this tag, in whatever form its JSON was sent. Weak tags never match. */
export declare const isMatched: (header: string, tag: string) => boolean;

export declare const isRows: (value: unknown) => value is Rows;

/** Whether a header holds `*`, or entity tags and nothing else. */
export declare const isTagList: (header: string) => boolean;

/**
 * Whether a parameter or a field says yes, as the wire contract §0.1 reads it: `true`, 1, and six words in any case;
 * nothing else.
 */
export declare const isTrue: (value: unknown) => boolean;

/**
 * As what `If-None-Match` names what would be sent, be it compressed or not: the tag that the client knows it by.
 * @returns `undefined` where it does not
 */
export declare const knownAs: (header: string, tag: string) => string | undefined;

export declare type Logger = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: object) => void>;

/** Does something, and puts what `mend` makes of it into the place of what it throws or rejects with. */
export declare const mended: <T>(work: () => Ready<T>, mend: (error: unknown) => Ready<T>) => Ready<T>;

export declare type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export declare const METHODS: readonly Method[];

/** What a model of the data is to hold. */
export declare interface ModelRequest {
    /** The tables it is about, as the reader wrote them. Absent: all. */
    readonly tables?: readonly string[] | undefined;
    /** Without examples of data, and of calls. */
    readonly stock: boolean;
}

/** A way out with connections of its own. */
export declare interface Outgoing {
    readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
    /** Ends its connections, also those at work. */
    close(): Promise<void>;
}

/** What a service's own connections are like. Times are milliseconds. */
export declare interface OutgoingOptions {
    readonly tls?: OutgoingTls | undefined;
    /** Every call goes through a tunnel to an address that was resolved and judged here. */
    readonly proxy?: OutgoingProxy | undefined;
    /** At most so many connections to one origin; further calls wait. Default: any number. */
    readonly connections?: number | undefined;
    readonly connectTimeout?: number | undefined;
    /** Until the answer begins. Default: five minutes. */
    readonly headersTimeout?: number | undefined;
    /** Between two pieces of an answer. Default: five minutes. */
    readonly bodyTimeout?: number | undefined;
    readonly maxRedirects?: number | undefined;
}

export declare interface OutgoingProxy {
    /** `http://` or `https://`, without credentials. It is an address like any other: the operator may have to open it. */
    readonly url: string;
    /** The value of `Proxy-Authorization`. */
    readonly authorization?: string | undefined;
}

/** What a service's own way out is like: the part of the contract that `Host.outgoing` speaks of. Since 1.4. */
/** What is presented and trusted where a connection is encrypted. Texts are PEM. */
export declare interface OutgoingTls {
    /** Where all this holds (`https://api.example`): a redirect elsewhere sees no certificate and is verified as usual. */
    readonly origins: readonly string[];
    /** Trusted beside the well-known authorities. */
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
    readonly passphrase?: string | undefined;
    /** `false` takes any certificate. Default: true. */
    readonly verify?: boolean | undefined;
    readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

export declare type Output<S> = S extends Schema<infer _I, infer O> ? O : undefined;

/**
 * Says that nobody keeps the pieces of a response's body, and that each has memory of its own. The kernel gives it back
 * when the client has taken a piece: waiting for the collector instead lets large parts of a file gather.
 */
export declare const ownedBody: (response: Response) => Response;

declare type Payload<B> = B extends Bytes ? ReadableStream<Uint8Array> : Output<B>;

export declare interface Preferences {
    /** What a write answers of the records: what names them, or all of each. */
    readonly return?: 'minimal' | 'representation' | undefined;
    /** Everything is done and answered, and then undone. */
    readonly rollback?: true | undefined;
    /** How many records may be changed; only with `handling=strict`. */
    readonly maxAffected?: number | undefined;
}

/**
 * Reads a `Prefer` header. Preferences that gw does not know are passed over, as the RFC wants it; one that would
 * keep something from happening must be understood.
 * @throws GwError `invalid_request` for a `tx` or a strict `max-affected` with a value that means nothing
 */
export declare const preferencesIn: (header: string) => Preferences;

/** What a service can ask about whoever it explains itself to. */
export declare type Reader = Pick<Call, 'service' | 'caller' | 'access' | 'signal' | 'log'>;

/**
 * Work that waits only where it must: a turn of the event loop costs as much as what lies between two of them, and a
 * source within the process has its rows at once.
 */
/** A value that is there, or will be. */
export declare type Ready<T> = T | Promise<T>;

/** Records of a request body, in batches, read from the client as they are asked for: of any number. */
export declare interface RecordStream {
    readonly records: AsyncIterable<readonly unknown[]>;
}

/** Gives the memory of a piece back that nobody will look at again. What shares it with something else stays. */
export declare const release: (piece: Uint8Array) => void;

/**
 * A request that its client may send again without having it done again (`Idempotency-Key`). Hashes of 43 characters
 * each: none of them tells what it is made of.
 */
export declare interface Repeatable {
    /** Of the client's key, of who calls, and of the service. */
    readonly key: string;
    /** Of what is asked for: a key belongs to one request. */
    readonly request: string;
    /** Of the access rules that hold for the caller: an answer is only shown again under the same ones. */
    readonly rights: string;
}

/**
 * A handler's answer: a value (arrays are lists and get wrapped, everything else is sent bare), rows, encoded
 * JSON, or a `Response` for streams, redirects and ranges.
 */
export declare type Reply<T = unknown> = Response | Rows | Encoded | T;

/** Something a role can be granted, e.g. `_table/customers`; also what the API docs enumerate. */
export declare interface Resource {
    /** The bare name; the kernel derives `…/` and `…/*` from it. */
    readonly component: string;
    /** What it is, in the family's words: `table`, `view`, `procedure`, `folder`. */
    readonly kind: string;
    readonly label?: string;
    readonly methods?: readonly Method[];
}

declare type Row = Readonly<Record<string, unknown>>;

/** What a role permits, and what it demands in return. */
/** One condition of a role's row filter: `{ name: 'owner_id', operator: '=', value: '{user.id}' }`. */
export declare interface RowCondition {
    readonly name: string;
    /** `=`, `!=`, `>`, `<`, `>=`, `<=`, `in`, `not in`, `starts with`, `ends with`, `contains`, `like`, `is null`, `is not null`; any case. */
    readonly operator: string;
    /** May hold lookups (`{user.id}`), resolved for each call; one that does not resolve makes the condition false. */
    readonly value?: unknown;
}

export declare interface RowFilter {
    readonly op: 'AND' | 'OR';
    readonly conditions: readonly RowCondition[];
}

declare const ROWS: unique symbol;

/** A list: sent as `{"resource": […], "meta": {…}}`, as NDJSON, CSV or XML, as the caller asks. */
export declare interface Rows {
    readonly [ROWS]: true;
    /** Objects at hand, a stream of them (flat memory), or an encoded JSON array. */
    readonly items: readonly unknown[] | AsyncIterable<Row> | Encoded;
    readonly meta?: Readonly<Record<string, unknown>> | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** The identifying fields: what `as_list` plucks. */
    readonly identifier?: readonly string[] | undefined;
    /** A list of names: without `fields` only the identifier is sent, `fields=*` sends all (database.md §0.5). */
    readonly listing?: boolean | undefined;
    /** Sent without the wrapper, unless the request asks for it. */
    readonly bare?: boolean | undefined;
}

/** Makes a list reply. */
export declare const rows: (list: Omit<Rows, typeof ROWS>) => Rows;

/** Any schema that validates *and* describes itself as JSON Schema: zod 4, arktype 2, … */
export declare interface Schema<I = any, O = I> {
    readonly '~standard': StandardSchemaV1.Props<I, O> & StandardJSONSchemaV1.Props<I, O>;
}

/** One script with its worker processes. */
export declare interface Script {
    /** @throws GwError that names what went wrong, and the script's own line */
    run(run: ScriptRun): Promise<ScriptOutcome>;
    /**
     * Runs it when its turn comes, and has nobody wait. With a `standing` it is kept in the host's state until it is done,
     * without the credentials that its event holds, and is taken up by the next process where this one ends; so it is done
     * at least once. Since 1.6.
     * @returns its id, as in the log, once it is kept
     * @throws GwError `unavailable` where too many wait, `too_large` for an event that is too long
     */
    later?(run: Omit<ScriptRun, 'signal'> & {
        readonly standing: Standing | undefined;
    }): Promise<string>;
    /** Takes up what other processes were not done with. Since 1.6. */
    resume?(): void;
    /** Waits for runs under way, and not for ever. */
    close(): Promise<void>;
}

/** What is stored of a script: itself, or where it is kept, and what it is given. */
export declare interface ScriptDefinition {
    /** For the log. */
    readonly name: string;
    readonly content?: string | null | undefined;
    readonly storage_service_id?: string | number | null | undefined;
    readonly storage_path?: string | null | undefined;
    readonly scm_repository?: string | null | undefined;
    readonly scm_reference?: string | null | undefined;
    /** Handed to the script; holds its limits, too. */
    readonly config?: Readonly<Record<string, unknown>> | null | undefined;
}

export declare interface ScriptEngine {
    /** What names of files in the language end with: `js`. */
    readonly extensions: readonly string[];
    /** Looks at this host, once. */
    inspect(): Promise<ScriptHost>;
    /**
     * No I/O: processes start with the first run.
     * @throws GwError `invalid_request` for limits that can not be
     */
    open(definition: ScriptDefinition, host: Host): Script;
}

/** A call as a script sees it. Names and letter case are the wire contract's (services part, §5). */
export declare interface ScriptEvent {
    request: ScriptRequest;
    response: ScriptResponse;
    /** The path below the service. */
    readonly resource: string;
}

/** What a host has for a language. */
export declare interface ScriptHost {
    /** Why scripts can not run here; absent where they can. */
    readonly missing?: string | undefined;
    /** Whether scripts reach neither files nor networks nor other processes. */
    readonly sandboxed: boolean;
    /** What keeps them apart, in words. */
    readonly isolation: string;
}

export declare interface ScriptOutcome {
    /** As the script left it. */
    readonly event: ScriptEvent;
    /** Absent where it returned nothing. */
    readonly returned?: unknown;
}

export declare interface ScriptRequest {
    api_version: string;
    method: string;
    parameters: Record<string, unknown>;
    /** Names in lower case. */
    headers: Record<string, string>;
    /** The body as it was parsed; `null` where there is none. */
    payload: unknown;
    /** The body as text. */
    content: string;
    content_type: string;
    uri: string;
    service: string;
}

export declare interface ScriptResponse {
    status_code: number | null;
    headers: Record<string, string>;
    content: unknown;
    content_type: string | null;
}

export declare interface ScriptRun {
    readonly event: ScriptEvent;
    readonly session: ScriptSession;
    /** Calls a service by path (`/db/_table/t`) as whoever the script runs for. */
    fetch(path: string, init: RequestInit): Promise<Response>;
    /** Ends the script. */
    readonly signal: AbortSignal;
    readonly log: Logger;
}

/** Who calls, as `platform.session` tells it. No token and no key is in it. */
export declare interface ScriptSession {
    readonly user: {
        readonly id: string | number;
        readonly name?: string;
        readonly email?: string;
    } | null;
    readonly role: {
        readonly id: string | number;
        readonly name: string;
    } | null;
    readonly app: {
        readonly id: string | number;
        readonly name: string;
    } | null;
    readonly is_sys_admin: boolean;
    readonly lookup: Readonly<Record<string, unknown>>;
}

/** @param scope `private`: with private lookups, where the operator wants the script to have them */
export declare const scriptSession: ({ user, role, app, admin, lookups }: Caller, scope: 'private' | undefined) => ScriptSession;

/** Marks a configuration field as secret: encrypted at rest, never read back, redacted in logs. */
export declare const secret: {
    readonly writeOnly: true;
    readonly format: 'password';
};

/** What a secret reads as; written back, it means "unchanged". */
export declare const SECRET_MASK = "**********";

/** One running service. */
export declare interface Service {
    /** Read after `start` and again after `catalog.changed`; before `start`, what can be said statically. */
    readonly endpoints: readonly Endpoint[];
    /** Opens pools, warms caches. If it throws, the previous instance goes on serving. Bounded by the kernel (10 s). */
    start?(signal: AbortSignal): Promise<void>;
    /** Really reaches the source, in bounded time; throws `unavailable`. */
    health?(signal: AbortSignal): Promise<void>;
    /** What a role can be granted; cached by the kernel until `catalog.changed`. */
    resources?(signal: AbortSignal): Promise<readonly Resource[]>;
    /**
     * The one spelling of a component (case, alias or native name, `schema.` prefix), so that no second spelling gets
     * round a denial. Pure and fast; returns its argument where it knows no better.
     */
    canonical?(component: string): string;
    /** Since 1.2. */
    readonly explanation?: Explanation | undefined;
    /** Forgets every answer and every look at the source that it keeps, so that the next call reads anew. */
    flush?(): Promise<void>;
    /** Releases everything. Called once, also after a failed `start`. */
    stop?(): Promise<void>;
}

/** What a connector package offers: a named kind of service. */
export declare interface ServiceType<S extends Schema = Schema> {
    readonly contract: 1;
    /** The wire contract's name: `mysql`, `pgsql`, `aws_s3`. */
    readonly name: string;
    /** Other names that resolve to this type; never stored. */
    readonly aliases?: readonly string[];
    readonly label: string;
    readonly description: string;
    readonly group: Group;
    /** At most one service of this type. */
    readonly singleton?: boolean;
    /** Validates and describes the configuration. An object schema; every field has a title and a description. */
    readonly config: S;
    readonly capabilities?: Capabilities;
    /** Of the types whose services are scripts. Since 1.5. */
    readonly engine?: ScriptEngine;
    /** Must not do I/O: the kernel also calls it to check configuration and to render docs. */
    create(config: Output<S>, host: Host): Service;
}

/** The cookie that a page's session is kept in. Its token has no place in an answer, where scripts could read it. */
export declare interface SessionCookie {
    /** Sends it with the answer. */
    keep(token: string): void;
    /** Takes it away. */
    end(): void;
}

/** Who calls, in words that may be written down and by which `Host.onBehalfOf` finds them again. */
export declare interface Standing {
    readonly app?: string | number;
    readonly user?: string | number;
    /** As which role, where there is one: what was asked for under it is not done under another. */
    readonly role?: string | number;
    /** Whether everything was allowed: who acted as a role is not, later, an administrator. */
    readonly admin?: boolean;
}

/** `undefined` for a caller who has no name: nothing can be done on their behalf later. */
export declare const standingOf: ({ app, user, role, admin }: Caller) => Standing | undefined;

/** A service's own documents: aliases, virtual relations, validators. Shared by all nodes where the store is. */
export declare interface State {
    get<T = unknown>(key: string): Promise<StateEntry<T> | undefined>;
    /** Returns the new version. `ifVersion` (0 = must not exist) guards against lost updates: throws `conflict`. */
    put(key: string, value: unknown, options?: {
        readonly ifVersion?: number;
    }): Promise<number>;
    delete(key: string, options?: {
        readonly ifVersion?: number;
    }): Promise<boolean>;
    list(prefix?: string): Promise<readonly string[]>;
}

/** What services keep in the gateway's own store, as the contract has it. */
/** A versioned document that a service keeps. */
export declare interface StateEntry<T = unknown> {
    readonly value: T;
    readonly version: number;
}

/**
 * The closed set of failures a caller can see, and the HTTP status of each. A connector throws a
 * `GwError` with one of these codes; the status follows, it is never chosen by hand.
 */
export declare const STATUS: {
    readonly invalid_request: 400;
    readonly unauthenticated: 401;
    readonly forbidden: 403;
    readonly not_found: 404;
    readonly conflict: 409;
    readonly precondition_failed: 412;
    readonly too_large: 413;
    readonly unprocessable: 422;
    readonly rate_limited: 429;
    readonly internal: 500;
    readonly not_supported: 501;
    readonly upstream_failed: 502;
    readonly unavailable: 503;
    readonly upstream_timeout: 504;
};

/** The HTTP status of an error, its `wire` status first. */
export declare const statusOf: (error: GwError) => number;

/** A call that a handler makes as a part of its own, under the caller's rights on what it is about. */
export declare interface Step {
    readonly endpoint: Endpoint;
    /** What to hand to `endpoint.handle`; throws `invalid_request` for a body that is not the endpoint's. */
    open(body: unknown): Promise<Call>;
    /** What a client would be sent as JSON, lists with their wrapper. */
    content(reply: Reply): unknown;
}

/**
 * What the wire contract asks for where it differs from the code's own status: a batch is 400 with
 * code 1000. For family kits only; a connector that sets it breaks clients of the other members of its family.
 */
export declare interface Wire {
    readonly status?: number;
    readonly code?: number | string;
    readonly context?: unknown;
}
