/** A system under test as a process of its own, measured by the operating system's accounting (Linux). */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface System {
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly pid: number
  /** The file that its standard output is appended to, where it has one. */
  readonly output?: string
  /** From spawning it to its first good answer, ms. */
  readonly startup: number
  stop(): Promise<void>
}

export interface StartOptions {
  readonly name: string
  readonly script: string
  readonly args?: readonly string[]
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[]
  readonly cwd?: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  readonly headers?: Readonly<Record<string, string>>
  /** The path of the first good answer. */
  readonly probe: string
  /** A file for its standard output; without it, that goes nowhere. */
  readonly output?: string
  /** How long it may take to answer, ms. */
  readonly patience?: number
}

/** Starts it and waits for its first good answer. @throws with what it complained of where there is none */
export const startSystem = async (options: StartOptions): Promise<System> => {
  const { name, script, args = [], nodeArgs = [], port, headers = {}, probe, output, patience = 120_000 } = options
  const url = `http://127.0.0.1:${port}`
  const sink = output === undefined ? 'ignore' : openSync(output, 'a')
  const started = performance.now()
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    ...(options.cwd ? { cwd: options.cwd } : {}),
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...options.env },
    stdio: ['ignore', sink, 'pipe'],
  })
  if (typeof sink === 'number') closeSync(sink)
  // Where this process breaks off, it must not go on alone.
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  let complaints = ''
  child.stderr?.on('data', (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-4000)
  })
  while (!(await answers(`${url}${probe}`, headers))) {
    if (child.exitCode !== null || performance.now() - started > patience) {
      await stop(child)
      throw new Error(`${name} did not answer on ${url}${probe}.\n${complaints}`)
    }
    await delay(5)
  }
  return {
    name,
    url,
    headers,
    pid: child.pid as number,
    ...(output === undefined ? {} : { output }),
    startup: performance.now() - started,
    stop: () => stop(child),
  }
}

const answers = async (url: string, headers: Readonly<Record<string, string>>): Promise<boolean> => {
  try {
    const response = await fetch(url, { headers })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(late)
}

const TICK = 10_000 // µs; USER_HZ is 100 on every Linux that Node runs on

/** CPU time a process has used, all threads, µs. 0 where it is gone. */
export const cpuTime = (pid: number): number => ticks(pid, 11) + ticks(pid, 12)

/** One of the fields of /proc/<pid>/stat after the command's name, as µs. */
const ticks = (pid: number, field: number): number => Number(statOf(pid)?.[field] ?? 0) * TICK

const statOf = (pid: number): readonly string[] | undefined => {
  try {
    // The command's name may hold spaces and parentheses: the fields begin after the last one.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return undefined
  }
}

/** Resolves when a process has used next to no CPU for a moment, or after a few seconds: what it owed is done. */
export const settle = async (pid: number): Promise<void> => {
  for (let waited = 0; waited < SETTLING; waited += GLANCE) {
    const before = familyCpuTime(pid)
    await delay(GLANCE)
    if (familyCpuTime(pid) - before <= TICK) return
  }
}
const GLANCE = 40 // ms
const SETTLING = 5_000 // ms

/**
 * CPU time of a process and all children it ever had, µs. PostgreSQL has one for each connection; those that have
 * ended count with their parent.
 */
export const familyCpuTime = (pid: number): number =>
  childrenOf(pid).reduce((sum, child) => sum + cpuTime(child), cpuTime(pid) + endedCpuTime(pid))

const childrenOf = (pid: number): readonly number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && parentOf(Number(entry)) === pid)
    .map(Number)

const endedCpuTime = (pid: number): number => ticks(pid, 13) + ticks(pid, 14)

const parentOf = (pid: number): number => Number(statOf(pid)?.[1])

/** Memory a process has in use, MB. */
export const residentMemory = (pid: number): number => memory(pid, 'VmRSS')

/** Memory a process and its children have in use, and the most they ever had, MB. */
export const familyMemory = (pid: number): { readonly now: number; readonly peak: number } => {
  const family = [pid, ...childrenOf(pid)]
  const sum = (field: string) => family.reduce((total, each) => total + memory(each, field), 0)
  return { now: sum('VmRSS'), peak: sum('VmHWM') }
}

const memory = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
