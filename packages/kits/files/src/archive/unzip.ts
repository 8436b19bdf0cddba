/**
 * An uploaded ZIP archive, unpacked. Its directory is at its end, so it is kept in a temporary file; every name, kind
 * and size in it is checked before the first entry is stored, and yauzl holds each entry to the size that was checked.
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GwError } from '@gw/core'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { isFolder, isPath, parentOf } from '../paths.ts'
import { demandAll } from '../walk.ts'
import { ensureFolder, store, type Target } from '../write.ts'

export const isArchive = (name: string, type: string | undefined): boolean =>
  /\.zip$/i.test(name) || /^application\/(?:zip|x-zip-compressed)\b/i.test(type ?? '')

const badArchive = (cause?: unknown): GwError =>
  new GwError('invalid_request', 'Error opening temporary zip file: it is not a ZIP archive, or it is damaged.', {
    cause,
    wire: { status: 500 },
  })

const traversal = (name: string, cause?: unknown): GwError =>
  new GwError('invalid_request', `Refusing to extract zip entry with traversal in name: ${name.slice(0, 200)}`, {
    cause,
    wire: { status: 500 },
  })

const tooLarge = (what: string): GwError =>
  new GwError('too_large', `The archive holds more than ${what}, which is the most that this service unpacks.`)

/** Percent signs may be decoded by whoever reads the name next. */
const isSafe = (name: string): boolean => {
  if (!isPath(name) || /^[A-Za-z]:/.test(name)) return false
  if (!name.includes('%')) return true
  try {
    return isPath(decodeURIComponent(name))
  } catch {
    return true
  }
}

const ENCRYPTED = 1
/** The kind of a file, where the archive was made on Unix: links and devices are refused. */
const isPlain = ({ versionMadeBy, externalFileAttributes }: Entry): boolean => {
  const kind = versionMadeBy >> 8 === 3 ? (externalFileAttributes >>> 16) & 0o170000 : 0
  return kind === 0 || kind === 0o100000 || kind === 0o040000
}

const checkEntry = (entry: Entry): void => {
  if (!isSafe(entry.fileName)) throw traversal(entry.fileName)
  if (!isPlain(entry)) throw new GwError('invalid_request', 'The archive holds links or devices, which are refused.')
  if (entry.generalPurposeBitFlag & ENCRYPTED)
    throw new GwError('invalid_request', 'The archive is encrypted. Send it without a password.')
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw new GwError('invalid_request', 'The archive is compressed in a way that is not supported: use Deflate.')
}

/** Everything in it. @throws GwError where anything is refused, before anything is stored */
const entriesOf = async (zip: ZipFile, { config }: Target): Promise<readonly Entry[]> => {
  const entries: Entry[] = []
  let size = 0
  try {
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry)
      size += entry.uncompressedSize
      entries.push(entry)
      if (entries.length > config.max_extracted_files) throw tooLarge(`${config.max_extracted_files} entries`)
      if (size > config.max_extracted_size) throw tooLarge(`${config.max_extracted_size} bytes`)
    }
  } catch (error) {
    if (GwError.is(error)) throw error
    // The library refuses such names by itself.
    const name = /^(?:absolute path|invalid relative path|invalid characters in fileName): (.*)/s.exec(
      String((error as Error).message),
    )
    throw name ? traversal(name[1]!, error) : badArchive(error)
  }
  return entries
}

const storeEntry = async (zip: ZipFile, entry: Entry, folder: string, target: Target): Promise<void> => {
  const path = folder + entry.fileName
  if (isFolder(path)) return ensureFolder(target, path)
  await ensureFolder(target, parentOf(path))
  const content = await zip.openReadStreamPromise(entry).catch((error: unknown) => {
    throw badArchive(error)
  })
  // Heard where it is read; it may also come after that.
  content.on('error', () => undefined)
  try {
    await store(target, path, content, { size: entry.uncompressedSize })
  } catch (error) {
    throw content.errored ? badArchive(content.errored) : error
  } finally {
    content.destroy()
  }
}

/** Unpacks into a folder, which is emptied before where `clean` says so; what is there is overwritten. */
const unpack = async (file: string, folder: string, target: Target, clean: boolean): Promise<void> => {
  const zip = await openPromise(file, { autoClose: false, strictFileNames: true }).catch((error: unknown) => {
    throw badArchive(error)
  })
  try {
    const entries = await entriesOf(zip, target)
    const { rights, files, signal } = target
    for (const { fileName } of entries) rights.demand(folder + fileName, target.method)
    if (clean) {
      await demandAll(files, folder, 'DELETE', rights, signal)
      await files.removeFolder(folder, 'content', signal)
    }
    for (const entry of entries) {
      signal.throwIfAborted()
      await storeEntry(zip, entry, folder, target)
    }
  } finally {
    zip.close()
  }
}

/** @param content of the archive, which is read to its end first */
export const unzipInto = async (
  target: Target,
  folder: string,
  content: AsyncIterable<Uint8Array>,
  clean: boolean,
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'gw-archive-'))
  try {
    const file = join(directory, 'archive.zip')
    const spool = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    await pipeline(Readable.from(content, { objectMode: false }), spool, { signal: target.signal })
    await unpack(file, folder, target, clean)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
