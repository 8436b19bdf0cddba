/** The `Call` a handler gets. Its AbortController, logger and further grants are made only when asked for. */
import type { ServerResponse } from 'node:http'
import {
  type Call,
  type Caller,
  type Grant,
  GwError,
  type Logger,
  type Method,
  type RecordStream,
  type Repeatable,
  type SessionCookie,
  type Step,
} from '../contract.ts'
import type { Abortable } from '../services/active-call.ts'
import type { Incoming } from './incoming.ts'

export interface StepRequest {
  readonly method: Method
  readonly query: Readonly<Record<string, string>>
}

export interface ActiveCallInit {
  readonly service: string
  readonly method: Method
  readonly path: string
  readonly id: string
  readonly caller: Caller
  readonly grant: Grant
  readonly incoming: Incoming
  readonly client: string | undefined
  readonly objects: boolean
  readonly outgoing: ServerResponse | undefined
  /** Whether it is a step of another call, whose conditions are not its own. */
  readonly isStep: boolean
  readonly sessionCookie: SessionCookie | undefined
  sendHeader(name: string, value: string): void
  repeatable(call: ActiveCall): Repeatable | undefined
  /** The signal of the call on whose behalf this one is made. */
  readonly parent: AbortSignal | undefined
  readonly deadline: number
  access(component: string, method: Method): Grant
  readonly raw: Uint8Array | undefined
  fetch(
    path: string,
    init: RequestInit | undefined,
    signal: AbortSignal,
    requestor: 'script' | undefined,
  ): Promise<Response>
  step(call: ActiveCall, path: string, request: StepRequest): Promise<Step>
  log(): Logger
}

/** What is said of a call as a whole. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set(['if-match', 'if-none-match', 'prefer', 'idempotency-key'])

/** One call under way. The kernel fills `params`, `query` and `body` after validation. */
export class ActiveCall implements Call, Abortable {
  params: unknown
  query: unknown
  body: unknown
  records: RecordStream | undefined
  grant: Grant
  deadline: number
  place = -1
  readonly service: string
  readonly method: Method
  readonly path: string
  readonly id: string
  readonly caller: Caller
  readonly objects: boolean
  #init: ActiveCallInit
  #controller: AbortController | undefined
  #reason: GwError | undefined
  #onAbort: ((reason: GwError) => void) | undefined
  #log: Logger | undefined

  constructor(init: ActiveCallInit) {
    this.#init = init
    this.service = init.service
    this.method = init.method
    this.path = init.path
    this.id = init.id
    this.caller = init.caller
    this.grant = init.grant
    this.objects = init.objects
    this.deadline = init.deadline
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    this.#controller = controller
    const { parent } = this.#init
    if (this.#reason) controller.abort(this.#reason)
    else if (parent?.aborted) controller.abort(parent.reason)
    parent?.addEventListener('abort', () => this.abort(parent.reason), { once: true, signal: controller.signal })
    return controller.signal
  }

  /** Whether it waits for a signal that its client, which is gone, gives no more. */
  get abandoned(): boolean {
    const { outgoing } = this.#init
    return this.#controller !== undefined && outgoing?.destroyed === true && !outgoing.writableFinished
  }

  /** Its client has closed the connection. */
  abandon(): void {
    this.abort(new GwError('unavailable', 'The client closed the connection before the answer was ready.'))
  }

  // Functions come from getters, so that handlers may take them out of the call (`{ params, fetch }`). They are made
  // anew instead of kept: closures in an instance's own fields keep it from being collected young.
  get header(): Call['header'] {
    const { incoming, isStep } = this.#init
    return (name) => (isStep && OF_THE_WHOLE.has(name) ? undefined : (incoming.headers.get(name) ?? undefined))
  }

  get sendHeader(): (name: string, value: string) => void {
    return (name, value) => this.#init.sendHeader(name, value)
  }

  get sessionCookie(): SessionCookie | undefined {
    return this.#init.sessionCookie
  }

  get repeatable(): Repeatable | undefined {
    return this.#init.repeatable(this)
  }

  get access(): Call['access'] {
    return (component, method = this.method) => this.#init.access(component, method)
  }

  get fetch(): Call['fetch'] {
    return (path, request, requestor) => this.#init.fetch(path, request, this.signal, requestor)
  }

  get step(): Call['step'] {
    return (path, { method = this.method, query = {} } = {}) => this.#init.step(this, path, { method, query })
  }

  get raw(): Uint8Array | undefined {
    return this.#init.raw
  }

  get request(): Request {
    return this.#init.incoming.request
  }

  get client(): string | undefined {
    return this.#init.client
  }

  get log(): Logger {
    this.#log ??= this.#init.log()
    return this.#log
  }

  abort(reason: GwError): void {
    if (this.#reason) return
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#onAbort?.(reason)
  }

  /** Settles like `work`, or rejects as soon as the call is aborted: a handler that ignores its signal holds up no one. */
  run<T>(work: () => T | Promise<T>): Promise<T> | T {
    const result = work()
    if (!(result instanceof Promise)) return result
    return new Promise<T>((resolve, reject) => {
      if (this.#reason) reject(this.#reason)
      this.#onAbort = reject
      result.then(resolve, reject)
    })
  }
}
