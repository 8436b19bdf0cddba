/** OpenAPI 3.1 → 3.0.3, for generators that do not read JSON Schema 2020-12. */
import { isSchema, mapSchema } from './json-schema.ts'
import { schemaRegistry } from './schemas.ts'
import type { JsonSchema } from './types.ts'

type Node = { [key: string]: unknown }

/** Keywords of JSON Schema that 3.0 does not know: left out once what they say has been said otherwise. */
// biome-ignore format: reads as a list
const UNKNOWN = [
  '$schema', '$id', '$anchor', '$comment', '$dynamicRef', '$dynamicAnchor', '$vocabulary', '$defs',
  'contentEncoding', 'contentMediaType', 'contentSchema', 'propertyNames', 'patternProperties', 'prefixItems',
  'unevaluatedProperties', 'unevaluatedItems', 'dependentSchemas', 'dependentRequired', 'contains', 'minContains',
  'maxContains', 'if', 'then', 'else', 'const', 'examples',
]

const nullable = (schema: JsonSchema): JsonSchema => {
  const result: JsonSchema = { ...schema, nullable: true }
  // 3.0.3 asks for `null` among the values as well.
  if (Array.isArray(result.enum) && !result.enum.includes(null)) result.enum = [...result.enum, null]
  return result
}

const isOnlyNull = (schema: JsonSchema): boolean =>
  Array.isArray(schema.enum) && schema.enum.length === 1 && schema.enum[0] === null

/** `type: ['string', 'null']`, and `null` as a choice of `anyOf` or `oneOf`. */
const withoutNull = (schema: JsonSchema): JsonSchema => {
  let result = { ...schema }
  if (result.type === 'null' || result.const === null) {
    const { type, const: _const, ...rest } = result
    return { ...rest, nullable: true, enum: [null] }
  }
  if (Array.isArray(result.type)) {
    const { type, ...rest } = result
    const types = (type as unknown[]).filter((one) => one !== 'null')
    result = types.length === 1 ? { ...rest, type: types[0] } : { ...rest, anyOf: types.map((one) => ({ type: one })) }
    if ((type as unknown[]).includes('null')) result = nullable(result)
  }
  for (const choice of ['anyOf', 'oneOf'] as const) {
    const branches = result[choice]
    if (!Array.isArray(branches)) continue
    const left = branches.filter((branch) => !(isSchema(branch) && isOnlyNull(branch)))
    if (left.length === branches.length) continue
    const { [choice]: _branches, ...rest } = result
    const [only] = left
    if (left.length > 1) result = { ...rest, [choice]: left, nullable: true }
    else if (isSchema(only)) result = nullable('$ref' in only ? { ...rest, allOf: [only] } : { ...only, ...rest })
    else result = { ...rest, nullable: true, enum: [null] }
  }
  return result
}
/** In 3.0 `exclusiveMinimum` is a flag on `minimum`. */
const withFlagBounds = (schema: JsonSchema): JsonSchema => {
  const result = { ...schema }
  for (const [flag, bound, stricter] of [
    ['exclusiveMinimum', 'minimum', Math.max],
    ['exclusiveMaximum', 'maximum', Math.min],
  ] as const) {
    const exclusive = result[flag]
    if (typeof exclusive !== 'number') continue
    const inclusive = typeof result[bound] === 'number' ? result[bound] : exclusive
    const limit = stricter(exclusive, inclusive)
    result[bound] = limit
    if (limit === exclusive) result[flag] = true
    else delete result[flag]
  }
  return result
}

const withKnownKeywords = (schema: JsonSchema): JsonSchema => {
  const result = { ...schema }
  if (result.const !== undefined) result.enum = [result.const]
  if (Array.isArray(result.examples) && result.example === undefined && result.examples.length > 0)
    result.example = result.examples[0]
  if (result.contentEncoding === 'base64' || result.contentEncoding === 'base64url') result.format = 'byte'
  else if (result.contentMediaType !== undefined && result.format === undefined) result.format = 'binary'
  if (Array.isArray(result.prefixItems)) {
    const items = [...result.prefixItems, ...(isSchema(result.items) ? [result.items] : [])]
    result.items = items.length === 1 ? items[0] : { anyOf: items }
    if (schema.items === false) result.maxItems = result.prefixItems.length
  }
  if (isSchema(result.patternProperties)) {
    const [first, ...more] = Object.values(result.patternProperties)
    if (more.length > 0 || result.additionalProperties === true) delete result.additionalProperties
    else if (!isSchema(result.additionalProperties)) result.additionalProperties = first
  }
  for (const keyword of UNKNOWN) delete result[keyword]
  if (result.type === 'array' && !isSchema(result.items)) result.items = {}
  return result
}

/** In 3.0 a reference's neighbours are ignored, so they move beside it. */
const withoutNeighbours = (schema: JsonSchema): JsonSchema => {
  const { $ref, ...rest } = schema
  return typeof $ref === 'string' && Object.keys(rest).length > 0 ? { ...rest, allOf: [{ $ref }] } : schema
}

/** `true` and `false` in a schema's place; `additionalProperties` may stay a boolean. */
const withoutBooleans = (schema: JsonSchema): JsonSchema => {
  const asSchema = (value: unknown): unknown => (value === true ? {} : value === false ? { not: {} } : value)
  const result = { ...schema }
  if (isSchema(result.properties))
    result.properties = Object.fromEntries(
      Object.entries(result.properties).map(([name, one]) => [name, asSchema(one)]),
    )
  if ('not' in result) result.not = asSchema(result.not)
  if ('items' in result && !('prefixItems' in result)) result.items = asSchema(result.items)
  for (const keyword of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(result[keyword])) result[keyword] = result[keyword].map(asSchema)
  return result
}

const downgradeSchema = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (one) => withoutNeighbours(withFlagBounds(withKnownKeywords(withoutNull(withoutBooleans(one))))))

/** Members that map names to things: a parameter there may well be called `schema`. */
// biome-ignore format: reads as a list
const MAPS = new Set([
  'paths', 'parameters', 'responses', 'headers', 'content', 'requestBodies', 'callbacks', 'links', 'encoding',
  'securitySchemes', 'variables',
])

/** Rebuilds a document, every schema in it through `visit`; examples are data and stay. */
const mapDocument = (node: unknown, visit: (schema: JsonSchema) => JsonSchema): unknown => {
  if (Array.isArray(node)) return node.map((one) => mapDocument(one, visit))
  if (!isSchema(node)) return node
  const named = (map: JsonSchema, each: (value: unknown) => unknown) =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, each(value)]))
  const schema = (value: unknown): unknown => (isSchema(value) ? visit(value) : value === false ? { not: {} } : {})
  const member = (key: string, value: unknown): unknown => {
    if (key === 'schema') return schema(value)
    if (key === 'example' || key === 'examples' || key.startsWith('x-')) return value
    if (key === 'schemas' && isSchema(value)) return named(value, schema)
    if (MAPS.has(key) && isSchema(value)) return named(value, (one) => mapDocument(one, visit))
    return mapDocument(value, visit)
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, member(key, value)]))
}

/**
 * The OpenAPI 3.0.3 form of a 3.1 document; one that is 3.0 already comes back as it is. What 3.0 cannot say is left
 * out: the result may accept more than the original. `$defs` become components.
 * @param document a 3.1 document; it is not changed
 */
export const downgrade = (document: object): object => {
  const { jsonSchemaDialect, webhooks, ...source } = document as Node
  if (typeof source.openapi === 'string' && source.openapi.startsWith('3.0')) return document
  const { schemas, pathItems, ...components } = isSchema(source.components) ? source.components : {}
  const registry = schemaRegistry((isSchema(schemas) ? schemas : {}) as Record<string, JsonSchema>)
  const hoist = (schema: JsonSchema): JsonSchema =>
    '$defs' in schema ? registry.add(schema, 'input', 'Schema') : schema
  const flat = mapDocument({ ...source, components }, hoist) as Node
  const named = Object.fromEntries(Object.entries(registry.schemas).map(([name, schema]) => [name, hoist(schema)]))
  const all = { ...registry.schemas, ...named }
  const { summary, ...info } = isSchema(flat.info) ? flat.info : {}
  return mapDocument(
    { paths: {}, ...flat, openapi: '3.0.3', info, components: { schemas: all, ...(flat.components as Node) } },
    downgradeSchema,
  ) as object
}
