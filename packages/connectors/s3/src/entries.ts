/** What is in a bucket. No listed object is asked about one by one. */
import {
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { type Entry, type FileEntry, type FolderEntry, isFolder, isPath, parentOf } from '@gw/files'
import type { Bucket } from './bucket.ts'
import { isMissing } from './errors.ts'

/** @returns `undefined` where there is none */
export const findFile = async (
  bucket: Bucket,
  path: string,
  abortSignal: AbortSignal,
): Promise<FileEntry | undefined> => {
  const { client, name, keyOf } = bucket
  try {
    const command = new HeadObjectCommand({ Bucket: name, Key: keyOf(path) })
    const { ContentLength, LastModified, ETag, ContentType } = await client.send(command, { abortSignal })
    return {
      kind: 'file',
      path,
      size: ContentLength ?? 0,
      modified: LastModified,
      etag: ETag,
      ...(ContentType && { type: ContentType }),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A folder is there where any key begins with it; the date is its marker's. */
export const findFolder = async (
  bucket: Bucket,
  path: string,
  abortSignal: AbortSignal,
): Promise<FolderEntry | undefined> => {
  if (path === '') return { kind: 'folder', path }
  const Prefix = bucket.keyOf(path)
  const command = new ListObjectsV2Command({ Bucket: bucket.name, Prefix, MaxKeys: 1 })
  const { Contents = [] } = await bucket.client.send(command, { abortSignal })
  const [first] = Contents
  if (!first) return undefined
  return { kind: 'folder', path, modified: first.Key === Prefix ? first.LastModified : undefined }
}

/** A key with a character that XML can not hold comes encoded, where the store does as it is asked. */
const decoderOf = ({ EncodingType }: ListObjectsV2CommandOutput) => {
  if (EncodingType !== 'url') return (key: string) => key
  return (key: string) => {
    try {
      return decodeURIComponent(key.replaceAll('+', ' '))
    } catch {
      return key
    }
  }
}

/** Every page of keys below a folder, with or without those in the folders below. */
export async function* pagesBelow(bucket: Bucket, folder: string, recursive: boolean, abortSignal: AbortSignal) {
  const input = {
    Bucket: bucket.name,
    Prefix: bucket.keyOf(folder),
    EncodingType: 'url' as const,
    ...(!recursive && { Delimiter: '/' }),
  }
  for await (const page of paginateListObjectsV2({ client: bucket.client }, input, { abortSignal })) {
    const decoded = decoderOf(page)
    yield {
      objects: (page.Contents ?? []).map((object) => ({ ...object, key: decoded(object.Key ?? '') })),
      prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => decoded(Prefix ?? '')),
    }
  }
}

type Page = Awaited<ReturnType<ReturnType<typeof pagesBelow>['next']>>['value'] & object

const byBytes = (one: Entry, other: Entry): number => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path))

/** Files, markers of folders, and folders that are only the beginning of a key. */
const entriesOf = ({ objects, prefixes }: Page, bucket: Bucket, folder: string): readonly Entry[] => {
  const files = objects.flatMap(({ key, Size, LastModified, ETag }): readonly Entry[] => {
    const path = bucket.pathOf(key)
    if (path === undefined || path === folder || !isPath(path)) return []
    if (isFolder(path)) return [{ kind: 'folder', path, modified: LastModified }]
    return [{ kind: 'file', path, size: Size ?? 0, modified: LastModified, etag: ETag }]
  })
  const folders = prefixes.flatMap((key): readonly Entry[] => {
    const path = bucket.pathOf(key)
    return path !== undefined && isPath(path) ? [{ kind: 'folder', path }] : []
  })
  return folders.length === 0 ? files : [...files, ...folders].sort(byBytes)
}

/** Folders between two files that nothing marks. */
const between = (path: string, within: string, known: string): readonly string[] => {
  const missing: string[] = []
  for (let at = parentOf(path); at.length > within.length && !known.startsWith(at); at = parentOf(at))
    missing.unshift(at)
  return missing
}

export async function* list(
  bucket: Bucket,
  folder: string,
  recursive: boolean,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  let last = folder
  for await (const page of pagesBelow(bucket, folder, recursive, signal)) {
    for (const entry of entriesOf(page, bucket, folder)) {
      for (const path of between(entry.path, folder, last)) yield { kind: 'folder', path }
      last = entry.path
      yield entry
    }
  }
}
