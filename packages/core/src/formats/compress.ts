/** Compression of answers: whole texts in one go, streams piece by piece. */
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { COMPRESSIBLE_CONTENT_TYPE_REGEX } from 'hono/utils/compress'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import { variantOf } from '../entity-tag.ts'
import { type Answer, type Text, TextAnswer } from './answer.ts'

export type Coding = 'br' | 'gzip'

const gzip = promisify(zlib.gzip) as (text: Text) => Promise<Buffer>
const brotli = promisify(zlib.brotliCompress) as (text: Text, options: zlib.BrotliOptions) => Promise<Buffer>
/** Fast enough for answers made on the fly, and smaller than gzip's default. */
const BROTLI = { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 }

const chosen = new LRUCache<string, Coding | 'identity'>({ max: 100 })
const CACHED_LENGTH = 256

const CODINGS = ['br', 'gzip', 'identity'] as const

/** Quality values decide; among equals brotli, which is smallest. */
const codingFor = (acceptEncoding: string): Coding | 'identity' => {
  const cached = chosen.get(acceptEncoding)
  if (cached) return cached
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }) as PreferringNegotiator
  const coding = negotiator.encoding(CODINGS, { preferred: CODINGS }) ?? 'identity'
  if (acceptEncoding.length <= CACHED_LENGTH) chosen.set(acceptEncoding, coding)
  return coding
}

/** Of codings in which something lies ready, the one that a client likes best; `undefined` where that is none of them. */
export const codingFrom = (acceptEncoding: string, ready: readonly Coding[]): Coding | undefined => {
  if (ready.length === 0) return undefined
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }) as PreferringNegotiator
  const available = CODINGS.filter((one) => one === 'identity' || ready.includes(one))
  const coding = negotiator.encoding(available, { preferred: available })
  return coding === 'identity' ? undefined : coding
}

/** The library's second argument, which its types don't know yet. */
interface PreferringNegotiator {
  encoding<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T | undefined
}

// `text/event-stream` is compressible too, as every piece is flushed; row streams have a type of their own.
const OWN_TYPES = /^(?:text\/event-stream|application\/(?:x-)?(?:ndjson|jsonl))(?:;|$)/i

/** Where headers are read and written, whichever kind of answer they belong to. */
interface HeaderAccess {
  get(name: string): string | null | undefined
  set(name: string, value: string): void
  delete(name: string): void
}

const onRecord = (headers: Record<string, string>): HeaderAccess => ({
  get: (name) => headers[name],
  set(name, value) {
    headers[name] = value
  },
  delete(name) {
    delete headers[name]
  },
})

const eligible = (status: number, headers: HeaderAccess): boolean => {
  if (status === 204 || status === 206 || status === 304) return false
  if ((headers.get('content-encoding') ?? null) !== null) return false
  const type = headers.get('content-type') ?? ''
  if (!COMPRESSIBLE_CONTENT_TYPE_REGEX.test(type) && !OWN_TYPES.test(type)) return false
  return !/(?:^|,)\s*no-transform\s*(?:,|$)/i.test(headers.get('cache-control') ?? '')
}

const vary = (headers: HeaderAccess): void => {
  const value = headers.get('vary')
  if (!value) headers.set('vary', 'accept-encoding')
  else if (value !== '*' && !/(?:^|,)\s*accept-encoding\s*(?:,|$)/i.test(value))
    headers.set('vary', `${value}, accept-encoding`)
}

/** Makes headers say what they have to of an encoded answer. */
const encode = (headers: HeaderAccess, coding: Coding): void => {
  headers.set('content-encoding', coding)
  headers.delete('content-length')
  headers.delete('accept-ranges')
  // The bytes differ from the plain answer's, so a validator of bytes no longer holds (RFC 9110 §8.8.1): a tag of ours
  // says so and stays strong.
  const tag = headers.get('etag')
  if (tag?.startsWith('"')) headers.set('etag', variantOf(tag, coding) ?? `W/${tag}`)
  vary(headers)
}

const compressText = async ({ status, headers: plain }: TextAnswer, text: Text, coding: Coding): Promise<Answer> => {
  const params = { ...BROTLI, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  const bytes = await (coding === 'br' ? brotli(text, { params }) : gzip(text))
  const headers = { ...plain }
  encode(onRecord(headers), coding)
  headers['content-length'] = String(bytes.byteLength)
  return new TextAnswer(status, headers, bytes)
}

const compressStream = (response: Response, body: ReadableStream<Uint8Array>, coding: Coding): Response => {
  // Every piece is flushed: a slow stream is delivered as it comes, not when a window is full.
  const encoder =
    coding === 'br'
      ? zlib.createBrotliCompress({ params: BROTLI, flush: zlib.constants.BROTLI_OPERATION_FLUSH })
      : zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH })
  // Carries an error forward (the answer breaks off) and a cancellation back (the source is let go); both reach
  // their reader through the stream itself, so there is nothing left to do here.
  pipeline(Readable.fromWeb(body as NodeReadableStream<Uint8Array>), encoder, () => {})
  const compressed = Readable.toWeb(encoder) as unknown as ReadableStream<Uint8Array>
  const headers = new Headers(response.headers)
  encode(headers, coding)
  return new Response(compressed, { status: response.status, statusText: response.statusText, headers })
}

/**
 * Compresses an answer with br or gzip where the client accepts it and it is worth it.
 *
 * Call it last, after everything else that reads the body. Texts below `minimum` bytes, types that don't compress,
 * encoded answers and `cache-control: no-transform` are returned as they came.
 * @param acceptEncoding The request's `Accept-Encoding`; without one nothing is compressed.
 * @param minimum In bytes. Default: 1024, below which compression costs more than it saves.
 */
export const compress = (
  answer: Answer,
  acceptEncoding: string | undefined,
  minimum = 1024,
): Answer | Promise<Answer> => {
  if (!acceptEncoding) return answer
  if (answer instanceof TextAnswer) {
    const { text } = answer
    if (text === undefined || text.length * 3 < minimum || Buffer.byteLength(text) < minimum) return answer
    const coding = codingFor(acceptEncoding)
    if (coding === 'identity' || !eligible(answer.status, onRecord(answer.headers))) return answer
    return compressText(answer, text, coding)
  }
  const coding = codingFor(acceptEncoding)
  if (coding === 'identity' || !eligible(answer.status, answer.headers)) return answer
  const length = answer.headers.get('content-length')
  if (!answer.body || (length !== null && Number(length) < minimum)) return answer
  return compressStream(answer, answer.body, coding)
}
