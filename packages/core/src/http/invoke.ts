/** Validates one call, runs it through the interceptors and the handler, and gives the reply. */
import { type Endpoint, GwError, isRows, type Reply, rows, type Schema } from '../contract.ts'
import { contentOf, type EventNames, errorContent, runAfter, runPost, runPre } from '../events/chain.ts'
import { isRecordType, negotiate, recordsIn, single } from '../formats/index.ts'
import type { Exchange, Identity, Interceptor } from '../governance.ts'
import { isForwarded } from '../isolation/declare.ts'
import { containRows } from '../services/contained.ts'
import { runAs, runOnlyAs } from '../services/origin.ts'
import { after } from '../settle.ts'
import { isTrue } from '../truth.ts'
import type { ActiveCall } from './active-call.ts'
import { bodyOf, hasBody } from './body.ts'
import { refuseUnkept } from './conditions.ts'
import type { KernelContext } from './context.ts'
import type { Facts } from './exchange.ts'
import { endlessStream, limitedStream } from './limited-stream.ts'
import { inheritedBy, openCall, waiting } from './open-call.ts'
import { unsendable } from './sendable.ts'
import { isBytes } from './takes-bytes.ts'
import type { Target } from './target.ts'
import { validate } from './validate.ts'

/** Whether the body is to be read while it is used. */
const streamsRecords = ({ query, incoming }: Facts, { takesRecords }: Endpoint): boolean =>
  takesRecords === true && isTrue(single(query.stream)) && isRecordType(incoming.headers.get('content-type'))

/** Whoever sends or takes something goes on: only one who does neither runs out of time. */
const goingOn =
  ({ settings }: KernelContext, call: ActiveCall) =>
  (): void => {
    call.deadline = performance.now() + settings.requestTimeout
  }

const arrivingRecords = (context: KernelContext, { incoming }: Facts, call: ActiveCall) =>
  recordsIn(incoming, (name) => incoming.headers.get(name), {
    limit: context.settings.bodyLimit,
    signal: call.signal,
    onProgress: goingOn(context, call),
  })

/** What a part of a request comes to, by the endpoint's schema for it. */
const valid = (schema: Schema | undefined, value: unknown, where: 'path' | 'query' | 'body'): unknown =>
  schema ? validate(schema, value, where) : value

const prepare = (
  context: KernelContext,
  facts: Facts,
  endpoint: Endpoint,
  call: ActiveCall,
  params: unknown,
  query: unknown,
): unknown =>
  after(valid(endpoint.params, params, 'path'), (path) => {
    call.params = path
    return after(valid(endpoint.query, query, 'query'), (asked) => {
      call.query = asked
      return takeBody(context, facts, endpoint, call)
    })
  })

const uploadOf = (context: KernelContext, { incoming }: Facts, { body }: Endpoint, call: ActiveCall) =>
  isBytes(body) && body.anySize
    ? endlessStream(incoming, goingOn(context, call))
    : limitedStream(incoming, context.settings.bodyLimit)

const takeBody = (context: KernelContext, facts: Facts, endpoint: Endpoint, call: ActiveCall): unknown => {
  if (streamsRecords(facts, endpoint)) {
    // Where they are another process's to read, they go there as they come.
    if (isForwarded(endpoint)) call.body = endlessStream(facts.incoming, goingOn(context, call))
    else call.records = arrivingRecords(context, facts, call)
    return undefined
  }
  if (isBytes(endpoint.body)) {
    // What was looked at before the endpoint was known is still what was sent.
    const { bytes } = facts.body ?? {}
    call.body = bytes ? new Blob([new Uint8Array(bytes)]).stream() : uploadOf(context, facts, endpoint, call)
    return undefined
  }
  const read = facts.body || hasBody(facts) ? bodyOf(facts, context.settings.bodyLimit) : undefined
  return after(read, (body) => {
    const given = body !== undefined || !endpoint.bodyOptional
    return after(given ? valid(endpoint.body, body, 'body') : body, (sent) => {
      call.body = sent
    })
  })
}

/** A write whose answer nobody would accept must not happen first and be refused afterwards. */
const refuseUnacceptable = ({ incoming, query }: Facts, { response }: Endpoint): void => {
  if (!response || isBytes(response)) return
  const wanted = { accept: incoming.headers.get('accept'), override: single(query.accept), file: single(query.file) }
  if (negotiate(wanted) === undefined) {
    throw new GwError(
      'invalid_request',
      'Content in response can not be resolved to acceptable content type. Accept JSON, XML, CSV or NDJSON.',
    )
  }
}

/** Calls an endpoint and keeps it on the instance's books until the answer is made. */
export const invoke = (
  context: KernelContext,
  facts: Facts,
  target: Target,
  identity: Identity,
): Reply | Promise<Reply> => {
  const { names, links } = waiting(context, target, facts.api!, facts.method)
  const call = openCall(context, facts, target, identity, links.length > 0)
  const { calls } = target.instance
  calls.add(call)
  facts.call = call
  facts.calls = calls
  const endpoint = target.route.endpoint
  facts.endpoint = endpoint
  if (facts.method !== 'GET') refuseUnacceptable(facts, endpoint)
  refuseUnkept(facts, endpoint)
  if (names && links.length > 0) return intercepted(context, facts, identity, target, call, names, links)
  return handled(context, facts, target, call, facts.query)
}

/** Validates and calls, as the service whose code that is; neither is waited for longer than a call may take. */
const handled = (
  context: KernelContext,
  facts: Facts,
  { route: { endpoint }, params, instance }: Target,
  call: ActiveCall,
  query: unknown,
): Reply | Promise<Reply> => {
  const { origin } = instance
  const run = context.telemetry.tracing ? runAs : runOnlyAs
  return call.run(() =>
    run(origin, () =>
      after(prepare(context, facts, endpoint, call, params, query), () => {
        facts.status = endpoint.status ?? 200
        return after(endpoint.handle(call as never), (reply) => containRows(reply, origin, run))
      }),
    ),
  )
}

const intercepted = async (
  context: KernelContext,
  facts: Facts,
  identity: Identity,
  target: Target,
  call: ActiveCall,
  names: EventNames,
  links: readonly Interceptor[],
): Promise<Reply> => {
  const { endpoint } = target.route
  if (streamsRecords(facts, endpoint))
    throw new GwError(
      'not_supported',
      'Records can not be streamed where a script looks at the request. Send fewer at a time.',
    )
  const body = isBytes(endpoint.body) ? undefined : await bodyOf(facts, context.settings.bodyLimit)
  const exchange: Exchange = {
    ...names,
    service: call.service,
    path: call.path,
    caller: call.caller,
    uri: facts.incoming.search === '' ? facts.incoming.path : `${facts.incoming.path}?${facts.incoming.search}`,
    raw: call.raw,
    // A call that has ended makes no calls by itself, and what runs after it still may.
    fetch: (path, init, signal) => context.fetch(path, init, inheritedBy(context, facts, identity, signal, 'script')),
    get signal() {
      return call.signal
    },
    log: call.log,
    request: {
      method: facts.method,
      query: { ...facts.query },
      body,
      headers: new Headers(facts.incoming.request.headers),
    },
  }
  facts.after = () => runAfter(links, exchange, context.log)
  await call.run(() => runPre(links, exchange))
  let reply: Reply
  let failure: unknown
  if (!exchange.response) {
    // An upload stays what was sent: no interceptor sees or changes it.
    facts.body = isBytes(endpoint.body) ? facts.body : { value: exchange.request.body }
    try {
      reply = await handled(context, facts, target, call, exchange.request.query)
      const content = contentOf(reply, context.settings.wrapper)
      if (content !== undefined) exchange.response = { status: endpoint.status ?? 200, headers: {}, content }
    } catch (error) {
      failure = error
      exchange.response = errorContent(error)
    }
  }
  const untouched = failure === undefined ? undefined : JSON.stringify(exchange.response)
  await call.run(() => runPost(links, exchange))
  if (failure !== undefined && JSON.stringify(exchange.response) === untouched) throw failure
  if (!exchange.response) return reply
  const fault = unsendable(exchange.response)
  if (fault !== undefined) throw new Error(`An event script left an answer that can not be sent: ${fault}`)
  facts.status = exchange.response.status
  facts.headers = { ...facts.headers, ...exchange.response.headers }
  return replyOf(exchange.response.content, reply, context.settings.wrapper)
}

/** Content as interceptors left it, as a reply again: a wrapped list stays a list, so that every format can show it. */
const replyOf = (content: unknown, original: Reply, wrapper: string): Reply => {
  if (isRows(original) && original.bare && Array.isArray(content)) return rows({ ...original, items: content })
  const list = (content as Record<string, unknown> | null)?.[wrapper]
  if (!Array.isArray(list)) return content
  const meta = (content as { meta?: Record<string, unknown> }).meta
  return rows({ ...(isRows(original) ? original : {}), items: list, meta })
}
