/** One call of the service from its beginning to its end: what is sent, how often, what is kept, what comes back. */
import { type Call, GwError, type Outgoing } from '@gw/core'
import { type Attempts, type Cache, isIdempotent, keyOf, replyOf, type Tokens } from '@gw/remote'
import { addressOf } from './address.ts'
import type { HttpConfig } from './config.ts'
import { mayHaveBody, outgoingHeaders, outgoingQuery, queryText } from './outgoing.ts'

/** What a started service works with. */
export interface Running {
  readonly config: HttpConfig
  readonly base: string
  /** Headers from options. */
  readonly fixed: Readonly<Record<string, string>>
  readonly followsRedirects: boolean
  readonly way: Outgoing
  readonly attempts: Attempts
  readonly tokens: Tokens | undefined
  readonly cache: Cache | undefined
}

export interface Request {
  readonly call: Call
  /** Below the base URL: encoded, with a slash before it, or empty. */
  readonly path: string
  /** A body that was read already, or the client's stream. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined
  /** Headers that the API description takes from clients. */
  readonly documented: readonly string[]
}

type Body = Request['body']

/** Bytes of a body that is kept so that it can be sent again. */
const REPLAYED = 65_536

const announced = (call: Call): number | undefined => {
  const length = call.header('content-length')
  return length === undefined ? undefined : Number(length)
}

/** What was read of a stream, and the rest of it. */
const rejoined = (read: readonly Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>) => {
  const waiting = [...read]
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = waiting.shift() ?? (await reader.read()).value
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** Reads a body as far as it may be kept. */
const shortened = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array | ReadableStream<Uint8Array>> => {
  const reader = body.getReader()
  const read: Uint8Array[] = []
  for (let size = 0; size <= REPLAYED; ) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(read)
    read.push(value)
    size += value.byteLength
  }
  return rejoined(read, reader)
}

/**
 * A body that is short is read, so that it can be sent again; a long one is a stream, and is sent once. What is not
 * tried again is not waited for, unless it says that it is short.
 */
const bodyOf = async ({ call, body }: Request): Promise<Body> => {
  if (!mayHaveBody(call.method) || body === undefined) return undefined
  if (call.header('content-encoding') !== undefined)
    throw new GwError('not_supported', 'Request bodies with a content-encoding are not passed on. Send it as it is.')
  if (body instanceof Uint8Array) return body.byteLength > 0 ? body : undefined
  const length = announced(call)
  const none = length === undefined && call.header('transfer-encoding') === undefined && !call.request.body
  if (length === 0 || none) return undefined
  const waits = length === undefined ? isIdempotent(call.method) : length <= REPLAYED
  return waits ? shortened(body) : body
}

/** The address that the client called this service by. */
const ownAddress = (call: Call): string => {
  const { origin, pathname } = new URL(call.request.url)
  const before = new RegExp(`^.*?/${call.service}(?=/|$)`, 'i').exec(pathname)?.[0]
  return origin + (before ?? `/api/v2/${call.service}`)
}

interface Sending {
  readonly call: Call
  readonly url: URL
  readonly headers: Headers
  readonly body: Body
  readonly head: boolean
}

/** Sends a request once; again with a new token, where the one it had may have been taken back before its end. */
const sender = ({ way, tokens, followsRedirects }: Running, { call, url, headers, body, head }: Sending) => {
  const isStream = body instanceof ReadableStream
  const length = isStream ? announced(call) : undefined
  if (length !== undefined) headers.set('content-length', String(length))
  const send = async (fresh = false): Promise<Response> => {
    if (tokens) headers.set('authorization', await tokens.authorization(fresh))
    return way.fetch(url, {
      method: head ? 'HEAD' : call.method,
      headers,
      signal: call.signal,
      redirect: followsRedirects ? 'follow' : 'manual',
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
    })
  }
  return async () => {
    const response = await send()
    if (response.status !== 401 || !tokens || isStream) return response
    await response.body?.cancel()
    return send(true)
  }
}

/** Passes a call on. */
export const exchange = async (running: Running, request: Request): Promise<Response> => {
  const { config, base, fixed, attempts } = running
  const { call, path, documented } = request
  const head = call.method === 'GET' && call.request.method === 'HEAD'
  const query = outgoingQuery(config.parameters, call)
  const body = await bodyOf(request)
  const { headers, resolved } = outgoingHeaders(call, { config, fixed, documented, hasBody: body !== undefined })
  const address = { base, trailingSlash: config.preserve_forward_trailing_slash }
  const url = addressOf(address, path, queryText(query.sent))
  const links = config.replace_link ? { from: base.replace(/\/+$/, ''), to: ownAddress(call) } : undefined
  const options = { head, passErrors: config.pass_errors, links }

  const cache = call.method === 'GET' && !head ? running.cache : undefined
  const key = cache ? keyOf([path, queryText(query.kept), query.resolved, resolved]) : ''
  const wantsNew = /(?:^|[,\s])no-(?:cache|store)\b/i.test(call.header('cache-control') ?? '')
  const kept = wantsNew ? undefined : cache?.find(key)
  if (kept) return replyOf(kept, options)

  const send = sender(running, { call, url, headers, body, head })
  const response = await attempts.run(call.method, !(body instanceof ReadableStream), call.signal, send)
  return replyOf(cache ? cache.keep(key, response) : response, options)
}
