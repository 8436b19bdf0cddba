/** `GET /{service}/_spec`: a service described for programs, and for those who write them (platform part, §8.4). */
import { GwError, type Resource } from '../contract.ts'
import { type Query, single } from '../formats/index.ts'
import type { Identity, ToldLimit } from '../governance.ts'
import {
  compactDocument,
  type OpenApiDocument,
  type SpecForm,
  specForm,
  specResponse,
  specText,
} from '../openapi/index.ts'
import { isTrue } from '../truth.ts'
import type { ActiveCall } from './active-call.ts'
import type { KernelContext } from './context.ts'
import { documentText } from './documents.ts'
import type { Facts } from './exchange.ts'
import { openCall } from './open-call.ts'
import type { Builtin } from './target.ts'

/** What a reader asks of a description. */
interface SpecRequest {
  /** One line for each operation, and no schemas. */
  readonly compact: boolean
  /** Only paths that mention it; lower-case. */
  readonly name: string | undefined
  /** Only these tables, as they were written. */
  readonly tables: readonly string[] | undefined
  /** Tables by their names, also in short. */
  readonly listed: boolean
  readonly model: boolean
  readonly stock: boolean
  readonly refresh: boolean
}

const FALSE = /^(?:false|0|no|off|n|f)$/i

const specRequest = (query: Query): SpecRequest => {
  const tables = (single(query.tables) ?? '').trim()
  const asked = tables !== '' && !FALSE.test(tables)
  const names = asked && !isTrue(tables) ? tables.split(',').map((name) => name.trim()) : undefined
  return {
    compact: isTrue(single(query.compact)),
    name: single(query.resource_name)?.trim().toLowerCase() || undefined,
    tables: names?.filter((name) => name !== ''),
    listed: asked,
    model: isTrue(single(query.model)),
    stock: isTrue(single(query.stock)),
    refresh: isTrue(single(query.refresh)),
  }
}

/** What holds for every service. */
const usageOf = (service: string) => ({
  authentication:
    'Send an API key in the header X-DreamFactory-API-Key, a session token in X-DreamFactory-Session-Token, or both.',
  discovery: [
    `GET /${service} lists what there is in the service, as far as you may use it.`,
    `GET /${service}/_spec?compact=true describes every call in a line; resource_name=x those whose path mentions x.`,
  ],
  errors: 'Failures are {"error": {"code", "context", "message", "status_code"}}; the message says what to do.',
})

type Extensions = Readonly<Record<`x-${string}`, unknown>>
const USAGE = 'x-dreamfactory-usage'

/** The members that the kernel and the service add. In short, names of tables are there where they are asked for. */
const extensionsOf = (
  { instance }: Builtin,
  call: ActiveCall,
  { compact, listed }: SpecRequest,
  limits: readonly ToldLimit[],
): Extensions => {
  const own: Extensions = instance.service.explanation?.extensions?.(call) ?? {}
  const usage = { ...usageOf(call.service), ...(own[USAGE] as object | undefined) }
  const always = { [USAGE]: usage, ...(limits.length > 0 && { 'x-rate-limit': limits }) }
  return compact && !listed ? always : { ...own, ...always }
}

const named = (tables: readonly string[]): ((resource: Resource) => boolean) => {
  const wanted = new Set(tables.map((name) => name.toLowerCase()))
  return ({ component }) => wanted.has(component.slice(component.indexOf('/') + 1).toLowerCase())
}

/** Whether a path has a name in it, which may be a part of a path itself. */
const mentions = (name: string): ((path: string) => boolean) => {
  const sent = name.split('/').map(encodeURIComponent).join('/').toLowerCase()
  return (path) => [name, sent].some((one) => path.toLowerCase().includes(one))
}

const inVersion = (document: object, { version }: SpecForm): object =>
  version === '3.0' ? { ...document, openapi: '3.0.3' } : document

const described = (
  context: KernelContext,
  identity: Identity,
  target: Builtin,
  call: ActiveCall,
  request: SpecRequest,
  form: SpecForm,
): Promise<string> => {
  const { compact, name, tables, listed } = request
  const limits = context.governance.limits?.(identity, call.service) ?? []
  return documentText(
    context,
    {
      service: call.service,
      identity,
      expand: compact && !listed ? false : 'refined',
      schemes: ['SessionTokenHeader', 'ApiKeyHeader'],
      examples: !compact,
      extensions: () => extensionsOf(target, call, request, limits),
      ...(tables && { resources: named(tables) }),
      ...(name !== undefined && { wanted: mentions(name) }),
    },
    form,
    // A role's callers may have different limits.
    ['spec', compact, name, tables, listed, limits],
    compact ? (document: OpenApiDocument) => inVersion(compactDocument(document), form) : undefined,
  )
}

const modelOf = async (target: Builtin, call: ActiveCall, { tables, stock }: SpecRequest): Promise<object> => {
  const { service, definition, type } = target.instance
  if (!service.explanation?.model)
    throw new GwError(
      'not_supported',
      `Service '${call.service}' has no data to make a model of: leave out model=true.`,
    )
  const model = await service.explanation.model(call, { tables, stock })
  return { service: call.service, description: definition.description ?? type.description, ...model }
}

/** Answers with the description of a service, under the rules of any other call on it. */
export const specReply = (
  context: KernelContext,
  facts: Facts,
  identity: Identity,
  target: Builtin,
): Response | Promise<Response> => {
  const form = specForm(facts.query, facts.incoming.headers.get('accept') ?? null)
  const request = specRequest(facts.query)
  const { instance } = target
  const call = openCall(context, facts, target, identity, true)
  instance.calls.add(call)
  facts.call = call
  facts.calls = instance.calls
  return call.run(async () => {
    if (request.refresh) {
      await instance.service.flush?.()
      instance.refresh()
    }
    if (request.model) return specResponse(specText(await modelOf(target, call, request), form), form)
    return specResponse(await described(context, identity, target, call, request, form), form)
  })
}
