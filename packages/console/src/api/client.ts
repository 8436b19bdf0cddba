/**
 * The one way to the gateway: every call of the console goes through `request`. The session is a cookie that scripts can
 * not read; the header beside it is what a page of another origin can not send.
 */

import { noteAnswer } from './reachability.ts'

/** What the gateway refused, or why it could not be asked; `message` is ready to be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0: there was no answer. */
  readonly status: number
  /** What is wrong by field, where the gateway said it. */
  readonly fields: Readonly<Record<string, readonly string[]>>

  constructor(message: string, status: number, fields: Readonly<Record<string, readonly string[]>> = {}) {
    super(message)
    this.status = status
    this.fields = fields
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Left out where undefined. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON; a `FormData` as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const BASE = '/api/v2/'

/** The address of a call, for links and for showing it to people. */
export const addressOf = (path: string, query: RequestOptions['query'] = {}): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `${BASE}${path}${search && `?${search}`}`
}

const isJson = ({ headers }: Response): boolean => /[/+]json\b/.test(headers.get('content-type') ?? '')
/** Said by whoever stands before the gateway and does not reach it; what the gateway says is JSON. */
const isOfProxy = (answer: Response): boolean => [502, 503, 504].includes(answer.status) && !isJson(answer)

/** @returns the answer as the gateway sent it, whatever its status @throws ApiError where there is none */
export const send = async (path: string, options: RequestOptions = {}): Promise<Response> => {
  const { method = 'GET', query, body, headers, signal } = options
  const isForm = body instanceof FormData
  try {
    const answer = await fetch(addressOf(path, query), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'x-gw-session': 'cookie',
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    noteAnswer(!isOfProxy(answer))
    return answer
  } catch (error) {
    if (signal?.aborted) throw error
    noteAnswer(false)
    throw new ApiError('The gateway does not answer. Is it running, and is there a network?', 0)
  }
}

/** One call of the API, below `/api/v2/`. @throws ApiError with what the gateway says is wrong */
export const request = async <Answer>(path: string, options: RequestOptions = {}): Promise<Answer> => {
  const response = await send(path, options)
  const text = await response.text()
  const told: unknown = isJson(response) && text !== '' ? JSON.parse(text) : text
  if (response.ok) return told as Answer
  throw errorOf(told, response.status)
}

interface Told {
  readonly message?: unknown
  readonly context?: unknown
}

/** The gateway's envelope: `{"error": {"message", "context"}}`. */
export const errorOf = (told: unknown, status: number): ApiError => {
  const error = innerOf((told as { error?: Told } | null)?.error)
  const message = typeof error?.message === 'string' && error.message !== '' ? error.message : unexplained(status)
  return new ApiError(message, status, fieldsIn(error?.context))
}

const unexplained = (status: number): string =>
  status >= 500
    ? `The gateway failed (${status}). Its log says more.`
    : `The gateway refused this (${status}) without a reason.`

/** A batch of one tells its reason inside: `{context: {error: [0], resource: [{message, context}]}}`. */
const innerOf = (error: Told | undefined): Told | undefined => {
  const context = error?.context as { readonly error?: unknown; readonly resource?: readonly Told[] } | null | undefined
  if (!Array.isArray(context?.error) || !Array.isArray(context.resource)) return error
  return context.error.length === 1 ? (context.resource[Number(context.error[0])] ?? error) : error
}

const fieldsIn = (context: unknown): Readonly<Record<string, readonly string[]>> => {
  if (typeof context !== 'object' || context === null) return {}
  return Object.fromEntries(
    Object.entries(context).flatMap(([name, texts]) =>
      Array.isArray(texts) && texts.every((one) => typeof one === 'string') ? [[name, texts as readonly string[]]] : [],
    ),
  )
}
