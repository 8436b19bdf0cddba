import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Configuration, loadConfiguration } from '../../configuration/index.ts'
import { GwError } from '../../contract.ts'
import { discover, type Registry } from '../../discovery/index.ts'
import { loadEnvironment } from '../project.ts'
import type { Terminal } from '../terminal.ts'
import { changeDependencies } from './install.ts'
import { type PackageSpec, packageSpec, textOf } from './names.ts'

interface Options {
  readonly config?: string | undefined
}

/** Installs connectors with the project's package manager, and says what they offer. Runs none of their code. */
export const addConnectors = async (
  terminal: Terminal,
  names: readonly string[],
  { config }: Options,
): Promise<number> => {
  const wanted = names.map(packageSpec)
  const root = projectOf(terminal, config)
  const code = await changeDependencies(terminal, root, 'add', wanted.map(textOf))
  if (code !== 0) return code
  const { packages, problems } = await discover({ root })
  const configured = await configuration(terminal, config)
  const outcomes = wanted.map(({ name }) => {
    const found = packages.find(({ manifest }) => manifest.package === name)
    const reason = found ? found.refused : reasonFor(name, problems)
    if (found && reason === undefined) {
      const types = Object.keys(found.manifest.serviceTypes)
      const offers = types.length === 0 ? 'no service types' : `the service types ${types.join(', ')}`
      terminal.print(`${terminal.style('green', '✓')} ${name} ${found.manifest.version} offers ${offers}`)
      if (configured?.connectors !== undefined && !configured.connectors.includes(name))
        terminal.print(`  gw.config lists its connectors: add "${name}" to them.`)
    } else terminal.print(`${terminal.style('red', '✗')} ${reason}`)
    return reason === undefined
  })
  terminal.print('\nA gateway that runs sees them when gw.config is saved again, or when it restarts.')
  return outcomes.every(Boolean) ? 0 : 1
}

const reasonFor = (name: string, problems: Registry['problems']): string =>
  problems.find((problem) => problem.package === name)?.reason ??
  `${name} is installed, but is not a connector: its package.json has no "gw". Remove it again: gw connectors remove ${name}`

/** Removes connectors with the project's package manager, and names the services that were theirs. */
export const removeConnectors = async (
  terminal: Terminal,
  names: readonly string[],
  { config }: Options,
): Promise<number> => {
  const wanted = names.map(packageSpec)
  const root = projectOf(terminal, config)
  refuseUnknown(wanted, root)
  const before = await discover({ root })
  const types = before
    .types()
    .filter(({ package: from }) => wanted.some(({ name }) => name === from))
    .map(({ name }) => name)
  // Read before: a configuration that imports the package can not be read without it.
  const configured = await configuration(terminal, config)
  const code = await changeDependencies(
    terminal,
    root,
    'uninstall',
    wanted.map(({ name }) => name),
  )
  if (code !== 0) return code
  for (const [service, { type }] of Object.entries(configured?.services ?? {})) {
    const name = typeof type === 'string' ? type : type.name
    if (types.includes(name))
      terminal.print(`${terminal.style('yellow', '!')} The service ${service} is a ${name}: remove it, or it is down.`)
  }
  terminal.print('A gateway that runs lets go of them when it restarts.')
  return 0
}

/** A package manager that is asked to remove what is not there says that all is well. */
const refuseUnknown = (wanted: readonly PackageSpec[], root: string): void => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const there = { ...dependencies, ...devDependencies, ...optionalDependencies }
  const missing = wanted.find(({ name }) => !Object.hasOwn(there, name))
  if (missing) throw new GwError('not_found', `${missing.name} is not in package.json: there is nothing to remove.`)
}

const projectOf = ({ cwd }: Terminal, file: string | undefined): string => {
  const root = file === undefined ? cwd : dirname(resolve(cwd, file))
  if (existsSync(join(root, 'package.json'))) return root
  throw new GwError('not_found', 'There is no package.json here: make a project with npm create gw@latest.')
}

/** `undefined` where there is none that can be used. */
const configuration = ({ cwd }: Terminal, file: string | undefined): Promise<Configuration | undefined> => {
  loadEnvironment({ cwd, file })
  return loadConfiguration({ cwd, file }).then(
    ({ config }) => config,
    () => undefined,
  )
}
