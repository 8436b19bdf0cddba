/**
 * Uploads in parts, with two parts in memory whatever the length: one is sent while the other one is filled. The SDK's
 * own `lib-storage` copies each part and leaves it to the collector, which lets a hundred MiB of them gather.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { release } from '@gw/core'

/** bytes of a part: the least that S3 takes */
const PART = 5_242_880
const MOST_PARTS = 10_000
/** ms for the call that discards what was sent of an upload that is given up */
const DISCARDING = 10_000

export interface UploadedObject {
  readonly Bucket: string
  readonly Key: string
  readonly ContentType: string
}
/** What the store is to compare when the object is put in its place. */
export interface NativeCondition {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}
export interface UploadOptions {
  /** bytes, where it is known */
  readonly size: number | undefined
  readonly owned: boolean
  readonly signal: AbortSignal
}

/** Parts by turns in two buffers: the one before the last has to be through when the next is asked for. */
async function* partsOf(
  content: AsyncIterable<Uint8Array>,
  buffers: Buffer[],
  length: number,
  owned: boolean,
): AsyncGenerator<Buffer> {
  let turn = 0
  let filled = 0
  const buffer = (): Buffer => {
    const made = buffers[turn] ?? Buffer.allocUnsafeSlow(length)
    buffers[turn] = made
    return made
  }
  for await (const piece of content) {
    for (let from = 0; from < piece.byteLength; ) {
      if (filled === length) {
        yield buffer()
        turn = 1 - turn
        filled = 0
      }
      const some = piece.subarray(from, from + length - filled)
      buffer().set(some, filled)
      filled += some.byteLength
      from += some.byteLength
    }
    if (owned) release(piece)
  }
  if (filled > 0) yield buffer().subarray(0, filled)
}

const sendParts = async (
  client: S3Client,
  object: UploadedObject,
  condition: NativeCondition,
  parts: AsyncIterable<Buffer>,
  signal: AbortSignal,
) => {
  const { Bucket, Key } = object
  // Not given up in its middle: nobody would know the name of what is to be discarded.
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
  const Parts: { ETag: string | undefined; PartNumber: number }[] = []
  let size = 0
  let pending = Promise.resolve()
  const send = async (Body: Buffer, PartNumber: number) => {
    const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body })
    const { ETag } = await client.send(part, { abortSignal: signal })
    Parts.push({ ETag, PartNumber })
  }
  try {
    let number = 0
    for await (const part of parts) {
      await pending
      signal.throwIfAborted()
      size += part.length
      pending = send(part, ++number)
      pending.catch(() => undefined)
    }
    await pending
    const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...condition }
    const { ETag } = await client.send(new CompleteMultipartUploadCommand(whole), { abortSignal: signal })
    return { etag: ETag, size }
  } catch (error) {
    await pending.catch(() => undefined)
    const discard = new AbortMultipartUploadCommand({ Bucket, Key, UploadId })
    await client.send(discard, { abortSignal: AbortSignal.timeout(DISCARDING) }).catch(() => undefined)
    throw error
  }
}

const sendAll = async (
  client: S3Client,
  object: UploadedObject,
  condition: NativeCondition,
  parts: AsyncGenerator<Buffer>,
  signal: AbortSignal,
) => {
  const first = await parts.next()
  const second = first.done ? first : await parts.next()
  if (!second.done) {
    const all = async function* () {
      yield first.value as Buffer
      yield second.value as Buffer
      yield* parts
    }
    return sendParts(client, object, condition, all(), signal)
  }
  const Body = first.done ? Buffer.alloc(0) : first.value
  const put = new PutObjectCommand({ ...object, ...condition, Body, ContentLength: Body.length })
  const { ETag } = await client.send(put, { abortSignal: signal })
  return { etag: ETag, size: Body.length }
}

/** Stores an object whole or not at all: by one call where it is one part. @returns its tag and its length in bytes */
export const upload = async (
  client: S3Client,
  object: UploadedObject,
  condition: NativeCondition,
  content: AsyncIterable<Uint8Array>,
  { size, owned, signal }: UploadOptions,
): Promise<{ readonly etag: string | undefined; readonly size: number }> => {
  const length = Math.max(PART, Math.ceil((size ?? 0) / MOST_PARTS))
  const buffers: Buffer[] = []
  // A small file needs no more memory than it has bytes.
  const parts = partsOf(content, buffers, size && size < length ? size : length, owned)
  try {
    const sent = await sendAll(client, object, condition, parts, signal)
    // Of an upload that failed, something may still be on its way: its memory is the collector's.
    for (const each of buffers) release(each)
    return sent
  } finally {
    await parts.return(undefined)
  }
}
