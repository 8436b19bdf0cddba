/** Endpoints as data, and what stands for them where their code is not. */
import {
  type Bytes,
  type Call,
  type Endpoint,
  endpoint,
  type Reader,
  type Reply,
  type Resource,
  type Schema,
} from '../contract.ts'
import { isCaseOf } from '../openapi/expand.ts'
import type { Declaration, DeclaredSchema, Refined } from './protocol.ts'

const TARGET = { target: 'draft-2020-12' } as const
const isBytes = (value: Schema | Bytes): value is Bytes => 'bytes' in value

const declared = (schema: Schema | Bytes | undefined, side: 'input' | 'output'): DeclaredSchema | undefined => {
  if (!schema) return undefined
  if (isBytes(schema)) return { bytes: [...schema.bytes], ...(schema.anySize && { anySize: true }) }
  try {
    return { json: JSON.parse(JSON.stringify(schema['~standard'].jsonSchema[side](TARGET))) }
  } catch {
    // It can not be described, and validates all the same.
    return { json: {} }
  }
}

/** How the endpoints of a service are described for each resource, for whoever reads. */
export const refinementsOf = (
  endpoints: readonly Endpoint[],
  resources: readonly Resource[],
  reader: Pick<Reader, 'access'> | undefined,
): readonly Refined[] =>
  endpoints.flatMap((one) =>
    resources.flatMap((resource) => {
      const refined = one.refine && isCaseOf(one, resource) ? one.refine(resource, reader) : undefined
      if (!refined) return []
      const { component } = resource
      const schemas = { body: declared(refined.body, 'input'), response: declared(refined.response, 'output') }
      return [JSON.parse(JSON.stringify({ endpoint: one.id, component, ...schemas })) as Refined]
    }),
  )

export const declarationOf = (one: Endpoint): Declaration => {
  const { id, method, path, component, summary, description, tags, status, errors, hidden, listing } = one
  const { bodyOptional, takesRecords, keeps } = one
  const schemas = {
    params: declared(one.params, 'input'),
    query: declared(one.query, 'input'),
    body: declared(one.body, 'input'),
    response: declared(one.response, 'output'),
  }
  const own = {
    id,
    method,
    path,
    component,
    summary,
    description,
    tags,
    status,
    errors,
    hidden,
    listing,
    bodyOptional,
    takesRecords,
    keeps,
  }
  return JSON.parse(JSON.stringify({ ...own, schemas })) as Declaration
}

/** Takes everything: what is sent is validated where the endpoint is. */
const standIn = (schema: DeclaredSchema | undefined): Schema | Bytes | undefined => {
  if (!schema) return undefined
  if ('bytes' in schema) return schema
  const json = () => ({ ...schema.json })
  return {
    '~standard': {
      version: 1,
      vendor: 'gw',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  } as Schema
}

/** The same endpoints, with what is known of them for each resource. */
export const refinedBy = (endpoints: readonly Endpoint[], refined: readonly Refined[]): readonly Endpoint[] => {
  const known = Map.groupBy(refined, ({ endpoint: id }) => id)
  return endpoints.map((one) => {
    const cases = new Map(known.get(one.id)?.map((found) => [found.component, found]))
    if (cases.size === 0) return one
    return {
      ...one,
      refine({ component }) {
        const { body, response } = cases.get(component) ?? {}
        return {
          ...(body && { body: standIn(body) as Schema }),
          ...(response && { response: standIn(response) as Schema }),
        }
      },
    }
  })
}

const forwarded = new WeakSet<Endpoint>()
/** Whether an endpoint's code is in another process, which decides and answers by itself. */
export const isForwarded = (one: Endpoint): boolean => forwarded.has(one)

/** What a service is always asked for, whether it has an endpoint of that path or not. */
const BUILTIN = [
  { id: 'getGwRoot', path: '/', component: '' },
  { id: 'getGwSpec', path: '/_spec', component: '_spec' },
] as const

export const standIns = (
  declarations: readonly Declaration[],
  handle: (call: Call) => Promise<Reply>,
): readonly Endpoint[] => {
  const missing = BUILTIN.filter(({ path }) => !declarations.some((one) => one.method === 'GET' && one.path === path))
  const all = [
    ...declarations.map(({ schemas, ...own }) =>
      endpoint({
        ...own,
        handle,
        params: standIn(schemas.params) as Schema | undefined,
        query: standIn(schemas.query) as Schema | undefined,
        body: standIn(schemas.body),
        response: standIn(schemas.response),
      } as Endpoint),
    ),
    ...missing.map((own) => endpoint({ ...own, method: 'GET', summary: own.id, hidden: true, handle } as Endpoint)),
  ]
  for (const one of all) forwarded.add(one)
  return all
}
