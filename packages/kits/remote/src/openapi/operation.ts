/** Operations of a document, in one form for every version of OpenAPI. Schemas stay as they are until they are needed. */
import { METHODS, type Method } from '@gw/core'
import type { ApiDocument } from './document.ts'
import { isNode, listAt, type Node, nodeAt, resolved, textAt } from './node.ts'
import { type ApiPath, apiPath } from './path.ts'

export interface ApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description: string | undefined
  /** As the document has it. */
  readonly schema: unknown
  /** Between the values of a list in one text; `undefined`: the name is repeated. */
  readonly separator: string | undefined
  /** Sent as `filter[name]=…`. */
  readonly nested: boolean
}

export interface ApiContent {
  /** Media types, `*` allowed; none where the document says nothing of them. */
  readonly types: readonly string[]
  /** What it is where it is JSON. */
  readonly schema: unknown
}

export interface ApiBody extends ApiContent {
  readonly required: boolean
}

export interface ApiOperation {
  readonly id: string
  readonly method: Method
  readonly address: ApiPath
  readonly summary: string
  readonly description: string | undefined
  readonly tags: readonly string[]
  readonly parameters: readonly ApiParameter[]
  readonly body: ApiBody | undefined
  readonly status: 200 | 201 | 202
  readonly response: ApiContent | undefined
}

const JSON_TYPE = /^[^;]*[/+]json\b/i
const MAX_SUMMARY = 120

const contentOf = (root: Node, content: Node): ApiContent => {
  const types = Object.keys(content)
  const json = types.find((type) => JSON_TYPE.test(type)) ?? types.find((type) => type === '*/*')
  return { types, schema: json === undefined ? undefined : resolved(root, content[json])?.schema }
}

const SEPARATORS: Readonly<Record<string, string>> = {
  csv: ',',
  ssv: ' ',
  tsv: '\t',
  pipes: '|',
  form: ',',
  simple: ',',
  spaceDelimited: ' ',
  pipeDelimited: '|',
}

/** How a list is sent: OpenAPI's `style` and `explode`, or Swagger's `collectionFormat`. */
const separatorOf = (node: Node, where: string): string | undefined => {
  const format = textAt(node, 'collectionFormat')
  if (format) return SEPARATORS[format]
  const style = textAt(node, 'style') ?? (where === 'query' ? 'form' : 'simple')
  const explode = typeof node.explode === 'boolean' ? node.explode : style === 'form' && !('collectionFormat' in node)
  const swagger = node.schema === undefined && node.content === undefined
  return explode && !swagger && where === 'query' ? undefined : (SEPARATORS[style] ?? ',')
}

const parameterOf = (node: Node): ApiParameter | undefined => {
  const where = node.in
  const name = textAt(node, 'name')
  if (name === undefined || (where !== 'path' && where !== 'query' && where !== 'header')) return undefined
  // A parameter of Swagger 2 is its own schema; one with `content` is a text in a format of its own.
  const schema = node.content === undefined ? (node.schema ?? (node.type === undefined ? undefined : node)) : undefined
  return {
    name,
    in: where,
    required: node.required === true || where === 'path',
    description: textAt(node, 'description'),
    schema,
    separator: separatorOf(node, where),
    nested: textAt(node, 'style') === 'deepObject',
  }
}

/** The path's own parameters and the operation's, which win. */
const parameterNodes = (root: Node, item: Node, operation: Node): readonly Node[] => {
  const nodes = new Map<string, Node>()
  for (const one of [...listAt(item, 'parameters'), ...listAt(operation, 'parameters')]) {
    const node = resolved(root, one)
    if (node) nodes.set(`${String(node.in)} ${String(node.name)}`, node)
  }
  return [...nodes.values()]
}

/** Swagger 2: the body is a parameter, and a form is several. */
const swaggerBody = (root: Node, operation: Node, nodes: readonly Node[]): ApiBody | undefined => {
  const consumes = (
    Object.hasOwn(operation, 'consumes') ? listAt(operation, 'consumes') : listAt(root, 'consumes')
  ).map(String)
  const body = nodes.find((node) => node.in === 'body')
  if (body)
    return {
      required: body.required === true,
      types: consumes.length > 0 ? consumes : ['application/json'],
      schema: body.schema,
    }
  const fields = nodes.filter((node) => node.in === 'formData')
  if (fields.length === 0) return undefined
  const forms = consumes.filter((type) => /form/.test(type))
  return {
    required: fields.some((field) => field.required === true),
    types: forms.length > 0 ? forms : ['multipart/form-data', 'application/x-www-form-urlencoded'],
    schema: undefined,
  }
}

const bodyOf = ({ root, version }: ApiDocument, method: Method, operation: Node, nodes: readonly Node[]) => {
  if (method === 'GET') return undefined
  if (version === '2.0') return swaggerBody(root, operation, nodes)
  const body = resolved(root, operation.requestBody)
  return body && { required: body.required === true, ...contentOf(root, nodeAt(body, 'content')) }
}

const answerOf = ({ root, version }: ApiDocument, operation: Node): Pick<ApiOperation, 'status' | 'response'> => {
  const responses = nodeAt(operation, 'responses')
  const name = ['200', '201', '202'].find((one) => Object.hasOwn(responses, one)) ?? 'default'
  const status = name === '201' ? 201 : name === '202' ? 202 : 200
  const response = resolved(root, responses[name])
  if (!response) return { status, response: undefined }
  if (version !== '2.0') return { status, response: contentOf(root, nodeAt(response, 'content')) }
  const produces = (
    Object.hasOwn(operation, 'produces') ? listAt(operation, 'produces') : listAt(root, 'produces')
  ).map(String)
  return { status, response: { types: produces, schema: response.schema } }
}

const words = (text: string): readonly string[] => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')

/** camelCase; what is no letter or digit only separates words. */
const camelCase = (text: string): string => {
  const [first = 'call', ...others] = words(text)
  const id =
    first.charAt(0).toLowerCase() +
    first.slice(1) +
    others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return /^[a-z]/.test(id) ? id : `call${id}`
}

const summaryOf = (operation: Node, fallback: string): string => {
  const text = textAt(operation, 'summary') ?? textAt(operation, 'description') ?? fallback
  const line = text.trim().split(/\r?\n/, 1)[0]!.trim()
  return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY - 1)}…` : line || fallback
}

/** A last placeholder that is a path of its own: GitHub says so, others call it `path`. */
const isRestIn =
  (nodes: readonly Node[]) =>
  (name: string): boolean =>
    name === 'path' ||
    nodes.some((node) => node.name === name && node.in === 'path' && node['x-multi-segment'] === true)

const operationOf = (
  document: ApiDocument,
  path: string,
  method: Method,
  item: Node,
  operation: Node,
): ApiOperation => {
  const nodes = parameterNodes(document.root, item, operation)
  return {
    id: camelCase(textAt(operation, 'operationId') ?? `${method.toLowerCase()} ${path}`),
    method,
    address: apiPath(path, isRestIn(nodes)),
    summary: summaryOf(operation, `${method} ${path}`),
    description: textAt(operation, 'description'),
    tags: listAt(operation, 'tags').filter((tag) => typeof tag === 'string'),
    parameters: nodes.flatMap((node) => parameterOf(node) ?? []),
    body: bodyOf(document, method, operation, nodes),
    ...answerOf(document, operation),
  }
}

/** What can not be told apart by a router: placeholders by any name are one. */
const shapeOf = ({ method, address }: ApiOperation): string =>
  `${method} ${address.segments.map(({ text, name, rest }) => (rest ? '{*}' : name ? '{}' : text)).join('/')}`

export interface Operations {
  readonly operations: readonly ApiOperation[]
  /** What the document has and gw can not tell from something else, or can not read. */
  readonly omitted: readonly string[]
}

/** Every operation of a document that gw can serve, each with an id of its own. */
export const operationsOf = (document: ApiDocument): Operations => {
  const found = new Map<string, ApiOperation>()
  const omitted: string[] = []
  const ids = new Set<string>()
  const paths = Object.entries(nodeAt(document.root, 'paths')).filter(([path]) => path.startsWith('/'))
  // A plain placeholder serves what one with texts around it does, and more.
  paths.sort(([a], [b]) => Number(/[^/]\{|\}[^/]/.test(a)) - Number(/[^/]\{|\}[^/]/.test(b)))
  for (const [path, part] of paths) {
    const item = resolved(document.root, part)
    for (const method of METHODS) {
      const operation = item?.[method.toLowerCase()]
      if (!item || !isNode(operation)) continue
      const one = operationOf(document, path, method, item, operation)
      if (found.has(shapeOf(one))) {
        omitted.push(`${method} ${path}`)
        continue
      }
      let id = one.id
      for (let count = 2; ids.has(id); count++) id = `${one.id}${count}`
      ids.add(id)
      found.set(shapeOf(one), { ...one, id })
    }
  }
  return { operations: [...found.values()], omitted }
}
