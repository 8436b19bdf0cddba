/** What goes out of a call: its query, its headers, and what tells kept answers apart (services part, §3.2, §3.3). */
import type { Call, Caller, Method } from '@gw/core'
import { appliesTo, type Header, type HttpConfig, type Parameter } from './config.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

export interface OutgoingQuery {
  readonly sent: Pairs
  /** What of it tells kept answers apart. */
  readonly kept: Pairs
  /** Values that were resolved for this caller: they always tell answers apart. */
  readonly resolved: readonly string[]
}

const MODIFIERS: Readonly<Record<string, (text: string) => string>> = {
  strtoupper: (text) => text.toUpperCase(),
  strtolower: (text) => text.toLowerCase(),
  ucfirst: (text) => text.charAt(0).toUpperCase() + text.slice(1),
  lcfirst: (text) => text.charAt(0).toLowerCase() + text.slice(1),
  ucwords: (text) => text.replace(/(^|\s)\S/g, (one) => one.toUpperCase()),
  urlencode: (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  urldecode: (text) => decoded(text.replaceAll('+', ' ')),
  rawurlencode: encodeURIComponent,
  rawurldecode: (text) => decoded(text),
  base64_encode: (text) => Buffer.from(text, 'utf8').toString('base64'),
  base64_decode: (text) => Buffer.from(text, 'base64').toString('utf8'),
  trim: (text) => text.trim(),
}
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const LOOKUP = /\{(?:([a-z0-9_]+)\(([\w.-]{1,64})\)|([\w.-]{1,64}))\}/g

/**
 * Puts lookups into a configured text, private ones included. Never into what a client sent: it would let them read
 * what is private. One pass, so that a value can not name another; what does not resolve stays as it is written.
 */
export const withLookups = (text: string, { lookup }: Caller): string =>
  text.replace(LOOKUP, (whole, modifier: string | undefined, modified: string, name: string) => {
    const value = lookup(modified ?? name, 'private')
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return whole
    if (modifier === undefined) return String(value)
    return Object.hasOwn(MODIFIERS, modifier) ? MODIFIERS[modifier]!(String(value)) : whole
  })

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** What the client signed in with is for the gateway alone. */
const isCredential = (name: string, call: Call): boolean =>
  (name === 'api_key' && call.header('x-dreamfactory-api-key') === undefined) ||
  (name === 'session_token' &&
    call.header('x-dreamfactory-session-token') === undefined &&
    !/^bearer /i.test(call.header('authorization') ?? ''))

/** The client's parameters in order, as they were sent; a repeated name is several pairs. */
const clientPairs = (call: Call): Pairs =>
  Object.entries((call.query ?? {}) as Record<string, string | readonly string[]>).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value as string]).map((one) => [name, one] as const),
  )

/** By the truth table of `exclude`, `outbound`, `cache_key` and verbs. */
export const outgoingQuery = (parameters: readonly Parameter[], call: Call): OutgoingQuery => {
  const applying = parameters.filter(({ action }) => appliesTo(action, call.method))
  const sent: [string, string][] = []
  const kept: [string, string][] = []
  const resolved: string[] = []
  for (const [name, value] of clientPairs(call)) {
    // The last entry of a name decides.
    const excluding = applying.findLast((one) => one.exclude && sameName(one.name, name))
    if (!excluding?.outbound && !(isCredential(name, call) && !excluding)) sent.push([name, value])
    if (!excluding?.cache_key) kept.push([name, value])
  }
  for (const { exclude, name, value, outbound, cache_key } of applying) {
    if (exclude) continue
    const filled = withLookups(value ?? '', call.caller)
    if (outbound) sent.push([name, filled])
    if (cache_key) kept.push([name, filled])
    if (outbound && filled !== value) resolved.push(`${name}=${filled}`)
  }
  return { sent, kept, resolved }
}

/** Form style (a space is `+`). An empty value is sent as the bare name. */
export const queryText = (pairs: Pairs): string =>
  pairs.map(([name, value]) => new URLSearchParams([[name, value]]).toString().replace(/=$/, '')).join('&')

/** Never forwarded: they are about one connection, or about the body as it was sent. */
const OWN = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
])

/** The client's header of a name, in which `-`, `_` and a space are the same. */
const clientHeader = (call: Call, name: string): string | undefined => {
  const value = call.header(name.toLowerCase().replace(/[_ ]/g, '-'))
  const basic = sameName(name, 'authorization') && value ? /^basic\s+(\S+)$/i.exec(value) : null
  return basic ? `Basic ${basic[1]}` : value
}

export interface OutgoingHeaders {
  readonly headers: Headers
  /** Values that may be another caller's otherwise. */
  readonly resolved: readonly string[]
}

export interface HeaderOptions {
  readonly config: Pick<HttpConfig, 'headers'>
  /** Sent with every call. */
  readonly fixed: Readonly<Record<string, string>>
  /** Names of headers that the API description takes from the client. */
  readonly documented: readonly string[]
  readonly hasBody: boolean
}

/** A description does not decide about credentials, nor about what the gateway negotiates itself. */
const NOT_FROM_CLIENT = /^(?:authorization|cookie|accept|accept-encoding|content-type|x-dreamfactory-.*)$/i

const entry = (one: Header, call: Call): string | undefined =>
  one.pass_from_client ? clientHeader(call, one.name) : withLookups(one.value ?? '', call.caller)

export const outgoingHeaders = (call: Call, { config, fixed, documented, hasBody }: HeaderOptions): OutgoingHeaders => {
  const headers = new Headers({ accept: '*/*', ...fixed })
  const resolved: string[] = []
  if (hasBody) headers.set('content-type', call.header('content-type') ?? 'application/json')
  const add = (name: string, value: string | undefined, configured?: string | null) => {
    if (value === undefined || OWN.has(name.toLowerCase())) return
    headers.set(name, value)
    if (value !== configured) resolved.push(`${name.toLowerCase()}:${value}`)
  }
  for (const name of documented) if (!NOT_FROM_CLIENT.test(name)) add(name, clientHeader(call, name))
  for (const one of config.headers) {
    if (!appliesTo(one.action, call.method)) continue
    add(one.name.replace(/[_ ]/g, '-'), entry(one, call), one.pass_from_client ? undefined : one.value)
  }
  return { headers, resolved }
}

/** Whether a method carries a body. */
export const mayHaveBody = (method: Method): boolean => method !== 'GET'
