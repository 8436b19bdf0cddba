/** The process of an isolated service, as its parent sees it: started with nothing of its own, watched, and ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { GwError, type Logger } from '../contract.ts'
import { type Channel, createChannel, type Handlers, type Port, receivedError } from './channel.ts'

/** ms between two looks at it, and looks without a sign of life after which it counts as hung. */
const LOOK = 1_000
const PATIENCE = 20
/** ms that it has to end by itself. */
const LAST = 9_000
/** Of its memory, how much may be objects of JavaScript. */
const HEAP = 0.75
const MIB = 2 ** 20
/** What a process needs of the environment to run and to verify whom it calls; nothing in it is secret. */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SystemRoot',
]

export interface ProcessOptions {
  /** Its working directory. */
  readonly root: string
  /** Bytes. */
  readonly memory: number
  readonly log: Logger
  readonly handlers: Handlers
  /** It has ended, without having been told to. @param what happened, as a part of a sentence */
  ended(what: string, error: Error): void
}

export interface ServiceProcess extends Pick<Channel, 'ask' | 'tell'> {
  /** From now on, it has to give signs of life: while it starts, importing alone may take long. */
  watch(): void
  /** Ends it, by force where it does not end in time. */
  end(): Promise<void>
}

// From source it lies beside this file, and built, in a folder below.
const CHILD = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './isolation/child.js', import.meta.url),
)

const environment = (): Record<string, string> =>
  Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )

/** Those that run: none of them outlives this process. */
const children = new Set<ChildProcess>()

const keep = (child: ChildProcess): void => {
  if (children.size === 0) process.on('exit', killAll)
  children.add(child)
}
const letGo = (child: ChildProcess): void => {
  children.delete(child)
  if (children.size === 0) process.off('exit', killAll)
}
const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL')
}

const inMib = (bytes: number): string => `${Math.round(bytes / MIB)} MB`

/** What it prints is for the log; the last of it says why it ended. */
const listen = ({ stdout, stderr }: ChildProcess, log: Logger): { readonly last: () => string } => {
  let last = ''
  for (const stream of [stdout, stderr])
    createInterface({ input: stream! }).on('line', (line) => {
      last = `${last}\n${line}`.slice(-2_000)
      log.info('printed', { line })
    })
  return { last: () => last }
}

export const startProcess = ({ root, memory, log, handlers, ended }: ProcessOptions): ServiceProcess => {
  const child = spawn(process.execPath, [`--max-old-space-size=${Math.floor((memory * HEAP) / MIB)}`, CHILD], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const printed = listen(child, log)
  const kill = () => child.kill('SIGKILL')
  keep(child)
  let over = false
  let failure: { readonly what: string; readonly error: Error } | undefined
  let looks = 0
  const giveUp = (what: string) => {
    failure ??= { what, error: new GwError('unavailable', `Its process ${what}.`) }
    kill()
  }
  const port: Port = {
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    listen: (listener) => void child.on('message', listener),
  }
  const channel = createChannel(port, {
    ...handlers,
    beat(bytes: number) {
      looks = 0
      if (bytes > memory) giveUp(`took more memory than the ${inMib(memory)} that it may have`)
    },
    failed(what: string, sent: Parameters<typeof receivedError>[0], stack: string | undefined) {
      const error = receivedError(sent)
      if (stack !== undefined) error.stack = stack
      failure ??= { what, error }
    },
  })
  // By counting looks: where this process itself was held up, one that has waited is not blamed.
  let watch: NodeJS.Timeout | undefined
  const look = () => {
    if (++looks > PATIENCE) giveUp(`gave no sign of life for ${(PATIENCE * LOOK) / 1_000} s`)
  }

  const gone = new Promise<void>((resolve) => {
    const done = (code: number | null, signal: string | null) => {
      clearInterval(watch)
      letGo(child)
      const outOfHeap = /heap out of memory|Allocation failed/.test(printed.last())
      const how = outOfHeap
        ? `ran out of the ${inMib(memory)} of memory that it may have`
        : `ended its process (${signal ?? `exit code ${code}`})`
      const { what, error } = failure ?? { what: how, error: new Error(printed.last().trim() || how) }
      channel.close(new GwError('unavailable', `Its connector ${what}.`, { cause: error }))
      if (!over) ended(what, error)
      resolve()
    }
    child.once('error', (error) => {
      failure ??= { what: 'could not be started in a process of its own', error }
      if (child.pid === undefined) done(null, null)
    })
    child.once('exit', done)
  })
  return {
    ask: channel.ask,
    tell: channel.tell,
    watch() {
      looks = 0
      if (!over) watch ??= setInterval(look, LOOK).unref()
    },
    async end() {
      over = true
      const late = setTimeout(kill, LAST)
      await channel.ask('stop').catch(() => undefined)
      if (child.connected) child.disconnect()
      await gone
      clearTimeout(late)
    },
  }
}
