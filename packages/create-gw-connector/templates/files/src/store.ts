/**
 * A store that works, and that you replace function by function: this one holds its files in memory, which no store
 * that is used may. The comments of `FileStore` are the specification.
 */
import { checkCondition, type Entry, type FileEntry, type FileStore } from '@gw/files'

interface Stored extends FileEntry {
  readonly bytes: Buffer
}

/** A container: what it holds, by path; a folder's ends with a slash. */
export type Contents = Map<string, Stored | 'folder'>

const containers = new Map<string, Contents>()
let changes = 0

/** What is in a container; for tests, which look behind the service. */
export const contentsOf = (container: string): Contents => {
  const contents = containers.get(container) ?? new Map()
  containers.set(container, contents)
  return contents
}

export const memoryStore = (container: string): FileStore => {
  const contents = contentsOf(container)
  const below = (folder: string) => [...contents.keys()].filter((path) => path.startsWith(folder) && path !== folder)
  const entryOf = (path: string): Entry | undefined => {
    const found = contents.get(path)
    return path === '' || found === 'folder' ? { kind: 'folder', path } : found
  }
  const fileAt = (path: string): Stored | undefined => {
    const found = contents.get(path)
    return found === 'folder' ? undefined : found
  }
  return {
    verify: async () => {},
    find: async (path) => entryOf(path),
    async *list(folder, recursive) {
      for (const path of below(folder).sort())
        if (recursive || !path.slice(folder.length).replace(/\/$/, '').includes('/')) yield entryOf(path)!
    },
    async open(path) {
      const file = fileAt(path)
      if (!file) return undefined
      return {
        entry: file,
        async *read(range = { start: 0, end: file.size - 1 }) {
          if (range.end >= range.start) yield Buffer.from(file.bytes.subarray(range.start, range.end + 1))
        },
        close: async () => {},
      }
    },
    async write(path, content, { condition }) {
      const bytes = Buffer.concat(await Array.fromAsync(content))
      checkCondition(condition, fileAt(path))
      const modified = new Date()
      const file: Stored = { kind: 'file', path, size: bytes.length, modified, etag: `"${++changes}"`, bytes }
      contents.set(path, file)
      return file
    },
    async remove(path, condition) {
      checkCondition(condition, fileAt(path))
      return contents.delete(path)
    },
    async makeFolder(path) {
      if (path === '' || contents.has(path)) return false
      for (let at = path; at !== ''; at = at.slice(0, at.slice(0, -1).lastIndexOf('/') + 1)) contents.set(at, 'folder')
      return true
    },
    async removeFolder(path, what) {
      for (const each of below(path)) contents.delete(each)
      if (what !== 'content') contents.delete(path)
    },
    close: async () => {},
  }
}
