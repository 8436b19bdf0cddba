/** One endpoint as an OpenAPI operation. */
import type { Bytes, Endpoint, Schema } from '../contract.ts'
import { exampleOf } from './example.ts'
import type { DocumentedEndpoint } from './expand.ts'
import { isSchema } from './json-schema.ts'
import { type Direction, describe, type SchemaRegistry } from './schemas.ts'
import { answerHeaders, headerParameters, NOT_MODIFIED } from './standard-headers.ts'
import { errorResponses, ROW_FORMATS } from './standard-parts.ts'
import type { Content, JsonSchema, Operation, Parameter, RequestBody, ResponseObject } from './types.ts'

export interface OperationContext {
  readonly registry: SchemaRegistry
  /** Tells equal names of several services apart; empty in the document of one. */
  readonly prefix: string
  readonly operationId: string
  readonly tags: readonly string[]
  readonly parameterSchemas: Map<Schema, Properties>
  readonly examples: boolean
}

/** What a resource makes of an endpoint's schemas. */
type Refined = ReturnType<NonNullable<Endpoint['refine']>>

const isBytes = (value: Schema | Bytes): value is Bytes => !('~standard' in value)

const REST = 'The rest of the path; it may hold slashes, which are sent as they are.'

/** The properties of an object schema, those of its parts included, and which of them are required. */
const propertiesOf = (
  registry: SchemaRegistry,
  schema: JsonSchema,
): { readonly properties: ReadonlyMap<string, JsonSchema>; readonly required: ReadonlySet<string> } => {
  const properties = new Map<string, JsonSchema>()
  const required = new Set<string>()
  const collect = (part: unknown, certain: boolean): void => {
    if (!isSchema(part)) return
    const { properties: own, required: needed, ...rest } = registry.resolve(part)
    for (const [name, property] of Object.entries(isSchema(own) ? own : {}))
      if (!properties.has(name)) properties.set(name, isSchema(property) ? property : {})
    if (certain && Array.isArray(needed)) for (const name of needed) required.add(String(name))
    for (const one of Array.isArray(rest.allOf) ? rest.allOf : []) collect(one, certain)
    for (const choice of [rest.anyOf, rest.oneOf])
      if (Array.isArray(choice)) for (const one of choice) collect(one, false)
  }
  collect(schema, true)
  return { properties, required }
}

const parameter = (name: string, where: 'path' | 'query', required: boolean, property: JsonSchema): Parameter => {
  const { description, deprecated, ...schema } = property
  return {
    name,
    in: where,
    ...(required ? { required } : {}),
    ...(deprecated === true ? { deprecated } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    schema,
  }
}

type Properties = ReturnType<typeof propertiesOf> & { readonly parameters: readonly Parameter[] }

/** The properties of a parameter schema, read once a service: every table's operations share them. */
const described = (context: OperationContext, schema: Schema | undefined): Properties => {
  const { registry, prefix, operationId, parameterSchemas } = context
  if (!schema) return { properties: new Map(), required: new Set(), parameters: [] }
  let properties = parameterSchemas.get(schema)
  if (!properties) {
    // Without its title: the object as a whole is no component, its properties become parameters.
    const { title, ...root } = describe(schema, 'input')
    const read = propertiesOf(registry, registry.add(root, 'input', `${operationId}Parameters`, { prefix }))
    const parameters = [...read.properties].map(([name, one]) => parameter(name, 'query', read.required.has(name), one))
    properties = { ...read, parameters }
    parameterSchemas.set(schema, properties)
  }
  return properties
}

const parametersOf = ({ endpoint, bound }: DocumentedEndpoint, context: OperationContext): Parameter[] => {
  const path = described(context, endpoint.params)
  const query = described(context, endpoint.query)
  const placeholders = [...endpoint.path.matchAll(/\{([^{}*]+)(\*?)\}/g)].filter(([, name]) => !bound.has(name ?? ''))
  return [
    ...placeholders.map(([, name = '', star]) => {
      const made = parameter(name, 'path', true, path.properties.get(name) ?? { type: 'string' })
      return star ? { ...made, description: made.description ? `${made.description} ${REST}` : REST } : made
    }),
    ...query.parameters,
    ...headerParameters(endpoint),
  ]
}

const BINARY: JsonSchema = { type: 'string', format: 'binary' }
/** The form fields of an upload (the wire contract's files part, §2.5). */
const UPLOAD: JsonSchema = { type: 'object', properties: { files: { type: 'array', items: BINARY } } }

const JSON_TYPE = /^[^;]*[/+]json\b/i

/** @param hint the name of what they hold, where it has none of its own */
const bytesContent = (
  { bytes, holds }: Bytes,
  direction: Direction,
  hint: string,
  context: OperationContext,
): Content => {
  const { registry, prefix } = context
  const types = bytes.length > 0 ? bytes : ['application/octet-stream']
  const held = holds && types.some((type) => JSON_TYPE.test(type)) ? describe(holds, direction) : undefined
  const json = held && registry.add(held, direction, hint, { prefix })
  return Object.fromEntries(
    types.map((type) => {
      if (JSON_TYPE.test(type)) return [type, { schema: json ?? {} }]
      return [type, { schema: type.startsWith('multipart/') ? UPLOAD : BINARY }]
    }),
  )
}

/** Whether a schema takes or gives a list: an array, `{"resource": […]}`, or a choice that has one of them. */
const isList = (registry: SchemaRegistry, schema: JsonSchema, depth = 0): boolean => {
  const { type, properties, anyOf, oneOf } = registry.resolve(schema)
  if (type === 'array') return true
  const resource = isSchema(properties) ? properties.resource : undefined
  if (isSchema(resource) && registry.resolve(resource).type === 'array') return true
  return depth < 4 && [anyOf, oneOf].flat().some((one) => isSchema(one) && isList(registry, one, depth + 1))
}

/** The formats that the kernel reads and writes: rows also as CSV and NDJSON. */
const schemaContent = (registry: SchemaRegistry, schema: JsonSchema): Content => {
  const content: Record<string, { schema: JsonSchema }> = {
    'application/json': { schema },
    'application/xml': { schema },
  }
  if (isList(registry, schema)) {
    const format = (name: keyof typeof ROW_FORMATS) => registry.add(ROW_FORMATS[name], 'output', name, { named: true })
    content['text/csv'] = { schema: format('CsvRows') }
    content['application/x-ndjson'] = { schema: format('NdjsonRows') }
  }
  return content
}

const requestBodyOf = (
  { endpoint, resource }: DocumentedEndpoint,
  refined: Refined,
  context: OperationContext,
): RequestBody | undefined => {
  const body: Schema | Bytes | undefined = refined?.body ?? endpoint.body
  // The gateway reads a body on GET, but no browser can send one, and OpenAPI gives it no meaning: not documented.
  if (!body || endpoint.method === 'GET') return undefined
  const required = !endpoint.bodyOptional
  const { registry, prefix, operationId } = context
  if (isBytes(body)) return { required, content: bytesContent(body, 'input', `${operationId}Request`, context) }
  const options = { named: resource !== undefined, prefix }
  const schema = registry.add(describe(body, 'input'), 'input', `${operationId}Request`, options)
  return { required, content: schemaContent(registry, schema) }
}

/** The kernel wraps a bare list, so the document shows it wrapped. */
const wrapped = (schema: JsonSchema): JsonSchema => {
  if (schema.type !== 'array') return schema
  const { $defs, $schema, ...list } = schema
  return { type: 'object', required: ['resource'], properties: { resource: list }, ...($defs ? { $defs } : {}) }
}

const successOf = (
  { endpoint, resource }: DocumentedEndpoint,
  refined: Refined,
  context: OperationContext,
): ResponseObject => {
  const description = 'Success.'
  const response: Schema | Bytes | undefined = refined?.response ?? endpoint.response
  if (!response) return { description, content: { 'application/json': { schema: {} } } }
  const { registry, prefix, operationId } = context
  if (isBytes(response))
    return { description, content: bytesContent(response, 'output', `${operationId}Response`, context) }
  const options = { named: resource !== undefined, prefix }
  const schema = registry.add(wrapped(describe(response, 'output')), 'output', `${operationId}Response`, options)
  return { description, content: schemaContent(registry, schema) }
}

/** An example of the JSON that a body or an answer holds. */
const exampleIn = (content: Content | undefined, { registry, examples }: OperationContext, direction: Direction) => {
  const schema = examples ? content?.['application/json']?.schema : undefined
  return schema && exampleOf(schema, registry.resolve, direction)
}

/** The operation that documents an endpoint, or its case for one resource. */
export const operationOf = (documented: DocumentedEndpoint, refined: Refined, context: OperationContext): Operation => {
  const endpoint: Endpoint = documented.endpoint
  const parameters = parametersOf(documented, context)
  const requestBody = requestBodyOf(documented, refined, context)
  const success = successOf(documented, refined, context)
  const request = exampleIn(requestBody?.content, context, 'input')
  const response = exampleIn(success.content, context, 'output')
  return {
    operationId: context.operationId,
    summary: endpoint.summary,
    ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    tags: context.tags,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: {
      [endpoint.status ?? 200]: { ...success, ...answerHeaders(endpoint) },
      ...(endpoint.tagged && { 304: NOT_MODIFIED }),
      ...errorResponses(endpoint.errors),
    },
    ...(request === undefined ? {} : { 'x-dreamfactory-example-request': request }),
    ...(response === undefined ? {} : { 'x-dreamfactory-example-response': response }),
  }
}
