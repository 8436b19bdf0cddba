import { randomBytes } from 'node:crypto'
import type { StartOptions } from '../start.ts'
import type { Terminal } from '../terminal.ts'
import { runConnector } from './connector.ts'
import { connectorAt } from './folder.ts'
import { watch } from './watch.ts'

export interface DevOptions extends StartOptions {
  /** This process is the one that is started anew. */
  readonly watched?: boolean | undefined
}

/**
 * Runs the gateway, and starts it anew when code changes. In the folder of a connector, where there is no
 * configuration, the connector is run with one that is made for it.
 * @param program the file of the `gw` command
 */
export const dev = async (terminal: Terminal, program: string, options: DevOptions): Promise<number> => {
  const connector = options.config === undefined ? connectorAt(terminal.cwd) : undefined
  if (connector === undefined) return watch(terminal, program, ['start'], options)
  if (options.watched) return runConnector(terminal, connector, options)
  // Made once, so that what was copied from the terminal goes on working when the process starts anew.
  const key = terminal.env.GW_API_KEY ?? randomBytes(32).toString('hex')
  const env = { ...terminal.env, GW_API_KEY: key }
  return watch({ ...terminal, env }, program, ['dev', '--watched'], options)
}
