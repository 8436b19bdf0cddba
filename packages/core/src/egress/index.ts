/**
 * The one way out. A gateway's callers can often choose where it calls (a configured URL, a redirect, a DNS name),
 * so every call is judged here: by URL, by every resolved address, by the connected socket, and again at each
 * redirect.
 */
import type { LookupFunction } from 'node:net'
import { GwError } from '../errors.ts'
import type { Outgoing, OutgoingOptions } from '../outgoing.ts'
import { parseAddress } from './address.ts'
import type { Connections } from './connect.ts'
import { failureOf, refused, refusedTarget } from './failure.ts'
import { lookupUnder, type Resolve, systemResolve } from './lookup.ts'
import { BLOCKED_PORTS } from './ports.ts'
import { type Hop, nextHop, redirectTarget } from './redirect.ts'
import { createRules, type EgressRules, isEgressEntry, targetOf } from './rules.ts'

export { isEgressEntry } from './rules.ts'

/** How an operator opens and closes the way out. An entry is what `isEgressEntry` accepts. */
export interface EgressOptions {
  /**
   * Opens targets that are refused by default; none by default. A host name opens the private, loopback and
   * carrier-grade NAT addresses it resolves to; link-local (cloud metadata) and the other special ranges need an
   * address or a network.
   */
  readonly allow?: readonly string[] | undefined
  /**
   * When given, nothing else is called; an empty list forbids every call. It narrows and never opens: a private
   * target needs `allow` as well.
   */
  readonly only?: readonly string[] | undefined
  /** How many redirects are followed; default 5. */
  readonly maxRedirects?: number
  /** Milliseconds to resolve the name and open the connection; default 10 000. */
  readonly connectTimeout?: number
  /** Protocols that may be called; default both. */
  readonly protocols?: readonly ('http:' | 'https:')[]
  /** Replaces the system's name resolution. */
  readonly resolve?: Resolve
}

export interface Egress {
  /**
   * `fetch` under the operator's rules. Differences: a `host` header is dropped (the URL decides), no URL with
   * credentials, no redirect from https to http, and a change of origin drops all headers but content negotiation.
   * As with any `fetch`, the body is decompressed while `content-encoding` and `content-length` still describe what
   * was received: don't pass those two on.
   *
   * @throws `forbidden` by rule, without the resolved address; `invalid_request` for what isn't valid HTTP;
   *   `unavailable`, `upstream_timeout`, `upstream_failed` for the network; the signal's reason once it is aborted.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
  /** A way out with connections of its own, under the same rules. */
  outgoing(options: OutgoingOptions): Outgoing
  /**
   * For libraries that connect by themselves: judges a URL, and gives the name resolution that their sockets must use.
   * A socket resolves no literal address, so that the URL has to be the one that is called, or one of a name.
   *
   * @throws `forbidden` by rule, as `fetch`
   */
  lookup(url: string | URL): LookupFunction
  /** Ends every connection, also those at work: drain first. */
  close(): Promise<void>
}

const parseUrl = (input: string | URL): URL => {
  if (!URL.canParse(String(input))) {
    throw new GwError('invalid_request', 'The outgoing call has no absolute URL. Write it with http:// or https://.')
  }
  return new URL(input)
}

const checkUrl = (url: URL, protocols: readonly string[], rules: EgressRules): void => {
  if (!protocols.includes(url.protocol)) {
    throw refused(
      `its protocol is not permitted. Permitted: ${protocols.map((p) => p.replace(':', '')).join(', ') || 'none'}.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('its URL carries a user name or password. Send credentials in a header.')
  }
  const target = targetOf(url)
  if (BLOCKED_PORTS.has(target.port))
    throw refused('its port is one that browsers and HTTP clients never call. Use another port.')
  const literal = parseAddress(target.host)
  const refusal = literal ? rules.judge(target, [literal]) : rules.judgeName(target)
  if (refusal) throw refusedTarget(refusal, target, literal ? [target.host] : [])
}

const firstHop = (url: URL, init: RequestInit): Hop => {
  const headers = new Headers(init.headers)
  headers.delete('host')
  return { url, method: (init.method ?? 'GET').toUpperCase(), headers, body: init.body ?? null }
}

const checkEntries = (list: 'allow' | 'only', entries: readonly string[]): void => {
  const wrong = entries.filter((text) => !isEgressEntry(text))
  if (wrong.length === 0) return
  const form =
    'a host name, *.suffix, an address or a network (10.0.0.0/8), optionally with :port; IPv6 with a port in brackets'
  throw new GwError(
    'invalid_request',
    `The egress settings cannot be used: in \`${list}\`, ${wrong.join(', ')} is not ${form}.`,
  )
}

interface Steps {
  check(url: URL): void
  send(hop: Hop, init: RequestInit): Promise<Response>
  readonly maxRedirects: number
}

/** Sends a request and follows its redirects, each judged like the first. */
const follow = async (url: URL, init: RequestInit, { check, send, maxRedirects }: Steps): Promise<Response> => {
  let hop = firstHop(url, init)
  for (let redirects = 0; ; redirects++) {
    check(hop.url)
    const response = await send(hop, init)
    if (init.redirect === 'manual') return response
    const target = redirectTarget(response, hop.url)
    if (!target) return redirects === 0 ? response : Object.defineProperty(response, 'redirected', { value: true })
    await response.body?.cancel()
    if (init.redirect === 'error') {
      throw new GwError(
        'upstream_failed',
        'The remote service answered with a redirect, which this call does not follow.',
      )
    }
    if (redirects === maxRedirects) {
      throw new GwError('upstream_failed', `The remote service redirected more than ${maxRedirects} times.`)
    }
    hop = nextHop(hop, response.status, target)
  }
}

/**
 * Opens the way out.
 *
 * @throws `invalid_request` for an entry that cannot be read, so that a mistyped list never opens or closes less.
 */
export const createEgress = (options: EgressOptions = {}): Egress => {
  const {
    allow = [],
    only,
    maxRedirects = 5,
    connectTimeout = 10_000,
    protocols = ['http:', 'https:'],
    resolve,
  } = options
  checkEntries('allow', allow)
  checkEntries('only', only ?? [])
  const rules = createRules(allow, only)
  const ways = new Set<Outgoing>()
  let closed = false

  const open = (own: OutgoingOptions = {}): Outgoing => {
    let opened: Promise<Connections> | undefined
    let ended = false
    // With the library that it stands on, when something is called at all.
    const connections = async (): Promise<Connections> => {
      if (closed || ended) throw new GwError('unavailable', 'The gateway is stopping: it calls nothing any more.')
      opened ??= import('./connect.ts').then(({ createDispatcher }) =>
        createDispatcher(rules, resolve, own.connectTimeout ?? connectTimeout, own),
      )
      return opened
    }

    const send = async ({ url, ...hop }: Hop, init: RequestInit): Promise<Response> => {
      const { dispatcher, upload } = await connections()
      if (hop.body instanceof ReadableStream) return upload({ url, ...hop, body: hop.body, signal: init.signal })
      const parts = { ...hop, redirect: 'manual', duplex: 'half', dispatcher }
      return globalThis.fetch(url, { ...init, ...parts } as unknown as RequestInit)
    }

    const way: Outgoing = {
      async fetch(input, init = {}) {
        const url = parseUrl(input)
        try {
          init.signal?.throwIfAborted()
          return await follow(url, init, {
            check: (each) => checkUrl(each, protocols, rules),
            send,
            maxRedirects: own.maxRedirects ?? maxRedirects,
          })
        } catch (error) {
          throw failureOf(error, init.signal)
        }
      },
      async close() {
        ended = true
        ways.delete(way)
        await (await opened)?.destroy()
      },
    }
    ways.add(way)
    return way
  }

  const shared = open()
  return {
    fetch: shared.fetch,
    outgoing: open,
    lookup(input) {
      const url = parseUrl(input)
      checkUrl(url, protocols, rules)
      return lookupUnder(rules, targetOf(url).port, resolve ?? systemResolve)
    },
    async close() {
      closed = true
      await Promise.all([...ways].map((way) => way.close()))
    },
  }
}
