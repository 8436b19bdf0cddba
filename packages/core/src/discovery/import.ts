import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolve } from 'import-meta-resolve'
import type { ServiceType } from '../contract.ts'
import type { InstalledPackage } from './packages.ts'

/** How long the code of a module may run before it has exported something, in milliseconds. */
const PATIENCE = 20_000

/**
 * Imports what a manifest names, through the package's own `exports`.
 * @returns the default export
 * @throws Error with a readable reason, without paths; the original is its cause
 */
export const importSubpath = async ({ directory, manifest }: InstalledPackage, subpath: string): Promise<unknown> => {
  const base = pathToFileURL(join(directory, 'package.json'))
  const json = JSON.parse(await readFile(base, 'utf8')) as { name?: string; exports?: unknown; main?: string }
  let url: string
  try {
    // A package refers to itself by its name, which takes its `exports` into account wherever it lies.
    if (json.exports !== undefined) url = resolve(`${json.name}${subpath.slice(1)}`, base.href)
    else url = new URL(subpath === '.' ? (json.main ?? 'index.js') : subpath, base).href
  } catch (error) {
    throw new Error(`${manifest.package} names "${subpath}" in its manifest, but does not export it`, { cause: error })
  }
  if (!existsSync(new URL(url))) {
    throw new Error(`${manifest.package} names "${subpath}" in its manifest, but the file is not there: is it built?`)
  }
  return importDefault(url, `${manifest.package}@${manifest.version}`)
}

/**
 * @param name how the module is called in errors
 */
export const importDefault = async (url: string, name: string): Promise<unknown> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not finish in ${PATIENCE / 1000} s`)), PATIENCE)
  })
  try {
    const module = await Promise.race([import(/* @vite-ignore */ url), late])
    return module.default
  } catch (error) {
    throw new Error(`${name} cannot be imported: ${reasonOf(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** The first line of an error, folders cut off: it may be shown to callers. */
const reasonOf = (error: unknown): string => {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
  return line.replace(/(file:\/\/)?(\/[^\s'"/]+)+\/([^\s'"/]+)/g, '$3') || 'it failed without a message'
}

/** What is wrong with a value as a service type, or `undefined`. */
export const faultOfType = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null)
    return 'its default export is not a service type: export default defineServiceType({ … })'
  const type = value as Partial<ServiceType>
  if (type.contract !== 1) return 'its service type does not say contract: 1'
  if (typeof type.name !== 'string' || type.name === '') return 'its service type has no name'
  if (typeof type.create !== 'function') return `its service type "${type.name}" has no create function`
  for (const key of ['label', 'description', 'group'] as const) {
    if (typeof type[key] !== 'string') return `its service type "${type.name}" has no ${key}`
  }
  if (type.aliases !== undefined && !Array.isArray(type.aliases))
    return `the aliases of its service type "${type.name}" are no array`
  const standard = type.config?.['~standard']
  if (typeof standard?.validate !== 'function')
    return `the config of its service type "${type.name}" is not a Standard Schema`
  if (typeof standard.jsonSchema?.input !== 'function') {
    return `the config of its service type "${type.name}" does not describe itself as JSON Schema (zod from 4.2 does)`
  }
  return undefined
}
