/** Writes a package from a template: what all packages have, with the template's own on top, and the names put in. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Names } from './names.ts'

/** What a connector can stand on, most common first. */
export const TEMPLATES = {
  'http-api': 'a web service: endpoints of your own',
  sql: 'a SQL database: tables, filters and writes come from @gw/sql',
  records: 'another source of records: tables and filters come from @gw/records',
  files: 'a store of files: paths, ranges and archives come from @gw/files',
} as const
export type Template = keyof typeof TEMPLATES

/** The folder of this package, be it the sources or what is built. */
const HERE = dirname(import.meta.dirname)
const EVERY_PACKAGE = 'package'
const MANIFEST = 'package.json'

interface Manifest {
  readonly [key: string]: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
const DEPENDENCIES = ['dependencies', 'peerDependencies', 'devDependencies'] as const

const manifestAt = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest

/** What means something to npm, wherever it lies, has another name in a template. */
const TARGETS: Readonly<Record<string, string>> = { _gitignore: '.gitignore', '_package.json': MANIFEST }
const targetOf = (path: string): string => join(dirname(path), TARGETS[basename(path)] ?? basename(path))

/**
 * @param folder where the package is to be; made if it is not there
 * @returns the files that were written, relative to it
 * @throws Error where one of them is there already: nothing is written then
 */
export const scaffold = (folder: string, template: Template, names: Names): readonly string[] => {
  const files = new Map<string, string>()
  for (const from of [EVERY_PACKAGE, template]) {
    const root = join(HERE, 'templates', from)
    for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
      const within = join(entry.parentPath, entry.name).slice(root.length + 1)
      if (entry.isFile() && !within.startsWith('node_modules'))
        files.set(targetOf(within), readFileSync(join(root, within), 'utf8'))
    }
  }
  files.set(MANIFEST, packageJson(template))
  const written = [...files].map(([path, text]) => [path, named(text, names)] as const)
  const taken = written.find(([path]) => existsSync(join(folder, path)))
  if (taken) throw new Error(`${taken[0]} is there already: nothing was written`)
  for (const [path, text] of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text, { flag: 'wx' })
  }
  return written.map(([path]) => path).sort()
}

const named = (text: string, names: Names): string =>
  text
    .replaceAll('gw-placeholder', names.package)
    .replaceAll('PLACEHOLDER', names.type.toUpperCase())
    .replaceAll('placeholder', names.type)
    .replaceAll('Placeholder', names.label)

/** Versions are those that this package is tested and published with: they stand in its own manifest. */
const packageJson = (template: Template): string => {
  const { devDependencies: versions = {} } = manifestAt(join(HERE, MANIFEST))
  const base = manifestAt(join(HERE, 'templates', EVERY_PACKAGE, `_${MANIFEST}`))
  const own = manifestAt(join(HERE, 'templates', template, `_${MANIFEST}`))
  const merged = (key: string) => ({ ...(base[key] as object), ...(own[key] as object) })
  const dependencies = DEPENDENCIES.map((key) => {
    const entries = Object.keys(merged(key)).map((name) => [name, rangeOf(versions[name])] as const)
    return [key, Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)))] as const
  })
  return `${JSON.stringify({ ...base, ...own, scripts: merged('scripts'), ...Object.fromEntries(dependencies) }, null, 2)}\n`
}

/** In this repository they are names for versions, which publishing replaces. */
const rangeOf = (version = '*'): string => (/^(?:workspace|catalog):/.test(version) ? '*' : version)
