/** The folder of a connector: what it offers, and where its sources are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, parseManifest } from '../../discovery/index.ts'

/** In the shape of gw.config; what it does not say is made up. */
export const DEV_FILE = 'gw.dev.json'

export interface ConnectorFolder {
  readonly manifest: Manifest
  /** The modules of its types, as sources where they are there; relative to the folder. */
  readonly modules: readonly string[]
}

/**
 * @returns `undefined` where the folder is no connector's, or has a configuration of its own
 * @throws Error saying what is wrong with its manifest
 */
export const connectorAt = (cwd: string): ConnectorFolder | undefined => {
  const file = join(cwd, 'package.json')
  if (!existsSync(file) || readdirSync(cwd).some((name) => /^gw\.config\.\w+$/.test(name))) return undefined
  const json = JSON.parse(readFileSync(file, 'utf8')) as { readonly exports?: Readonly<Record<string, unknown>> }
  const manifest = parseManifest(json)
  if (manifest === undefined || Object.keys(manifest.serviceTypes).length === 0) return undefined
  const modules = Object.values(manifest.serviceTypes).map((subpath) => sourceOf(cwd, json.exports?.[subpath]))
  return { manifest, modules: [...new Set(modules)] }
}

/** `./dist/index.js` is made of `./src/index.ts`. Where that is not so, the package is taken as it is built. */
const sourceOf = (cwd: string, target: unknown): string => {
  if (typeof target === 'object' && target !== null)
    return sourceOf(cwd, (target as Record<string, unknown>).default ?? (target as Record<string, unknown>).import)
  if (typeof target !== 'string') return '.'
  const source = target.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts')
  return source.endsWith('.ts') && existsSync(join(cwd, source)) ? source : '.'
}
