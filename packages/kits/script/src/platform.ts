/** `platform.api`: what a script calls, answered in the gateway under the rights of whoever it runs for. */
import { GwError, type Host, METHODS, type ScriptRun, statusOf } from '@gw/core'
import type { ApiAnswer, ApiCall } from './protocol.ts'

/** Bytes of one answer. */
const MOST_ANSWER = 8_388_608
const JSON_TYPE = 'application/json'

export interface PlatformOptions {
  readonly host: Host
  /** Hosts outside that a script may call: names, `*.` before a domain, or `*` alone. */
  readonly allowed: readonly string[]
}

interface CallOptions {
  readonly headers: Headers
  readonly parameters: Readonly<Record<string, unknown>>
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const optionsOf = (options: unknown): CallOptions => {
  const { headers, parameters } = objectOf(options)
  const sent = new Headers()
  for (const [name, value] of Object.entries(objectOf(headers))) sent.set(name, String(value))
  return { headers: sent, parameters: objectOf(parameters) }
}

const withParameters = (path: string, parameters: CallOptions['parameters']): string => {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
}

const requestOf = ({ method, payload }: ApiCall, { headers }: CallOptions): RequestInit => {
  const verb = METHODS.find((one) => one === String(method).toUpperCase())
  if (!verb)
    throw new GwError('invalid_request', `platform.api has no '${method}': use get, post, put, patch or delete.`)
  const sends = verb !== 'GET' && payload !== undefined && payload !== null && payload !== ''
  if (!sends) return { method: verb, headers }
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  if (!headers.has('content-type')) headers.set('content-type', JSON_TYPE)
  return { method: verb, headers, body: text }
}

const textOf = async (response: Response): Promise<string> => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength
    if (bytes > MOST_ANSWER)
      throw new GwError(
        'too_large',
        `The answer is larger than the ${MOST_ANSWER} bytes that a script may read. Ask for less.`,
      )
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

const answerOf = async (response: Response): Promise<ApiAnswer> => {
  const text = await textOf(response)
  const type = response.headers.get('content-type')
  const isJson = type !== null && /[/+]json\b/.test(type) && text !== ''
  return {
    status_code: response.status,
    headers: Object.fromEntries(response.headers),
    content: isJson ? parsed(text) : text,
    content_type: type,
  }
}

/** What calls itself JSON and is none, is text. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isAllowed = (host: string, allowed: readonly string[]): boolean =>
  allowed.some((one) => one === '*' || one === host || (one.startsWith('*.') && host.endsWith(one.slice(1))))

const outside = (address: string, request: RequestInit, { signal }: ScriptRun, { host, allowed }: PlatformOptions) => {
  if (!URL.canParse(address))
    throw new GwError('invalid_request', 'The script called an address that is no URL. Check how it is put together.')
  const url = new URL(address)
  if (!isAllowed(url.hostname, allowed))
    throw new GwError(
      'forbidden',
      `The script may not call '${url.hostname}'. An administrator can add it to 'allowed_hosts'.`,
    )
  // Another host must not be reached by way of an allowed one.
  return host.fetch(url, { ...request, signal, redirect: 'manual' })
}

const WEB = /^https?:\/\//i

/** As an answer of the same shape, so that scripts look at one thing. */
const failureOf = (error: unknown): ApiAnswer => {
  const known = GwError.is(error) ? error : new GwError('upstream_failed', 'The call failed. Try again later.')
  const status = statusOf(known)
  return {
    status_code: status,
    headers: {},
    content: { error: { code: status, context: known.details ?? null, message: known.message, status_code: status } },
    content_type: JSON_TYPE,
  }
}

/** Never rejects: what is refused is answered, as a client would be. */
export const answerCall = async (call: ApiCall, run: ScriptRun, options: PlatformOptions): Promise<ApiAnswer> => {
  try {
    const own = optionsOf(call.options)
    const request = requestOf(call, own)
    const path = withParameters(String(call.path), own.parameters)
    if (WEB.test(path)) return await answerOf(await outside(path, request, run, options))
    const below = path.replace(/^\/+/, '').replace(/^api\/v2\//, '')
    return await answerOf(await run.fetch(`/${below}`, { ...request, signal: run.signal }))
  } catch (error) {
    if (!GwError.is(error)) options.host.log.debug('a call of a script failed', { error })
    return failureOf(error)
  }
}
