import { existsSync } from 'node:fs'
import { loadConfiguration } from '../../configuration/index.ts'
import { discover, type Registry } from '../../discovery/index.ts'
import { examine } from '../doctor.ts'
import { openGateway } from '../open.ts'
import { discoverFor, loadEnvironment } from '../project.ts'
import { type Terminal, table } from '../terminal.ts'

/** What is installed; also where the configuration is missing or wrong, which is told in a note. */
export const installed = async (terminal: Terminal, file: string | undefined): Promise<Registry> => {
  loadEnvironment({ cwd: terminal.cwd, file })
  try {
    return await discoverFor(await loadConfiguration({ cwd: terminal.cwd, file }))
  } catch (error) {
    if (existsSync(`${terminal.cwd}/package.json`))
      terminal.note(`The configuration is left aside: ${(error as Error).message}\n`)
    return discover({ root: terminal.cwd })
  }
}

export interface ListOptions {
  readonly config?: string | undefined
  /** False: no service is started to see how it is. Default: true. */
  readonly health?: boolean | undefined
}

/**
 * Lists the installed connectors and the service types they offer; each is imported to see that it works. Then the
 * configured services, started as `gw doctor` does to see how they are.
 * @returns 1 where a package is of no use; how services are decides nothing
 */
export const listConnectors = async (terminal: Terminal, { config, health = true }: ListOptions): Promise<number> => {
  const registry = await installed(terminal, config)
  const types = registry.types()
  const faults: string[] = []
  const rows = await Promise.all(
    types.map(async ({ name, package: from, version, contract }) => {
      const fault = await registry.load(name).then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      )
      if (fault !== undefined) faults.push(fault)
      return [name, from, version || '-', contract, fault === undefined ? 'ok' : 'of no use']
    }),
  )
  if (rows.length === 0) terminal.print('No connectors are installed. For example: gw connectors add sqlite')
  else terminal.print(table(terminal, ['type', 'package', 'version', 'contract', 'state'], rows))
  const reasons = new Set([...faults, ...registry.problems.map(({ reason }) => reason)])
  if (reasons.size > 0) terminal.print()
  for (const reason of reasons) terminal.print(`${terminal.style('red', '✗')} ${reason}`)
  if (health) await listServices(terminal, config)
  return reasons.size === 0 ? 0 : 1
}

/** Without a configuration that can be used there are no services; `installed` has told why. */
const listServices = async (terminal: Terminal, file: string | undefined): Promise<void> => {
  const opened = await openGateway({ cwd: terminal.cwd, file, quiet: true }).catch(() => undefined)
  if (opened === undefined) return
  try {
    const findings = await examine(opened)
    if (findings.length === 0) return
    const rows = findings.map(({ service, type, state, reason }) => [service, type, state, reason])
    terminal.print(`\n${table(terminal, ['service', 'type', 'health', ''], rows)}`)
  } finally {
    await opened.gateway.stop()
  }
}
