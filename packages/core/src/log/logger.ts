import type { Writable } from 'node:stream'
import { type DestinationStream, destination as openDestination, type Logger as Pino, pino } from 'pino'
import type { Logger } from '../contract.ts'
import { lazily } from '../lazy.ts'
import { isoNow } from './clock.ts'
import { type RecentLines, recentLines } from './recent.ts'
import { redactField, redactText } from './redact.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

export interface LogOptions {
  /** The least severity that is written. */
  readonly level: LogLevel | 'silent'
  /** `auto` is `pretty` where standard output is a terminal, and `json` elsewhere. */
  readonly format: 'json' | 'pretty' | 'auto'
  /** A stream, or the path of a file to append to; default: standard output. */
  readonly destination?: Writable | string
}

/** The gateway's log. Whatever goes through it is masked: see redact.ts. */
export interface KernelLogger {
  readonly logger: Logger
  /** A logger whose lines carry `fields`. */
  child(fields: Readonly<Record<string, unknown>>): Logger
  /** Whether lines of this level are written. */
  enabled(level: LogLevel): boolean
  /** Writes a finished line, masked by whoever made it. It may wait a moment for others to be written with it. */
  append(line: string): void
  /** The last lines, kept from the first time that somebody asks for them. Lines of a level that is off are not there. */
  recent(): RecentLines
  /** Resolves when every line so far has left the process. */
  flush(): Promise<void>
}

/** Names that the line itself uses: a field of that name would appear twice. */
const RESERVED = new Set(['time', 'level', 'msg'])

const redactFields = (fields: object): object => {
  const clean: Record<string, unknown> = {}
  if (fields instanceof Error) return { error: redactField('error', fields) }
  for (const [name, value] of Object.entries(fields))
    clean[RESERVED.has(name) ? `${name}_` : name] = redactField(name, value)
  return clean
}

const wrap = (line: Pino): Logger => {
  const at = (level: LogLevel) => (message: string, fields?: object) => {
    if (!line.isLevelEnabled(level)) return
    const text = redactText(message)
    if (fields) line[level](redactFields(fields), text)
    else line[level](text)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

interface Sink {
  readonly stream: DestinationStream
  /** As the stream's `write`, for a line that may wait. */
  append(line: string): void
  flush(): Promise<void>
}

const toStream = (stream: Writable): Sink => ({
  stream,
  append: (line) => void stream.write(line),
  flush: () => new Promise((resolve) => void stream.write('', () => resolve())),
})

/**
 * How long a line may wait, in ms, and how many characters of them are written in any case. Each write wakes another
 * thread: of short answers, one for 30 lines took a tenth of their time.
 */
const WAIT = 50
const HELD = 65_536

/** Standard output or a file, written without blocking a request. */
const toDescriptor = (path: string | undefined): Sink => {
  // With a minimum length of 0, sonic-boom's flush reports back before anything is written.
  const stream = openDestination({ dest: path ?? 1, sync: false, append: true, mkdir: true, minLength: 1 })
  let held = ''
  let timer: NodeJS.Timeout | undefined
  const release = () => {
    clearTimeout(timer)
    timer = undefined
    if (held === '') return
    const lines = held
    held = ''
    stream.write(lines)
  }
  // Before the stream's own listener, which writes what it has.
  process.prependListener('exit', release)
  return {
    stream: {
      write(line) {
        release()
        stream.write(line)
      },
    },
    append(line) {
      held += line
      if (held.length >= HELD) release()
      else timer ??= setTimeout(release, WAIT).unref()
    },
    flush() {
      release()
      return new Promise((resolve) => void stream.flush(() => resolve()))
    },
  }
}

const pretty = lazily<typeof import('pino-pretty')>('pino-pretty')

const prettily = ({ stream, flush }: Sink, colorize: boolean): Sink => {
  const format = pretty().prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' })
  const write = (line: string) => void stream.write(format(line) ?? '')
  return { stream: { write }, append: write, flush }
}

const sinkFor = ({ format, destination }: LogOptions): Sink => {
  const terminal = destination === undefined && process.stdout.isTTY === true
  const sink = typeof destination === 'object' ? toStream(destination) : toDescriptor(destination)
  return format === 'pretty' || (format === 'auto' && terminal) ? prettily(sink, terminal) : sink
}

/** Opens the log. A level that is off costs one comparison a call: nothing is masked or copied. */
export const createLogger = (options: LogOptions): KernelLogger => {
  const sink = sinkFor(options)
  let recent: RecentLines | undefined
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${isoNow()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line) {
        recent?.push(line)
        sink.stream.write(line)
      },
    },
  )
  return {
    logger: wrap(root),
    child: (fields) => wrap(root.child(redactFields(fields))),
    enabled: (level) => root.isLevelEnabled(level),
    append(line) {
      recent?.push(line)
      sink.append(line)
    },
    recent() {
      recent ??= recentLines()
      return recent
    },
    flush: sink.flush,
  }
}
