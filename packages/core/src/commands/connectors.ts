import { existsSync } from 'node:fs'
import { loadConfiguration } from '../configuration/index.ts'
import { discover, type Registry } from '../discovery/index.ts'
import { discoverFor, loadEnvironment } from './project.ts'
import { type Terminal, table } from './terminal.ts'

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

/** Lists the installed connectors and the service types they offer; each is imported to see that it works. */
export const connectors = async (
  terminal: Terminal,
  { config }: { readonly config?: string | undefined },
): Promise<number> => {
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
  if (rows.length === 0) terminal.print('No connectors are installed. For example: npm install @gw/sqlite')
  else terminal.print(table(terminal, ['type', 'package', 'version', 'contract', 'state'], rows))
  const reasons = new Set([...faults, ...registry.problems.map(({ reason }) => reason)])
  if (reasons.size > 0) terminal.print()
  for (const reason of reasons) terminal.print(`${terminal.style('red', '✗')} ${reason}`)
  return reasons.size === 0 ? 0 : 1
}
