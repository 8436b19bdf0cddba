/** A type's JSON Schema as the list of fields that a form is drawn from. */
import type { JsonSchema } from '../secrets/config.ts'
import type { Choices } from './choices.ts'

export interface Descriptor {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly type: string
  readonly required: boolean
  readonly allow_null: boolean
  readonly default: unknown
  readonly values?: readonly { readonly label: string; readonly name: unknown }[]
  readonly items?: readonly Descriptor[] | 'string' | undefined
  readonly object?: { readonly key: object; readonly value: object } | undefined
}

const titled = (name: string): string => name.replace(/[_-]+/g, ' ').replace(/\b\w/g, (letter) => letter.toUpperCase())

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The one shape beside null; where there are several, the first. */
const mainOf = (schema: JsonSchema): JsonSchema => {
  const options = schema.anyOf ?? schema.oneOf
  const main = options?.find(({ type }) => type !== 'null')
  return main ? { ...schema, ...mainOf(main) } : schema
}
const typesOf = (schema: JsonSchema): readonly string[] =>
  [schema.type ?? [], ...(schema.anyOf ?? []).map(({ type }) => type ?? [])].flat(2)

const LONG_TEXT = new Set(['text', 'textarea'])

const typeOf = (schema: JsonSchema): string => {
  if (schema.enum) return 'picklist'
  if (schema.writeOnly && schema.type === 'string') return 'password'
  const [type] = typesOf(schema).filter((one) => one !== 'null')
  if (type === 'string' && LONG_TEXT.has(schema.format ?? '')) return 'text'
  if (type === 'number') return 'float'
  return type ?? 'json'
}

const itemsOf = ({ items }: JsonSchema, choices: Choices): Descriptor['items'] => {
  if (!isObject(items)) return 'string'
  const main = mainOf(items)
  return main.properties ? descriptorsOf(main, choices) : 'string'
}

const objectOf = ({ additionalProperties }: JsonSchema): Descriptor['object'] => ({
  key: { label: 'Name', type: 'string' },
  value: { label: 'Value', type: isObject(additionalProperties) ? typeOf(mainOf(additionalProperties)) : 'string' },
})

/** What may be chosen: as the schema says, or of the records that the setting names by their numbers. */
const valuesOf = (name: string, schema: JsonSchema, nullable: boolean, choices: Choices): Descriptor['values'] => {
  if (schema.enum) return schema.enum.map((value) => ({ label: titled(String(value)), name: value }))
  const records = typeOf(schema) === 'integer' ? choices(name) : undefined
  return records && [...(nullable ? [{ label: 'None', name: null }] : []), ...records]
}

const descriptor = (name: string, given: JsonSchema, required: boolean, choices: Choices): Descriptor => {
  const schema = mainOf(given)
  const nullable = !required || typesOf(given).includes('null')
  const values = valuesOf(name, schema, nullable, choices)
  const type = values ? 'picklist' : typeOf(schema)
  return {
    name,
    label: schema.title ?? titled(name),
    description: schema.description ?? '',
    type,
    required: required && schema.default === undefined,
    allow_null: nullable,
    default: schema.writeOnly ? null : (schema.default ?? null),
    ...(values && { values }),
    ...(type === 'array' && { items: itemsOf(schema, choices) }),
    ...(type === 'object' && { object: objectOf(schema) }),
  }
}

/** The settings of an object schema, in their order. */
export const descriptorsOf = (schema: JsonSchema, choices: Choices): readonly Descriptor[] => {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).map(([name, one]) =>
    descriptor(name, one, required.has(name), choices),
  )
}
