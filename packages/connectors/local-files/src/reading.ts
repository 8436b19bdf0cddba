/** Files as they are read: of one handle, whatever becomes of the name meanwhile. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type ByteRange, failureOf, nameOf, type OpenFile, parentOf } from '@gw/files'
import { type Directory, within } from './directory.ts'
import { fileEntry } from './entries.ts'
import { unless } from './errors.ts'

/** Not blocked by a pipe that nobody writes to; no link is followed. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** bytes read at a time */
const PIECE = 131_072

async function* piecesOf(handle: FileHandle, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  for (let position = start; position <= end; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE, end - position + 1))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    // Somebody has shortened the file in its place.
    if (bytesRead === 0) throw failureOf('changed')
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

const opened = async (path: string, handle: FileHandle): Promise<OpenFile | undefined> => {
  const stats = await handle.stat({ bigint: true })
  if (!stats.isFile()) {
    await handle.close()
    return undefined
  }
  const entry = fileEntry(path, stats)
  return {
    entry,
    read: (range = { start: 0, end: entry.size - 1 }) => piecesOf(handle, range),
    close: () => handle.close(),
  }
}

export const openFile = (root: Directory, path: string): Promise<OpenFile | undefined> =>
  within(root, parentOf(path), async (directory) => {
    const handle = await unless(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'], open(directory.at(nameOf(path)), FLAGS))
    return handle && opened(path, handle)
  })
