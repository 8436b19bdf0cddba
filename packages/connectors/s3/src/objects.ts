/** Objects as they are read, written and copied. */

import type { Readable } from 'node:stream'
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  type ByteRange,
  checkCondition,
  chunksOf,
  type FileEntry,
  isConditional,
  type OpenFile,
  type WriteCondition,
  type WriteOptions,
} from '@gw/files'
import type { Bucket } from './bucket.ts'
import { findFile } from './entries.ts'
import { upload } from './upload.ts'

/** bytes; a larger object is not copied by one call */
export const MOST_COPIED = 5_368_709_120

/** Every part is asked for on the condition that it is still of the same object. */
async function* piecesOf(
  bucket: Bucket,
  { path, etag }: FileEntry,
  range: ByteRange | undefined,
  abortSignal: AbortSignal,
) {
  const command = new GetObjectCommand({
    Bucket: bucket.name,
    Key: bucket.keyOf(path),
    ...(etag && { IfMatch: etag }),
    ...(range && { Range: `bytes=${range.start}-${range.end}` }),
  })
  const { Body } = await bucket.client.send(command, { abortSignal })
  const body = Body as Readable
  const stop = () => void body.destroy()
  abortSignal.addEventListener('abort', stop, { once: true })
  try {
    yield* chunksOf(body)
  } finally {
    abortSignal.removeEventListener('abort', stop)
    body.destroy()
  }
}

export const openObject = async (bucket: Bucket, path: string, signal: AbortSignal): Promise<OpenFile | undefined> => {
  const entry = await findFile(bucket, path, signal)
  if (!entry) return undefined
  const closed = new AbortController()
  const within = AbortSignal.any([signal, closed.signal])
  return {
    entry,
    async *read(range) {
      // There is no range of nothing.
      if (entry.size > 0) yield* piecesOf(bucket, entry, range, within)
    },
    close: async () => closed.abort(),
  }
}

/** What the store itself is to compare: the tag that was found to fit, or that there is nothing. */
const native = ({ ifMatch, ifNoneMatch }: WriteCondition, current: FileEntry | undefined) => ({
  ...(ifMatch !== undefined && current?.etag && { IfMatch: current.etag }),
  ...(ifNoneMatch?.trim() === '*' && { IfNoneMatch: '*' }),
})

export const writeObject = async (
  bucket: Bucket,
  path: string,
  content: AsyncIterable<Uint8Array>,
  { type, size, owned = false, condition, signal }: WriteOptions,
): Promise<FileEntry> => {
  const current = isConditional(condition) ? await findFile(bucket, path, signal) : undefined
  checkCondition(condition, current)
  const object = { Bucket: bucket.name, Key: bucket.keyOf(path), ContentType: type }
  const sent = await upload(bucket.client, object, native(condition, current), content, { size, owned, signal })
  return { kind: 'file', path, size: sent.size, modified: new Date(), etag: sent.etag, type }
}

const copySource = ({ name, keyOf }: Bucket, path: string): string =>
  `${name}/${keyOf(path).split('/').map(encodeURIComponent).join('/')}`

export const copyObject = async (
  bucket: Bucket,
  from: FileEntry,
  to: string,
  abortSignal: AbortSignal,
): Promise<void> => {
  const command = new CopyObjectCommand({
    Bucket: bucket.name,
    Key: bucket.keyOf(to),
    CopySource: copySource(bucket, from.path),
    ...(from.etag && { CopySourceIfMatch: from.etag }),
  })
  await bucket.client.send(command, { abortSignal })
}

export const markFolder = async (bucket: Bucket, path: string, abortSignal: AbortSignal): Promise<void> => {
  const [Bucket, Key] = [bucket.name, bucket.keyOf(path)]
  const marker = new PutObjectCommand({ Bucket, Key, ContentLength: 0, ContentType: 'application/x-directory' })
  await bucket.client.send(marker, { abortSignal })
}
