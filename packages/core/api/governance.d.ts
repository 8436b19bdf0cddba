// Beside what is in contract.d.ts, config.d.ts.

/** One row of a role's access rules (platform.md §5). */
export declare interface AccessRow {
    /** The service's name; `null` means all services. */
    readonly service: string | null;
    /** `''` is the service root, `*` everything below it, `_table/*` one branch. */
    readonly component: string;
    /** GET 1, POST 2, PUT 4, PATCH 8, DELETE 16. 0 is a denial. */
    readonly verbMask: number;
    /** API 1, SCRIPT 2. */
    readonly requestorMask: number;
    readonly filter?: RowFilter | undefined;
    readonly deny?: readonly string[] | undefined;
}

declare interface Activity {
    /**
     * Arguments instead of an object: this is on every request's path, and makes nothing.
     * @param duration ms
     */
    record(service: string | undefined, endpoint: Pick<Endpoint, 'path'> | undefined, method: string, status: number, duration: number): void;
    /** Stops the clock. */
    close(): void;
    /** @param minutes how far to look back: the current one, and those before it */
    read(minutes: number): {
        readonly services: readonly ServiceActivity[];
        readonly slowest: readonly SlowCall[];
    };
}

export declare interface AuditEntry {
    readonly time: string;
    readonly request: string;
    readonly service: string;
    readonly component: string;
    readonly method: Method;
    readonly status: number;
    readonly caller: {
        readonly app?: string;
        readonly user?: string | number;
        readonly role?: string;
    };
    readonly duration: number;
}

/**
 * Turns texts into the numbers and booleans that a JSON Schema asks for. `${env:DB_PORT}` is always a text, and stored
 * configurations hold `"3306"`. What does not read as one is left for the schema to refuse.
 * @param root the schema that `#/…` references begin at
 */
export declare const coerceScalars: (value: unknown, schema: JsonSchema | undefined, root?: JsonSchema | undefined) => unknown;

/** The checked configuration, defaults filled in. */
export declare type Configuration = z.output<typeof configurationSchema>;

/** A configuration that cannot be used. `message` lists every problem, one a line. */
export declare class ConfigurationError extends Error {
    readonly name = "ConfigurationError";
    readonly problems: readonly Problem[];
    /**
     * @param problems at least one
     * @param file the file's name as it is shown
     */
    constructor(problems: readonly Problem[], file?: string, options?: {
        readonly cause?: unknown;
    });
}

export declare type CorsRule = Configuration['cors'][number];

/** Of one service in a time. */
export declare interface Counted {
    readonly requests: number;
    /** Answered 400 to 499, those beyond a limit included. */
    readonly clientErrors: number;
    readonly serverErrors: number;
    /** Refused because of a limit: 429. */
    readonly limited: number;
    /** Durations in ms that half, 95 % and 99 % of the calls do not exceed, as exact as the bins are; absent without calls. */
    readonly p50?: number;
    readonly p95?: number;
    readonly p99?: number;
}

declare interface CountedMinute extends Counted {
    /** Its beginning, in ms since 1970. */
    readonly time: number;
}

/** Looks at addresses before it is known who calls. Both are on every request's path. */
export declare interface CredentialGuard {
    /** Throws `rate_limited` where too many wrong credentials came from there. */
    admit(address: string): void;
    /** Credentials that came from there were wrong. */
    failed(address: string): void;
}

/** The credentials found in a request, not yet checked (platform.md §1.4). */
export declare interface Credentials {
    readonly apiKey?: string | undefined;
    readonly sessionToken?: string | undefined;
    readonly basic?: {
        readonly username: string;
        readonly password: string;
    } | undefined;
    readonly scriptToken?: string | undefined;
    /**
     * The id of a role that the caller wants to be judged as, and as nothing more: for administrators who are signed in.
     * Anybody else, and a role that there is not or that is not active, is an identity with the error `forbidden`.
     */
    readonly actAs?: string | undefined;
    /** The address that a password came from, where it came over a network. */
    readonly client?: string | undefined;
}

/** Why a package, or a part of it, is of no use here. */
export declare interface DiscoveryProblem {
    readonly package: string;
    readonly reason: string;
}

/** A script and the event that it hangs on, its `name`. */
export declare interface EventScript extends ScriptDefinition {
    /** The name of a service type that has an engine. */
    readonly type: string;
    /** Whether what it does to the event becomes of the call. */
    readonly changes: boolean;
}

export declare interface EventScripts {
    /** The same list until a script changes. */
    interceptors(): readonly Interceptor[];
    /** Has a script read anew from where it is kept. @returns whether there is one of this name */
    forget(name: string): boolean;
    /** Once there is a host: takes up what an earlier process was not done with. */
    start(): void;
    stop(): Promise<void>;
}

export declare const eventScripts: (options: EventScriptsOptions) => EventScripts;

export declare interface EventScriptsOptions {
    /** Those that are switched on; the same list until one changes. */
    scripts(): readonly EventScript[];
    load(type: string): Promise<ServiceType>;
    /** Absent before the start. */
    host(): Host | undefined;
    readonly log: Logger;
}

export declare interface Exchange {
    /** The concrete event name: `db._table.customers.get`, `db._table.customers.5.get`. */
    readonly event: string;
    /** The templated one: `db._table.{table_name}.get`, `db._table.{table_name}.{id}.get`. */
    readonly template: string;
    /** The concrete one with the record left open: `db._table.customers.{id}.get`; otherwise the same as `event`. */
    readonly named: string;
    readonly service: string;
    readonly path: string;
    readonly caller: Caller;
    /** As sent, with its query string. */
    readonly uri: string;
    /** The bytes that the body was parsed from, where it was. */
    readonly raw?: Uint8Array | undefined;
    /** Calls a service by path as this caller, as a script of theirs. */
    fetch(path: string, init: RequestInit, signal: AbortSignal): Promise<Response>;
    /** Ends with the call; of no concern to `after`. */
    readonly signal: AbortSignal;
    readonly log: Logger;
    request: {
        method: Method;
        query: Record<string, string | readonly string[]>;
        body: unknown;
        headers: Headers;
    };
    /** Set by `pre` to answer in the handler's place; seen and changed by `post`. */
    response?: {
        status: number;
        headers: Record<string, string>;
        content: unknown;
    } | undefined;
}

export declare interface Governance {
    readonly name: string;
    /** Service types of its own, which go before those of connectors. */
    readonly serviceTypes?: readonly ServiceType[] | undefined;
    start?(signal: AbortSignal, gateway: RunningGateway): Promise<void>;
    /** No calls come any more: ends what it runs by itself, while the services are still there. */
    settle?(): Promise<void>;
    stop?(): Promise<void>;
    /** The wanted services. Throws with a readable reason where the source cannot be read; the running set then stays. */
    services(): Promise<readonly ServiceDefinition[]>;
    /** Tells the kernel to read `services()` again; settles when all have started or failed. Returns the unsubscriber. */
    watch?(onChange: () => Promise<void>): () => void;
    /**
     * Takes over a changed `gw.config`. Absent: that needs a restart.
     * @throws ConfigurationError where it can't; the one before then stays in force
     */
    update?(config: unknown): void;
    /** Answers from a cache wherever it can: this is on every request's path. */
    authenticate(credentials: Credentials): Identity | Promise<Identity>;
    /**
     * Who has called before, as they are now: what is done on their behalf is done later. `undefined`, or an identity with
     * an `error`, where they may not call any more.
     */
    identify?(standing: Standing): Identity | undefined | Promise<Identity | undefined>;
    /** A script calls for an identity: `scripted` is the same one, with a caller object of its own. */
    derived?(identity: Identity, scripted: Identity): void;
    readonly limit?: Limiter | undefined;
    /** The limits that calls of this caller on a service may count for. */
    limits?(identity: Identity, service: string): readonly ToldLimit[];
    readonly guard?: CredentialGuard | undefined;
    /** Whether it looks at `RunningGateway.observations`: they are only kept where somebody does. */
    readonly observes?: boolean;
    /** Which web pages may call, beside what `gw.config` says; the same list until it changes. One that can't be used is left out. */
    cors?(): readonly CorsRule[];
    audit?(entry: AuditEntry): void;
    /** An administrator has made a call as a role, which is the identity's: beside `audit`. */
    acted?(entry: AuditEntry, identity: Identity): void;
    /**
     * Replaces `${env:…}`, `${file:…}` and encrypted values by what they stand for.
     * @param definition whose configuration it is
     */
    resolveSecrets(config: Readonly<Record<string, unknown>>, definition: ServiceDefinition): Promise<Readonly<Record<string, unknown>>>;
    state(service: string): State;
    /** A service of this node says that its catalogue is not what it was: other nodes have to look, too. */
    outdated?(service: string): void;
    /** A document that the operator keeps for services of a kind: see `Host.document`. */
    document?(kind: string, key: string | number): Promise<unknown>;
    /** The same list until it changes. */
    readonly interceptors?: readonly Interceptor[];
    readonly routes?: readonly RootRoute[];
}

export declare interface GovernanceContext {
    readonly log: Logger;
    /** The folder of the configuration. */
    readonly root: string;
    /** The parsed `gw.config`. */
    readonly config: unknown;
    /** What `gw.config` itself says, as the core governs it: to build upon. */
    readonly configured: Governance;
    /** The service types at hand; `load` imports one. */
    readonly types: {
        types(): readonly {
            readonly name: string;
            readonly package: string;
        }[];
        load(type: string): Promise<ServiceType>;
        /** The packages with a manifest, also those that are of no use here. */
        readonly packages?: readonly InstalledPackage[];
        /** Why packages, or parts of them, are of no use here. */
        readonly problems?: readonly DiscoveryProblem[];
    };
}

export declare type GovernanceFactory = (context: GovernanceContext) => Governance | Promise<Governance>;

/** What the credentials amount to. Without `role` and without `admin`, nothing is allowed. */
export declare interface Identity {
    readonly caller: Caller;
    readonly app?: {
        readonly id: string | number;
        readonly name: string;
        readonly active: boolean;
    } | undefined;
    readonly role?: Role | undefined;
    /** Unrestricted: every check passes. Only a signed-in administrator without role assignments. */
    readonly admin: boolean;
    /** Credentials that are wrong, expired or revoked: answered before anything else. */
    readonly error?: GwError | undefined;
}

/** A package with a manifest. */
export declare interface InstalledPackage {
    /** Its real folder, links followed. */
    readonly directory: string;
    readonly manifest: Manifest;
    /** Why none of its code may run: it was written for another version of the contract. */
    readonly refused?: string | undefined;
}

/** A link of the chain that events hang on (platform.md §11). */
export declare interface Interceptor {
    /** Whether this interceptor wants an event of these names: asked once for them, then cached. */
    matches(event: string, template: string, named: string): boolean;
    /** `.pre_process`: after access and limits, before the handler. */
    pre?(exchange: Exchange): Promise<void> | void;
    /** `.post_process`: after the handler, also after its error. */
    post?(exchange: Exchange): Promise<void> | void;
    /** No suffix, and `.queued`: after the answer was sent. Its errors are logged. */
    after?(exchange: Exchange): Promise<void> | void;
}

export declare type Isolation = NonNullable<z.output<typeof isolation>>;

declare const isolation: z.ZodOptional<z.ZodUnion<readonly [z.ZodLiteral<"process">, z.ZodObject<{
    process: z.ZodObject<{
        memory: z.ZodDefault<z.ZodString>;
    }, z.core.$strict>;
}, z.core.$strict>]>>;

/** What is kept of a service elsewhere than in `gw.config`; `undefined` where it is none. */
export declare const isolationIn: (value: unknown) => Isolation | undefined;

/** Whether a content type is one whose records come one by one. */
export declare const isRecordType: (contentType: string | null | undefined) => boolean;

/** The part of JSON Schema that says which scalar a place holds. */
declare interface JsonSchema {
    readonly [keyword: string]: any;
}

/** Admits a call or throws `rate_limited`; may return headers for the answer. Nothing to wait for where none applies. */
export declare type Limiter = (subject: LimitSubject) => Readonly<Record<string, string>> | undefined | Promise<Readonly<Record<string, string>> | undefined>;

export declare interface LimitSubject {
    readonly identity: Identity;
    readonly service: string;
    /** With the one spelling of what it names. */
    readonly component: string;
    readonly method: Method;
}

/** What a package offers to a gateway; reading it runs none of its code. */
declare interface Manifest extends z.output<typeof manifestSchema> {
    readonly package: string;
    readonly version: string;
}

/** What a package's `package.json` says under `gw`. Unknown keys are left for later versions. */
declare const manifestSchema: z.ZodObject<{
    contract: z.ZodString;
    serviceTypes: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>;
    governance: z.ZodOptional<z.ZodString>;
    commands: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>;
    static: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>;
}, z.core.$strip>;

/** The entry of `known` that `word` was probably meant to be, or `undefined`. */
export declare const nearest: (word: string, known: readonly string[]) => string | undefined;

/** What was asked of this node lately, and what its log says of it. For those who look at it, not for decisions. */
export declare interface Observations {
    readonly activity: Pick<Activity, 'read'>;
    /** As far as `log.level` lets them through. */
    readonly log: Pick<RecentLines, 'since' | 'first' | 'last'>;
}

/** What a module that a manifest names under `commands` exports by default. */
export declare interface PackageCommand {
    readonly description: string;
    /** What `--help` shows below the description: how it is called, and what its options do. */
    readonly usage?: string;
    /**
     * @param args what stands after the command's name, unparsed
     * @returns the exit code; nothing is 0
     */
    run(args: readonly string[], context: PackageCommandContext): Promise<number | undefined> | number | undefined;
}

export declare interface PackageCommandContext {
    readonly cwd: string;
    readonly config?: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
    print(text?: string): void;
    /** What is not the command's result: to standard error. */
    note(text: string): void;
    /** What a governance would be made with here; nothing runs yet. */
    governance(): Promise<GovernanceContext>;
}

/**
 * Parses a request body by its content type (the wire contract §11.1); without one it is sniffed as JSON, XML, CSV.
 * @returns `undefined` for an empty body; for multipart forms, and only for them, a promise.
 * @throws {GwError} `invalid_request` for a malformed body or a type that isn't known.
 */
export declare const parseBody: (bytes: Buffer, contentType: string | undefined) => unknown;

/** A path in dots; keys that are no plain names are bracketed: `services["my db"].config`, `roles.a.access[0]`. */
export declare const pathOf: (keys: readonly PropertyKey[]) => string;

/** One thing that is wrong with a configuration, put so that its operator can mend it. */
export declare interface Problem {
    /** Where, in dots: `services.db.config.port`; empty for the file as a whole. */
    readonly path: string;
    /** What is wrong and what to do. Never holds a value that came from the environment or a file. */
    readonly message: string;
    /** The line of the file, from 1, where it is known. */
    readonly line?: number | undefined;
}

/**
 * The last lines of the log, in memory. As bytes in one block: texts that are kept would outlive many requests each,
 * which costs the collector more than copying them does.
 */
export declare interface RecentLine {
    /** Counts on; of this node, since it started. */
    readonly sequence: number;
    /** As it was written: masked. */
    readonly text: string;
}

declare interface RecentLines {
    push(line: string): void;
    /** The newest first, down to the one after `after`. */
    since(after: number): Iterable<RecentLine>;
    /** The sequence of the newest one; 0 before the first. */
    readonly last: number;
    /** Of the oldest one that is still there. */
    readonly first: number;
}

/**
 * The records of a file, in batches of what has come. What ends `bytes` with an error ends the records with it.
 * @param contentType one that `isRecordType` knows
 * @param limit bytes of one record at most
 * @throws GwError `invalid_request` naming the line, `too_large`
 */
export declare const recordsOf: (bytes: AsyncIterable<Uint8Array>, contentType: string, limit: number) => AsyncIterable<readonly unknown[]>;

/** A role. The kernel compiles `access` once per object: hand out the same object until something changes. */
export declare interface Role {
    readonly id: string | number;
    readonly name: string;
    readonly active: boolean;
    readonly access: readonly AccessRow[];
}

/** A request handler at the root of the server, outside `/api`; it does its own authentication. */
export declare interface RootRoute {
    readonly method: Method;
    /** Hono path syntax. */
    readonly path: string;
    handle(request: Request): Response | Promise<Response>;
}

/** The gateway as its governance may look at it. */
export declare interface RunningGateway {
    services(): readonly RunningService[];
    /**
     * A service's configuration as its type takes it.
     * @throws GwError `invalid_request` naming each wrong key
     */
    validate(type: ServiceType, config: unknown): Promise<unknown>;
    /**
     * Tries a service out, under the rules and limits of any: starts it, asks for its health and stops it, within ten
     * seconds. It is not registered, and keeps nothing.
     * @param config references and secrets resolved
     * @returns ms that its source took to answer
     * @throws GwError what is wrong, fit for a caller; with `details` by field where the configuration is
     */
    probe(type: ServiceType, name: string, config: unknown, signal: AbortSignal): Promise<number>;
    /**
     * Calls a service by path (`/mail`) as an identity that the governance vouches for, under that identity's access
     * rules: what the gateway itself has to send, for a caller who may not.
     */
    fetch(path: string, init: RequestInit, identity: Identity): Promise<Response>;
    /** What a service of that name would be lent, for what the governance itself runs. Keeps and emits nothing of note. */
    host(service: string): Host;
    /** Where the governance `observes`. */
    readonly observations?: Observations | undefined;
    /** Whether a caller may use a component; `undefined`: anything of the service. */
    permits(identity: Pick<Identity, 'role' | 'admin' | 'caller'>, service: string, component?: string): boolean;
}

/** What became of a service that is wanted. */
export declare interface RunningService {
    readonly definition: ServiceDefinition;
    readonly state: 'starting' | 'serving' | 'degraded' | 'down' | 'inactive';
    /** Fit for a caller: no hosts, paths or secrets. */
    readonly reason?: string | undefined;
    /** Since when it has been in that state: ISO 8601. */
    readonly since: string;
    /** Absent where nothing of it has started yet. */
    readonly type?: ServiceType | undefined;
    readonly endpoints: readonly Endpoint[];
    resources(signal: AbortSignal): Promise<readonly Resource[]>;
    /** The one spelling of a component, where it has several. */
    canonical?(component: string): string;
    /** Forgets what it keeps of its source. Absent where it keeps nothing. */
    readonly flush?: (() => Promise<void>) | undefined;
}

export declare interface ServiceActivity extends Counted {
    /** `undefined`: calls that led to no service, or to one beyond those that are counted apart. */
    readonly service: string | undefined;
    /** Minutes with calls, in order. */
    readonly minutes: readonly CountedMinute[];
}

/** A service as its operator wrote it down; `config` is not yet validated, references not yet resolved. */
export declare interface ServiceDefinition {
    readonly name: string;
    readonly type: string;
    readonly label?: string | undefined;
    readonly description?: string | undefined;
    readonly active: boolean;
    readonly config: Readonly<Record<string, unknown>>;
    /** Whether its connector runs in a process of its own, and within which bounds. */
    readonly isolation?: Isolation | undefined;
    /** Where it was written down; shown by `gw doctor` and as "managed by" in the console. */
    readonly source: string;
    /** What it is known by where its name may change; listings show it. */
    readonly id?: number | undefined;
}

/** A call that took long. Its path is the endpoint's, without anything of a caller's. */
declare interface SlowCall {
    readonly time: number;
    readonly service: string;
    readonly method: string;
    readonly path: string;
    readonly status: number;
    /** ms */
    readonly duration: number;
}

/** A limit as the description of a service tells it. */
export declare interface ToldLimit {
    readonly name: string;
    /** Calls in a period. */
    readonly rate: number;
    readonly period: string;
    /** Whether each caller has a count of their own. */
    readonly each_caller: boolean;
    readonly verb?: string | undefined;
    readonly endpoint?: string | undefined;
}
