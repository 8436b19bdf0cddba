import type { ServiceType } from '../contract.ts'
import type { JsonSchema } from './coerce.ts'
import { inputSchema } from './validate.ts'

const REFERENCE = { type: 'string', pattern: '\\$\\{(env|file):' }

/**
 * The JSON Schema of `gw.config` for editors: draft-07, which all of them read. A service's `config` follows from
 * its `type`, and a reference may stand wherever a number, a boolean or a text of a certain form does.
 * @param types the installed service types
 */
export const configurationJsonSchema = (types: readonly ServiceType[]): JsonSchema => {
  const schema = allowReferences(structuredClone(inputSchema())) as any
  const service = schema.properties.services.additionalProperties
  const names = types.flatMap((type) => [type.name, ...(type.aliases ?? [])])
  const { title, description } = service.properties.type
  service.properties.type = { title, description, anyOf: [{ enum: names }, { type: 'string' }] }
  service.allOf = types.map((type) => ({
    if: { properties: { type: { enum: [type.name, ...(type.aliases ?? [])] } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: { properties: { config: { $ref: `#/definitions/${keyOf(type.name)}` } } },
  }))
  schema.definitions = {
    ...schema.definitions,
    ...Object.fromEntries(types.map((type) => [type.name, configOf(type)])),
  }
  return schema
}

/** The schema of a type's `config`, its own references moved to where it stands in the whole. */
const configOf = (type: ServiceType): JsonSchema => {
  const { $schema: _, ...schema } = type.config['~standard'].jsonSchema.input({ target: 'draft-07' }) as JsonSchema
  return allowReferences(moveReferences(schema, `#/definitions/${keyOf(type.name)}`))
}

const keyOf = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

const moveReferences = (schema: any, base: string): any => {
  if (Array.isArray(schema)) return schema.map((item) => moveReferences(item, base))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? `${base}${value.slice(1)}`
        : moveReferences(value, base),
    ]),
  )
}

/** Lets a reference stand in for every scalar that is more than any text. */
const allowReferences = (schema: any): any => {
  if (typeof schema !== 'object' || schema === null) return schema
  const children = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties' || key === 'definitions' || key === '$defs') {
        return [
          key,
          Object.fromEntries(Object.entries(value as object).map(([name, child]) => [name, allowReferences(child)])),
        ]
      }
      if (key === 'items' || key === 'additionalProperties') return [key, allowReferences(value)]
      if ((key === 'anyOf' || key === 'oneOf' || key === 'allOf') && Array.isArray(value)) {
        const branches = value.filter((branch) => !(branch.not && Object.keys(branch).length === 1))
        return [key, branches.map(allowReferences)]
      }
      return [key, value]
    }),
  ) as any
  if (!isNarrowScalar(schema)) return children
  const { title, description, default: standard, ...rest } = children
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [rest, REFERENCE],
  }
}

const isNarrowScalar = (schema: any): boolean => {
  if (schema.type === 'string')
    return 'pattern' in schema || 'enum' in schema || 'maxLength' in schema || isUrlFormat(schema.format)
  return (
    ['integer', 'number', 'boolean'].includes(schema.type) ||
    ('enum' in schema && schema.type === undefined) ||
    'const' in schema
  )
}
const isUrlFormat = (format: unknown): boolean => format !== undefined && format !== 'password'
