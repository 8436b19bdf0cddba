import { resolve } from 'node:path'
import { ConfigurationError, type Problem, pathOf } from '../configuration/index.ts'
import { CONTRACT_VERSION, GwError, type Host, type Logger } from '../contract.ts'
import { createEgress } from '../egress/index.ts'
import type { Governance, ServiceDefinition } from '../governance.ts'
import { createConfigGovernance } from '../governance-config/index.ts'
import { validateConfig } from '../services/instance.ts'
import { createMemoryState } from '../state/index.ts'
import { openProject, type Project, type ProjectLocation } from './project.ts'
import type { Terminal } from './terminal.ts'

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Prints every problem of the configuration. Connects to nothing. */
export const check = async (
  terminal: Terminal,
  { config }: { readonly config?: string | undefined },
): Promise<number> => {
  const problems = await problemsOf({ cwd: terminal.cwd, file: config })
  for (const { path, message, line } of problems) {
    const place = [path, line === undefined ? '' : `line ${line}`].filter(Boolean).join(', ')
    terminal.print(`${terminal.style('red', '✗')} ${place === '' ? '' : `${place}: `}${message}`)
  }
  if (problems.length === 0) terminal.print(`${terminal.style('green', '✓')} The configuration is valid.`)
  else terminal.print(`\n${problems.length} problem${problems.length === 1 ? '' : 's'}.`)
  return problems.length === 0 ? 0 : 1
}

/** Every problem of a project's configuration: of the file, of what it refers to, and of each service's own part. */
export const problemsOf = async (location: ProjectLocation): Promise<readonly Problem[]> => {
  let project: Project
  try {
    project = await openProject(location)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  const { config, root, lineOf } = project.configuration
  const servicesElsewhere = project.registry.packages.some(({ manifest }) => manifest.governance !== undefined)
  const options = { root, log: SILENT, state: createMemoryState(), servicesElsewhere }
  const problems: Problem[] = []
  try {
    createConfigGovernance({ config, ...options })
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    problems.push(...error.problems)
  }
  // Roles and apps have been looked at: the services' own part is checked without them.
  const governance = createConfigGovernance({ config: { ...config, roles: {}, apps: {} }, ...options })
  const singletons = new Map<string, string>()
  for (const definition of await governance.services()) {
    const found = await checkService(definition, project, governance.resolveSecrets, singletons)
    const keys = ['services', definition.name, ...(found?.inConfig ? ['config'] : [])]
    if (found !== undefined) problems.push({ path: pathOf(keys), message: found.message, line: lineOf(keys) })
  }
  return problems
}

interface ServiceFault {
  readonly message: string
  readonly inConfig: boolean
}

const checkService = async (
  definition: ServiceDefinition,
  { registry, configuration }: Project,
  resolveSecrets: Governance['resolveSecrets'],
  singletons: Map<string, string>,
): Promise<ServiceFault | undefined> => {
  let inConfig = false
  try {
    const type = await registry.load(definition.type)
    const other = type.singleton ? singletons.get(type.name) : undefined
    singletons.set(type.name, definition.name)
    if (other !== undefined)
      return { message: `there can be only one service of the type "${type.name}", and ${other} is one`, inConfig }
    inConfig = true
    const config = await validateConfig(type, await resolveSecrets(definition.config, definition))
    type.create(config as never, idleHost(definition.name, configuration))
    return undefined
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), inConfig }
  }
}

/** A host that reaches nothing: `create` must do no I/O. What a service may call is judged all the same. */
const idleHost = (service: string, { config, root }: Project['configuration']): Host => ({
  service,
  contract: CONTRACT_VERSION,
  log: SILENT,
  fetch: async () => {
    throw new GwError('forbidden', 'A service may not call out while its configuration is checked.')
  },
  lookup: createEgress(config.egress).lookup,
  state: createMemoryState()(service),
  resolvePath: (path) => resolve(root, path),
  emit: () => {},
})
