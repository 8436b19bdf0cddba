/** The workspace as the layer check sees it: packages with their layer, manifest and files. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What the check reads of a package.json. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  /** Those of them that what is published holds inside its own modules. */
  readonly bundledDevDependencies?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly publishConfig?: {
    readonly exports?: Readonly<Record<string, unknown>>
    readonly bin?: Readonly<Record<string, string>>
  }
  readonly gw?: {
    readonly serviceTypes?: Readonly<Record<string, string>>
    readonly governance?: string
    readonly commands?: Readonly<Record<string, string>>
  }
}

/** A folder's place in the architecture: `core`, `kit`, `connector`, … or `application` outside of packages/. */
export type Layer =
  | 'core'
  | 'kit'
  | 'driver'
  | 'connector'
  | 'system'
  | 'testkit'
  | 'standalone'
  | 'application'
  | 'unknown'

export interface Package {
  readonly name: string
  /** Relative to the root, with forward slashes. */
  readonly folder: string
  readonly layer: Layer
  readonly manifest: Manifest
  /** TypeScript files below `src/` (an application: all of its files), relative to the root. */
  readonly sources: readonly string[]
  /** TypeScript files below `test/`, and configuration at the package's root. */
  readonly tests: readonly string[]
}

/** Finds every package of the workspace below `root`, and the repository's own scripts as one more application. */
export const readWorkspace = (root: string): readonly Package[] => {
  const manifests = globSync(
    [
      'packages/*/package.json',
      'packages/{kits,drivers,connectors}/*/package.json',
      'examples/*/package.json',
      '{bench,stress}/package.json',
    ],
    { cwd: root },
  )
  const packages = manifests.map((file) => readPackage(root, dirname(file).replaceAll('\\', '/')))
  if (existsSync(join(root, 'package.json')) && existsSync(join(root, 'scripts'))) {
    packages.push(packageOf(root, 'scripts', readManifest(join(root, 'package.json'))))
  }
  return packages.sort((a, b) => a.folder.localeCompare(b.folder))
}

const readPackage = (root: string, folder: string): Package =>
  packageOf(root, folder, readManifest(join(root, folder, 'package.json')))

const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest

/** Written by `pnpm api`. */
const KEPT = 'packages/core/api/'

const packageOf = (root: string, folder: string, manifest: Manifest): Package => {
  const layer = layerOf(folder)
  const files = globSync('**/*.{ts,mts,tsx}', { cwd: join(root, folder), exclude: skipped })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => !file.startsWith(KEPT))
    .sort()
  const isSource = (file: string): boolean =>
    layer === 'application' ? !file.startsWith(`${folder}/test/`) : file.startsWith(`${folder}/src/`)
  return {
    name: manifest.name,
    folder,
    layer,
    manifest,
    sources: files.filter(isSource),
    tests: files.filter((file) => !isSource(file)),
  }
}

const skipped = (path: string): boolean =>
  ['node_modules', 'dist', 'fixtures', 'results', 'data'].includes(basename(path))

const BELOW: Readonly<Record<string, Layer>> = { kits: 'kit', drivers: 'driver', connectors: 'connector' }

const layerOf = (folder: string): Layer => {
  const [top, second = '', third] = folder.split('/')
  if (top !== 'packages') return 'application'
  if (third !== undefined) return BELOW[second] ?? 'unknown'
  if (second === 'core' || second === 'system' || second === 'testkit') return second
  return second === 'console' || second.startsWith('create-') ? 'standalone' : 'unknown'
}
