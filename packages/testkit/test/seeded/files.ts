/** A store of files in memory, and what it may do wrong: what the suite of files is measured by. */
import {
  checkCondition,
  defineFileServiceType,
  type Entry,
  type FileEntry,
  type FileStore,
  filesConfigShape,
} from '@gw/files'
import { z } from 'zod'

interface Stored extends FileEntry {
  readonly bytes: Buffer
}

/** The smallest store that works: it holds files in memory, which no other may. */
const memoryStore = (contents: Map<string, Stored | 'folder'>): FileStore => {
  let changes = 0
  const isThere = (path: string) => path === '' || contents.has(path)
  const below = (folder: string) => [...contents.keys()].filter((path) => path.startsWith(folder) && path !== folder)
  const entryOf = (path: string): Entry | undefined => {
    const found = contents.get(path)
    if (path === '' || found === 'folder') return { kind: 'folder', path }
    return found
  }
  return {
    verify: async () => {},
    find: async (path) => entryOf(path),
    async *list(folder, recursive) {
      for (const path of below(folder).sort())
        if (recursive || !path.slice(folder.length).replace(/\/$/, '').includes('/')) yield entryOf(path)!
    },
    async open(path) {
      const file = contents.get(path)
      if (!file || file === 'folder') return undefined
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
      const current = contents.get(path)
      checkCondition(condition, current === 'folder' ? undefined : current)
      const modified = new Date()
      const file: Stored = { kind: 'file', path, size: bytes.length, modified, etag: `"${++changes}"`, bytes }
      contents.set(path, file)
      return file
    },
    async remove(path, condition) {
      const current = contents.get(path)
      checkCondition(condition, current === 'folder' ? undefined : current)
      return contents.delete(path)
    },
    async makeFolder(path) {
      if (isThere(path)) return false
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

type Breaking = (store: FileStore, contents: Map<string, Stored | 'folder'>) => Partial<FileStore>

/** @param breaking replaces members of the store */
export const storeSubject = (breaking: Breaking) => {
  const contents = new Map<string, Stored | 'folder'>()
  const store = memoryStore(contents)
  const type = defineFileServiceType({
    name: 'memory_file',
    label: 'Memory',
    description: 'Keeps files in memory.',
    capabilities: { folders: 'real' },
    config: z.strictObject(filesConfigShape),
    open: () => ({ ...store, ...breaking(store, contents) }),
    classify: () => undefined,
  })
  const raw = async () => [...contents.keys()].sort()
  return { type, prepare: async () => ({ config: {}, raw, close: async () => {} }) }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

export const STORES: Readonly<Record<string, Breaking>> = {
  'keeps what had arrived of an upload that broke off': (store) => ({
    async write(path, content, options) {
      const pieces: Uint8Array[] = []
      const arrived = async function* () {
        try {
          for await (const piece of content) pieces.push(piece)
        } catch {}
        yield* pieces
      }
      return store.write(path, arrived(), options)
    },
  }),
  'knows no conditions': (store) => ({
    write: (path, content, options) => store.write(path, content, { ...options, condition: {} }),
  }),
  'gives every state of a file the same tag': (store, contents) => ({
    async write(path, content, options) {
      const file = { ...(await store.write(path, content, options)), etag: '"same"' } as Stored
      contents.set(path, file)
      return file
    },
  }),
  'sends one byte more than was asked for': (store) => ({
    async open(path, signal) {
      const file = await store.open(path, signal)
      return file && { ...file, read: (range) => file.read(range && { ...range, end: range.end + 1 }) }
    },
  }),
  'lists one level only': (store) => ({ list: (folder, _recursive, signal) => store.list(folder, false, signal) }),
  'lists the first of many': (store) => ({
    async *list(...args) {
      for await (const entry of store.list(...args)) {
        yield entry
        return
      }
    },
  }),
  'removes what is above a folder, too': (_store, contents) => ({
    async removeFolder() {
      contents.clear()
    },
  }),
  'leaves what is in a folder': (_store, contents) => ({
    async removeFolder(path) {
      contents.delete(path)
    },
  }),
  'says that everything was there when it was removed': () => ({ remove: async () => true }),
  'loses the last byte of a file': (store) => ({
    async write(path, content, options) {
      const bytes = Buffer.concat(await Array.fromAsync(content))
      return store.write(path, piecesOf(bytes.subarray(0, Math.max(0, bytes.length - 1))), options)
    },
  }),
  'reads text only': (store) => ({
    write: async (path, content, options) =>
      store.write(path, piecesOf(Buffer.from(Buffer.concat(await Array.fromAsync(content)).toString('utf8'))), options),
  }),
  'begins every part at the beginning': (store) => ({
    async open(path, signal) {
      const file = await store.open(path, signal)
      return file && { ...file, read: (range) => file.read(range && { ...range, start: 0 }) }
    },
  }),
  'gives addresses of its own without claiming that it does': () => ({
    presign: async (path) => `https://store.example/${path}`,
  }),
  'keeps a file that was removed': (store) => ({
    remove: async (path, _condition, signal) => (await store.find(path, signal))?.kind === 'file',
  }),
  'says of every folder that it was there': (store) => ({
    async makeFolder(path, signal) {
      await store.makeFolder(path, signal)
      return false
    },
  }),
  'shows what is beside a folder with a longer name': (store) => ({
    list: (folder, recursive, signal) => store.list(folder.replace(/\/$/, ''), recursive, signal),
  }),
  'tells the length of what was there before': (store, contents) => ({
    async write(path, content, options) {
      const before = contents.get(path)
      const file = await store.write(path, content, options)
      if (before && before !== 'folder') contents.set(path, { ...(file as Stored), size: before.size })
      return file
    },
  }),
  'fails in words of its own where a file is not there': (store) => ({
    async open(path, signal) {
      const file = await store.open(path, signal)
      if (!file) throw new Error('ENOENT: no such file, open /srv/files/secret')
      return file
    },
  }),
}
