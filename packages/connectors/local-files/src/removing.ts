/** Files and folders as they are removed. A link is removed itself, never what it leads to. */
import { readdir, rmdir, unlink } from 'node:fs/promises'
import { checkCondition, nameOf, parentOf, type Removal, type Turns, type WriteCondition } from '@gw/files'
import { type Directory, within } from './directory.ts'
import { fileEntry, statsOf } from './entries.ts'
import { unless } from './errors.ts'

/** @returns whether it was there */
export const removeFile = async (root: Directory, path: string, condition: WriteCondition, turns: Turns) => {
  const removed = await within(root, parentOf(path), (directory) =>
    turns(path, async () => {
      const name = directory.at(nameOf(path))
      const stats = await statsOf(name)
      const entry = stats?.isFile() ? fileEntry(path, stats) : undefined
      checkCondition(condition, entry)
      if (!entry) return false
      await unlink(name)
      await directory.sync()
      return true
    }),
  )
  if (removed === undefined) checkCondition(condition, undefined)
  return removed ?? false
}

const empty = async (directory: Directory, signal: AbortSignal): Promise<void> => {
  for (const name of await readdir(directory.self)) {
    signal.throwIfAborted()
    const child = await directory.enter(name)
    if (!child) {
      await unless(['ENOENT'], unlink(directory.at(name)))
      continue
    }
    try {
      await empty(child, signal)
    } finally {
      await child.close()
    }
    await unless(['ENOENT'], rmdir(directory.at(name)))
  }
}

/** What is not there counts as removed. */
export const removeFolder = async (root: Directory, path: string, what: Removal, signal: AbortSignal) => {
  if (what !== 'folder') await within(root, path, (directory) => empty(directory, signal))
  if (what === 'content' || path === '') return
  await within(root, parentOf(path), async (directory) => {
    await unless(['ENOENT'], rmdir(directory.at(nameOf(path))))
    await directory.sync()
  })
}
