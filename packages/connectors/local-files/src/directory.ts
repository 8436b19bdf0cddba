/**
 * Open folders. Everything is reached from the root's own handle, one name at a time, and no link is ever followed: what
 * somebody puts in the way while a call is under way, or moves elsewhere, leads nowhere else.
 *
 * Node has no openat(2). On Linux, `/proc/self/fd/N/name` is the same: the kernel begins at the open folder itself.
 * Elsewhere a folder is known by its path, which is resolved again whenever something in it is about to be touched; who
 * can write into the root from outside of the gateway might win that race there.
 */
import { constants, realpathSync } from 'node:fs'
import { access, type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf } from '@gw/files'
import { unless } from './errors.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

export interface Directory {
  /** The path of a name in it, for one call of the operating system that does not follow links. */
  at(name: string): string
  /** The path of the folder itself. */
  readonly self: string
  /** The folder of that name; `undefined` where there is none, or something else. */
  enter(name: string): Promise<Directory | undefined>
  /** Makes names in it last. */
  sync(): Promise<void>
  close(): Promise<void>
}

const NOT_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP'] as const

const byHandle = (handle: FileHandle): Directory => {
  const self = `/proc/self/fd/${handle.fd}`
  return {
    self,
    at: (name) => `${self}/${name}`,
    async enter(name) {
      const child = await unless(NOT_THERE, open(`${self}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
      return child && byHandle(child)
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  }
}

/** Names that Windows takes for something else: a stream of a file, a device, or the name without its end. */
const WINDOWS = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

const byPath = (path: string): Directory => ({
  self: path,
  at(name) {
    if (process.platform === 'win32' && name !== '.' && WINDOWS.test(name)) throw failureOf('name_refused')
    if (realpathSync(path) !== path) throw failureOf('escapes')
    return join(path, name)
  },
  async enter(name) {
    const child = this.at(name)
    const found = await unless(NOT_THERE, lstat(child))
    if (!found?.isDirectory()) return undefined
    if ((await realpath(child)) !== child) throw failureOf('escapes')
    return byPath(child)
  },
  sync: async () => {},
  close: async () => {},
})

/** @param path resolved, and a folder */
export const openRoot = async (path: string, platform: NodeJS.Platform = process.platform): Promise<Directory> => {
  if (platform !== 'linux') return byPath(path)
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  // A container may come without /proc.
  const hasProc = await access(`/proc/self/fd/${handle.fd}/.`).then(
    () => true,
    () => false,
  )
  if (hasProc) return byHandle(handle)
  await handle.close()
  return byPath(path)
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((name) => name !== '')

/**
 * Opens the folder at a path below `root`, hands it to `use`, and closes it.
 * @returns `undefined` where there is no such folder
 */
export const within = async <T>(
  root: Directory,
  path: string,
  use: (directory: Directory) => Promise<T>,
): Promise<T | undefined> => {
  let at = root
  try {
    for (const name of segmentsOf(path)) {
      const next = await at.enter(name)
      if (at !== root) await at.close()
      at = next ?? root
      if (!next) return undefined
    }
    return await use(at)
  } finally {
    if (at !== root) await at.close()
  }
}
