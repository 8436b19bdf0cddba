/**
 * A DreamFactory package: a zip file that comes from elsewhere, so that everything in it is bounded. yauzl reads the
 * directory at its end, refuses names that leave it, and stops an entry that grows beyond what it says of itself.
 */
import { GwError } from '@gw/core'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

/** Bytes of one entry, and of all that are read. */
const LARGEST_ENTRY = 64 * 1024 * 1024
const LARGEST = 256 * 1024 * 1024
const MOST_ENTRIES = 10_000

const refused = (why: string): GwError => new GwError('invalid_request', `The package can not be read: ${why}`)
const ENCRYPTED = 'it is encrypted. Export it again without a password, and set the secrets of its services afterwards.'

const opened = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true }, (error, zip) =>
      error ? reject(refused(`${error.message}.`)) : resolve(zip),
    )
  })

const read = (zip: ZipFile, entry: Entry): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(refused(`${error.message}.`))
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => resolve(Buffer.concat(parts)))
      stream.on('error', (failure: Error) => reject(refused(`${failure.message}.`)))
    })
  })

export interface Archive {
  /** By name: the entries that were wanted. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Names of the others. */
  readonly others: readonly string[]
}

/**
 * @param wanted tells the entries to read by their names
 * @throws GwError `invalid_request` where it is no zip file, encrypted, or too large
 */
export const readArchive = async (bytes: Buffer, wanted: (name: string) => boolean): Promise<Archive> => {
  const zip = await opened(bytes)
  if (zip.entryCount > MOST_ENTRIES) throw refused(`it has more than ${MOST_ENTRIES} files.`)
  return new Promise((resolve, reject) => {
    const files = new Map<string, Buffer>()
    const others: string[] = []
    let size = 0
    const take = async (entry: Entry) => {
      const { fileName: name, uncompressedSize } = entry
      if (name.endsWith('/')) return
      if ((entry.generalPurposeBitFlag & 1) !== 0) throw refused(ENCRYPTED)
      if (!wanted(name)) return void others.push(name)
      size += uncompressedSize
      if (uncompressedSize > LARGEST_ENTRY || size > LARGEST) throw refused('what it holds is too large.')
      if (files.has(name)) throw refused(`it holds ${name} twice.`)
      files.set(name, await read(zip, entry))
    }
    zip.on('entry', (entry: Entry) => {
      take(entry).then(() => zip.readEntry(), reject)
    })
    zip.on('error', (error: Error) => reject(refused(`${error.message}.`)))
    zip.on('end', () => resolve({ files, others }))
    zip.readEntry()
  })
}

/** @throws GwError where the manifest says that the package is encrypted */
export const checkManifest = (manifest: unknown): void => {
  if (typeof manifest !== 'object' || manifest === null)
    throw refused('it has no package.json that says what it holds.')
  const { secured } = manifest as { secured?: unknown }
  if (secured === true || secured === 1 || secured === '1' || secured === 'true') throw refused(ENCRYPTED)
}
