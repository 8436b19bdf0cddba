/** Makes the call that a handler gets, and the steps that a handler may make of other endpoints of its service. */
import type { ServerResponse } from 'node:http'
import {
  type Caller,
  type Endpoint,
  type Grant,
  GwError,
  isRows,
  type Logger,
  type Method,
  type Repeatable,
  type Reply,
  rows,
  type Schema,
  type SessionCookie,
  type Step,
} from '../contract.ts'
import { asksForCookie, sessionCookie } from '../edge/index.ts'
import { contentOf, type EventNames, eventNames } from '../events/chain.ts'
import { type Query, shapeOf } from '../formats/index.ts'
import type { Identity, Interceptor } from '../governance.ts'
import { rememberCaller } from '../isolation/callers.ts'
import { isForwarded } from '../isolation/declare.ts'
import { authorize } from '../policy/access.ts'
import { isGoverned } from '../services/governed.ts'
import { ActiveCall, type ActiveCallInit, type StepRequest } from './active-call.ts'
import { clientOf, type KernelContext, originOf } from './context.ts'
import type { Facts } from './exchange.ts'
import type { Incoming, Inherited } from './incoming.ts'
import { type ApiPath, parseApiPath } from './path.ts'
import { repeatableOf } from './repeatable.ts'
import { headerFault } from './sendable.ts'
import { type Reached, resolveTarget, type Target } from './target.ts'
import { validate } from './validate.ts'

/** What a call on a caller's behalf takes over from the one that it is made in. */
export const inheritedBy = (
  context: KernelContext,
  { credentials, incoming }: Facts,
  identity: Identity,
  signal: AbortSignal,
  requestor: 'script' | undefined,
): Inherited => {
  const depth = (incoming.inherited?.depth ?? 0) + 1
  if (depth > MAX_DEPTH)
    throw new GwError('unprocessable', `Services call each other more than ${MAX_DEPTH} times in a row.`)
  return { identity: requestor ? asScript(context, identity) : identity, credentials, signal, depth }
}

/** The same identity under the rules for scripts: the governance knows what else belongs to it. */
const asScript = ({ governance }: KernelContext, identity: Identity): Identity => {
  if (identity.caller.requestor === 'script') return identity
  const scripted: Identity = { ...identity, caller: { ...identity.caller, requestor: 'script' } }
  governance.derived?.(identity, scripted)
  return scripted
}

/** How many services may call each other in a row. */
const MAX_DEPTH = 10

/** The path with the one spelling of what it names: no other spelling passes by what waits for an event. */
const namedSegments = ({ instance }: Target, { path, segments }: ApiPath): readonly string[] => {
  const canonical = instance.service.canonical?.(path) ?? path
  return canonical === path ? segments : canonical.split('/').filter((segment) => segment !== '')
}

const NOTHING_WAITS = { names: undefined, links: [] } as const

/** What waits for the event of a call. No names are made where nothing waits for any. */
export const waiting = (
  { chain }: KernelContext,
  target: Target,
  api: ApiPath,
  method: Method,
): { readonly names: EventNames | undefined; readonly links: readonly Interceptor[] } => {
  if (chain.empty) return NOTHING_WAITS
  const names = eventNames(api.service, target.route.event, namedSegments(target, api), method)
  return { names, links: chain.select(names) }
}

type Own = Pick<ActiveCall, 'method' | 'path' | 'objects'> & { readonly within?: AbortSignal }

/**
 * What a call of an endpoint is made of, whether it came by itself or is a step of another. A class, because one is
 * made for every request, of whose functions most are never called.
 */
class CallParts implements ActiveCallInit {
  readonly method: Method
  readonly path: string
  readonly objects: boolean
  readonly deadline: number
  readonly #context: KernelContext
  readonly #facts: Facts
  readonly #target: Reached
  readonly #identity: Identity
  readonly #within: AbortSignal | undefined

  constructor(context: KernelContext, facts: Facts, target: Reached, identity: Identity, own: Own) {
    this.method = own.method
    this.path = own.path
    this.objects = own.objects
    this.deadline = facts.started + context.settings.requestTimeout
    this.#context = context
    this.#facts = facts
    this.#target = target
    this.#identity = identity
    this.#within = own.within
  }
  get service(): string {
    return this.#facts.api!.service
  }
  get id(): string {
    return this.#facts.id
  }
  get caller(): Caller {
    return this.#identity.caller
  }
  get grant(): Grant {
    return this.#target.grant
  }
  get incoming(): Incoming {
    return this.#facts.incoming
  }
  get client(): string | undefined {
    return clientOf(this.#context, this.#facts)
  }
  get isStep(): boolean {
    return this.#within !== undefined
  }
  sendHeader(name: string, value: string): void {
    const fault = headerFault(name, value)
    if (fault !== undefined) throw new Error(`An answer can not have this header: ${fault}`)
    if (!this.#within) this.#facts.headers = { ...this.#facts.headers, [name]: value }
  }
  get sessionCookie(): SessionCookie | undefined {
    const { incoming } = this.#facts
    const { type } = this.#target.instance
    const mayBe = !this.#within && !incoming.inherited && isGoverned(type)
    if (!mayBe || !asksForCookie(incoming.headers, () => originOf(this.#context, incoming))) return undefined
    const secure = originOf(this.#context, incoming).protocol === 'https'
    const path = `${this.#context.settings.basePath}/v2`
    const send = (token?: string) => this.sendHeader('set-cookie', sessionCookie(token, path, secure))
    return { keep: send, end: () => send() }
  }
  repeatable(call: ActiveCall): Repeatable | undefined {
    return this.#within ? undefined : repeatableOf(this.#facts, this.#identity, call)
  }
  get outgoing(): ServerResponse | undefined {
    // A step ends with the call that it belongs to.
    return this.#within ? undefined : this.incoming.outgoing
  }
  get parent(): AbortSignal | undefined {
    return this.#within ?? this.incoming.inherited?.signal
  }
  access(component: string, method: Method): Grant {
    const canonical = this.#target.instance.service.canonical?.(component) ?? component
    const spellings = canonical === component ? [component] : [component, canonical]
    return authorize(this.#identity, this.#facts.credentials, this.service, spellings, method)
  }
  get raw(): Uint8Array | undefined {
    return this.#within ? undefined : this.#facts.body?.bytes
  }
  fetch(
    path: string,
    init: RequestInit | undefined,
    signal: AbortSignal,
    requestor: 'script' | undefined,
  ): Promise<Response> {
    // It may hold what the other service, or this one, would wait for.
    if (this.#within) throw new GwError('not_supported', 'A step of a call can not call other services.')
    const inherited = inheritedBy(this.#context, this.#facts, this.#identity, signal, requestor)
    return this.#context.fetch(path, init, inherited)
  }
  async step(call: ActiveCall, path: string, request: StepRequest): Promise<Step> {
    if (this.#within) throw new GwError('not_supported', 'A step of a call has no steps of its own.')
    return openStep(this.#context, this.#facts, this.#target, this.#identity, call, path, request)
  }
  log(): Logger {
    return this.#context.child({ request: this.id, service: this.service })
  }
}

const open = (...parts: ConstructorParameters<typeof CallParts>): ActiveCall => new ActiveCall(new CallParts(...parts))

export const openCall = (
  context: KernelContext,
  facts: Facts,
  target: Reached,
  identity: Identity,
  objects: boolean,
): ActiveCall => {
  const call = open(context, facts, target, identity, { method: facts.method, path: facts.api!.path, objects })
  if ('route' in target && isForwarded((target as Target).route.endpoint))
    rememberCaller(call, { identity, credentials: facts.credentials, watched: !context.chain.empty })
  return call
}

/** Decides, limits and validates as the request path does for a call of its own. */
const openStep = async (
  context: KernelContext,
  facts: Facts,
  of: Reached,
  identity: Identity,
  call: ActiveCall,
  path: string,
  { method, query }: StepRequest,
): Promise<Step> => {
  const { service } = facts.api!
  const api = parseApiPath(`/${service}/${path}`, '')
  // Before it is decided on: what is refused is audited, too.
  facts.steps = [...(facts.steps ?? []), { component: api.path, method }]
  // The instance that the call is on: a reload must not put one call on two of them.
  const slot = { ...of.slot, instance: of.instance }
  const target = resolveTarget(slot, api, method, identity, facts.credentials)
  if ('builtin' in target) throw new GwError('not_supported', `${method} ${api.path} can not be a step of a call.`)
  const component = target.instance.service.canonical?.(api.path) ?? api.path
  await context.governance.limit?.({ identity, service, component, method })
  if (waiting(context, target, api, method).links.length > 0)
    throw new GwError(
      'not_supported',
      `${method} ${api.path} can not be a step of another call, because a script looks at it. Send it by itself.`,
    )
  const { endpoint } = target.route
  const step = open(context, facts, target, identity, { method, path: api.path, objects: true, within: call.signal })
  step.params = endpoint.params ? await validate(endpoint.params as Schema, target.params, 'path') : target.params
  step.query = endpoint.query ? await validate(endpoint.query as Schema, query, 'query') : query
  return { endpoint, open: (body) => withBody(step, endpoint, body), content: contentIn(context, query) }
}

const withBody = async (step: ActiveCall, endpoint: Endpoint, body: unknown): Promise<ActiveCall> => {
  const given = body !== undefined || !endpoint.bodyOptional
  step.body = endpoint.body && given ? await validate(endpoint.body as Schema, body, 'body') : body
  return step
}

const contentIn =
  ({ settings: { wrapper } }: KernelContext, query: Query) =>
  (reply: Reply): unknown => {
    const shape = isRows(reply) && Array.isArray(reply.items) ? shapeOf(reply, query) : undefined
    const content = contentOf(
      shape && isRows(reply) ? rows({ ...reply, items: shaped(reply.items, shape) }) : reply,
      wrapper,
    )
    if (content !== undefined) return content
    throw new GwError('not_supported', 'What is sent as a stream can not be a step of a call.')
  }

const shaped = (items: unknown, shape: NonNullable<ReturnType<typeof shapeOf>>): readonly unknown[] =>
  (items as readonly unknown[]).map(shape).filter((item) => item !== undefined)
