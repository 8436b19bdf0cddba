/** What an import is given: a file, sent or to be fetched, and what is said about it. */
import { type Call, GwError, type Host } from '@gw/core'
import { type Form, type GivenFile, openForm } from './form.ts'

export interface Given {
  readonly file: GivenFile
  /** Beside the query. Complete as soon as the file has been read to its end. */
  said(): Readonly<Record<string, unknown>>
  /** Reads no further. */
  close(): void
}

type Asked = Pick<Call, 'header' | 'signal'> & {
  readonly query: { readonly import_url?: string | undefined }
  readonly body: AsyncIterable<Uint8Array>
}

/** Bytes of a JSON body, which only says where the file is. */
const LARGEST_BODY = 65_536

const noFile = (): GwError =>
  new GwError(
    'invalid_request',
    "There is no file. Send it as 'file' of a multipart form, or its address in import_url.",
  )

const objectIn = async (body: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, unknown>>> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > LARGEST_BODY)
      throw new GwError('too_large', "The body is too large. Send the file itself as 'file' of a multipart form.")
    chunks.push(chunk)
  }
  if (size === 0) return {}
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told as what is no object is.
  }
  throw noFile()
}

const nameIn = ({ pathname }: URL): string => {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}

/** @throws GwError `forbidden` for an address that the egress rules refuse, `upstream_failed` for one that gives nothing */
const fetched = async (address: unknown, host: Pick<Host, 'fetch'>, signal: AbortSignal): Promise<GivenFile> => {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new GwError('invalid_request', 'import_url needs an address that begins with https:// or http://.')
  let response: Response
  try {
    response = await host.fetch(url, { signal })
  } catch (error) {
    if (GwError.is(error) || signal.aborted) throw error
    throw new GwError('upstream_failed', 'The server of import_url could not be reached.', { cause: error })
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw new GwError('upstream_failed', `The server of import_url answered ${response.status}.`)
  }
  const content = response.body ?? new Blob([]).stream()
  return { name: nameIn(url), type: response.headers.get('content-type') ?? '', content }
}

/** A file that breaks off on its way is not the client's fault. */
async function* arriving({ content }: GivenFile): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of content) yield chunk
  } catch (error) {
    if (GwError.is(error)) throw error
    throw new GwError('upstream_failed', 'The file of import_url broke off.', { cause: error })
  }
}

const isForm = (type: string): boolean => /^multipart\/form-data\b/i.test(type)

/**
 * Finds the file of a request, and reads nothing of it yet.
 * @throws GwError `invalid_request` where there is none
 */
export const givenIn = async (call: Asked, host: Pick<Host, 'fetch'>): Promise<Given> => {
  const { query, body } = call
  const type = call.header('content-type') ?? ''
  const form: Form | undefined = isForm(type) ? await openForm(type, body, call.signal) : undefined
  const ended = new AbortController()
  const close = () => {
    form?.close()
    ended.abort()
  }
  if (form?.file) return { file: form.file, said: form.fields, close }
  const said = form ? form.fields() : await objectIn(body)
  const address = query.import_url ?? said.import_url
  if (address === undefined) throw noFile()
  const file = await fetched(address, host, AbortSignal.any([call.signal, ended.signal]))
  return { file: { ...file, content: arriving(file) }, said: () => said, close }
}
