/** Programs that go on until they are told to stop, and what they say meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { vi } from 'vitest'

export interface Running {
  /** Waits until it has said something. @returns the match in all that it has said */
  said(pattern: RegExp): Promise<RegExpExecArray>
  stop(): Promise<void>
}

/** How long anything may take on a machine that is busy, in ms. */
const PATIENCE = 240_000

export const start = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running => {
  // A group of its own: npm starts others in turn, which have to stop with it.
  const child: ChildProcess = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    said: (pattern) =>
      vi.waitFor(
        () => {
          const found = pattern.exec(output)
          if (found) return found
          throw new Error(`${[command, ...args].join(' ')} has not said ${pattern}. It said:\n${output}`)
        },
        { timeout: PATIENCE, interval: 200 },
      ),
    async stop() {
      try {
        process.kill(-child.pid!, 'SIGTERM')
      } catch {}
      await ended
    },
  }
}
