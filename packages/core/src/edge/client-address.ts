import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import proxyaddr from 'proxy-addr'
import { GwError } from '../errors.ts'
import type { HeaderReader } from './credentials.ts'

/** Where a request really comes from. */
export interface ClientAddress {
  /** An IP address; mapped IPv4 as IPv4. */
  readonly address: string
  readonly protocol: 'http' | 'https'
  /** The host that the client called, where a trusted proxy says so. */
  readonly host?: string
}

export interface ClientAddressOptions {
  /**
   * The header family that the proxies set; default `x-forwarded-for`, with `x-forwarded-proto` and `-host`. Only
   * one is read: a proxy passes the other on as the client sent it.
   */
  readonly header?: 'x-forwarded-for' | 'forwarded'
}

/** What proxies reported, in the order in which they appended it. */
interface Report {
  readonly addresses: readonly string[]
  readonly protocols: readonly (string | undefined)[]
  readonly hosts: readonly (string | undefined)[]
}

const canonical = (address: string): string => {
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIP(mapped) === 4 ? mapped : address
}

/** `203.0.113.7:4711`, `[2001:db8::1]:4711` and `2001:db8::1` without port and brackets; what is no address is `unknown`. */
const withoutPort = (text: string): string => {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([^:]*):\d+)$/.exec(text) ?? []
  const bare = bracketed ?? dotted ?? text
  return isIP(bare) === 0 ? 'unknown' : ipaddr.process(bare.replace(/%.*$/, '')).toString()
}

const list = (value: string | null | undefined): string[] => (value ? value.split(',').map((part) => part.trim()) : [])

const readForwardedFor = (headers: HeaderReader): Report => ({
  addresses: list(headers.get('x-forwarded-for')).map(withoutPort),
  protocols: list(headers.get('x-forwarded-proto')),
  hosts: list(headers.get('x-forwarded-host')),
})

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text)

/** Splits at a separator that stands outside of quotes. A loop, because a pattern rescans what a client left unclosed. */
const splitUnquoted = (text: string, separator: ',' | ';'): string[] => {
  const parts: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted && character === '\\') at += 1
    else if (character === '"') quoted = !quoted
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** RFC 7239: `for=192.0.2.60;proto=https;host=a.example, for="[2001:db8::1]:4711"`. */
const readForwarded = (headers: HeaderReader): Report => {
  const pairs = splitUnquoted(headers.get('forwarded') ?? '', ',').map((element) => {
    const found = new Map<string, string>()
    for (const pair of splitUnquoted(element, ';')) {
      const equals = pair.indexOf('=')
      if (equals > 0) found.set(pair.slice(0, equals).trim().toLowerCase(), unquote(pair.slice(equals + 1).trim()))
    }
    return found
  })
  return {
    addresses: pairs.map((pair) => withoutPort(pair.get('for') ?? '')),
    protocols: pairs.map((pair) => pair.get('proto')),
    hosts: pairs.map((pair) => pair.get('host')),
  }
}

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

const compileTrust = (trusted: readonly string[]): ((address: string, hop: number) => boolean) => {
  try {
    return proxyaddr.compile([...trusted])
  } catch (cause) {
    const message = `The trusted proxies cannot be used: each of ${trusted.join(', ')} must be an address, a network (10.0.0.0/8), loopback, linklocal or uniquelocal.`
    throw new GwError('invalid_request', message, { cause })
  }
}

/**
 * Compiles a list of proxies into a reader of client addresses. Reported addresses are walked from the nearest
 * proxy outwards, up to the first that isn't trusted (proxy-addr's rule): what a client forged stands behind its
 * own address and is never reached. Nothing is believed where the peer itself isn't a listed proxy.
 *
 * @param trusted addresses, networks, or `loopback`, `linklocal`, `uniquelocal`
 * @throws `invalid_request` for an entry that is none of these
 */
export const createClientAddress = (
  trusted: readonly string[],
  { header = 'x-forwarded-for' }: ClientAddressOptions = {},
) => {
  const trust = compileTrust(trusted)
  /** Peers whose headers say nothing: there are few, and each one asks often. */
  const untrusted = new LRUCache<string, ClientAddress>({ max: 1_000 })
  const read = header === 'forwarded' ? readForwarded : readForwardedFor

  return (remoteAddress: string, headers: HeaderReader): ClientAddress => {
    const known = untrusted.get(remoteAddress)
    if (known) return known
    const peer = canonical(remoteAddress)
    if (!trust(peer, 0)) {
      const itself: ClientAddress = { address: peer, protocol: 'http' }
      untrusted.set(remoteAddress, itself)
      return itself
    }
    const report = read(headers)
    const reported = { headers: { 'x-forwarded-for': report.addresses.join(',') }, socket: { remoteAddress: peer } }
    const chain = proxyaddr.all(reported as unknown as IncomingMessage, trust)
    // The proxy that reported the client reported protocol and host in the same turn, counted from the end; where
    // proxies replace a list instead of appending to it, there is one entry, and it is a trusted proxy's.
    const turn = Math.max(1, chain.length - 1)
    const inTurn = <T>(values: readonly T[]): T | undefined => values[Math.max(0, values.length - turn)]
    const host = inTurn(report.hosts)
    return {
      address: chain.findLast((address) => isIP(address) !== 0) ?? peer,
      protocol: inTurn(report.protocols)?.toLowerCase() === 'https' ? 'https' : 'http',
      ...(host && HOST.test(host) ? { host } : {}),
    }
  }
}
