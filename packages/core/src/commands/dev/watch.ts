import { spawn } from 'node:child_process'
import { isChosen, NODE_OPTIONS } from '../node-options.ts'
import type { StartOptions } from '../start.ts'
import type { Terminal } from '../terminal.ts'

/**
 * A `gw` command under Node's own watch mode: the process starts anew when a module that it imported changes, since
 * code cannot be unloaded. Configuration reloads in place, as it always does.
 * @param program the file of the `gw` command
 * @param command `start`, or another that runs a gateway
 */
export const watch = (
  terminal: Terminal,
  program: string,
  command: readonly string[],
  asked: StartOptions,
): Promise<number> => {
  const given = (['config', 'host', 'port'] as const).flatMap((name) =>
    asked[name] === undefined ? [] : [`--${name}`, asked[name]],
  )
  // The watching parent has a channel to its child, which can not restart itself with them.
  const options = isChosen([], terminal.env.NODE_OPTIONS) ? [] : NODE_OPTIONS
  const child = spawn(
    process.execPath,
    [...options, '--watch', '--watch-preserve-output', program, ...command, ...given],
    {
      cwd: terminal.cwd,
      env: { ...terminal.env },
      stdio: 'inherit',
    },
  )
  // Ctrl+C reaches the child by itself; this process only must outlive it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 0)))
  })
}
