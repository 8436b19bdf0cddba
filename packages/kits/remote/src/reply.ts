/** What the service answered, as callers see it (services part, §3.6). */
import { type ErrorCode, GwError } from '@gw/core'

/** About one connection, or about the body as it was received: fetch has undone its encoding. */
// biome-ignore format: reads as a table
const DROPPED = [
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'content-encoding',
  // The gateway's host is not the service's: what is said of it, of its cookies and of who may read it is not true here.
  'set-cookie', 'set-cookie2', 'strict-transport-security', 'alt-svc', 'clear-site-data', 'www-authenticate', 'public-key-pins',
]

/** Characters of the service's own words in an error. */
const LONGEST_MESSAGE = 16_384

export interface ReplyOptions {
  readonly head: boolean
  /** Failures are passed on as they come. */
  readonly passErrors: boolean
  /** In texts, what to put for what. */
  readonly links: { readonly from: string; readonly to: string } | undefined
}

const headersOf = (response: Response): Headers => {
  const headers = new Headers(response.headers)
  // fetch has decoded the body: its length is another one.
  if (headers.has('content-encoding')) headers.delete('content-length')
  for (const name of (headers.get('connection') ?? '').split(','))
    if (/^[\w-]+$/.test(name.trim())) headers.delete(name.trim())
  for (const name of [...headers.keys()])
    if (DROPPED.includes(name) || name.startsWith('access-control-')) headers.delete(name)
  // A page of the service must not act as one of the gateway's.
  headers.append('content-security-policy', 'sandbox')
  headers.set('x-content-type-options', 'nosniff')
  return headers
}

// biome-ignore format: reads as a table
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request', 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 409: 'conflict',
  412: 'precondition_failed', 413: 'too_large', 422: 'unprocessable', 429: 'rate_limited', 501: 'not_supported',
  503: 'unavailable', 504: 'upstream_timeout',
}

const codeOf = (status: number): ErrorCode => CODES[status] ?? (status < 500 ? 'invalid_request' : 'upstream_failed')

/** The first characters of a text; the rest is not waited for. */
const beginningOf = async (response: Response): Promise<string> => {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length < LONGEST_MESSAGE) continue
    await reader.cancel()
    return text.slice(0, LONGEST_MESSAGE)
  }
}

const isText = (type: string | null): boolean =>
  type === null || /^(text\/|application\/([^;]*\+)?(json|xml|javascript|x-www-form-urlencoded))/i.test(type)

const failureOf = async (response: Response): Promise<GwError> => {
  const { status, headers } = response
  const text = isText(headers.get('content-type')) ? (await beginningOf(response)).trim() : ''
  if (text === '') await response.body?.cancel().catch(() => undefined)
  const wait = headers.get('retry-after')
  return new GwError(codeOf(status), text || `The remote service answered with status ${status}.`, {
    wire: { status, code: status },
    ...(wait !== null && { headers: { 'retry-after': wait } }),
  })
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/**
 * Replaces links in a text while it passes by. Also as PHP writes them in JSON, `https:\/\/…`. A link ends where its
 * name could not go on: `https://a.example/v1` is no part of `https://a.example/v10`.
 */
export const replacingLinks = (from: string, to: string): TransformStream<Uint8Array, Uint8Array> => {
  const slashed = (text: string) => text.replaceAll('/', '\\/')
  const pattern = new RegExp(`(?:${escaped(from)}|${escaped(slashed(from))})(?![\\w.-])`, 'g')
  const longest = slashed(from).length
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  /** @param known characters of it after which a link that begins there is whole, and what follows it is known */
  const replaced = (text: string, known: number): Uint8Array => {
    let out = ''
    let at = 0
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (index >= known) break
      out += text.slice(at, index) + (found.includes('\\/') ? slashed(to) : to)
      at = index + found.length
    }
    const end = Math.max(at, known)
    rest = text.slice(end)
    return encoder.encode(out + text.slice(at, end))
  }
  return new TransformStream({
    transform(chunk, controller) {
      const text = rest + decoder.decode(chunk, { stream: true })
      controller.enqueue(replaced(text, Math.max(0, text.length - longest)))
    },
    flush(controller) {
      const text = rest + decoder.decode()
      controller.enqueue(replaced(text, text.length))
    },
  })
}

/**
 * @returns the answer with its body as a stream
 * @throws GwError with the service's own status and words for every status from 300 on, but 304
 */
export const replyOf = async (response: Response, { head, passErrors, links }: ReplyOptions): Promise<Response> => {
  const { status } = response
  if (status >= 300 && status !== 304 && !passErrors) throw await failureOf(response)
  const headers = headersOf(response)
  const bodiless = head || status === 204 || status === 205 || status === 304
  if (bodiless) await response.body?.cancel()
  let body = bodiless ? null : response.body
  if (links) {
    for (const name of ['location', 'content-location', 'link']) {
      const value = headers.get(name)
      if (value) headers.set(name, value.replaceAll(links.from, links.to))
    }
    if (body && isText(headers.get('content-type'))) {
      body = body.pipeThrough(replacingLinks(links.from, links.to))
      for (const name of ['content-length', 'etag', 'content-md5', 'digest', 'repr-digest']) headers.delete(name)
    }
  }
  return new Response(body, { status, headers })
}
