/** What is owed to libraries that a package is published with inside its own modules: their licenses, beside them. */
import { existsSync, globSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const LIBRARY = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** What a package says that it holds: fonts and styles are in no source map. */
const librariesOf = (folder: string): readonly string[] => {
  const { bundledDevDependencies = [] } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return bundledDevDependencies.map((name) => realpathSync(join(folder, 'node_modules', name)))
}
interface Manifest {
  readonly bundledDevDependencies?: readonly string[]
}

/** The folders of the libraries that source maps of a built package name. */
const librariesIn = (dist: string): readonly string[] => {
  const sources = globSync('**/*.js.map', { cwd: dist }).flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(dist, map), 'utf8')) as { readonly sources: readonly string[] }
    return sources.map((source) => resolve(dist, map, '..', source))
  })
  return sources.flatMap((source) => LIBRARY.exec(source)?.[0] ?? [])
}

interface Library {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name: string }
}

const licenseOf = (folder: string): string => {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Library
  const { name, version, license, author } = about
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry))
  if (file) return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  if (!license) throw new Error(`${name} is published inside a package, and has no license to go with it.`)
  // Some publish the name of their license only.
  const by = typeof author === 'string' ? author : author?.name
  return `${name} ${version}\n\nLicensed under ${license}${by ? ` by ${by}` : ''}.\n`
}

/** Writes `licenses.txt` into the `dist` of a package's folder, where there is anything to write. @throws where a license is missing */
export const writeLicenses = (folder: string): void => {
  const dist = join(folder, 'dist')
  if (!existsSync(dist)) return
  const libraries = new Set([...librariesIn(dist), ...librariesOf(folder)])
  const texts = [...libraries].toSorted().map(licenseOf)
  if (texts.length > 0) writeFileSync(join(dist, 'licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}
