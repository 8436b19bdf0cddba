/** A call → the `event` that a script sees; what the script makes of it → a reply. */
import { type Call, GwError, type Reply, rows, type ScriptEvent, type ScriptOutcome } from '@gw/core'

const contentOf = ({ raw, body }: Pick<Call, 'raw' | 'body'>): string => {
  if (raw) return new TextDecoder().decode(raw)
  return body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body)
}

export const eventOf = (call: Call): ScriptEvent => {
  const { request, method, path, query, body, service } = call
  const url = new URL(request.url)
  return {
    request: {
      api_version: '2.0',
      method,
      parameters: { ...(query as object) },
      headers: Object.fromEntries(request.headers),
      payload: body ?? null,
      content: contentOf(call),
      content_type: request.headers.get('content-type') ?? '',
      uri: url.pathname + url.search,
      service,
    },
    response: { status_code: null, headers: {}, content: null, content_type: null },
    resource: path,
  }
}

interface Answer {
  readonly content: unknown
  readonly status: number
  readonly type: string | null
  readonly headers: Readonly<Record<string, string>>
}

const KEYS: ReadonlySet<string> = new Set(['content', 'status_code', 'content_type', 'headers'])

/** Whether a returned value is a whole answer: it has its words, and no others. */
const isAnswer = (value: unknown): value is Partial<ScriptEvent['response']> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return keys.every((key) => KEYS.has(key)) && (keys.includes('content') || keys.includes('status_code'))
}

const answerOf = ({ event, returned }: ScriptOutcome): Answer => {
  if (returned !== undefined && !isAnswer(returned)) return { content: returned, status: 200, type: null, headers: {} }
  const { content, status_code, content_type, headers } = (returned ?? event.response ?? {}) as Record<string, unknown>
  return {
    content: content ?? null,
    status: statusOf(status_code),
    type: typeof content_type === 'string' && content_type !== '' ? content_type : null,
    headers: headersOf(headers),
  }
}

const statusOf = (status: unknown): number => {
  const number = status === undefined || status === null || status === '' ? 200 : Number(status)
  if (Number.isInteger(number) && number >= 200 && number <= 599) return number
  throw new GwError('internal', 'The script answered with a status_code that is none: give one from 200 to 599.')
}

/** What belongs to the connection is not a script's to say. */
const FORBIDDEN = new Set([
  'connection',
  'content-length',
  'content-encoding',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export const headersOf = (headers: unknown): Readonly<Record<string, string>> => {
  const made = new Headers()
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) {
    if (FORBIDDEN.has(name.toLowerCase()) || value === null || value === undefined) continue
    try {
      made.set(name, String(value))
    } catch {
      throw new GwError('internal', 'The script answered with a header that can not be sent.')
    }
  }
  return Object.fromEntries(made)
}

/** Whether a status may have a body at all. */
const isEmpty = (status: number): boolean => status === 204 || status === 205 || status === 304

/** A plain value goes through the gateway's formats; what has a status or a type of its own is sent as it is. */
export const replyOf = (outcome: ScriptOutcome, call: Pick<Call, 'sendHeader'>): Reply => {
  const { content, status, type, headers } = answerOf(outcome)
  if (status === 200 && type === null) {
    for (const [name, value] of Object.entries(headers)) call.sendHeader?.(name, value)
    return Array.isArray(content) ? rows({ items: content, bare: true }) : content
  }
  const body = typeof content === 'string' && type !== null ? content : JSON.stringify(content)
  return new Response(isEmpty(status) ? null : body, {
    status,
    headers: { ...headers, ...(!isEmpty(status) && { 'content-type': type ?? 'application/json' }) },
  })
}
