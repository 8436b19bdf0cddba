/** Projects on disk with small connector packages in them, as npm would lay them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The code of a connector that needs nothing installed. */
export const connector = (name: string, extra = ''): string => `
export default {
  contract: 1, name: ${JSON.stringify(name)}, label: 'L', description: 'D', group: 'Remote Service',
  config: { '~standard': {
    version: 1, vendor: 'test',
    validate: (value) => 'bad' in value ? { issues: [{ message: 'is bad', path: ['bad'] }] } : { value },
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  } },
  create: (config) => {
    if (config.explode) throw new Error('exploded')
    return {
      endpoints: [{ id: 'hello', method: 'GET', path: '/hello', summary: 'Says hello', handle: () => ({ hello: config.name ?? 'world' }) }],
      start: async () => { if (config.fail) throw new Error('no route to host') },
    }
  },
  ${extra}
}
`

export interface FakePackage {
  readonly gw?: unknown
  readonly version?: string
  readonly exports?: unknown
  readonly files?: Readonly<Record<string, string>>
}

export interface FakeProject {
  /** Installed packages by name. */
  readonly packages?: Readonly<Record<string, FakePackage>>
  /** In package.json but not installed. */
  readonly missing?: readonly string[]
  /** Installed, but not in package.json. */
  readonly transitive?: Readonly<Record<string, FakePackage>>
  readonly devDependencies?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** Further keys of the project's package.json. */
  readonly project?: object
}

const made: string[] = []

export const makeProject = ({
  packages = {},
  missing = [],
  transitive = {},
  files = {},
  project,
}: FakeProject): string => {
  const root = mkdtempSync(join(tmpdir(), 'gw-project-'))
  made.push(root)
  const dependencies = Object.fromEntries([...Object.keys(packages), ...missing].map((name) => [name, '*']))
  write(root, 'package.json', JSON.stringify({ name: 'project', type: 'module', dependencies, ...project }))
  for (const [name, text] of Object.entries(files)) write(root, name, text)
  for (const [name, one] of Object.entries({ ...packages, ...transitive })) {
    const {
      gw,
      version = '1.2.3',
      exports = { '.': './index.js', './other': { import: './other.js' } },
      files: own = {},
    } = one
    const folder = join(root, 'node_modules', name)
    write(folder, 'package.json', JSON.stringify({ name, version, type: 'module', exports, gw }))
    for (const [file, text] of Object.entries(own)) write(folder, file, text)
  }
  return root
}

export const removeProjects = (): void => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true })
}

const write = (folder: string, name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

/** A package with one type at its root. */
export const good = (type: string, extra?: string): FakePackage => ({
  gw: { contract: '^1.0', serviceTypes: { [type]: '.' } },
  files: { 'index.js': connector(type, extra) },
})
