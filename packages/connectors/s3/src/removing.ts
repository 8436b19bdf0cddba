/** Objects as they are removed. */
import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { checkCondition, failureOf, isConditional, type Removal, type WriteCondition } from '@gw/files'
import type { Bucket } from './bucket.ts'
import { findFile, pagesBelow } from './entries.ts'
import { markFolder } from './objects.ts'

/** @returns whether it was there */
export const removeObject = async (
  bucket: Bucket,
  path: string,
  condition: WriteCondition,
  abortSignal: AbortSignal,
): Promise<boolean> => {
  const current = await findFile(bucket, path, abortSignal)
  checkCondition(condition, current)
  if (!current) return false
  const IfMatch = isConditional(condition) ? current.etag : undefined
  const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: bucket.keyOf(path), ...(IfMatch && { IfMatch }) })
  await bucket.client.send(command, { abortSignal })
  return true
}

/** Nothing but its own marker may be in it, under whatever name. */
const checkEmpty = async (bucket: Bucket, folder: string, abortSignal: AbortSignal): Promise<void> => {
  const Prefix = bucket.keyOf(folder)
  const command = new ListObjectsV2Command({ Bucket: bucket.name, Prefix, MaxKeys: 2 })
  const { Contents = [] } = await bucket.client.send(command, { abortSignal })
  if (Contents.some(({ Key }) => Key !== Prefix)) throw failureOf('not_empty')
}

export const removeFolder = async (
  bucket: Bucket,
  folder: string,
  what: Removal,
  signal: AbortSignal,
): Promise<void> => {
  if (what === 'folder') await checkEmpty(bucket, folder, signal)
  const own = bucket.keyOf(folder)
  // As many keys as a page has are removed by one call.
  for await (const { objects } of pagesBelow(bucket, folder, true, signal)) {
    const keys = objects.map(({ key }) => key).filter((key) => what !== 'content' || key !== own)
    if (keys.length === 0) continue
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
    const command = new DeleteObjectsCommand({ Bucket: bucket.name, Delete })
    const { Errors = [] } = await bucket.client.send(command, { abortSignal: signal })
    const [first] = Errors
    if (first) throw failureOf(first.Code === 'AccessDenied' ? 'refused' : 'protocol', first)
  }
  if (what === 'content' && folder !== '') await markFolder(bucket, folder, signal)
}
