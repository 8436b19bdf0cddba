/** The secrets in a service's configuration: which they are is what its type's JSON Schema says. */
import { SECRET_MASK } from '@gw/core'
import { isEncrypted } from './keyring.ts'

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly writeOnly?: boolean
  readonly format?: string
  readonly contentMediaType?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema | boolean
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly $ref?: string
}

export type Config = Readonly<Record<string, unknown>>
export type Path = readonly (string | number)[]

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every shape that a value of a schema may have. A reference is not followed: what it holds counts as secret. */
const shapesOf = (schema: JsonSchema | undefined): readonly JsonSchema[] =>
  schema === undefined
    ? []
    : [schema, ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (list ?? []).flatMap(shapesOf))]

const isSecret = (schema: JsonSchema | undefined): boolean =>
  shapesOf(schema).some(
    ({ writeOnly, format, $ref }) => writeOnly === true || format === 'password' || $ref !== undefined,
  )

const propertyOf = (schema: JsonSchema | undefined, name: string): JsonSchema | undefined => {
  const found = shapesOf(schema).flatMap(({ properties, additionalProperties }) => {
    if (properties && Object.hasOwn(properties, name)) return properties[name]!
    return isObject(additionalProperties) ? (additionalProperties as JsonSchema) : []
  })
  return found.length > 1 ? { anyOf: found } : found[0]
}
const itemOf = (schema: JsonSchema | undefined): JsonSchema | undefined => {
  const found = shapesOf(schema).flatMap(({ items }) => (isObject(items) ? (items as JsonSchema) : []))
  return found.length > 1 ? { anyOf: found } : found[0]
}

/** Whether a setting is a text in a language of its own, in which braces mean something else than lookups. */
export const isDocument = (schema: JsonSchema | undefined, name: string): boolean =>
  shapesOf(propertyOf(schema, name)).some(({ contentMediaType }) => contentMediaType !== undefined)

/** A copy whose secrets are what `change` makes of them; where there is no schema, everything is secret. */
const mapSecrets = (
  value: unknown,
  schema: JsonSchema | undefined,
  known: boolean,
  change: (value: unknown, path: Path, schema: JsonSchema | undefined) => unknown,
  path: Path = [],
): unknown => {
  if (path.length > 0 && (!known || isSecret(schema))) return change(value, path, schema)
  if (Array.isArray(value))
    return value.map((item, at) => mapSecrets(item, itemOf(schema), known, change, [...path, at]))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      mapSecrets(item, propertyOf(schema, name), known, change, [...path, name]),
    ]),
  )
}

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === ''

/**
 * A copy whose secrets are what `change` makes of them; empty ones stay.
 * @param schema absent: the type is not known, and all of it counts as secret
 */
export const withSecrets = (
  config: Config,
  schema: JsonSchema | undefined,
  change: (value: unknown, path: Path, schema: JsonSchema | undefined) => unknown,
): Config =>
  mapSecrets(config, schema, schema !== undefined, (value, path, own) =>
    isEmpty(value) ? value : change(value, path, own),
  ) as Config

/** Whether a value of a schema may be a text; where nothing is known of it, it may. */
export const admitsText = (schema: JsonSchema | undefined): boolean => {
  const types = shapesOf(schema).flatMap(({ type }) => type ?? [])
  return types.length === 0 || types.includes('string')
}

const hidden = (value: unknown): unknown => {
  if (isEncrypted(value)) return SECRET_MASK
  if (Array.isArray(value)) return value.map(hidden)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hidden(item)])) : value
}

/** Whether anything in a configuration has the form of what is stored encrypted: only the store itself makes that. */
export const holdsEncrypted = (config: unknown): boolean => JSON.stringify(hidden(config)) !== JSON.stringify(config)

/**
 * What callers see: ten asterisks for every secret that has a value, also for what was one of an earlier type.
 * @param schema absent: the type is not known
 */
export const masked = (config: Config, schema: JsonSchema | undefined): Config =>
  hidden(mapSecrets(config, schema, schema !== undefined, (value) => (isEmpty(value) ? value : SECRET_MASK))) as Config

/** The value that stands at a place, as it is stored. Items of a list are looked for by their name, where they have one. */
const at = (stored: unknown, path: Path, given: unknown): unknown => {
  let [here, there]: [unknown, unknown] = [stored, given]
  for (const part of path) {
    if (typeof part === 'number') {
      const list = Array.isArray(here) ? here : []
      const item = Array.isArray(there) ? there[part] : undefined
      const name = isObject(item) ? item.name : undefined
      here = name === undefined ? list[part] : list.find((one) => isObject(one) && one.name === name)
      there = item
    } else {
      here = isObject(here) && Object.hasOwn(here, part) ? here[part] : undefined
      there = isObject(there) ? there[part] : undefined
    }
  }
  return here
}

/** A configuration with what stands at the places of its masks; nothing where there is nothing. */
export const filled = (config: Config, stored: Config, schema: JsonSchema | undefined): Config =>
  withSecrets(config, schema, (value, path) => (value === SECRET_MASK ? (at(stored, path, config) ?? null) : value))

/**
 * A configuration as it is stored. The mask stands for what is stored already; where there is nothing, for nothing.
 * @param schema absent: the type is not known, and all of it is encrypted
 * @param encrypt makes a text unreadable
 */
export const sealed = (
  config: Config,
  stored: Config | undefined,
  schema: JsonSchema | undefined,
  encrypt: (plain: string) => string,
): Config =>
  mapSecrets(config, schema, schema !== undefined, (value, path) => {
    if (value === SECRET_MASK) return at(stored, path, config) ?? null
    return isEmpty(value) ? value : encrypt(JSON.stringify(value))
  }) as Config

/** A stored configuration with its secrets. */
export const opened = (config: Config, decrypt: (encrypted: string) => string): Config => {
  const open = (value: unknown): unknown => {
    if (isEncrypted(value)) return JSON.parse(decrypt(value))
    if (Array.isArray(value)) return value.map(open)
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, open(item)])) : value
  }
  return open(config) as Config
}
