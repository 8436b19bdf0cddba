/** A call under way → the `event` of a script, and what the script made of it → the call. */
import {
  GwError,
  METHODS,
  type ScriptEvent,
  type ScriptOutcome,
  type ScriptRun,
  scriptSession,
} from '../../contract.ts'
import type { Exchange } from '../../governance.ts'

/** A run that is over. */
export interface Ran {
  /** The event as the script got it. */
  readonly seen: ScriptEvent
  readonly outcome: ScriptOutcome
  readonly config: Readonly<Record<string, unknown>>
}

const textOf = ({ raw, request: { body } }: Exchange): string => {
  if (raw) return new TextDecoder().decode(raw)
  return body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
}

const requestOf = (exchange: Exchange): ScriptEvent['request'] => {
  const { request, service, uri } = exchange
  return {
    api_version: '2.0',
    method: request.method,
    parameters: { ...request.query },
    headers: Object.fromEntries(request.headers),
    payload: request.body ?? null,
    content: textOf(exchange),
    content_type: request.headers.get('content-type') ?? '',
    uri,
    service,
  }
}

export const eventBefore = (exchange: Exchange): ScriptEvent => ({
  request: requestOf(exchange),
  response: { status_code: null, headers: {}, content: null, content_type: null },
  resource: exchange.path,
})

/** What is sent as it is (a file, a stream) has no content here. */
export const eventAfter = (exchange: Exchange): ScriptEvent => {
  const { response } = exchange
  return {
    request: requestOf(exchange),
    response: {
      status_code: response?.status ?? 200,
      headers: { ...response?.headers },
      content: response?.content ?? null,
      content_type: response ? 'application/json' : null,
    },
    resource: exchange.path,
  }
}

export const runOf = (
  exchange: Exchange,
  event: ScriptEvent,
  signal: AbortSignal,
  { private_lookups }: Ran['config'],
): ScriptRun => ({
  event,
  session: scriptSession(exchange.caller, private_lookups === true ? 'private' : undefined),
  fetch: (path, init) => exchange.fetch(path, init, signal),
  signal,
  log: exchange.log,
})

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The event as the script left it: the one it got, or the one that it returned. */
const eventOf = ({ outcome: { event, returned } }: Ran): ScriptEvent => {
  const given = returned as Partial<ScriptEvent> | null | undefined
  return typeof given === 'object' && given?.request && given.response ? (given as ScriptEvent) : event
}

/** A value that was returned, other than the event, is an answer. */
const answerOf = (ran: Ran): ScriptEvent['response'] => {
  const { returned } = ran.outcome
  const event = eventOf(ran)
  if (returned === undefined || returned === null || returned === event) return event.response
  const whole = returned as Partial<ScriptEvent['response']>
  const isWhole = typeof returned === 'object' && !Array.isArray(returned) && 'status_code' in returned
  return isWhole
    ? { status_code: 200, headers: {}, content: null, content_type: null, ...whole }
    : { ...event.response, content: returned }
}

const taken = ({ status_code, headers, content }: ScriptEvent['response']): NonNullable<Exchange['response']> => {
  const status = Number(status_code ?? 200)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new GwError('internal', 'A script on this call gave a status_code that is none: it must be from 200 to 599.')
  const sent = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)])
  return { status, headers: Object.fromEntries(sent), content: content ?? null }
}

/** `pre_process`: the request as the script wants it, or an answer in the handler's place. */
export const takeRequest = (exchange: Exchange, ran: Ran): void => {
  const { request } = eventOf(ran)
  const { seen } = ran
  if (!isSame(request.parameters, seen.request.parameters))
    exchange.request.query = request.parameters as Exchange['request']['query']
  if (!isSame(request.payload, seen.request.payload)) exchange.request.body = request.payload ?? undefined
  if (request.method !== seen.request.method && !METHODS.some((method) => method === request.method))
    throw new GwError('internal', 'A script on this call gave a method that is none.')
  if (!isSame(request.headers, seen.request.headers)) exchange.request.headers = new Headers(request.headers)
  const answer = answerOf(ran)
  if (!isSame(answer, seen.response)) exchange.response = taken(answer)
}

/** `post_process`: the answer as the script wants it. */
export const takeResponse = (exchange: Exchange, ran: Ran): void => {
  const answer = answerOf(ran)
  if (!isSame(answer, ran.seen.response)) exchange.response = taken(answer)
}
