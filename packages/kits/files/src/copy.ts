/** Copies within a service. A move is a copy whose source is removed when all of it is there. */
import { GwError } from '@gw/core'
import { fileExists, folderExists, noFile, noFolder, noParent } from './failure.ts'
import { asFolder, checkedFile, checkedPath, parentOf } from './paths.ts'
import type { FileEntry } from './store.ts'
import { demandAll } from './walk.ts'
import { ensureFolder, store, type Target } from './write.ts'

const copyBytes = async (target: Target, from: FileEntry, to: string): Promise<void> => {
  const { files, rights, signal } = target
  if (files.copy) {
    rights.demand(checkedFile(to), target.method)
    return files.copy(from, to, signal)
  }
  const file = await files.open(from.path, signal)
  if (!file) throw noFile(from.path)
  try {
    await store(target, to, file.read(), { size: file.entry.size, fresh: true })
  } finally {
    await file.close()
  }
}

/** @throws GwError where the destination is there already */
export const copyFile = async (target: Target, from: string, to: string, move: boolean): Promise<void> => {
  const { files, rights, signal } = target
  rights.demand(checkedFile(from), 'GET')
  if (move) rights.demand(from, 'DELETE')
  const source = await files.find(from, signal)
  if (source?.kind !== 'file') throw noFile(from)
  if (await files.find(to, signal)) throw fileExists(to)
  const folder = parentOf(to)
  if (folder !== '' && !(await files.find(folder, signal))) throw noParent(folder)
  await copyBytes(target, source, to)
  if (move) await files.remove(from, source.etag === undefined ? {} : { ifMatch: source.etag }, signal)
}

/** With everything below it, each at the same place below the destination, which is made. */
export const copyFolder = async (target: Target, from: string, to: string, move: boolean): Promise<void> => {
  const { files, rights, signal } = target
  rights.demand(checkedPath(from), 'GET')
  if (to.startsWith(from)) throw new GwError('invalid_request', 'A folder can not be copied into itself.')
  if ((await files.find(from, signal))?.kind !== 'folder') throw noFolder(from)
  if (await files.find(to, signal)) throw folderExists(to)
  const above = parentOf(to)
  if (above !== '' && !(await files.find(above, signal))) throw noParent(above)
  await demandAll(files, from, 'GET', rights, signal)
  if (move) {
    rights.demand(from, 'DELETE')
    await demandAll(files, from, 'DELETE', rights, signal)
  }
  await ensureFolder(target, to)
  for await (const entry of files.list(from, true, signal)) {
    signal.throwIfAborted()
    const path = to + entry.path.slice(from.length)
    rights.demand(checkedPath(path), target.method)
    if (entry.kind === 'folder') await ensureFolder(target, asFolder(path))
    else await copyBytes(target, entry, path)
  }
  if (move) await files.removeFolder(from, 'all', signal)
}
