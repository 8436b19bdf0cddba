import type { Gateway, ServiceStatus } from '../../kernel.ts'
import { exampleOf } from '../../openapi/example.ts'
import type { JsonSchema, OpenApiDocument, Operation, Parameter } from '../../openapi/types.ts'
import type { Terminal } from '../terminal.ts'
import { DEV_FILE } from './folder.ts'

/**
 * Prints each service's operations as its OpenAPI document has them, and a line for each that calls it.
 * @param api where services are: `http://127.0.0.1:8080/api/v2`
 */
export const tellOperations = async (terminal: Terminal, gateway: Gateway, api: string, key: string): Promise<void> => {
  terminal.print(`\nAPI  ${terminal.style('cyan', api)}`)
  terminal.print(`Key  ${key}`)
  for (const status of gateway.services()) {
    terminal.print(`\n${terminal.style('bold', status.name)}  ${status.type}  ${status.state}`)
    if (status.state !== 'serving' && status.state !== 'degraded') tellWhy(terminal, status)
    const document = (await gateway.document({ service: status.name, expand: false })) as OpenApiDocument
    for (const [path, item] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(item)) {
        terminal.print(`\n  ${method.toUpperCase()} ${path}  ${terminal.style('dim', operation.summary)}`)
        terminal.print(`  ${curlOf(document, { api: `${api}/${status.name}`, key, path, method, operation })}`)
      }
  }
  terminal.print('\nStop with Ctrl+C. It starts anew when a module changes.\n')
}

const tellWhy = ({ print, style }: Terminal, { type, detail, reason }: ServiceStatus): void => {
  print(`  ${style('red', '✗')} ${detail ?? reason ?? ''}`)
  print(`  What it needs goes into ${DEV_FILE}: { "services": { "${type}": { "type": "${type}", "config": { … } } } }`)
}

interface Called {
  readonly api: string
  readonly key: string
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

const curlOf = (document: OpenApiDocument, { api, key, path, method, operation }: Called): string => {
  const resolve = resolverOf(document)
  const example = (schema: JsonSchema) => exampleOf(schema, resolve, 'input')
  const parameters = (operation.parameters ?? []).map((one) => resolve(one) as unknown as Parameter)
  const exampleFor = (one: Parameter) => encodeURIComponent(String(example(one.schema) ?? one.name))
  const at = path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
    return parameter ? exampleFor(parameter) : name
  })
  const query = parameters
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${encodeURIComponent(one.name)}=${exampleFor(one)}`)
  const words = ['curl', ...(method === 'get' ? [] : ['-X', method.toUpperCase()])]
  words.push('-H', quoted(`X-DreamFactory-API-Key: ${key}`), ...bodyOf(operation, example))
  return [...words, quoted(`${api}${at === '/' ? '' : at}${query.length > 0 ? `?${query.join('&')}` : ''}`)].join(' ')
}

const bodyOf = ({ requestBody }: Operation, example: (schema: JsonSchema) => unknown): readonly string[] => {
  if (!requestBody) return []
  const { schema } = requestBody.content['application/json'] ?? {}
  const type = schema
    ? 'application/json'
    : (Object.keys(requestBody.content).find((one) => !one.includes('*')) ?? 'application/octet-stream')
  const data = schema ? quoted(JSON.stringify(example(schema) ?? {})) : '@FILE'
  return ['-H', quoted(`Content-Type: ${type}`), schema ? '-d' : '--data-binary', data]
}

/** Follows references within the document. */
const resolverOf =
  (document: OpenApiDocument) =>
  (schema: object): JsonSchema => {
    if (!('$ref' in schema) || typeof schema.$ref !== 'string') return schema as JsonSchema
    const found = schema.$ref
      .split('/')
      .slice(1)
      .reduce((at: any, key) => at?.[key], document)
    return (found ?? {}) as JsonSchema
  }

/** For a shell: between single quotes, nothing has a meaning. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
