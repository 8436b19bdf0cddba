/** Objects as they are read, written and copied. */

import { Readable } from 'node:stream'
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import {
  type ByteRange,
  checkCondition,
  type FileEntry,
  isConditional,
  type OpenFile,
  type WriteCondition,
  type WriteOptions,
} from '@gw/files'
import type { Bucket } from './bucket.ts'
import { findFile } from './entries.ts'

/** bytes of a part; so much is held for each of `PARTS_AT_ONCE`, and for the one that arrives */
const PART = 8_388_608
const PARTS_AT_ONCE = 2
const MOST_PARTS = 10_000
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
    for await (const piece of body) yield piece as Uint8Array
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

/** Counts what is sent. */
const counted = (content: AsyncIterable<Uint8Array>) => {
  const count = { size: 0 }
  const pieces = (async function* () {
    for await (const piece of content) {
      count.size += piece.byteLength
      yield piece
    }
  })()
  return { count, body: Readable.from(pieces, { objectMode: false }) }
}

export const writeObject = async (
  bucket: Bucket,
  path: string,
  content: AsyncIterable<Uint8Array>,
  { type, size, condition, signal }: WriteOptions,
): Promise<FileEntry> => {
  const current = isConditional(condition) ? await findFile(bucket, path, signal) : undefined
  checkCondition(condition, current)
  const { count, body } = counted(content)
  const params: PutObjectCommandInput = {
    Bucket: bucket.name,
    Key: bucket.keyOf(path),
    Body: body,
    ContentType: type,
    ...native(condition, current),
  }
  const upload = new Upload({
    client: bucket.client,
    params,
    partSize: Math.max(PART, Math.ceil((size ?? 0) / MOST_PARTS)),
    queueSize: PARTS_AT_ONCE,
    leavePartsOnError: false,
  })
  try {
    const { ETag } = await upload.done()
    return { kind: 'file', path, size: count.size, modified: new Date(), etag: ETag, type }
  } finally {
    body.destroy()
  }
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
