/** What is below a folder, as far as the caller may see it. */
import type { Method } from '@gw/core'
import { GwError } from '@gw/core'
import { noFolder } from './failure.ts'
import { parentOf } from './paths.ts'
import type { Rights } from './rights.ts'
import type { Entry, FileStore } from './store.ts'

/** @throws GwError `not_found` where there is no such folder */
export const checkFolder = async (store: FileStore, folder: string, signal: AbortSignal): Promise<void> => {
  if (folder !== '' && (await store.find(folder, signal))?.kind !== 'folder') throw noFolder(folder)
}

/**
 * The right to a folder is the right to the names in it. What is in the folders below is seen by who may read these.
 * @param folder is there
 */
export async function* visible(
  store: FileStore,
  folder: string,
  recursive: boolean,
  rights: Rights,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  /** Whether all folders between the listed one and this one may be read. */
  const open = (path: string): boolean =>
    path.length <= folder.length || (open(parentOf(path)) && rights.may(path, 'GET'))
  for await (const entry of store.list(folder, recursive, signal)) {
    signal.throwIfAborted()
    if (open(parentOf(entry.path))) yield entry
  }
}

/**
 * For what is done to a whole folder: the caller must be allowed to do it to everything in it.
 * @throws GwError `forbidden` that does not name what is in the way
 */
export const demandAll = async (
  store: FileStore,
  folder: string,
  method: Method,
  rights: Rights,
  signal: AbortSignal,
): Promise<void> => {
  for await (const { path } of store.list(folder, true, signal)) {
    signal.throwIfAborted()
    if (!rights.may(path, method))
      throw new GwError('forbidden', `${method} is not allowed on everything in folder '${folder}'. Nothing was done.`)
  }
}
