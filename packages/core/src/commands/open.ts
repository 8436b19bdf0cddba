/** Puts a gateway together from the files of a project, and keeps it in step with them. */
import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ConfigurationError,
  type ConfigurationWatch,
  configurationWarnings,
  describeProblem,
  type LoadedConfiguration,
  loadConfiguration,
  watchConfiguration,
} from '../configuration/index.ts'
import type { Logger } from '../contract.ts'
import { importSubpath, type Registry } from '../discovery/index.ts'
import type { Governance, GovernanceContext, GovernanceFactory } from '../governance.ts'
import { createConfigGovernance } from '../governance-config/index.ts'
import { createGateway, type Gateway } from '../kernel.ts'
import { createLogger, type KernelLogger } from '../log/index.ts'
import { createFileState } from '../state/index.ts'
import { discoverFor, openProject, type ProjectLocation } from './project.ts'

export interface OpenedGateway {
  readonly gateway: Gateway
  readonly log: KernelLogger
  configuration(): LoadedConfiguration
  /** The connectors as they were last discovered. */
  readonly registry: Registry
  /**
   * Reads the configuration again. Where it is wrong, the running one stays and the log says why.
   * @returns whether it was taken over
   */
  reload(): Promise<boolean>
  /** Reloads on every change of the configuration's files, until closed. */
  watch(): ConfigurationWatch
}

export interface OpenOptions extends ProjectLocation {
  /** Writes nothing to the log: for commands whose output is their own. */
  readonly quiet?: boolean
}

/** @throws ConfigurationError, or an Error where a governance package cannot be used */
export const openGateway = async (options: OpenOptions): Promise<OpenedGateway> => {
  let { configuration, registry } = await openProject(options)
  const { config } = configuration
  const log = createLogger(options.quiet ? { level: 'silent', format: 'json' } : config.log)
  // The kernel keeps one registry for life; what it leads to changes with the configuration.
  const current: Registry = {
    types: () => registry.types(),
    get packages() {
      return registry.packages
    },
    get problems() {
      return registry.problems
    },
    load: (type) => registry.load(type),
    homeOf: (type) => registry.homeOf?.(type),
  }
  const governance = await governanceFor(configuration, current, log)
  const gateway = createGateway({ configuration, registry: current, governance, log })
  report(configuration, registry, log)

  const take = async () => {
    const next = await loadConfiguration(options)
    const found = await discoverFor(next)
    // Services are resolved by the registry of the configuration that names them.
    const before = registry
    registry = found
    try {
      if (!governance.update) {
        throw new Error(`The governance "${governance.name}" takes over a changed file only when the gateway restarts`)
      }
      governance.update(next.config)
    } catch (error) {
      registry = before
      throw error
    }
    warnOfRestart(configuration, next, log)
    configuration = next
  }

  let queue: Promise<unknown> = Promise.resolve()
  const reload = (): Promise<boolean> => {
    const turn = queue.then(take).then(
      () => {
        log.logger.info('the configuration was reloaded', { file: basename(configuration.file) })
        return true
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        log.logger.error('the changed configuration cannot be used; the one before stays in force', { reason })
        return false
      },
    )
    queue = turn
    return turn
  }

  return {
    gateway,
    log,
    configuration: () => configuration,
    registry: current,
    reload,
    watch() {
      const watching = watchConfiguration(
        configuration.file,
        () => void reload().then(() => watching.follow(configuration.references)),
        {
          references: configuration.references,
          onError: (error) => log.logger.warn('changes of the configuration may go unseen until SIGHUP', { error }),
        },
      )
      return watching
    },
  }
}

/** A package's governance where exactly one is installed; otherwise core's own. Never one in place of another. */
const governanceFor = async (
  loaded: LoadedConfiguration,
  registry: Registry,
  { logger }: KernelLogger,
): Promise<Governance> => {
  const { config, root } = loaded
  const [offered, ...others] = registry.packages.filter(({ manifest }) => manifest.governance !== undefined)
  const state = createFileState(resolve(root, config.state.directory))
  if (offered === undefined) return createConfigGovernance({ config, root, log: logger, state, load: registry.load })
  if (others.length > 0) {
    const names = [offered, ...others].map(({ manifest }) => manifest.package).join(' and ')
    throw new ConfigurationError([
      { path: 'connectors', message: `${names} both offer a governance: list only one of them` },
    ])
  }
  const { manifest, refused } = offered
  if (refused !== undefined) throw new Error(refused)
  const factory = (await importSubpath(offered, manifest.governance!)) as GovernanceFactory
  if (typeof factory !== 'function') {
    throw new Error(`${manifest.package} cannot be used: its governance has no default export that is a function`)
  }
  return factory(governanceContext(loaded, registry, logger))
}

/** What a governance package is made with. */
export const governanceContext = (
  { config, root }: LoadedConfiguration,
  registry: Registry,
  log: Logger,
): GovernanceContext => ({
  log,
  root,
  config,
  configured: createConfigGovernance({
    config,
    root,
    log,
    state: createFileState(resolve(root, config.state.directory)),
    load: registry.load,
    // Roles may also be on services that the governance itself brings.
    servicesElsewhere: true,
  }),
  types: registry,
})

/** Whether a package governs, with apps and roles of its own beside those of gw.config. */
export const offersGovernance = ({ packages }: Registry): boolean =>
  packages.some(({ manifest }) => manifest.governance !== undefined)

const report = ({ config }: LoadedConfiguration, registry: Registry, { logger }: KernelLogger): void => {
  for (const warning of configurationWarnings(config, offersGovernance(registry))) logger.warn(describeProblem(warning))
  for (const { package: name, reason } of registry.problems)
    logger.warn('a package is of no use', { package: name, reason })
}

/** What the kernel reads once. */
const FIXED = ['server', 'cors', 'log', 'egress', 'state'] as const

const warnOfRestart = (before: LoadedConfiguration, next: LoadedConfiguration, { logger }: KernelLogger): void => {
  const changed = FIXED.filter((key) => JSON.stringify(before.config[key]) !== JSON.stringify(next.config[key]))
  if (changed.length > 0) logger.warn(`changes of ${changed.join(', ')} take effect when the gateway restarts`)
}

/** Waits until no service is starting any more, at most `patience` ms. */
export const settled = async (gateway: Gateway, patience: number): Promise<void> => {
  const end = Date.now() + patience
  while (Date.now() < end && gateway.services().some(({ state }) => state === 'starting')) await sleep(50)
}
