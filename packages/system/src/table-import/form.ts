/** The file of a multipart form (RFC 7578), read as it arrives, and the fields beside it. busboy takes the form apart. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { GwError } from '@gw/core'

export interface GivenFile {
  /** As its sender called it: any text. */
  readonly name: string
  readonly type: string
  readonly content: AsyncIterable<Uint8Array>
}

export interface Form {
  readonly file: GivenFile | undefined
  /** What has been read so far. From here on, a field that comes after the file ends the file with an error. */
  fields(): Readonly<Record<string, string>>
  /** Reads no further. */
  close(): void
}

const LIMITS = { files: 2, fields: 100, fieldSize: 8_192, fieldNameSize: 200, headerPairs: 100 }

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

/** What a form turned out to hold that an import can not go on with. */
const LATE = 'A field of the form came after a file that is too large to wait for. Send fields before the file.'
const SECOND = 'The form has more than one file. An import makes one table from one file.'

/**
 * Reads a form up to its first file.
 * @throws GwError `invalid_request` for a form that is none, here or while the file is read
 */
export const openForm = async (type: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Form> => {
  const parser = parserFor(type)
  const closed = new AbortController()
  const within = AbortSignal.any([signal, closed.signal])
  const fields: Record<string, string> = Object.create(null)
  const found = Promise.withResolvers<GivenFile | undefined>()
  let stream: BusboyFileStream | undefined
  let areTaken = false
  let fault: string | undefined

  parser.on('field', (name, value) => {
    if (areTaken) fault ??= LATE
    fields[name] = value
  })
  parser.on('file', (_field, one, name, _encoding, mime) => {
    // Nobody may be reading it when the form fails; whoever is hears of it all the same.
    one.on('error', () => undefined)
    if (stream) {
      fault ??= SECOND
      one.resume()
      return
    }
    stream = one
    found.resolve({ name: name ?? '', type: mime, content: contentOf(one) })
  })
  const ended = pipeline(Readable.from(body, { objectMode: false }), parser, { signal: within }).catch((error) => {
    const told = signal.aborted ? signal.reason : GwError.is(error) ? error : malformed(error)
    found.reject(told)
    stream?.destroy(told)
    throw told
  })
  ended.then(
    () => found.resolve(undefined),
    () => undefined,
  )
  /** Ends when the whole form has, so that what stands behind the file counts. */
  async function* contentOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of chunks) yield chunk
    } catch (error) {
      throw GwError.is(error) ? error : malformed(error)
    }
    await ended
    if (fault) throw new GwError('invalid_request', fault)
  }
  return {
    file: await found.promise,
    fields() {
      areTaken = true
      return fields
    },
    close: () => closed.abort(),
  }
}
