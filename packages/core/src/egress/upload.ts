/**
 * Calls whose body is a stream. `fetch` clones such a request in case it has to be sent again, as its standard says, and
 * so keeps the whole of a body that goes by; undici's own call does not.
 */
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { type Dispatcher, request } from 'undici'

export interface Upload {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array>
  readonly signal: AbortSignal | null | undefined
}

/** What `fetch` says of itself where a caller says nothing. */
const DEFAULTS = { accept: '*/*', 'user-agent': 'node' }
const BODILESS = new Set([204, 205, 304])
/** Bytes of an answer that wait for their reader. */
const WAITING = new ByteLengthQueuingStrategy({ highWaterMark: 65_536 })

const headersOf = (received: Dispatcher.ResponseData['headers']): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(received))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  return headers
}

const DECODERS = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** Undoes an encoding as `fetch` does, though none was asked for; one that is not known stays. */
const decoded = (body: Readable, encoding: string): Readable => {
  if (!Object.hasOwn(DECODERS, encoding)) return body
  // The stream itself tells whoever reads it of a failure.
  return pipeline(body, DECODERS[encoding as keyof typeof DECODERS](), () => undefined)
}

/** Sends a stream as it comes, and gives the answer as `fetch` would. */
export const upload = async (
  dispatcher: Dispatcher,
  { url, method, headers, body: sent, signal }: Upload,
): Promise<Response> => {
  const answer = await request(url, {
    dispatcher,
    method: method as Dispatcher.HttpMethod,
    headers: { ...DEFAULTS, ...Object.fromEntries(headers) },
    body: Readable.from(sent as NodeStream<Uint8Array>, { objectMode: false }),
    signal: signal ?? null,
  })
  const { statusCode: status } = answer
  const received = headersOf(answer.headers)
  if (BODILESS.has(status)) {
    await answer.body.dump()
    return new Response(null, { status, headers: received })
  }
  const body = decoded(answer.body, received.get('content-encoding')?.trim().toLowerCase() ?? '')
  const stream = Readable.toWeb(body, { strategy: WAITING }) as ReadableStream<Uint8Array>
  return new Response(stream, { status, headers: received })
}
