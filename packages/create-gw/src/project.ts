/** The files of a new project: data, and no more of it than somebody reads. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { STARTERS, type Starter } from './starters.ts'

export interface NewProject {
  readonly folder: string
  /** Names of starters; others are names of packages, which are installed and not configured. */
  readonly connectors: readonly string[]
}

/** What is to be installed for it. */
export const packagesOf = (connectors: readonly string[]): readonly string[] => [
  '@gw/core',
  ...new Set(connectors.map((name) => startersBy(name)?.package ?? name)),
]

const startersBy = (name: string): Starter | undefined => (Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined)

/**
 * Writes a project. The folder may be there, but nothing in it, except what a repository begins with.
 * @throws Error where there is: nothing is written then
 */
export const writeProject = ({ folder, connectors }: NewProject): void => {
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.git') : []
  if (there.length > 0) throw new Error(`${basename(folder)} is not empty: choose another folder`)
  mkdirSync(folder, { recursive: true })
  const starters = connectors.flatMap((name) => startersBy(name) ?? [])
  const write = (name: string, text: string, mode = 0o644) =>
    writeFileSync(join(folder, name), text, { flag: 'wx', mode })
  write('package.json', packageJson(basename(folder)))
  write('gw.config.ts', configuration(starters))
  write('.env', environment(starters), 0o600)
  write('.gitignore', 'node_modules/\n.env\n.gw/\n*.db\n*.db-*\n')
  write('README.md', readme(basename(folder)))
}

const packageJson = (name: string): string => {
  const scripts = { start: 'gw start', dev: 'gw dev', check: 'gw check' }
  const manifest = { name: packageName(name), private: true, type: 'module', engines: { node: '>=22.19' }, scripts }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** A folder may be called what no package may. */
const packageName = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '') || 'gateway'

const configuration = (starters: readonly Starter[]): string => `import { defineConfig, env } from '@gw/core/config'

export default defineConfig({
  services: {
${starters.map(serviceOf).join('')}  },
  roles: {
    // Everything may be read. Narrow it: { service: 'db', component: '_table/orders/*', verbs: ['GET', 'POST'] }
    reader: { access: [{ service: '*', component: '*', verbs: ['GET'] }] },
  },
  apps: {
    default: { apiKey: env('GW_API_KEY'), role: 'reader' },
  },
})
`

const serviceOf = ({ service, type, config }: Starter): string => {
  const members = Object.entries(config).map(([key, value]) => `${key}: ${literal(value)}`)
  return `    ${service}: { type: '${type}', config: { ${members.join(', ')} } },\n`
}
const isVariable = (value: unknown): value is string => typeof value === 'string' && value.startsWith('$')

const literal = (value: string | number | boolean): string => {
  if (typeof value !== 'string') return String(value)
  return isVariable(value) ? `env('${value.slice(1)}')` : `'${value}'`
}

/** What only its owner knows stays empty: a service whose variable is empty is down, and says so. */
const environment = (starters: readonly Starter[]): string => {
  const names = starters.flatMap(({ config }) =>
    Object.values(config).flatMap((value) => (isVariable(value) ? value.slice(1) : [])),
  )
  return [`GW_API_KEY=${randomBytes(32).toString('hex')}`, ...names.map((name) => `${name}=`), ''].join('\n')
}

const readme = (name: string): string => `# ${name}

A [gw](https://www.npmjs.com/package/@gw/core) gateway.

\`\`\`sh
npx gw start
curl -H "X-DreamFactory-API-Key: $(grep ^GW_API_KEY .env | cut -d= -f2)" http://127.0.0.1:8080/api/v2
\`\`\`

| Command | Does |
|---|---|
| \`npx gw start\` | runs it; changes of \`gw.config.ts\` take effect as they are saved |
| \`npx gw connectors add mysql\` | installs a connector: one of gw’s own by its short name, or any package |
| \`npx gw connectors\` | lists what is installed, and how the services are |
| \`npx gw doctor\` | says what is wrong, and how to mend it |

Services, roles and keys are in \`gw.config.ts\`, secrets in \`.env\`, which git leaves out. The API’s docs are at \`/docs/\`.
`
