/** The bytes of a request body, never more of them than allowed. */
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { GwError } from '../errors.ts'
import { badBody } from './guard.ts'

/** Where a body comes from: Node's own stream where there is one, so that a GET may have a body too. */
export interface BodySource {
  readonly incoming?: IncomingMessage | undefined
  readonly request: Request
}

const EMPTY = Buffer.alloc(0)

// The rest of the upload is not read, so the connection cannot be used again.
const tooLarge = (limit: number): GwError =>
  new GwError('too_large', `The request body is larger than the ${limit} bytes allowed. Send less at a time.`, {
    headers: { connection: 'close' },
  })

/**
 * How long a body may take which has to be read as a whole: a while, and longer the more of it has come, so that
 * neither one that stops nor one that trickles is waited for. In milliseconds, and bytes a second.
 */
const PATIENCE = { least: 20_000, most: 300_000, rate: 500 }
/** Milliseconds that may be left to a body. */
const leftFor = (size: number, since: number): number =>
  Math.min(PATIENCE.least + (size / PATIENCE.rate) * 1000, PATIENCE.most) - (performance.now() - since)
const tooSlow = (): GwError =>
  new GwError('invalid_request', 'The request body took too long to arrive.', { headers: { connection: 'close' } })

const endedEarly = (): GwError => badBody('The request body ended before it was complete.')

const readStream = (incoming: IncomingMessage, limit: number, signal: AbortSignal | undefined): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (incoming.readableEnded || incoming.destroyed) {
      reject(endedEarly())
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    const since = performance.now()
    const look = (): void => {
      const left = leftFor(size, since)
      if (left <= 0) refuse(tooSlow())
      else late = setTimeout(look, Math.ceil(left))
    }
    let late = setTimeout(look, PATIENCE.least)
    const settle = (settled: () => void): void => {
      clearTimeout(late)
      incoming.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose)
      signal?.removeEventListener('abort', onAbort)
      settled()
    }
    // Stopped, not destroyed: destroying would take the connection away from the answer.
    const refuse = (error: unknown): void => {
      incoming.pause()
      settle(() => reject(error))
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) refuse(tooLarge(limit))
      else chunks.push(chunk)
    }
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)))
    const onClose = (): void => settle(() => reject(endedEarly()))
    const onAbort = (): void => refuse(signal?.reason)
    incoming.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose)
    signal?.addEventListener('abort', onAbort)
  })

const readRequest = async (request: Request, limit: number, signal: AbortSignal | undefined): Promise<Buffer> => {
  if (!request.body) return EMPTY
  const reader = request.body.getReader()
  const onAbort = (): void => void reader.cancel(signal?.reason).catch(() => {})
  signal?.addEventListener('abort', onAbort)
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read()
      signal?.throwIfAborted()
      if (done) return Buffer.concat(chunks, size)
      size += value.byteLength
      if (size > limit) {
        await reader.cancel().catch(() => {})
        throw tooLarge(limit)
      }
      chunks.push(value)
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

type Inflate = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
const inflate = promisify(zlib.inflate) as Inflate
const inflateRaw = promisify(zlib.inflateRaw) as Inflate
const gunzip = promisify(zlib.gunzip) as Inflate

/** A zlib header (RFC 1950): some clients send `deflate` without it. */
const hasZlibHeader = (bytes: Buffer): boolean =>
  bytes.length > 1 && ((bytes[0] as number) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0

const DECODERS: Readonly<Record<string, Inflate>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (bytes, options) => (hasZlibHeader(bytes) ? inflate : inflateRaw)(bytes, options),
  br: promisify(zlib.brotliDecompress) as Inflate,
}

/** A body may decompress to itself, so that the header alone would decide how often that is done. */
const MAX_CODINGS = 2

/** Undoes the content codings, last one first. Each stage stops at `limit` bytes of output. */
const decompress = async (bytes: Buffer, codings: string, limit: number): Promise<Buffer> => {
  let decoded = bytes
  const names = codings
    .toLowerCase()
    .split(',', MAX_CODINGS + 1)
    .map((coding) => coding.trim())
    .reverse()
  if (names.length > MAX_CODINGS) throw badBody(`More than ${MAX_CODINGS} content-encodings are not supported.`)
  for (const name of names) {
    if (name === 'identity' || name === '') continue
    const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined
    if (!decoder) throw badBody('The content-encoding is not supported. Send gzip, deflate, br or none.')
    try {
      decoded = await decoder(decoded, { maxOutputLength: Math.max(limit, 1) })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
      throw badBody(`The request body isn't valid ${name} data, though its content-encoding says so.`)
    }
  }
  return decoded
}

/**
 * Reads a whole request body and undoes its content-encoding.
 * @param limit In bytes; holds for what was sent and for what it decompresses to.
 * @param signal Gives up when aborted, with the signal's reason.
 * @throws {GwError} `too_large` without reading on; `invalid_request` for a body that breaks off or isn't encoded
 * as it says.
 */
export const readBytes = async (source: BodySource, limit: number, signal?: AbortSignal): Promise<Buffer> => {
  // The web request is built when it is first looked at; where there is a Node stream, that would be for nothing.
  const { incoming } = source
  signal?.throwIfAborted()
  const header = (name: string): string | undefined =>
    (incoming ? (incoming.headers[name] as string | undefined) : source.request.headers.get(name)) ?? undefined
  const length = header('content-length')
  if (length !== undefined && Number(length) > limit) throw tooLarge(limit)
  // HTTP/1 announces every body; waiting for the end of one that was never announced would cost a turn.
  const none = incoming
    ? incoming.httpVersionMajor < 2 && !length && !header('transfer-encoding')
    : !source.request.body
  if (none || length === '0') return EMPTY
  const bytes = await (incoming ? readStream(incoming, limit, signal) : readRequest(source.request, limit, signal))
  const codings = header('content-encoding')
  return codings && bytes.length > 0 ? decompress(bytes, codings, limit) : bytes
}
