/** What is owed to libraries that a package is published with inside its own modules: their licenses, beside them. */
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const LIBRARY = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** The folders of the libraries that source maps of a built package name. */
const librariesIn = (dist: string): readonly string[] => {
  const sources = globSync('**/*.js.map', { cwd: dist }).flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(dist, map), 'utf8')) as { readonly sources: readonly string[] }
    return sources.map((source) => resolve(dist, map, '..', source))
  })
  return [...new Set(sources.flatMap((source) => LIBRARY.exec(source)?.[0] ?? []))].toSorted()
}

const licenseOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry))
  if (!file) throw new Error(`${name} is published inside a package, and has no license to go with it.`)
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** Writes `licenses.txt` into a package's `dist`, where there is anything to write. @throws where a license is missing */
export const writeLicenses = (dist: string): void => {
  if (!existsSync(dist)) return
  const texts = librariesIn(dist).map(licenseOf)
  if (texts.length > 0) writeFileSync(join(dist, 'licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}
