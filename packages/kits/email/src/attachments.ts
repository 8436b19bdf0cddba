/** Attachments: uploaded, fetched from a URL, read from a file service, or inline (services part, §7.5). */
import { type Call, GwError, type Host } from '@gw/core'
import { z } from 'zod'
import { checkHeader } from './headers.ts'
import type { Attachment } from './message.ts'
import { substitute, type Values } from './substitute.ts'

const inline = z.object({
  name: z.string().min(1),
  content: z.base64(),
  content_type: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .optional(),
})
const stored = z.object({ service: z.string().min(1), path: z.string().min(1) })

export interface AttachmentSources {
  readonly call: Call
  readonly host: Host
  /** In URLs, services and paths, too. */
  readonly values: Values
  /** bytes, all attachments of a message together */
  readonly limit: number
}

/** A file name as a header may hold it: no folder, no control character. */
const fileName = (name: string): string =>
  checkHeader('attachment', name.split(/[\\/]/).at(-1) || 'attachment').slice(0, 200)

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null || value === '' ? [] : Array.isArray(value) ? value : [value]

/**
 * Reads them one after the other, so that no more than the limit is ever held.
 * @param data the merged request; `template` what a template attaches where the request attaches nothing
 * @throws GwError `invalid_request`, `too_large`, `upstream_failed`, or what the file service refused with
 */
export const attachmentsOf = async (
  data: Readonly<Record<string, unknown>>,
  sources: AttachmentSources,
): Promise<readonly Attachment[]> => {
  const budget = { left: sources.limit }
  const found: Attachment[] = []
  for (const load of loadersOf(data, sources, budget)) found.push(await load())
  return found
}

interface Budget {
  left: number
}
type Loader = () => Promise<Attachment>

const tooLarge = (limit: number): GwError =>
  new GwError(
    'too_large',
    `The attachments are larger than ${limit} bytes together, which is the most that this service sends.`,
  )

const loadersOf = (
  data: Readonly<Record<string, unknown>>,
  sources: AttachmentSources,
  budget: Budget,
): readonly Loader[] => {
  const given = [...listOf(data.file), ...listOf(data.attachment)]
  const files = given.filter((entry) => entry instanceof File)
  const objects = given.filter((entry) => typeof entry === 'object' && !(entry instanceof File))
  const urls = [...listOf(data.import_url), ...given.filter((entry) => typeof entry === 'string')].flatMap((entry) =>
    String(entry)
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== ''),
  )
  return [
    ...files.map((file) => () => uploaded(file as File, sources, budget)),
    ...urls.map((url) => () => fetched(substitute(url, sources.values), sources, budget)),
    ...objects.map((entry) => () => fromService(entry, sources, budget)),
    ...listOf(data.attachments).map((entry) => async () => inlined(entry, sources, budget)),
  ]
}

const spend = (budget: Budget, bytes: number, { limit }: AttachmentSources): void => {
  budget.left -= bytes
  if (budget.left < 0) throw tooLarge(limit)
}

const uploaded = async (file: File, sources: AttachmentSources, budget: Budget): Promise<Attachment> => {
  spend(budget, file.size, sources)
  const content = Buffer.from(await file.arrayBuffer())
  return { filename: fileName(file.name), contentType: file.type || undefined, content }
}

const inlined = (entry: unknown, sources: AttachmentSources, budget: Budget): Attachment => {
  const { success, data } = inline.safeParse(entry)
  if (!success)
    throw new GwError(
      'invalid_request',
      "An entry of 'attachments' has a 'name', its 'content' in base64, and perhaps a 'content_type'.",
    )
  const content = Buffer.from(data.content, 'base64')
  spend(budget, content.length, sources)
  return { filename: fileName(data.name), contentType: data.content_type, content }
}

/** Reads an answer's body as long as the budget lasts. */
const bodyWithin = async (response: Response, sources: AttachmentSources, budget: Budget): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) {
    spend(budget, chunk.byteLength, sources)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const typeOf = (response: Response): string | undefined =>
  /^[\w.+-]+\/[\w.+-]+/.exec(response.headers.get('content-type') ?? '')?.[0]

const lastSegment = (path: string): string => {
  const segment = path.split('/').findLast((part) => part !== '') ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const fetched = async (text: string, sources: AttachmentSources, budget: Budget): Promise<Attachment> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new GwError('invalid_request', 'An attachment by URL needs an address that begins with https:// or http://.')
  const failed = (why: string, cause?: unknown) =>
    new GwError('upstream_failed', `Failed to import attachment file from url. ${why}`, { cause })
  let response: Response
  try {
    response = await sources.host.fetch(url, { signal: sources.call.signal })
  } catch (error) {
    if (GwError.is(error) || sources.call.signal.aborted) throw error
    throw failed('Its server could not be reached.', error)
  }
  if (!response.ok) throw failed(`Its server answered ${response.status}.`)
  const content = await bodyWithin(response, sources, budget)
  return { filename: fileName(lastSegment(url.pathname)), contentType: typeOf(response), content }
}

const fromService = async (entry: unknown, sources: AttachmentSources, budget: Budget): Promise<Attachment> => {
  const { file_path, ...rest } = (entry ?? {}) as Record<string, unknown>
  const { success, data } = stored.safeParse({ ...rest, path: rest.path ?? file_path })
  if (!success)
    throw new GwError(
      'invalid_request',
      'An attachment from a file service is named by \'service\' and \'path\', for example {"service": "files", "path": "docs/a.pdf"}.',
    )
  const service = substitute(data.service, sources.values)
  const path = substitute(data.path, sources.values).split('/').map(encodeURIComponent).join('/')
  // As the caller: what they may not read, they can not mail.
  const response = await sources.call.fetch(`/${encodeURIComponent(service)}/${path}`)
  if (!response.ok) {
    const refused = response.status === 401 || response.status === 403
    await response.body?.cancel()
    throw new GwError(
      refused ? 'forbidden' : response.status === 404 ? 'not_found' : 'upstream_failed',
      `Failed to get attachment file from storage service. It answered ${response.status}.`,
    )
  }
  const content = await bodyWithin(response, sources, budget)
  return { filename: fileName(lastSegment(data.path)), contentType: typeOf(response), content }
}
