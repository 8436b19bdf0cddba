/** One worker process: started, listened to, and killed with everything that it may have started. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { type CommandOptions, workerCommand } from './isolation/command.ts'
import { seccompProgram } from './isolation/seccomp.ts'
import { frameOf, type Order, type Report, reportReader } from './protocol.ts'

export interface ProcessEvents {
  onReport(report: Report): void
  /** A report that is none; the process has been killed. */
  onBroken(error: unknown): void
  /** Text on standard output or standard error, where it does not belong. */
  onStray(text: string): void
  /** Once, when it is gone: `cause` where it never ran. */
  onEnd(code: number | null, signal: string | null, cause?: unknown): void
}

export interface WorkerProcess {
  send(order: Order): void
  /** At once; `onEnd` follows. */
  kill(): void
}

const SECCOMP_FD = 4
/** What a worker's environment holds: nothing of the gateway's. */
const ENVIRONMENT = { LANG: 'C.UTF-8' }

/** @param limit bytes of one report */
export const startProcess = (
  options: Omit<CommandOptions, 'seccomp'>,
  limit: number,
  events: ProcessEvents,
): WorkerProcess => {
  const { bwrap } = options.isolation
  const filter = bwrap ? seccompProgram() : undefined
  const { program, args } = workerCommand({ ...options, seccomp: filter && SECCOMP_FD })
  // Without a sandbox it has at least a folder of its own.
  const folder = bwrap ? undefined : mkdtempSync(join(tmpdir(), 'gw-script-'))
  const child = spawn(program, args, {
    cwd: folder ?? '/',
    env: folder ? { ...ENVIRONMENT, HOME: folder, TMPDIR: folder } : ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(filter ? (['pipe'] as const) : [])],
    // A group of its own, so that all of it can be killed.
    detached: true,
  })
  const pipes = child.stdio as unknown as (Duplex | null)[]
  if (filter) {
    pipes[SECCOMP_FD]?.on('error', () => {})
    pipes[SECCOMP_FD]?.end(filter)
  }
  const kill = () => killGroup(child)
  listen(child, pipes[3]!, limit, { ...events, onEnd: cleaning(folder, events.onEnd) }, kill)
  return {
    send: (order) => void pipes[3]!.write(frameOf(order)),
    kill,
  }
}

const cleaning =
  (folder: string | undefined, onEnd: ProcessEvents['onEnd']): ProcessEvents['onEnd'] =>
  (...how) => {
    if (folder) rmSync(folder, { recursive: true, force: true })
    onEnd(...how)
  }

const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

const listen = (child: ChildProcess, channel: Duplex, limit: number, events: ProcessEvents, kill: () => void): void => {
  const broken = (error: unknown) => {
    channel.destroy()
    kill()
    events.onBroken(error)
  }
  const read = reportReader(limit, events.onReport)
  channel.on('data', (piece: Buffer) => {
    try {
      read(piece)
    } catch (error) {
      broken(error)
    }
  })
  // The end of the process says what there is to say.
  channel.on('error', () => {})
  for (const stream of [child.stdout, child.stderr] as readonly (Readable | null)[]) {
    stream?.on('error', () => {})
    stream?.setEncoding('utf8').on('data', events.onStray)
  }
  let over = false
  const end = (...how: Parameters<ProcessEvents['onEnd']>) => {
    if (over) return
    over = true
    // Whoever it started and left behind goes with it.
    kill()
    channel.destroy()
    events.onEnd(...how)
  }
  child.on('error', (error) => end(null, null, error))
  // 'close' comes after all that it wrote; somebody who holds its pipes must not hold up the news.
  child.on('exit', (code, signal) => {
    const late = setTimeout(() => end(code, signal), 1_000)
    child.once('close', () => {
      clearTimeout(late)
      end(code, signal)
    })
  })
}
