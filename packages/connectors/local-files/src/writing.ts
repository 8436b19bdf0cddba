/**
 * Files as they are written: under another name in the same folder, then put in their place at once. What fails or is
 * given up leaves nothing.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises'
import { release } from '@gw/core'
import {
  checkCondition,
  type FileEntry,
  failureOf,
  nameOf,
  PARTIAL_PREFIX,
  parentOf,
  type Turns,
  type WriteCondition,
  type WriteOptions,
} from '@gw/files'
import { type Directory, within } from './directory.ts'
import { fileEntry, statsOf } from './entries.ts'
import { codeOf, unless } from './errors.ts'

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
const NEW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW

const writeAll = async (handle: FileHandle, piece: Uint8Array): Promise<void> => {
  for (let from = 0; from < piece.byteLength; )
    from += (await handle.write(piece, from, piece.byteLength - from)).bytesWritten
}

/** What is at a name now. @throws GwError where it is no file */
const current = async (directory: Directory, path: string): Promise<FileEntry | undefined> => {
  const stats = await statsOf(directory.at(nameOf(path)))
  if (stats && !stats.isFile()) throw failureOf('not_a_file')
  return stats && fileEntry(path, stats)
}

/** A link fails where there is something, which a change of name would replace. */
const placeNew = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to)
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? failureOf('changed', error) : error
  }
  await unlink(from)
}

const place = async (directory: Directory, partial: string, path: string, condition: WriteCondition): Promise<void> => {
  checkCondition(condition, await current(directory, path))
  const [from, to] = [directory.at(partial), directory.at(nameOf(path))]
  if (condition.ifNoneMatch?.trim() === '*') await placeNew(from, to)
  else await rename(from, to)
  await directory.sync()
}

const writeIn = async (
  directory: Directory,
  path: string,
  content: AsyncIterable<Uint8Array>,
  { condition, owned, signal }: WriteOptions,
  turns: Turns,
): Promise<FileEntry> => {
  const partial = PARTIAL_PREFIX + randomUUID()
  const handle = await open(directory.at(partial), NEW, 0o666)
  try {
    for await (const piece of content) {
      await writeAll(handle, piece)
      if (owned) release(piece)
    }
    signal.throwIfAborted()
    await handle.sync()
    await turns(path, async () => {
      signal.throwIfAborted()
      await place(directory, partial, path, condition)
    })
    return fileEntry(path, await handle.stat({ bigint: true }))
  } catch (error) {
    await unless(['ENOENT'], unlink(directory.at(partial)))
    throw error
  } finally {
    await handle.close()
  }
}

export const writeFile = async (
  root: Directory,
  path: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteOptions,
  turns: Turns,
): Promise<FileEntry> => {
  const entry = await within(root, parentOf(path), (directory) => writeIn(directory, path, content, options, turns))
  if (!entry) throw failureOf('not_a_folder')
  return entry
}
