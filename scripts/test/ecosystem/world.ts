/** A folder outside of the repository, and a registry that has what is in the repository as it would be published. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readWorkspace } from '../../layers/workspace.ts'
import { build } from '../../publish/build.ts'
import { isBuilt, type Packed, pack, withDependencies } from '../../publish/pack.ts'
import { openRegistry, upstream } from '../../publish/registry.ts'
import { run } from '../../publish/run.ts'
import { type Running, start } from './running.ts'

export const ROOT = dirname(dirname(dirname(import.meta.dirname)))

/** Why there can be no such world here, or `undefined`. */
export const missing = async (): Promise<string | undefined> =>
  (await upstream(tmpdir())) === undefined ? 'no registry of npm packages can be reached' : undefined

export interface World {
  readonly packed: readonly Packed[]
  /** The folder in which people work. */
  readonly folder: string
  /** Runs a program there, or in a folder below. */
  run(command: string, args: readonly string[], within?: string): Promise<string>
  start(command: string, args: readonly string[], within?: string, env?: NodeJS.ProcessEnv): Running
  close(): Promise<void>
}

/** @param names what has to be there; what it depends on is added */
export const openWorld = async (names: readonly string[]): Promise<World> => {
  const base = mkdtempSync(join(tmpdir(), 'gw-ecosystem-'))
  const within = (name: string) => {
    mkdirSync(join(base, name))
    return join(base, name)
  }
  const workspace = readWorkspace(ROOT)
  const packages = withDependencies(workspace, names)
  // What a build leaves in the repository is removed again, where it was not there before.
  const before = new Set(workspace.filter((each) => isBuilt(ROOT, each)))
  const folder = within('home')
  const registry = await openRegistry(within('registry'), (await upstream(base))!)
  const close = async () => {
    await registry.close()
    rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await build(ROOT, packages)
    const packed = await pack(ROOT, packages, within('packed'))
    for (const { file } of packed) await registry.publish(file)
    return {
      packed,
      folder,
      run: (command, args, below = '') => run(command, args, { cwd: join(folder, below), env: registry.env }),
      start: (command, args, below = '', env = {}) =>
        start(command, args, join(folder, below), { ...registry.env, ...env }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  } finally {
    for (const each of workspace)
      if (!before.has(each)) rmSync(join(ROOT, each.folder, 'dist'), { recursive: true, force: true })
  }
}
