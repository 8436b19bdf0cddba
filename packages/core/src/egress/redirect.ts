import { GwError } from '../errors.ts'
import { refused } from './failure.ts'

type Body = NonNullable<RequestInit['body']>

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Body | null
}

/** What may follow a redirect to another origin: content negotiation, and nothing a caller could put a credential in. */
const HARMLESS = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
])
/** Describes a body that is no longer sent (the fetch standard's request-body-header names). */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Where an answer redirects to, or `undefined` where it doesn't. Throws `upstream_failed` for an unreadable location. */
export const redirectTarget = (response: Response, from: URL): URL | undefined => {
  const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null
  if (location === null) return undefined
  if (!URL.canParse(location, from.href)) {
    throw new GwError('upstream_failed', 'The remote service redirected to something that is not a URL.')
  }
  return new URL(location, from.href)
}

const canBeSentAgain = (body: Body | null): boolean =>
  body === null || typeof body === 'string' || !(Symbol.asyncIterator in body)

/**
 * The request that follows a redirect: method and body as the fetch standard has it, headers stripped where the
 * origin changes.
 *
 * @throws `forbidden` for a step from https to http; `upstream_failed` where a stream would be needed a second time.
 */
export const nextHop = (hop: Hop, status: number, url: URL): Hop => {
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw refused('the remote service redirected from https to http. Configure the final https address instead.')
  }
  const headers = new Headers(hop.headers)
  if (url.origin !== hop.url.origin) {
    for (const name of [...headers.keys()]) if (!HARMLESS.has(name)) headers.delete(name)
  }
  const toGet =
    status === 303
      ? hop.method !== 'GET' && hop.method !== 'HEAD'
      : (status === 301 || status === 302) && hop.method === 'POST'
  if (toGet) {
    for (const name of BODY_HEADERS) headers.delete(name)
    return { url, method: 'GET', headers, body: null }
  }
  if (!canBeSentAgain(hop.body)) {
    throw new GwError(
      'upstream_failed',
      'The remote service redirected a streamed request, which cannot be sent twice.',
    )
  }
  return { url, method: hop.method, headers, body: hop.body }
}
