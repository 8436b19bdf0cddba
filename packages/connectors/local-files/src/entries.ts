/** What the operating system says of a file, as the family shows it. Whatever is neither file nor folder is not there. */
import type { BigIntStats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { entityTag } from '@gw/core'
import { type Entry, type FileEntry, isPath, nameOf, parentOf } from '@gw/files'
import { type Directory, within } from './directory.ts'
import { unless } from './errors.ts'

/** Looks at so many entries of a folder at a time. */
const AT_ONCE = 32

const modifiedOf = ({ mtimeMs }: BigIntStats): Date => new Date(Number(mtimeMs))

/** Another tag whenever a file was written or replaced, be it by another program. */
export const fileEntry = (path: string, stats: BigIntStats): FileEntry => ({
  kind: 'file',
  path,
  size: Number(stats.size),
  modified: modifiedOf(stats),
  etag: entityTag([stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ')),
})

/** @param path with the slash of a folder or without */
const entryOf = (path: string, stats: BigIntStats): Entry | undefined => {
  if (stats.isFile()) return fileEntry(path, stats)
  return stats.isDirectory() ? { kind: 'folder', path: `${path}/`, modified: modifiedOf(stats) } : undefined
}

export const statsOf = (path: string): Promise<BigIntStats | undefined> =>
  unless(['ENOENT', 'ENOTDIR'], lstat(path, { bigint: true }))

export const find = async (root: Directory, path: string): Promise<Entry | undefined> => {
  if (path === '')
    return { kind: 'folder', path: '', modified: modifiedOf(await lstat(root.at('.'), { bigint: true })) }
  const own = path.replace(/\/$/, '')
  const stats = await within(root, parentOf(path), (directory) => statsOf(directory.at(nameOf(path))))
  const entry = stats && entryOf(own, stats)
  return entry?.path === path ? entry : undefined
}

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

async function* entriesIn(directory: Directory, folder: string): AsyncGenerator<Entry> {
  const names = (await readdir(directory.self)).filter((name) => isPath(folder + name)).sort(byBytes)
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE)
    const stats = await Promise.all(some.map((name) => statsOf(directory.at(name))))
    for (const [index, name] of some.entries()) {
      const entry = stats[index] && entryOf(folder + name, stats[index])
      if (entry) yield entry
    }
  }
}

/** What is in an open folder; with `recursive`, what is in a folder comes right after it. */
export async function* listIn(directory: Directory, folder: string, recursive: boolean): AsyncGenerator<Entry> {
  for await (const entry of entriesIn(directory, folder)) {
    yield entry
    if (entry.kind !== 'folder' || !recursive) continue
    const child = await directory.enter(nameOf(entry.path))
    if (!child) continue
    try {
      yield* listIn(child, entry.path, true)
    } finally {
      await child.close()
    }
  }
}
