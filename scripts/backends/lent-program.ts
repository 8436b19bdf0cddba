/**
 * Programs from npm packages for a user who may not enter this folder. A server that refuses to run as root is run by
 * a user of its own; where the clone lies below a private folder (`mktemp -d`, `/root`), that user cannot reach the
 * program. Then its package is copied to a public place, and only for as long as it runs.
 */
import { chmod, cp, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface LentProgram {
  /** The URL of the package's module. */
  readonly entry: string
  giveBack(): Promise<void>
}

const OTHERS_MAY_ENTER = 0o001

/** Whether every folder above a file may be entered by anyone. */
const isPublic = async (file: string): Promise<boolean> => {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder))
    if (((await stat(folder)).mode & OTHERS_MAY_ENTER) === 0) return false
  return true
}

/**
 * @param name the package with the module
 * @param scope the scope of the packages that carry the program
 * @param foreign whether another user will run it
 */
export const lendProgram = async (name: string, scope: string, foreign: boolean): Promise<LentProgram> => {
  // Not by import.meta.resolve, which a test runner's setup does not have.
  const entry = await realpath(createRequire(import.meta.url).resolve(name))
  if (!foreign || (await isPublic(entry))) return { entry: pathToFileURL(entry).href, giveBack: async () => {} }
  // A package's dependencies are its neighbours: those that carry the program are copied, the others only linked.
  const [home, inside] = splitAt(entry, name)
  const place = await mkdtemp(join(tmpdir(), `gw-${basename(name)}-program-`))
  await chmod(place, 0o755)
  const modules = join(place, 'node_modules')
  await mkdir(modules)
  for (const neighbour of await readdir(home)) {
    const [from, to] = [join(home, neighbour), join(modules, neighbour)]
    if (neighbour === name || neighbour === scope) await cp(from, to, { recursive: true, dereference: true })
    else await symlink(await realpath(from), to)
  }
  return {
    entry: pathToFileURL(join(modules, name, inside)).href,
    giveBack: () => rm(place, { recursive: true, force: true }),
  }
}

/** `…/node_modules/name/dist/index.js` → the folder of neighbours, and the path inside the package. */
const splitAt = (entry: string, name: string): readonly [string, string] => {
  const at = entry.lastIndexOf(`/node_modules/${name}/`)
  const home = entry.slice(0, at + '/node_modules'.length)
  return [home, entry.slice(home.length + name.length + 2)]
}
