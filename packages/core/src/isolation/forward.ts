/** One call, on its way to the process of its service and back. */
import { type Call, type ErrorCode, GwError, type Reply, STATUS } from '../contract.ts'
import type { Client, Sent } from './http.ts'
import { passedOn } from './http.ts'
import { HEADERS } from './protocol.ts'

/** What proves who calls has been judged already, and is nobody else's to see; the rest is of this connection. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  'x-dreamfactory-api-key',
  'x-dreamfactory-session-token',
  'x-dreamfactory-script-token',
  'x-gw-act-as-role',
  'authorization',
  'cookie',
  'accept-encoding',
  'content-length',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-request-id',
  HEADERS.call,
])
/** The same in the query, and the method that the call has already. */
const KEPT_BACK_PARAMETERS = ['api_key', 'session_token', 'method', '_method'] as const

const headersOf = ({ request, id }: Call, name: string): Record<string, string | string[]> => ({
  ...Object.fromEntries(
    Object.entries(passedOn(Object.fromEntries(request.headers))).filter(([header]) => !KEPT_BACK.has(header)),
  ),
  'x-request-id': id,
  [HEADERS.call]: name,
})

const targetOf = ({ request, objects, query }: Call): string => {
  const { pathname, searchParams } = new URL(request.url)
  // Where a script may have changed the parameters, they are what it left.
  const search = objects ? new URLSearchParams() : searchParams
  if (objects)
    for (const [name, value] of Object.entries((query ?? {}) as Record<string, string | readonly string[]>))
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  for (const name of KEPT_BACK_PARAMETERS) search.delete(name)
  const text = String(search)
  return text === '' ? pathname : `${pathname}?${text}`
}

/** The body as it came, or as it was left. */
const bodyOf = ({ raw, body, request }: Call): { readonly body?: Sent['body']; readonly type?: string } => {
  if (raw) return { body: raw }
  if (body instanceof ReadableStream) return request.method === 'GET' ? {} : { body: body as AsyncIterable<Uint8Array> }
  return body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)), type: 'application/json' }
}

const CODE_OF = new Map(Object.entries(STATUS).map(([code, status]) => [status as number, code as ErrorCode]))

/** What a script that looks at the answer is shown: an object, or the failure. */
const shown = async (response: Response): Promise<Reply> => {
  if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) return response
  const content = (await response.json()) as { readonly error?: { code: number; context: unknown; message: string } }
  if (response.ok || !content.error) return content
  const { code, context, message } = content.error
  throw new GwError(CODE_OF.get(response.status) ?? 'internal', message, {
    details: context,
    wire: { status: response.status, code },
  })
}

/**
 * @param name what the process calls the call by
 * @throws GwError `unavailable` where the process ends first
 */
export const forward = async (call: Call, name: string, client: Client): Promise<Reply> => {
  const { body, type } = bodyOf(call)
  const headers = headersOf(call, name)
  if (type !== undefined) headers['content-type'] = type
  if (!(call.body instanceof ReadableStream)) delete headers['content-encoding']
  const method = call.request.method === 'HEAD' ? 'HEAD' : call.method
  const response = await client
    .send({ method, path: targetOf(call), headers, body, signal: call.signal })
    .catch((error: unknown) => {
      if (GwError.is(error) || call.signal.aborted) throw error
      throw new GwError('unavailable', `Service '${call.service}' ended before it answered. Try again.`, {
        cause: new Error('The process of the service ended before it answered.', { cause: error }),
        headers: { 'retry-after': '5' },
      })
    })
  return call.objects ? shown(response) : response
}
