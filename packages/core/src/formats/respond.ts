/** From a handler's reply to an answer: shape, wrap, format. */
import { type Encoded, isEncoded, isRows, type Reply, type Rows } from '../reply.ts'
import { until } from '../settle.ts'
import { type Answer, FramedBytes, lowerCased, type Text, TextAnswer } from './answer.ts'
import { fileHeader } from './file.ts'
import { jsonClosing, jsonOpening, toJson } from './json.ts'
import { type HeaderReader, isWrapped, type Shape, shapeOf } from './list.ts'
import { type Format, negotiate } from './negotiate.ts'
import { type Query, single } from './query.ts'
import { streamRows } from './stream.ts'
import { type Layout, WRITERS } from './writer.ts'

export interface RespondOptions {
  /** The status on success. Default: 200. */
  readonly status?: number | undefined
  /** The parsed query string. */
  readonly query: Query
  /** The request's headers. */
  readonly headers: HeaderReader
  /** The resource path below the service; what `file=true` names the file by. */
  readonly path?: string | undefined
  /** The key that lists stand under. Default: `resource`. */
  readonly wrapper?: string | undefined
  /** Whether lists are wrapped where the request does not say. Default: true. */
  readonly alwaysWrap?: boolean | undefined
  /** Answers without a body, as to HEAD. */
  readonly head?: boolean | undefined
  /** Ends a streamed answer when aborted; asked for by streams only, as most answers need no controller. */
  readonly signal?: (() => AbortSignal | undefined) | undefined
  /** Told why a streamed answer broke off after its first row; the stream's own error then carries no details. */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Sent with every answer (a request id); the reply's own headers win. Names in lower case. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined
}

type Items = Rows['items']
type List = Omit<Rows, 'items'>

/** A `Response` of any installed fetch implementation. */
const isResponse = (reply: unknown): reply is Response =>
  reply instanceof Response ||
  (typeof reply === 'object' &&
    reply !== null &&
    (reply as object & { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Response')

const isStream = (items: Items): items is Extract<Items, AsyncIterable<unknown>> => Symbol.asyncIterator in items

const UNACCEPTABLE = 'Content in response can not be resolved to acceptable content type. Original content: '

interface Plan {
  readonly options: RespondOptions
  /** `undefined`: nothing that can be sent is acceptable. */
  readonly format: Format | undefined
  readonly own: Readonly<Record<string, string>> | undefined
}

/** Sends finished text in the planned format, or says that there is none. */
const sendText = ({ options, format, own }: Plan, text: Text | FramedBytes): TextAnswer =>
  format
    ? new TextAnswer(options.status ?? 200, headersOf(format, options, own), options.head ? undefined : text)
    : unacceptable(options, text)

const unacceptable = (options: RespondOptions, original: Text | FramedBytes): TextAnswer =>
  new TextAnswer(
    400,
    { ...options.extraHeaders, 'content-type': 'text/plain; charset=utf-8' },
    options.head ? undefined : UNACCEPTABLE + stringOf(original),
  )

const stringOf = (text: Text | FramedBytes): string =>
  typeof text === 'string' ? text : Buffer.from(text instanceof FramedBytes ? text.joined() : text).toString('utf8')

const headersOf = (format: Format, options: RespondOptions, own: Plan['own']): Record<string, string> => {
  const type = WRITERS[format].type
  const file = single(options.query.file)
  if (!own && !file) return { ...options.extraHeaders, 'content-type': type }
  return {
    ...options.extraHeaders,
    ...(own && lowerCased(own)),
    'content-type': type,
    ...fileHeader(file, options.path ?? '', format),
  }
}

const shaped = (items: readonly unknown[], shape: Shape | undefined): readonly unknown[] =>
  shape ? items.map(shape).filter((row) => row !== undefined) : items

const listText = (
  items: readonly unknown[] | Encoded,
  layout: Layout,
  format: Format,
  shape: Shape | undefined,
): Text | FramedBytes => {
  const json = format === 'json' || format === 'text'
  // The hot path: rows that never became objects are sent as the text they are.
  if (json && isEncoded(items) && !shape) {
    const [opening, closing] = [jsonOpening(layout), jsonClosing(layout)]
    const { bytes, owned } = items
    return bytes ? new FramedBytes(opening, { bytes, owned }, closing) : opening + items.json + closing
  }
  const values = shaped(isEncoded(items) ? (JSON.parse(items.json) as unknown[]) : items, shape)
  if (json) return jsonOpening(layout) + toJson(values) + jsonClosing(layout)
  const writer = WRITERS[format].rows(layout)
  let text = ''
  for (const row of values) text += writer.row(row)
  return text + writer.end()
}

const respondStream = async (
  items: AsyncIterable<unknown>,
  layout: Layout,
  plan: Plan,
  shape: Shape | undefined,
): Promise<Answer> => {
  const { options, format, own } = plan
  const { head } = options
  const signal = options.signal?.()
  signal?.throwIfAborted()
  const iterator = items[Symbol.asyncIterator]()
  const asked = Promise.resolve(iterator.next())
  const first = await (signal ? until(asked, signal) : asked).catch((error: unknown) => {
    // Whoever has not answered yet may never do so: it is told, and not waited for.
    if (signal?.aborted) void Promise.resolve(iterator.return?.()).catch(() => undefined)
    throw error
  })
  if (signal?.aborted) {
    // An abort that came meanwhile is not told again.
    await iterator.return?.()
    throw signal.reason
  }
  if (head || !format) {
    // Nobody will read the rows.
    await iterator.return?.()
    return sendText(plan, '')
  }
  const body = streamRows({ iterator, first }, WRITERS[format].rows(layout), shape, {
    signal,
    onFailure: options.onFailure,
  })
  return new Response(body, { status: options.status ?? 200, headers: headersOf(format, options, own) })
}

const respondList = (items: Items, list: List, plan: Plan): Answer | Promise<Answer> => {
  const { options, format } = plan
  const { query, headers } = options
  const { meta } = list
  const wrap = isWrapped(meta, query, headers, !list.bare && (options.alwaysWrap ?? true))
  const layout: Layout = { wrapper: options.wrapper ?? 'resource', wrap, meta }
  const shape = shapeOf(list, query)
  if (isStream(items)) return respondStream(items, layout, plan, shape)
  return sendText(plan, listText(items, layout, format ?? 'json', shape))
}

/**
 * Turns a handler's reply into an answer (the wire contract §0.4, §0.5, §11.2).
 *
 * A `Response` is passed through untouched. Lists (rows and arrays) are trimmed and wrapped; encoded JSON and all
 * other values are sent bare; `undefined` is JSON's `null`. Streamed rows are answered once the first has come, so
 * that a source that fails at once throws from here; a later failure errors the body.
 */
export const respond = (reply: Reply, options: RespondOptions): Answer | Promise<Answer> => {
  const { query, headers } = options
  const file = single(query.file)
  const format = negotiate({ accept: headers.get('accept'), override: single(query.accept), file })
  if (isRows(reply)) return respondList(reply.items, reply, { options, format, own: reply.headers })
  const plan: Plan = { options, format, own: undefined }
  if (Array.isArray(reply)) return respondList(reply, {} as List, plan)
  const isJson = format === undefined || format === 'json' || format === 'text'
  if (isEncoded(reply) && isJson) return sendText(plan, reply.bytes ?? reply.json)
  if (isResponse(reply)) return reply
  const value = isEncoded(reply) ? JSON.parse(reply.json) : reply
  return sendText(plan, WRITERS[format ?? 'json'].value(value, options.wrapper ?? 'resource'))
}
