import { createHash, randomUUID } from 'node:crypto'
import { constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { State } from '../contract.ts'
import { GwError } from '../errors.ts'
import { type DocumentStore, type Documents, NO_DOCUMENTS, stateOver } from './documents.ts'

const stored = z.object({
  service: z.string(),
  retired: z.int().min(0),
  documents: z.array(z.object({ key: z.string(), version: z.int().min(1), value: z.unknown() })),
})

/** Longest encoded name that is kept readable; file systems allow 255 bytes with the endings. */
const MAX_NAME = 120

/**
 * A file name for any text: lower-case letters, digits, `-` and `_` stand for themselves, every other byte is written
 * `%XX`. So no name is a path, none begins with a dot, and none collides where the file system ignores case.
 */
const fileNameFor = (service: string): string => {
  const encoded = [...Buffer.from(service, 'utf8')]
    .map((byte) =>
      /[a-z0-9_-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
  if (encoded.length <= MAX_NAME) return `${encoded || '%'}.json`
  return `${encoded.slice(0, 40)}%%${createHash('sha256').update(service, 'utf8').digest('hex')}.json`
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

/** A file that cannot be read is no empty file: what it said may have been a restriction. */
const unreadable = (service: string, cause: unknown): GwError =>
  new GwError(
    'internal',
    `The stored documents of the service '${service}' cannot be read. Restore their file, or remove it to start anew.`,
    {
      cause,
    },
  )

const readDocuments = async (file: string, service: string): Promise<Documents> => {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const { service: owner, retired, documents } = stored.parse(JSON.parse(await handle.readFile('utf8')))
    if (owner !== service) throw new Error(`the file belongs to '${owner}'`)
    const byKey = documents.map(({ key, version, value }) => {
      if (value === undefined) throw new Error(`the document '${key}' has no value`)
      return [key, { version, json: JSON.stringify(value) }] as const
    })
    return { retired, byKey: new Map(byKey) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NO_DOCUMENTS
    throw unreadable(service, error)
  } finally {
    await handle?.close()
  }
}

/** The documents' own JSON is put in as it is: it was valid when it was stored. */
const serialise = (service: string, { retired, byKey }: Documents): string => {
  const documents = [...byKey].map(
    ([key, { json, version }]) => `{"key":${JSON.stringify(key)},"version":${version},"value":${json}}`,
  )
  return `{"service":${JSON.stringify(service)},"retired":${retired},"documents":[\n${documents.join(',\n')}\n]}\n`
}

/** Makes a rename last through a power failure. Windows can't open folders, and needs no such call. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** All or nothing: readers and a crash at any moment find the old text or the new one. */
const writeAtomically = async (file: string, text: string): Promise<void> => {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${basename(file)}.${randomUUID()}.tmp`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** The last write waiting for each file. In the module: after a reload, old and new instances write the same files. */
const queues = new Map<string, Promise<unknown>>()

const inTurn = <T>(file: string, work: () => Promise<T>): Promise<T> => {
  const turn = (queues.get(file) ?? Promise.resolve()).then(work, work)
  queues.set(file, turn)
  const leave = () => {
    if (queues.get(file) === turn) queues.delete(file)
  }
  turn.then(leave, leave)
  return turn
}

const fileStore = (file: string, service: string): DocumentStore => ({
  read: () => readDocuments(file, service),
  update: (change) =>
    inTurn(file, async () => {
      const { documents, result } = change(await readDocuments(file, service))
      if (documents) await writeAtomically(file, serialise(service, documents))
      return result
    }),
})

/**
 * Keeps services' documents in files, one a service. Writes are atomic, on disk when `put` resolves, and one at a
 * time for each service in this process; two processes must not share a folder.
 *
 * @param directory made with mode 0700 at the first `put`; nothing is touched before
 * @throws (from the state's methods) `conflict` where `ifVersion` doesn't hold; `internal` for an unreadable file
 */
export const createFileState = (directory: string): ((service: string) => State) => {
  const root = resolve(directory)
  return (service) => stateOver(fileStore(join(root, fileNameFor(service)), service))
}
