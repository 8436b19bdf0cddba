/** A document in short: one line of facts for each operation, without schemas (the wire contract's platform part, §8.4). */
import { isSchema } from './json-schema.ts'
import type { JsonSchema, OpenApiDocument, Parameter, Reference } from './types.ts'

const SHARED = '#/components/parameters/'

/** `limit (query, integer)`, `id (path, required, string)`, `format (query, string: json|yaml)`. */
const inShort = ({ name, in: where, required, schema }: Parameter): string => {
  const { type, enum: values } = schema
  const types = [type].flat().filter((one) => one !== undefined && one !== 'null')
  const choice = Array.isArray(values) ? `: ${values.join('|')}` : ''
  return `${name} (${[where, ...(required ? ['required'] : []), `${types.join(' or ') || 'any'}${choice}`].join(', ')})`
}

const extensionsOf = (document: OpenApiDocument): JsonSchema =>
  Object.fromEntries(Object.entries(document).filter(([key]) => key.startsWith('x-')))

/** @param document one of version 3.1; its version is told as it is. */
export const compactDocument = (document: OpenApiDocument): object => {
  const { openapi, info, servers, security, paths, components } = document
  const parameterOf = (parameter: Parameter | Reference): Parameter | undefined =>
    '$ref' in parameter ? components.parameters[parameter.$ref.slice(SHARED.length)] : parameter
  const endpoints = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { summary, operationId, parameters = [], requestBody }]) => ({
      path,
      method,
      summary,
      operationId,
      parameters: parameters.map(parameterOf).flatMap((one) => (one && isSchema(one.schema) ? [inShort(one)] : [])),
      has_request_body: requestBody !== undefined,
    })),
  )
  return {
    openapi,
    info,
    servers,
    security,
    ...extensionsOf(document),
    endpoints,
    endpoint_count: endpoints.length,
  }
}
