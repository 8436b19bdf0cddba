/** The files of one folder, by a list that is made by looking: no path that a client sends ever reaches the disk. */
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { LRUCache } from 'lru-cache'
import { entityTag } from '../entity-tag.ts'
import type { Coding } from '../formats/index.ts'

export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>
  /** Of the bytes as they lie there. */
  readonly etag: string
}

/** What is known of a file without reading it. */
export interface Listed {
  /** In which it lies there, too, compressed beforehand. */
  readonly codings: ReadonlySet<Coding>
}

export interface Folder {
  /** @param path below the folder, with slashes: `assets/index.js` */
  find(path: string): Promise<Listed | undefined>
  /** @returns `undefined` where it is gone */
  read(path: string, coding?: Coding): Promise<StaticFile | undefined>
}

const ENDINGS: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz' }
const CODINGS: readonly Coding[] = ['br', 'gzip']

/** A path that is not on the list is looked for again at most so often, in ms: a new build appears without a restart. */
const LOOK_AGAIN = 1_000
/** Bytes of files that are kept in memory. */
const ROOM = 32 * 1024 * 1024

/** Ordinary files alone: links are not followed, and what begins with a dot is nobody's business. */
const listed = async (root: string): Promise<ReadonlyMap<string, Listed>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join('/'))
      .filter((path) => !path.split('/').some((part) => part.startsWith('.'))),
  )
  const isCopy = (path: string) =>
    CODINGS.some((coding) => path.endsWith(ENDINGS[coding]) && paths.has(path.slice(0, -ENDINGS[coding].length)))
  return new Map(
    [...paths]
      .filter((path) => !isCopy(path))
      .map((path) => [path, { codings: new Set(CODINGS.filter((coding) => paths.has(path + ENDINGS[coding]))) }]),
  )
}

interface Kept extends StaticFile {
  readonly version: string
}

/** @param root its real path. Nothing is read before something is asked for. */
export const openFolder = (root: string): Folder => {
  let list: Promise<ReadonlyMap<string, Listed>> | undefined
  let looked = 0
  const kept = new LRUCache<string, Kept>({ maxSize: ROOM, sizeCalculation: ({ body }) => body.byteLength + 1 })
  const look = () => {
    looked = performance.now()
    list = listed(root)
    return list
  }
  return {
    async find(path) {
      const found = (await (list ?? look())).get(path)
      if (found || performance.now() - looked < LOOK_AGAIN) return found
      return (await look()).get(path)
    },
    async read(path, coding) {
      const name = coding ? path + ENDINGS[coding] : path
      try {
        const place = join(root, name)
        const state = await lstat(place)
        if (!state.isFile()) return undefined
        const version = `${state.mtimeMs} ${state.size}`
        const known = kept.get(name)
        if (known?.version === version) return known
        const body = new Uint8Array(await readFile(place))
        const file = { body, etag: entityTag(body), version }
        kept.set(name, file)
        return file
      } catch {
        return undefined
      }
    },
  }
}
