import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  type Configuration,
  type LoadedConfiguration,
  type LoadOptions,
  loadConfiguration,
} from '../configuration/index.ts'
import type { ServiceType } from '../contract.ts'
import { discover, type Registry } from '../discovery/index.ts'

/** A configuration and what is installed for it; nothing of it runs yet. */
export interface Project {
  readonly configuration: LoadedConfiguration
  readonly registry: Registry
}

export interface ProjectLocation {
  readonly cwd: string
  /** The configuration file, relative to `cwd`; by default the first `gw.config.*` there. */
  readonly file?: string | undefined
  /** See `LoadOptions`. */
  readonly complete?: LoadOptions['complete']
}

/** @throws ConfigurationError */
export const openProject = async (location: ProjectLocation): Promise<Project> => {
  loadEnvironment(location)
  const configuration = await loadConfiguration(location)
  return { configuration, registry: await discoverFor(configuration) }
}

/** What is installed for a configuration: its connectors, or else the project's dependencies. */
export const discoverFor = ({ config, root }: Pick<LoadedConfiguration, 'config' | 'root'>): Promise<Registry> =>
  discover({ root, connectors: config.connectors, imported: importedTypes(config) })

/** The service types that a TypeScript configuration names by value. */
const importedTypes = ({ services }: Configuration): readonly ServiceType[] => [
  ...new Set(Object.values(services).flatMap(({ type }) => (typeof type === 'string' ? [] : type))),
]

/** Reads `.env` beside the configuration; what the environment already says goes first. */
export const loadEnvironment = ({ cwd, file }: ProjectLocation): void => {
  const path = join(file === undefined ? cwd : dirname(resolve(cwd, file)), '.env')
  if (existsSync(path)) process.loadEnvFile(path)
}
