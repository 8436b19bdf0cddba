/** Finds the packages of a project that have something to offer. Runs none of their code. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contractMismatch, type Manifest, readManifest } from './manifest.ts'
import type { DiscoveryProblem } from './registry.ts'

/** A package with a manifest. */
export interface InstalledPackage {
  /** Its real folder, links followed. */
  readonly directory: string
  readonly manifest: Manifest
  /** Why none of its code may run: it was written for another version of the contract. */
  readonly refused?: string | undefined
}

export interface Found {
  readonly packages: readonly InstalledPackage[]
  readonly problems: readonly DiscoveryProblem[]
  /** Modules named by a path that are no packages: each default-exports one service type. */
  readonly modules: readonly string[]
}

/**
 * The project's own dependencies, and the project itself if it is a connector. Never what they depend on in turn:
 * a package has a say only if the operator asked for it.
 * @param root the folder with the project's `package.json`
 */
export const findDependencies = async (root: string): Promise<Found> => {
  const project = readProject(root)
  if (project === undefined) return { packages: [], modules: [], problems: [] }
  const names = Object.keys({ ...project.dependencies, ...project.optionalDependencies, ...project.devDependencies })
  const found: FoundPackage[] = []
  if (project.gw !== undefined) found.push(await readPackage(project.name ?? root, root))
  for (const name of names) {
    const directory = locate(name, root)
    if (directory !== undefined) found.push(await readPackage(name, directory))
    else if (project.dependencies?.[name] !== undefined) {
      found.push({
        problem: { package: name, reason: `${name} is in package.json but not installed: run npm install` },
      })
    }
  }
  return gather(found)
}

/** The packages, package folders and modules that a configuration lists. */
export const findListed = async (root: string, connectors: readonly string[]): Promise<Found> => {
  const found: FoundPackage[] = []
  const modules: string[] = []
  for (const name of connectors) {
    if (!/^\.{0,2}\//.test(name) && name !== '.') {
      const directory = locate(name, root)
      found.push(
        directory === undefined
          ? { problem: { package: name, reason: notInstalled(name) } }
          : await readListed(name, directory),
      )
      continue
    }
    const path = resolve(root, name)
    if (!existsSync(path))
      found.push({
        problem: { package: name, reason: `there is no ${name}: connectors in the configuration names it` },
      })
    else if (statSync(path).isDirectory()) found.push(await readListed(name, path))
    else modules.push(realpathSync(path))
  }
  return { ...gather(found), modules }
}

const notInstalled = (name: string): string => `${name} is not installed: run npm install ${name}`

type FoundPackage = { readonly package?: InstalledPackage | undefined; readonly problem?: DiscoveryProblem | undefined }

const gather = (found: readonly FoundPackage[]): Found => {
  const packages = new Map<string, InstalledPackage>()
  for (const { package: one } of found) if (one !== undefined) packages.set(one.directory, one)
  const problems = found.flatMap(({ problem }) => problem ?? [])
  return { packages: [...packages.values()], problems, modules: [] }
}

const readPackage = async (name: string, directory: string): Promise<FoundPackage> => {
  try {
    const manifest = await readManifest(directory)
    if (manifest === undefined) return {}
    const refused = contractMismatch(manifest)
    const reason = refused ?? unbuilt(manifest, directory)
    return {
      package: { directory: realpathSync(directory), manifest, refused },
      problem: reason === undefined ? undefined : { package: manifest.package, reason },
    }
  } catch (error) {
    return { problem: { package: name, reason: `${name} cannot be used: ${(error as Error).message}` } }
  }
}

/** Pages that are not there are no reason to do without the rest of a package. */
const unbuilt = ({ package: name, static: folders }: Manifest, directory: string): string | undefined => {
  const folder = Object.values(folders).find((one) => folderIn(directory, one) === undefined)
  return folder && `${name} names "${folder}" under static in its manifest, but the folder is not there: is it built?`
}

/** What is listed is meant: a package without a manifest is a mistake there. */
const readListed = async (name: string, directory: string): Promise<FoundPackage> => {
  const found = await readPackage(name, directory)
  if (found.package !== undefined || found.problem !== undefined) return found
  return { problem: { package: name, reason: `${name} is not a connector: its package.json has no "gw"` } }
}

/** The real path of a package's folder; `undefined` where it is missing, or leads out of the package. */
export const folderIn = (directory: string, folder: string): string | undefined => {
  try {
    const [root, found] = [realpathSync(directory), realpathSync(join(directory, folder))]
    return found.startsWith(root + sep) ? found : undefined
  } catch {
    return undefined
  }
}

const locate = (name: string, root: string): string | undefined => {
  try {
    const file = findPackageJSON(name, pathToFileURL(join(root, 'package.json')))
    return file === undefined ? undefined : dirname(file)
  } catch {
    return undefined
  }
}

interface Project {
  readonly name?: string
  readonly gw?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
const readProject = (root: string): Project | undefined => {
  try {
    return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}
