/** What a `gw.config.ts` imports. Everything here makes data: nothing is read or started. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Reference } from './configuration/references.ts'
import type { ConfigurationInput } from './configuration/schema.ts'
import type { Schema, ServiceType } from './contract.ts'

export type { Reference } from './configuration/references.ts'

/** `T`, with a reference allowed wherever there is a text, a number or a boolean. */
export type Referenced<T> = unknown extends T
  ? T
  : T extends ServiceType | ((...args: never) => unknown)
    ? T
    : T extends string | number | boolean
      ? T | Reference
      : T extends object
        ? { [K in keyof T]: Referenced<T[K]> }
        : T

/** The configuration of a gateway as it is written in TypeScript. */
export type Config = Referenced<ConfigurationInput>

/** Types a `gw.config.ts`: `export default defineConfig({ services: { … } })`. */
export const defineConfig = (config: Config): Config => config

/**
 * Stands for an environment variable, read when the configuration is loaded.
 * @param standard taken where the variable is unset or empty; without it, that is an error
 */
export const env = (name: string, standard?: string): Reference =>
  standard === undefined ? `\${env:${name}}` : `\${env:${name}:-${standard}}`

/** Stands for the trimmed contents of a file; relative paths begin at the configuration's folder. */
export const file = (path: string): Reference => `\${file:${path}}`

type Input<S> = S extends Schema ? StandardSchemaV1.InferInput<S> : never
type ServiceInput = NonNullable<ConfigurationInput['services']>[string]

/**
 * A service of an imported type, its configuration checked by the compiler.
 * @param options label, description, active
 */
export const use = <S extends Schema>(
  type: ServiceType<S>,
  config: Referenced<Input<S>>,
  options: Omit<ServiceInput, 'type' | 'config'> = {},
): ServiceInput => ({ ...options, type: type as ServiceType, config: config as Record<string, unknown> })
