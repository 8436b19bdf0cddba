// Beside what is in contract.d.ts.

import type { LookupFunction } from 'node:net';
import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';

/** The configuration of a gateway as it is written in TypeScript. */
export declare type Config = Referenced<ConfigurationInput>;

/** What is written down. */
declare type ConfigurationInput = z.input<typeof configurationSchema>;

/** The schema of `gw.config`, references already replaced. Strict: an unknown key is an error. */
declare const configurationSchema: z.ZodObject<{
    $schema: z.ZodOptional<z.ZodString>;
    server: z.ZodPrefault<z.ZodObject<{
        host: z.ZodDefault<z.ZodString>;
        port: z.ZodDefault<z.ZodInt>;
        basePath: z.ZodDefault<z.ZodString>;
        trustedProxies: z.ZodDefault<z.ZodArray<z.ZodString>>;
        bodyLimit: z.ZodDefault<z.ZodInt>;
        requestTimeout: z.ZodDefault<z.ZodInt>;
        maxCalls: z.ZodDefault<z.ZodInt>;
        drainTimeout: z.ZodDefault<z.ZodInt>;
        startTimeout: z.ZodDefault<z.ZodInt>;
        compression: z.ZodDefault<z.ZodBoolean>;
        wrapper: z.ZodDefault<z.ZodString>;
        alwaysWrap: z.ZodDefault<z.ZodBoolean>;
        docs: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>>;
    cors: z.ZodDefault<z.ZodArray<z.ZodObject<{
        path: z.ZodDefault<z.ZodString>;
        origins: z.ZodArray<z.ZodString>;
        methods: z.ZodDefault<z.ZodArray<z.ZodEnum<{
            [x: string]: string;
        }>>>;
        headers: z.ZodDefault<z.ZodArray<z.ZodString>>;
        exposedHeaders: z.ZodDefault<z.ZodArray<z.ZodString>>;
        maxAge: z.ZodDefault<z.ZodInt>;
        credentials: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>>>;
    log: z.ZodPrefault<z.ZodObject<{
        level: z.ZodDefault<z.ZodEnum<{
            debug: "debug";
            error: "error";
            info: "info";
            silent: "silent";
            warn: "warn";
        }>>;
        format: z.ZodDefault<z.ZodEnum<{
            auto: "auto";
            json: "json";
            pretty: "pretty";
        }>>;
    }, z.core.$strict>>;
    metrics: z.ZodPrefault<z.ZodObject<{
        enabled: z.ZodDefault<z.ZodBoolean>;
        path: z.ZodDefault<z.ZodString>;
        token: z.ZodOptional<z.ZodString>;
        port: z.ZodOptional<z.ZodInt>;
        host: z.ZodDefault<z.ZodString>;
    }, z.core.$strict>>;
    telemetry: z.ZodPrefault<z.ZodObject<{
        traces: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>>;
    egress: z.ZodPrefault<z.ZodObject<{
        allow: z.ZodDefault<z.ZodArray<z.ZodString>>;
        only: z.ZodOptional<z.ZodArray<z.ZodString>>;
    }, z.core.$strict>>;
    connectors: z.ZodOptional<z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodCustom<ServiceType<Schema<any, any>>, ServiceType<Schema<any, any>>>]>>>;
    services: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodObject<{
        type: z.ZodUnion<readonly [z.ZodString, z.ZodCustom<ServiceType<Schema<any, any>>, ServiceType<Schema<any, any>>>]>;
        label: z.ZodOptional<z.ZodString>;
        description: z.ZodOptional<z.ZodString>;
        active: z.ZodDefault<z.ZodBoolean>;
        isolation: z.ZodOptional<z.ZodUnion<readonly [z.ZodLiteral<"process">, z.ZodObject<{
            process: z.ZodObject<{
                memory: z.ZodDefault<z.ZodString>;
            }, z.core.$strict>;
        }, z.core.$strict>]>>;
        config: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
    }, z.core.$strict>>>;
    roles: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodObject<{
        label: z.ZodOptional<z.ZodString>;
        description: z.ZodOptional<z.ZodString>;
        active: z.ZodDefault<z.ZodBoolean>;
        access: z.ZodDefault<z.ZodArray<z.ZodObject<{
            service: z.ZodString;
            component: z.ZodString;
            verbs: z.ZodUnion<readonly [z.ZodArray<z.ZodEnum<{
                [x: string]: string;
            }>>, z.ZodInt]>;
            requestors: z.ZodDefault<z.ZodArray<z.ZodEnum<{
                api: "api";
                script: "script";
            }>>>;
            filters: z.ZodDefault<z.ZodArray<z.ZodObject<{
                name: z.ZodString;
                operator: z.ZodDefault<z.ZodString>;
                value: z.ZodOptional<z.ZodUnknown>;
            }, z.core.$strict>>>;
            filterOp: z.ZodDefault<z.ZodEnum<{
                AND: "AND";
                OR: "OR";
            }>>;
            denyFields: z.ZodDefault<z.ZodArray<z.ZodString>>;
        }, z.core.$strict>>>;
    }, z.core.$strict>>>;
    apps: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodObject<{
        label: z.ZodOptional<z.ZodString>;
        apiKey: z.ZodString;
        role: z.ZodString;
        active: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>>>;
    lookups: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
        value: z.ZodString;
        private: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>]>>>;
    documents: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodRecord<z.ZodString, z.ZodRecord<z.ZodString, z.ZodUnknown>>>>;
    eventScripts: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodObject<{
        type: z.ZodString;
        content: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        config: z.ZodOptional<z.ZodNullable<z.ZodRecord<z.ZodString, z.ZodUnknown>>>;
        storage_service_id: z.ZodOptional<z.ZodNullable<z.ZodUnion<readonly [z.ZodInt, z.ZodString]>>>;
        storage_path: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        scm_repository: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        scm_reference: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        is_active: z.ZodDefault<z.ZodBoolean>;
        allow_event_modification: z.ZodDefault<z.ZodBoolean>;
    }, z.core.$strict>>>;
    system: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
    state: z.ZodPrefault<z.ZodObject<{
        directory: z.ZodDefault<z.ZodString>;
    }, z.core.$strict>>;
}, z.core.$strict>;

/** Types a `gw.config.ts`: `export default defineConfig({ services: { … } })`. */
export declare const defineConfig: (config: Config) => Config;

/**
 * Stands for an environment variable, read when the configuration is loaded.
 * @param standard taken where the variable is unset or empty; without it, that is an error
 */
export declare const env: (name: string, standard?: string) => Reference;

/** Stands for the trimmed contents of a file; relative paths begin at the configuration's folder. */
export declare const file: (path: string) => Reference;

declare type Input<S> = S extends Schema ? StandardSchemaV1.InferInput<S> : never;

/** A value that is taken from the environment or a file when it is used: `${env:NAME}`, `${file:path}`. */
export declare type Reference = `\${env:${string}}` | `\${file:${string}}`;

/** `T`, with a reference allowed wherever there is a text, a number or a boolean. */
export declare type Referenced<T> = unknown extends T ? T : T extends ServiceType | ((...args: never) => unknown) ? T : T extends string | number | boolean ? T | Reference : T extends object ? {
    [K in keyof T]: Referenced<T[K]>;
} : T;

declare type ServiceInput = NonNullable<ConfigurationInput['services']>[string];

/**
 * A service of an imported type, its configuration checked by the compiler.
 * @param options label, description, active
 */
export declare const use: <S extends Schema>(type: ServiceType<S>, config: Referenced<Input<S>>, options?: Omit<ServiceInput, 'type' | 'config'>) => ServiceInput;
