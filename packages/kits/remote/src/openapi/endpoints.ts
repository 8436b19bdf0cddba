/** Operations as endpoints: what is read of them for routes, checks, access and documentation. */
import { type Bytes, type Call, type Endpoint, GwError, type Reply, type Resource, type Schema } from '@gw/core'
import type { ApiDocument } from './document.ts'
import { standalone } from './json-schema.ts'
import { isNode, type Node, resolved } from './node.ts'
import type { ApiBody, ApiOperation, ApiParameter } from './operation.ts'
import { fits } from './path.ts'
import { lazySchema } from './validation.ts'

/** What a call carries, checked. */
export interface OperationCall {
  readonly operation: ApiOperation
  readonly call: Call
  /** Where the body had to be read to be checked; it is what was sent. */
  readonly body: Uint8Array | undefined
}

export interface EndpointOptions {
  readonly document: ApiDocument
  /** Whether the service itself gives this parameter, so that no caller has to: it is neither asked for nor shown. */
  readonly given: (parameter: Pick<ApiParameter, 'name' | 'in'>) => boolean
  readonly handle: (call: OperationCall) => Promise<Reply>
}

const JSON_TYPE = /^[^;]*[/+]json\b/i

/** The type of a value that is sent as text; `undefined` where texts can not be told from others. */
const typeOf = (root: Node, schema: unknown): string | undefined => {
  const type = resolved(root, schema)?.type
  return Array.isArray(type) ? type.find((one) => one !== 'null') : typeof type === 'string' ? type : undefined
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** A text as what it stands for; what it can not stand for stays a text, which the check then refuses. */
const scalar = (text: unknown, type: string | undefined): unknown => {
  if (typeof text !== 'string') return text
  if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

const reader = (root: Node, { schema, separator }: ApiParameter): ((sent: unknown) => unknown) => {
  const type = typeOf(root, schema)
  if (type !== 'array') return (sent) => scalar(Array.isArray(sent) ? sent.at(-1) : sent, type)
  const items = typeOf(root, resolved(root, schema)?.items)
  return (sent) => {
    const texts = Array.isArray(sent) ? sent : separator === undefined ? [sent] : String(sent).split(separator)
    return texts.map((text) => scalar(text, items))
  }
}

/** A schema of parameters: an object with one property for each. */
const parametersSchema = (
  root: Node,
  parameters: readonly ApiParameter[],
  names: ReadonlyMap<string, string>,
): Schema => {
  const readers = new Map(parameters.map((one) => [names.get(one.name) ?? one.name, reader(root, one)]))
  const make = () => {
    const described = parameters.map((one): [string, object] => {
      const schema = one.schema === undefined || one.nested ? {} : standalone(root, one.schema, 'input')
      return [names.get(one.name) ?? one.name, { ...schema, ...(one.description && { description: one.description }) }]
    })
    const required = parameters.filter((one) => one.required && !one.nested).map(({ name }) => names.get(name) ?? name)
    return hoisted({ type: 'object', properties: Object.fromEntries(described), required })
  }
  const read = (sent: unknown) =>
    Object.fromEntries(
      Object.entries(isNode(sent) ? sent : {}).flatMap(([name, value]) => {
        const as = readers.get(name)
        return as ? [[name, as(value)]] : []
      }),
    )
  return lazySchema(make, read)
}

/** `$defs` of the properties, where references expect them: at the root. Equal names are of the same document. */
const hoisted = (schema: { properties: Record<string, object> } & Record<string, unknown>) => {
  const defs: Record<string, unknown> = {}
  const properties = Object.entries(schema.properties).map(([name, property]) => {
    const { $defs, ...own } = property as { $defs?: object }
    Object.assign(defs, $defs)
    return [name, own]
  })
  return { ...schema, properties: Object.fromEntries(properties), ...(Object.keys(defs).length > 0 && { $defs: defs }) }
}

const pathSchema = (root: Node, { address, parameters }: ApiOperation): Schema | undefined => {
  const placeholders = address.segments.filter(({ name, rest }) => name !== undefined && !rest)
  if (placeholders.length === 0) return undefined
  const composed = new Map(placeholders.flatMap(({ name, pattern }) => (pattern ? [[name!, pattern.texts]] : [])))
  const documented = parameters.filter((one) => one.in === 'path')
  const names = new Map<string, string>()
  const all = placeholders.map(({ text, name, pattern }): ApiParameter => {
    const original = pattern ? name! : text.slice(1, -1)
    names.set(original, name!)
    const known = pattern ? undefined : documented.find((one) => one.name === original)
    return known ?? { ...PLAIN, name: original }
  })
  const schema = parametersSchema(root, all, names)
  const { validate } = schema['~standard']
  return {
    '~standard': {
      ...schema['~standard'],
      validate(value) {
        const sent = value as Record<string, string>
        for (const [name, texts] of composed)
          if (!fits(texts, sent[name] ?? ''))
            return { issues: [{ message: `It has the form ${texts.join('…')}.`, path: [name] }] }
        return validate(value)
      },
    },
  }
}

const PLAIN: ApiParameter = {
  name: '',
  in: 'path',
  required: true,
  description: undefined,
  schema: { type: 'string' },
  separator: undefined,
  nested: false,
}

const matches = (accepted: string, type: string): boolean => {
  const wanted = accepted.split(';', 1)[0]!.trim().toLowerCase()
  if (wanted === '*/*') return true
  return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type
}

const refuseType = ({ types }: ApiBody): GwError =>
  new GwError(
    'invalid_request',
    `The request body has a content type that this call does not take. Send ${types.join(' or ')}.`,
  )

/** The whole of a body. The kernel bounds it. */
const gathered = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new GwError('invalid_request', "The request body isn't valid JSON in UTF-8.")
  }
}

/** Checks a body that is JSON, and gives its bytes; others are passed on as they come. */
const checkedBody = async (call: Call, body: ApiBody, schema: Schema | undefined): Promise<Uint8Array | undefined> => {
  const type = (call.header('content-type') ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase()
  const length = call.header('content-length')
  const empty =
    length === '0' || (length === undefined && call.header('transfer-encoding') === undefined && !call.request.body)
  if (!empty && body.types.length > 0 && !body.types.some((one) => matches(one, type))) throw refuseType(body)
  if (!empty && !(schema && JSON_TYPE.test(type))) return undefined
  const bytes = empty ? new Uint8Array() : await gathered(call.body as ReadableStream<Uint8Array>)
  if (bytes.length === 0) {
    if (body.required) throw new GwError('invalid_request', 'This call needs a request body.')
    return bytes
  }
  const result = schema?.['~standard'].validate(parsed(bytes))
  if (result && !(result instanceof Promise) && result.issues) throw invalid(result.issues)
  return bytes
}

const invalid = (issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[]) => {
  const context: Record<string, string[]> = {}
  for (const { message, path } of issues) {
    const field = (path ?? []).map(String).join('.') || 'body'
    context[field] = [...(context[field] ?? []), message]
  }
  const [field, messages] = Object.entries(context)[0]!
  return new GwError('invalid_request', `The request's body is not valid. ${field}: ${messages[0]}`, {
    details: context,
  })
}

const bytesOf = (
  root: Node,
  direction: 'input' | 'output',
  { types, schema }: { types: readonly string[]; schema: unknown },
): Bytes => ({
  bytes: types,
  ...(schema !== undefined && { holds: lazySchema(() => standalone(root, schema, direction)) }),
})

const endpointOf = (operation: ApiOperation, { document: { root }, given, handle }: EndpointOptions): Endpoint => {
  const { id, method, address, summary, description, tags, parameters, body, response, status } = operation
  const queries = parameters.filter((one) => one.in === 'query' && !given(one))
  const request = body && bytesOf(root, 'input', body)
  const params = pathSchema(root, operation)
  return {
    id,
    method,
    path: address.path,
    summary,
    ...(description !== undefined && { description }),
    ...(tags.length > 0 && { tags }),
    ...(params && { params }),
    ...(queries.length > 0 && { query: parametersSchema(root, queries, new Map()) }),
    ...(body && request && { body: request, bodyOptional: !body.required }),
    response: response ? bytesOf(root, 'output', response) : { bytes: ['*/*'] },
    status,
    errors: ['upstream_failed', 'unavailable', 'upstream_timeout'],
    handle: async (call) => handle({ operation, call, body: body && (await checkedBody(call, body, request?.holds)) }),
  }
}

/** The endpoints of a document's operations. */
export const endpointsOf = (operations: readonly ApiOperation[], options: EndpointOptions): readonly Endpoint[] =>
  operations.map((operation) => endpointOf(operation, options))

/** What a role can be granted: the texts that the paths begin with. */
export const resourcesOf = (operations: readonly ApiOperation[]): readonly Resource[] => {
  const components = new Set<string>()
  for (const { address } of operations) {
    const end = address.segments.findIndex(({ name }) => name !== undefined)
    const texts = (end < 0 ? address.segments : address.segments.slice(0, end)).map(({ text }) => text)
    if (texts.length > 0) components.add(texts.join('/'))
  }
  return [...components].sort().map((component) => ({ component, kind: 'path' }))
}
