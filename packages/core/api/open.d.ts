// Beside what is in contract.d.ts, config.d.ts, governance.d.ts, kernel.d.ts.

import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Writable } from 'node:stream';
import { z } from 'zod';

declare interface ConfigurationWatch {
    /** The further files to look at from now on: what `${file:…}` names. */
    follow(references: readonly string[]): void;
    close(): Promise<void>;
    /**
     * Settles when every change is seen: those since the watch was made, too. Also where the system can not watch files;
     * `onError` then has been told why.
     */
    readonly ready: Promise<void>;
}

/** Opens the log. A level that is off costs one comparison a call: nothing is masked or copied. */
export declare const createLogger: (options: LogOptions) => KernelLogger;

/** What a governance package is made with. */
export declare const governanceContext: ({ config, root }: LoadedConfiguration, registry: Registry, log: Logger) => GovernanceContext;

declare interface LoadOptions {
    /** The folder to look in. */
    readonly cwd: string;
    /** The file itself, instead of the first `gw.config.*`; relative to `cwd`. */
    readonly file?: string | undefined;
    /** What `${env:…}` reads. Default: the process's environment. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Makes the whole of what the file says, before it is checked; a file that is not there says nothing. */
    readonly complete?: ((written: object) => object) | undefined;
}

export declare interface LogOptions {
    /** The least severity that is written. */
    readonly level: LogLevel | 'silent';
    /** `auto` is `pretty` where standard output is a terminal, and `json` elsewhere. */
    readonly format: 'json' | 'pretty' | 'auto';
    /** A stream, or the path of a file to append to; default: standard output. */
    readonly destination?: Writable | string;
}

export declare interface OpenedGateway {
    readonly gateway: Gateway;
    readonly log: KernelLogger;
    configuration(): LoadedConfiguration;
    /** The connectors as they were last discovered. */
    readonly registry: Registry;
    /**
     * Reads the configuration again. Where it is wrong, the running one stays and the log says why.
     * @returns whether it was taken over
     */
    reload(): Promise<boolean>;
    /** Reloads on every change of the configuration's files, until closed. */
    watch(): ConfigurationWatch;
}

/** @throws ConfigurationError, or an Error where a governance package cannot be used */
export declare const openGateway: (options: OpenOptions) => Promise<OpenedGateway>;

export declare interface OpenOptions extends ProjectLocation {
    /** Writes nothing to the log: for commands whose output is their own. */
    readonly quiet?: boolean;
}

/** @throws ConfigurationError */
export declare const openProject: (location: ProjectLocation) => Promise<Project>;

/** A configuration and what is installed for it; nothing of it runs yet. */
export declare interface Project {
    readonly configuration: LoadedConfiguration;
    readonly registry: Registry;
}

export declare interface ProjectLocation {
    readonly cwd: string;
    /** The configuration file, relative to `cwd`; by default the first `gw.config.*` there. */
    readonly file?: string | undefined;
    /** See `LoadOptions`. */
    readonly complete?: LoadOptions['complete'];
}
