import type { Credentials } from '../governance.ts'

/** Request headers. `name` is lower case, so that Node's own header object can stand behind it. */
export interface HeaderReader {
  get(name: string): string | null | undefined
}

/** Parsed query parameters; an array where a name was repeated. */
export type QueryParameters = Readonly<Record<string, string | readonly string[]>>

const nonEmpty = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** A parameter's value; the last one where it is repeated, as PHP clients expect. */
export const parameter = (query: QueryParameters, name: string): string | undefined => {
  const value = query[name]
  return nonEmpty(typeof value === 'object' ? value.at(-1) : value)
}

/** The rest of an `Authorization` header behind its scheme, or `undefined` where it has another scheme or no rest. */
const afterScheme = (authorization: string, scheme: 'bearer ' | 'basic '): string | undefined =>
  authorization.slice(0, scheme.length).toLowerCase() === scheme
    ? nonEmpty(authorization.slice(scheme.length).trim())
    : undefined

/** Text that is no base64 still counts as sent: it decodes to a name that nobody has, and the answer is 401. */
const decodeBasic = (encoded: string): { username: string; password: string } => {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0
    ? { username: text, password: '' }
    : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * The credentials in a request's headers and query string, not yet checked (the wire contract §1.4). The first
 * non-empty source wins: for the API key the query, then the header; for the session token `Authorization: Bearer`,
 * then the header, then the query. Basic credentials count only where there is no session token. A script token is
 * read from its header alone. The body is a source of its own: `bodyCredentials`.
 */
export const readCredentials = (headers: HeaderReader, query: QueryParameters): Credentials => {
  const authorization = headers.get('authorization')
  const sessionToken =
    (authorization ? afterScheme(authorization, 'bearer ') : undefined) ??
    nonEmpty(headers.get('x-dreamfactory-session-token')) ??
    parameter(query, 'session_token')
  const basic = authorization && sessionToken === undefined ? afterScheme(authorization, 'basic ') : undefined
  return {
    apiKey: parameter(query, 'api_key') ?? nonEmpty(headers.get('x-dreamfactory-api-key')),
    sessionToken,
    basic: basic === undefined ? undefined : decodeBasic(basic),
    scriptToken: nonEmpty(headers.get('x-dreamfactory-script-token')),
    // Also an empty one: it is meant to take rights away.
    actAs: headers.get('x-gw-act-as-role') ?? undefined,
  }
}

/**
 * The credentials in a parsed body: `api_key` and `session_token` of an object. They come last, after everything
 * `readCredentials` finds.
 *
 * @param path of the request; below `system/app` an `api_key` is an app's own field and no credential.
 */
export const bodyCredentials = (body: unknown, path: string): Credentials => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {}
  const field = (name: string) =>
    Object.hasOwn(body, name) ? nonEmpty((body as Record<string, unknown>)[name]) : undefined
  return {
    apiKey: path.toLowerCase().includes('system/app') ? undefined : field('api_key'),
    sessionToken: field('session_token'),
  }
}
