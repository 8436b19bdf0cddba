/** OpenAPI documents, made from nothing but endpoint objects. */
import { downgrade } from './downgrade.ts'
import { type DocumentedEndpoint, documentedEndpoints } from './expand.ts'
import { canonicalJson } from './json-schema.ts'
import { type OperationContext, operationOf } from './operation.ts'
import { componentName, type SchemaRegistry, schemaRegistry } from './schemas.ts'
import { ERROR_SCHEMA, errorComponents, SECURITY_SCHEMES } from './standard-parts.ts'
import type {
  DocumentInput,
  DocumentService,
  JsonSchema,
  OpenApiDocument,
  Operation,
  Parameter,
  PathItem,
  SchemeName,
} from './types.ts'

const identifier = (text: string): string => text.replace(/[^A-Za-z0-9_]+/g, '_')

/** Gives every operation an id of its own: the endpoint's, with the service before and the resource after it. */
const operationIds = (single: boolean) => {
  const taken = new Set<string>()
  return (service: DocumentService, { endpoint, bound }: DocumentedEndpoint): string => {
    const parts = [...(single ? [] : [service.name]), endpoint.id, ...bound.values()]
    const wanted = parts.map(identifier).join('_')
    let id = wanted
    for (let count = 2; taken.has(id); count++) id = `${wanted}_${count}`
    taken.add(id)
    return id
  }
}

/** Moves parameters that occur more than once to `components.parameters`. */
const shareParameters = (operations: readonly Operation[]): Record<string, Parameter> => {
  const uses = new Map<string, { readonly parameter: Parameter; count: number; name?: string }>()
  const keys = new Map<object, string>()
  const keyOf = (parameter: object): string => {
    const key = keys.get(parameter) ?? canonicalJson(parameter)
    keys.set(parameter, key)
    return key
  }
  const keyed = operations.flatMap((operation) =>
    (operation.parameters ?? []).map((parameter) => ({ operation, parameter: parameter as Parameter })),
  )
  for (const { parameter } of keyed) {
    const key = keyOf(parameter)
    const use = uses.get(key)
    if (use) use.count++
    else uses.set(key, { parameter, count: 1 })
  }
  const shared: Record<string, Parameter> = Object.create(null)
  for (const use of uses.values()) {
    if (use.count < 2) continue
    const wanted = componentName(use.parameter.in === 'path' ? `path_${use.parameter.name}` : use.parameter.name)
    use.name = wanted
    for (let count = 2; Object.hasOwn(shared, use.name); count++) use.name = `${wanted}_${count}`
    shared[use.name] = use.parameter
  }
  for (const operation of operations) {
    if (!operation.parameters) continue
    operation.parameters = operation.parameters.map((parameter) => {
      const name = uses.get(keyOf(parameter))?.name
      return name === undefined ? parameter : { $ref: `#/components/parameters/${name}` }
    })
  }
  return shared
}

/** The schemas that `roots` refer to, directly or through one another. */
const schemasInUse = (schemas: Readonly<Record<string, JsonSchema>>, roots: unknown): Record<string, JsonSchema> => {
  const used = new Set(['Error'])
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('$ref' in value && typeof value.$ref === 'string' && value.$ref.startsWith('#/components/schemas/')) {
      const name = value.$ref.slice('#/components/schemas/'.length)
      if (!used.has(name)) {
        used.add(name)
        walk(schemas[name])
      }
    }
    Object.values(value).forEach(walk)
  }
  walk(roots)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
}

interface Assembly {
  readonly input: DocumentInput
  readonly registry: SchemaRegistry
  readonly paths: Record<string, PathItem>
  readonly operations: Operation[]
  readonly id: ReturnType<typeof operationIds>
}

/** Adds a service's operations; says whether there are any, and whether tables were asked for and none are known. */
const addService = (assembly: Assembly, service: DocumentService) => {
  const { input, registry, paths, operations } = assembly
  const { endpoints, unexpanded } = documentedEndpoints(service, input.expand)
  const reader = input.reader?.(service.name)
  const before = operations.length
  const parameterSchemas: OperationContext['parameterSchemas'] = new Map()
  for (const documented of endpoints) {
    const { endpoint, resource, components } = documented
    const may = (component: string) => input.allowed?.(service.name, component, endpoint.method) ?? true
    if (!components.every(may)) continue
    const path = input.single ? documented.path : `/${service.name}${documented.path === '/' ? '' : documented.path}`
    if (input.wanted && !input.wanted(path)) continue
    paths[path] ??= {}
    const item = paths[path]
    const verb = endpoint.method.toLowerCase()
    if (Object.hasOwn(item, verb)) continue
    // A resource is a heading of its own, where there is room for headings.
    const headings = resource ? [resource.component] : (endpoint.tags ?? [])
    const refined = resource && endpoint.refine?.(resource, reader)
    const operation = operationOf(documented, refined, {
      registry,
      parameterSchemas,
      prefix: input.single ? '' : identifier(service.name),
      operationId: assembly.id(service, documented),
      tags: input.single ? [...new Set([...headings, service.name])] : [service.name],
      examples: input.examples === true,
    })
    item[verb] = operation
    operations.push(operation)
  }
  return { service, unexpanded, visible: operations.length > before }
}

const infoOf = (input: DocumentInput): OpenApiDocument['info'] => {
  const only = input.single ? input.services[0] : undefined
  // The wire contract's version; its `group` needs the prefix to be valid OpenAPI.
  if (!only) return { title: input.title ?? 'gw', description: '', version: '2.0' }
  return { title: only.label, description: only.description, version: '2.0', 'x-group': only.group }
}

/** The ways to sign in that are offered, each of them enough. */
const securityOf = ({ schemes = Object.keys(SECURITY_SCHEMES) as SchemeName[] }: DocumentInput) => ({
  security: schemes.map((name) => ({ [name]: [] })),
  securitySchemes: Object.fromEntries(schemes.map((name) => [name, SECURITY_SCHEMES[name]])),
})

/**
 * The OpenAPI document of one service or of all of them (the wire contract's platform part, §8.2). Pure: the same
 * input gives the same document. Operations that are hidden or not allowed leave no trace, their schemas included.
 * @param input what to document, for whom, and in which version
 */
export const buildDocument = (input: DocumentInput): OpenApiDocument => {
  const services = input.single ? input.services.slice(0, 1) : input.services
  const registry = schemaRegistry({ Error: ERROR_SCHEMA })
  const assembly: Assembly = { input, registry, paths: {}, operations: [], id: operationIds(input.single) }
  const added = services.map((service) => addService(assembly, service))
  const visible = added.filter((one) => one.visible)
  const parameters = shareParameters(assembly.operations)
  const references = assembly.operations.flatMap(({ responses }) => Object.values(responses))
  const used = new Set(references.flatMap((response) => ('$ref' in response ? [response.$ref] : [])))
  const { security, securitySchemes } = securityOf(input)
  const url = input.single && services[0] ? `${input.serverUrl}/${services[0].name}` : input.serverUrl
  const document: OpenApiDocument = {
    openapi: '3.1.1',
    info: infoOf(input),
    ...(added.some(({ unexpanded }) => unexpanded)
      ? { 'x-warning': 'The names of the tables are not known: paths are shown as templates.' }
      : {}),
    ...input.extensions,
    servers: [{ url, description: '' }],
    security,
    tags: input.single ? [] : visible.map(({ service: { name, description } }) => ({ name, description })),
    paths: assembly.paths,
    components: {
      schemas: schemasInUse(registry.schemas, [assembly.paths, parameters]),
      parameters,
      responses: errorComponents(used),
      securitySchemes,
    },
  }
  return input.version === '3.0' ? (downgrade(document) as OpenApiDocument) : document
}
