/** A folder as a store of files. */
import { mkdir } from 'node:fs/promises'
import type { Host } from '@gw/core'
import { type Entry, type FileStore, failureOf, takeTurns } from '@gw/files'
import type { LocalFilesConfig } from './config.ts'
import type { Directory } from './directory.ts'
import { find, listIn } from './entries.ts'
import { codeOf } from './errors.ts'
import { openFile } from './reading.ts'
import { removeFile, removeFolder } from './removing.ts'
import { type Root, rootAt } from './root.ts'
import { writeFile } from './writing.ts'

/** Makes what is missing of a path. @returns whether its last part was missing */
const makeFolders = async (root: Directory, path: string): Promise<boolean> => {
  const names = path.split('/').filter((name) => name !== '')
  let at = root
  let isNew = false
  try {
    for (const name of names) {
      isNew = await mkdir(at.at(name)).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === 'EEXIST') return false
          throw error
        },
      )
      const next = await at.enter(name)
      if (!next) throw failureOf('not_a_folder')
      if (isNew) await at.sync()
      if (at !== root) await at.close()
      at = next
    }
    return isNew
  } finally {
    if (at !== root) await at.close()
  }
}

async function* list(root: Directory, folder: string, recursive: boolean): AsyncGenerator<Entry> {
  // Held while its pages are asked for.
  const opened: Directory[] = []
  try {
    let at = root
    for (const name of folder.split('/').filter((segment) => segment !== '')) {
      const next = await at.enter(name)
      if (!next) return
      opened.push(next)
      at = next
    }
    yield* listIn(at, folder, recursive)
  } finally {
    for (const directory of opened) await directory.close()
  }
}

export const openStore = ({ container }: LocalFilesConfig, host: Pick<Host, 'resolvePath'>): FileStore => {
  const turns = takeTurns()
  let root: Root | undefined
  const directory = (): Directory => {
    if (!root) throw failureOf('unreachable')
    return root.directory
  }
  return {
    async start(signal) {
      signal.throwIfAborted()
      root = await rootAt(host.resolvePath(container))
    },
    async verify() {
      directory()
      await root!.verify()
    },
    find: async (path) => find(directory(), path),
    list: (folder, recursive) => list(directory(), folder, recursive),
    open: async (path) => openFile(directory(), path),
    write: async (path, content, options) => writeFile(directory(), path, content, options, turns),
    remove: async (path, condition) => removeFile(directory(), path, condition, turns),
    makeFolder: async (path) => makeFolders(directory(), path),
    removeFolder: async (path, what, signal) => removeFolder(directory(), path, what, signal),
    async close() {
      const closing = root
      root = undefined
      await closing?.directory.close()
    },
  }
}
