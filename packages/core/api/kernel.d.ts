// Beside what is in contract.d.ts, config.d.ts, governance.d.ts.

declare type ConfigurationFormat = 'ts' | 'js' | 'json' | 'yaml';

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

/** The addresses of a host name. */
declare type Resolve = (host: string) => Promise<readonly {
    readonly address: string;
    readonly family: number;
}[]>;

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
