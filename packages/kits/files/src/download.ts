/** GET of a file: whole, in parts, not at all because the client has it, or what is known of it. */
import { type Call, GwError, ownedBody, type Reply } from '@gw/core'
import { create as contentDisposition } from 'content-disposition'
import { isSameRange, unchanged } from './conditions.ts'
import { noFile } from './failure.ts'
import { isActive, typeOfName } from './media-types.ts'
import { type FileQuery, says, textOf } from './parameters.ts'
import { checkedFile, nameOf } from './paths.ts'
import { propertiesOf, withContent } from './properties.ts'
import { partsOf, rangesIn } from './ranges.ts'
import { rightsOf } from './rights.ts'
import type { FileCapabilities, FileEntry, FileStore, OpenFile } from './store.ts'
import { streamOf } from './streams.ts'

/** seconds */
const MOST_EXPIRES = 604_800
const EXPIRES = 900

const headersOf = (entry: FileEntry, type: string, query: FileQuery): Record<string, string> => {
  const download = says(query.download)
  const isPage = /\.html?$/i.test(entry.path)
  return {
    ...(entry.modified && { 'last-modified': entry.modified.toUTCString() }),
    ...(entry.etag && { etag: entry.etag }),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    // What somebody uploaded must not act as this origin.
    ...(isActive(type) && { 'content-security-policy': 'sandbox' }),
    ...((download || !isPage) && {
      'content-disposition': contentDisposition(nameOf(entry.path), { type: download ? 'attachment' : 'inline' }),
    }),
  }
}

/** Answers with a file, which is closed as soon as nothing more is read of it. */
const sendFile = (call: Call, file: OpenFile, query: FileQuery): Response => {
  const { entry } = file
  const type = entry.type ?? typeOfName(entry.path)
  const headers = headersOf(entry, type, query)
  const close = () => file.close()
  const none = (status: number, more: Record<string, string>): Response => {
    void close()
    return new Response(null, { status, headers: { ...headers, ...more } })
  }
  const known = unchanged(call, entry)
  if (known) return none(304, known.etag ? { etag: known.etag } : {})
  const ranges = isSameRange(call, entry) ? rangesIn(call.header('range'), entry.size) : undefined
  if (ranges?.length === 0) return none(416, { 'content-range': `bytes */${entry.size}` })
  const parts = ranges && partsOf(file, ranges, type)
  const own = parts?.headers ?? { 'content-type': type, 'content-length': String(entry.size) }
  if (call.request.method === 'HEAD') return none(parts ? 206 : 200, own)
  const body = streamOf(parts?.pieces ?? file.read(), close)
  return ownedBody(new Response(body, { status: parts ? 206 : 200, headers: { ...headers, ...own } }))
}

const presigned = async (call: Call, store: FileStore, path: string, query: FileQuery): Promise<Reply> => {
  const to = textOf(query.presigned)
  if (to !== 'download' && to !== 'upload')
    throw new GwError('invalid_request', "'presigned' is 'download' or 'upload'.")
  if (!store.presign) throw new GwError('not_supported', 'This store has no addresses of its own for files.')
  const expires = Number(textOf(query.expires) ?? EXPIRES)
  if (!Number.isInteger(expires) || expires < 1 || expires > MOST_EXPIRES)
    throw new GwError('invalid_request', `'expires' is a number of seconds from 1 to ${MOST_EXPIRES}.`)
  // Whoever has the address writes with it.
  if (to === 'upload') rightsOf(call).demand(path, 'PUT')
  const url = await store.presign(path, { to, expires, type: typeOfName(path) })
  return { path, url, method: to === 'upload' ? 'PUT' : 'GET', expires }
}

export const download = async (call: Call, store: FileStore, capabilities: FileCapabilities): Promise<Reply> => {
  const path = checkedFile(call.path)
  const query = call.query as FileQuery
  if (query.presigned !== undefined) return presigned(call, store, path, query)
  const wantsProperties = says(query.include_properties)
  const wantsContent = wantsProperties && says(query.content)
  if (wantsProperties && !wantsContent) {
    const entry = await store.find(path, call.signal)
    if (entry?.kind !== 'file') throw noFile(path)
    return propertiesOf(entry, capabilities)
  }
  const file = await store.open(path, call.signal)
  if (!file) throw noFile(path)
  try {
    if (!wantsContent) return sendFile(call, file, query)
    return withContent(propertiesOf(file.entry, capabilities), file.read(), says(query.is_base64, true), () =>
      file.close(),
    )
  } catch (error) {
    await file.close()
    throw error
  }
}
