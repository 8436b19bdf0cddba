/** Packages as npm would get them: files, in a folder, and what is wrong with them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { Package } from '../layers/workspace.ts'
import { run } from './run.ts'

export interface Packed {
  readonly name: string
  readonly file: string
}

/**
 * Packs what is built. pnpm puts versions in the place of `workspace:` and `catalog:`, and `publishConfig` over the rest.
 * @param into an empty folder
 */
export const pack = async (root: string, packages: readonly Package[], into: string): Promise<readonly Packed[]> => {
  for (const { folder } of packages)
    await run('pnpm', ['pack', '--pack-destination', into], { cwd: join(root, folder) })
  const files = readdirSync(into)
  return packages.map(({ name }) => {
    const stem = `${name.replace(/^@/, '').replace('/', '-')}-`
    const file = files.find((one) => one.startsWith(stem) && /^\d/.test(one.slice(stem.length)))
    if (file === undefined) throw new Error(`${name} was packed, but ${into} does not have it`)
    return { name, file: join(into, file) }
  })
}

/** What publint and Are the types wrong? have against a package; empty where all is well. */
export const faultsOf = async (root: string, { name, file }: Packed): Promise<readonly string[]> => {
  const tarball = readFileSync(file)
  const { messages, pkg } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    level: 'warning',
  })
  const found = messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
  // What is a program only has no types.
  if (Object.keys((pkg.exports as object) ?? {}).every((key) => key === './package.json')) return found
  const attw = join(root, 'node_modules/.bin/attw')
  // Everything of gw is an ES module, which `require` of today's Node takes as well.
  return run(attw, [file, '--profile', 'esm-only', '--format', 'ascii', '--no-color'], { cwd: root }).then(
    () => found,
    (error: Error) => [...found, `${name}: ${error.message}`],
  )
}

/** The packages that a set of them depends on, those included; each is published, so that all can be installed. */
export const withDependencies = (all: readonly Package[], names: readonly string[]): readonly Package[] => {
  const wanted = new Set<string>()
  const add = (name: string): void => {
    const found = all.find((one) => one.name === name)
    if (found === undefined || wanted.has(name)) return
    wanted.add(name)
    for (const each of Object.keys({ ...found.manifest.dependencies, ...found.manifest.peerDependencies })) add(each)
  }
  for (const name of names) add(name)
  return all.filter(({ name }) => wanted.has(name))
}

/** Whether a package has been built. */
export const isBuilt = (root: string, { folder }: Package): boolean => existsSync(join(root, folder, 'dist'))
