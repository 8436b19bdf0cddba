/** A request as the kernel sees it: from a Node socket without building web objects, or from a web `Request`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Credentials, Identity } from '../governance.ts'

export interface HeaderReader {
  /** `name` in lower case. */
  get(name: string): string | null | undefined
}

/** A call made by a service on a caller's behalf: already identified. */
export interface Inherited {
  readonly identity: Identity
  readonly credentials: Credentials
  readonly signal: AbortSignal
  /** How many calls deep; bounded, so that two services cannot call each other forever. */
  readonly depth: number
  /** The address that it came from, where it came through another process. */
  readonly client?: string | undefined
}

export interface Incoming {
  /** As sent; may be any token. */
  readonly method: string
  /** The path as sent, percent-encoded. */
  readonly path: string
  /** The query string without `?`. */
  readonly search: string
  readonly headers: HeaderReader
  /** Built on first use. */
  readonly request: Request
  readonly incoming?: IncomingMessage | undefined
  readonly outgoing?: ServerResponse | undefined
  readonly inherited?: Inherited | undefined
}

const splitTarget = (target: string): { path: string; search: string } => {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, search: '' } : { path: target.slice(0, mark), search: target.slice(mark + 1) }
}

/** One that came over a socket. A class, because one is made for every request: it is its own reader of headers. */
class NodeIncoming implements Incoming, HeaderReader {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly inherited: Inherited | undefined
  #request: Request | undefined

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, inherited: Inherited | undefined) {
    const target = incoming.url ?? '/'
    // An absolute-form target (RFC 9112 §3.2.2) is what proxies send; only its path matters here.
    const { path, search } = splitTarget(
      target.startsWith('/') ? target : target.replace(/^[a-z+.-]+:\/\/[^/?#]*/i, '') || '/',
    )
    this.method = incoming.method ?? 'GET'
    this.path = path
    this.search = search
    this.incoming = incoming
    this.outgoing = outgoing
    this.inherited = inherited
  }
  get headers(): HeaderReader {
    return this
  }
  get(name: string): string | undefined {
    const value = this.incoming.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  get request(): Request {
    this.#request ??= webRequest(this.incoming)
    return this.#request
  }
}

/** From Node's objects. */
export const fromNode = (incoming: IncomingMessage, outgoing: ServerResponse, inherited?: Inherited): Incoming =>
  new NodeIncoming(incoming, outgoing, inherited)

/** Without the body, which is read from the socket. */
const webRequest = ({ method = 'GET', url = '/', headers: sent }: IncomingMessage): Request => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(sent)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one)
  }
  const base = `http://${sent.host}`
  return new Request(new URL(url, URL.canParse(base) ? base : 'http://localhost'), { method, headers })
}

/** From a web request: tests, other runtimes, and calls between services. */
export const fromRequest = (request: Request, inherited?: Inherited): Incoming => {
  const afterOrigin = request.url.replace(/^[a-z+.-]+:\/\/[^/?#]*/i, '')
  const { path, search } = splitTarget(afterOrigin.split('#', 1)[0] || '/')
  return { method: request.method, path: path || '/', search, headers: request.headers, request, inherited }
}
