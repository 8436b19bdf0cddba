/** Files of a multipart form (RFC 7578), one after the other as they arrive. busboy takes the form apart. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { GwError } from '@gw/core'
import { until } from './streams.ts'

export interface UploadedFile {
  readonly name: string
  readonly type: string
  readonly content: AsyncIterable<Uint8Array>
}

/** What a form may hold beside its files is not read: it is only kept small. */
const LIMITS = { files: 1_000, fields: 1_000, fieldSize: 65_536, fieldNameSize: 1_000, headerPairs: 100 }

export const isMultipart = (type: string | undefined): type is string => /^multipart\/form-data\b/i.test(type ?? '')

const malformed = (cause?: unknown): GwError =>
  new GwError('invalid_request', "The request body isn't a valid multipart form. Check its boundary and its end.", {
    cause,
  })

const parserFor = (type: string) => {
  try {
    return new Busboy({ headers: { 'content-type': type }, limits: LIMITS })
  } catch (error) {
    throw malformed(error)
  }
}

/**
 * Hands each file to `use`, whatever its field is called, and waits for it before the next one is read.
 * @returns how many there were
 * @throws what `use` throws; GwError `invalid_request` for a form that is none
 */
export const eachFile = async (
  type: string,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  use: (file: UploadedFile) => Promise<void>,
): Promise<number> => {
  const parser = parserFor(type)
  const ended = new AbortController()
  const within = AbortSignal.any([signal, ended.signal])
  let count = 0
  let work = Promise.resolve()
  parser.on('file', (_field, stream, name, _encoding, mime) => {
    count += 1
    stream.on('error', (error) => ended.abort(malformed(error)))
    work = work.then(() => use({ name: name ?? '', type: mime, content: until(within, stream) }))
    work.catch((error: unknown) => ended.abort(error))
  })
  try {
    await pipeline(Readable.from(body, { objectMode: false }), parser, { signal: within })
  } catch (error) {
    // A file that is being stored must hear that nothing more comes.
    ended.abort(GwError.is(error) ? error : malformed(error))
    await work.catch(() => undefined)
    throw within.reason
  }
  await work
  return count
}
