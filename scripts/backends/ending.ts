/** Ends a server that keeps nothing. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}
