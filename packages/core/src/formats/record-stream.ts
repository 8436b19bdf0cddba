/** Records from a body of any size: NDJSON and CSV, read as they arrive, in memory that does not grow. */
import { pipeline } from 'node:stream'
import * as zlib from 'node:zlib'
import type { RecordStream } from '../contract.ts'
import { GwError } from '../errors.ts'
import { lazily } from '../lazy.ts'
import type { BodySource } from './bytes.ts'
import { columns, csvFault } from './csv.ts'
import { badBody } from './guard.ts'
import { parseJson } from './json.ts'

export interface RecordStreamOptions {
  /** Bytes of one record at most; the body as a whole may be of any size. */
  readonly limit: number
  /** Gives up when aborted, with the signal's reason. */
  readonly signal: AbortSignal
  /** Called whenever more is asked for, or more has come. */
  readonly onProgress?: (() => void) | undefined
}

type Parse = (text: AsyncIterable<string>, limit: number) => AsyncIterable<readonly unknown[]>

const tooLarge = (limit: number): GwError =>
  new GwError('too_large', `A record of the request body is larger than the ${limit} bytes allowed.`)

/** A line a record; what stands before a fault is given before it is thrown. */
async function* ndjson(text: AsyncIterable<string>, limit: number): AsyncGenerator<readonly unknown[]> {
  let rest = ''
  let line = 0
  let fault: unknown
  const take = (end: (from: number) => number): readonly unknown[] => {
    const records: unknown[] = []
    let from = 0
    try {
      for (let to = end(from); to >= 0; to = end(from)) {
        const row = rest.slice(from, to)
        from = to + 1
        line += 1
        if (row.length > limit) throw tooLarge(limit)
        if (row.trim() !== '') records.push(parseJson(row, line))
      }
    } catch (error) {
      fault = error
    }
    rest = rest.slice(from)
    return records
  }
  for await (const chunk of text) {
    // Only the new part can hold the end of a long line.
    const searched = rest.length
    rest += chunk
    const records = take((from) => rest.indexOf('\n', from === 0 ? searched : from))
    if (records.length > 0) yield records
    if (fault) throw fault
    if (rest.length > limit) throw tooLarge(limit)
  }
  const last = take((from) => (from < rest.length ? rest.length : -1))
  if (last.length > 0) yield last
  if (fault) throw fault
}

const reading = lazily<typeof import('csv-parse')>('csv-parse')

/** Rows under a header, all values strings. */
async function* csv(text: AsyncIterable<string>, limit: number): AsyncGenerator<readonly unknown[]> {
  const parser = reading().parse({ columns, bom: true, skip_empty_lines: true, max_record_size: limit })
  let records: unknown[] = []
  let fault: Error | undefined
  parser.on('error', (error) => {
    fault = error
  })
  const take = (): readonly unknown[] => {
    const taken = records
    records = []
    return taken
  }
  const step = (write: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      parser.once('error', () => resolve())
      write(resolve)
    })
  parser.on('data', (record: unknown) => records.push(record))
  try {
    for await (const chunk of text) {
      await step((done) => parser.write(chunk, done))
      if (records.length > 0) yield take()
      if (fault) throw csvFault(fault, limit)
      parser.removeAllListeners('error').on('error', (error) => {
        fault = error
      })
    }
    await step((done) => parser.once('end', done).end())
    if (records.length > 0) yield take()
    if (fault) throw csvFault(fault, limit)
  } finally {
    parser.destroy()
  }
}

const PARSERS: Readonly<Record<string, Parse>> = {
  'application/x-ndjson': ndjson,
  'application/ndjson': ndjson,
  'application/jsonl': ndjson,
  'text/csv': csv,
}

const mediaType = (contentType: string | null | undefined): string =>
  (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()

/** Whether a content type is one whose records come one by one. */
export const isRecordType = (contentType: string | null | undefined): boolean =>
  Object.hasOwn(PARSERS, mediaType(contentType))

const endedEarly = (): GwError => badBody('The request body ended before it was complete.')

/** The body's bytes. Ending early leaves the connection alone: the answer still has to go over it. */
const bytesOf = ({ incoming, request }: BodySource): AsyncIterable<Uint8Array> => {
  if (incoming) return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) }
  return (request.body as AsyncIterable<Uint8Array> | null) ?? (async function* () {})()
}

/** Settles as `pending` does, or rejects when aborted; `pending` itself goes on. */
const orAborted = <T>(pending: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })

/** The bytes as they come, none after an abort. */
async function* arriving(source: BodySource, { signal, onProgress }: RecordStreamOptions) {
  const iterator = bytesOf(source)[Symbol.asyncIterator]()
  let aborted = false
  try {
    for (;;) {
      onProgress?.()
      const pending = iterator.next()
      pending.catch(() => undefined)
      const next = await orAborted(pending, signal).catch((error: unknown) => {
        aborted = signal.aborted
        throw aborted ? signal.reason : GwError.is(error) ? error : endedEarly()
      })
      onProgress?.()
      if (next.done) return
      yield next.value
    }
  } finally {
    // A read that is still under way would hold this up.
    if (!aborted) await iterator.return?.()
  }
}

const INFLATE: Readonly<Record<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress>> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
}

/** One content coding undone. Nothing is inflated before it is asked for. */
async function* inflated(bytes: AsyncIterable<Uint8Array>, coding: string): AsyncGenerator<Uint8Array> {
  const open = Object.hasOwn(INFLATE, coding) ? INFLATE[coding] : undefined
  if (!open) throw badBody('The content-encoding of a streamed body is not supported. Send gzip, deflate, br or none.')
  // What goes wrong in one of them ends both; it is thrown where the other end is read.
  const stream = pipeline(bytes, open(), () => undefined)
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    if (GwError.is(error)) throw error
    throw badBody(`The request body isn't valid ${coding} data, though its content-encoding says so.`)
  }
}

/** The bytes' text in the charset that the content type declares. */
async function* decoded(bytes: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<string> {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(charset, { fatal: true })
  } catch {
    throw badBody("The request body's charset isn't supported. Send UTF-8.")
  }
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw badBody("The request body isn't valid UTF-8. Encode it so, or declare its charset.")
    }
  }
  for await (const chunk of bytes) yield decode(chunk)
  yield decode()
}

/**
 * The records of a file, in batches of what has come. What ends `bytes` with an error ends the records with it.
 * @param contentType one that `isRecordType` knows
 * @param limit bytes of one record at most
 * @throws GwError `invalid_request` naming the line, `too_large`
 */
export const recordsOf = (
  bytes: AsyncIterable<Uint8Array>,
  contentType: string,
  limit: number,
): AsyncIterable<readonly unknown[]> => PARSERS[mediaType(contentType)]!(decoded(bytes, contentType), limit)

/** A body's records, in batches of what has arrived. The content type has to be one that `isRecordType` knows. */
export const recordsIn = (
  source: BodySource,
  header: (name: string) => string | null | undefined,
  options: RecordStreamOptions,
): RecordStream => {
  const contentType = header('content-type') ?? ''
  const coding = (header('content-encoding') ?? '').trim().toLowerCase()
  const raw = arriving(source, options)
  const bytes = coding === '' || coding === 'identity' ? raw : inflated(raw, coding)
  return { records: recordsOf(bytes, contentType, options.limit) }
}
