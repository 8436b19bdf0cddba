/** Putting a file into a folder: what every way of uploading comes to. */
import type { Call, Host, Method } from '@gw/core'
import { GwError } from '@gw/core'
import type { FilesConfig } from './config.ts'
import { failureOf, fileExists, folderExists, noParent } from './failure.ts'
import { typeOfName } from './media-types.ts'
import { checkedFile, checkedPath, parentOf } from './paths.ts'
import { type Rights, rightsOf } from './rights.ts'
import type { FileCapabilities, FileEntry, FileStore, WriteCondition } from './store.ts'
import { until } from './streams.ts'

/** Where one call writes, and as whom. */
export interface Target {
  readonly files: FileStore
  readonly capabilities: FileCapabilities
  readonly config: FilesConfig
  readonly host: Pick<Host, 'fetch'>
  readonly rights: Rights
  /** The call's: what a caller needs on all that it makes. */
  readonly method: Method
  readonly signal: AbortSignal
}

export type Service = Pick<Target, 'files' | 'capabilities' | 'config' | 'host'>

export const targetOf = (call: Call, service: Service): Target => ({
  ...service,
  rights: rightsOf(call),
  method: call.method,
  signal: call.signal,
})

export interface StoreOptions {
  readonly size?: number | undefined
  readonly condition?: WriteCondition | undefined
  /** See `WriteOptions.owned`. */
  readonly owned?: boolean | undefined
  /** Refuses to replace a file. */
  readonly fresh?: boolean | undefined
}

/** The wire contract's status where a body in bytes would replace a file that must not be (services part, §2.7). */
export const existsInBytes = (error: unknown, { folders }: FileCapabilities): unknown =>
  GwError.is(error) && folders === 'real' && /already exists/.test(error.message)
    ? new GwError(error.code, error.message, { wire: { status: 500 } })
    : error

/**
 * Stores one file under a checked path, into a folder that is there.
 * @throws GwError `not_found` without that folder, `forbidden` without the right to the path
 */
export const store = async (
  target: Target,
  path: string,
  content: AsyncIterable<Uint8Array>,
  { size, owned = false, condition = {}, fresh = false }: StoreOptions = {},
): Promise<FileEntry> => {
  const { files, rights, signal } = target
  rights.demand(checkedFile(path), target.method)
  const folder = parentOf(path)
  if (folder !== '' && (await files.find(folder, signal))?.kind !== 'folder') throw noParent(folder)
  // Before it is sent for nothing; the store looks again when it is whole.
  if (fresh && (await files.find(path, signal))) throw fileExists(path)
  try {
    return await files.write(path, until(signal, content), {
      type: typeOfName(path),
      size,
      owned,
      condition: fresh ? { ifNoneMatch: '*' } : condition,
      signal,
    })
  } catch (error) {
    if (fresh && GwError.is(error) && error.code === 'precondition_failed') throw fileExists(path)
    throw error
  }
}

/** Makes a new folder. @throws GwError where it is there; `not_found` where prefixes are folders and none is above it */
export const makeFolder = async ({ files, capabilities, rights, method, signal }: Target, path: string) => {
  rights.demand(checkedPath(path), method)
  const parent = parentOf(path)
  const isMissing = async () => parent !== '' && (await files.find(parent, signal))?.kind !== 'folder'
  if (capabilities.folders === 'prefixes' && (await isMissing())) throw noParent(parent)
  if (!(await files.makeFolder(path, signal))) throw folderExists(path)
}

/** Makes a folder, and those above it, where they are not there; the caller needs the right to each that is made. */
export const ensureFolder = async (target: Target, path: string): Promise<void> => {
  const { files, rights, signal } = target
  if (path === '') return
  const found = await files.find(path, signal)
  if (found?.kind === 'folder') return
  await ensureFolder(target, parentOf(path))
  rights.demand(checkedPath(path), target.method)
  if (await files.find(path.slice(0, -1), signal)) throw failureOf('not_a_folder')
  await files.makeFolder(path, signal)
}
