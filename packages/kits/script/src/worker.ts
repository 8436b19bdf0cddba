/** A worker with a script in it: runs it once at a time, and says of every run what became of it. */
import { randomUUID } from 'node:crypto'
import type { GwError, Logger, ScriptOutcome, ScriptRun } from '@gw/core'
import {
  ended,
  forged,
  notStarted,
  outOfMemory,
  stopped,
  thrown,
  tooManyCalls,
  tooMuchOutput,
  tooSlow,
} from './failure.ts'
import type { CommandOptions } from './isolation/command.ts'
import { startProcess } from './process.ts'
import { type ApiAnswer, type ApiCall, BrokenFrame, type Report, type Thrown } from './protocol.ts'

export interface WorkerOptions extends Omit<CommandOptions, 'seccomp'> {
  readonly content: string
  readonly config: unknown
  /** Seconds that one run may take, and reading the script. */
  readonly timeout: number
  readonly log: Logger
  /** Answers a call of `platform.api`; never rejects. */
  answer(call: ApiCall, run: ScriptRun): Promise<ApiAnswer>
}

export interface Worker {
  readonly runs: number
  readonly alive: boolean
  /** Resolves when the script has been read. Rejects with a `GwError`. */
  readonly ready: Promise<void>
  /** Resolves when its process has ended. */
  readonly gone: Promise<void>
  run(run: ScriptRun): Promise<ScriptOutcome>
  kill(): void
}

/** Bytes of one report: a result, or the payload of a call. */
const MOST_RESULT = 16_777_216
/** Bytes that one run may write to the log. */
const MOST_LOG = 1_048_576
/** Calls of one run at the same time. */
const MOST_CALLS = 100
/** Characters of what was said last that are kept, to tell why a process ended. */
const LAST_WORDS = 4_096

interface Running {
  readonly id: string
  readonly of: ScriptRun
  calls: number
  logged: number
  settle(error: GwError | undefined, outcome?: ScriptOutcome): void
}

export const startWorker = (options: WorkerOptions): Worker => {
  const { language, memory, timeout, log } = options
  let current: Running | undefined
  let runs = 0
  let said = ''
  let alive = true
  /** Why it was killed, where the gateway did it. */
  let reason: GwError | undefined
  let onGone = () => {}
  const gone = new Promise<void>((resolve) => {
    onGone = resolve
  })
  let onReady: (error?: GwError) => void = () => {}

  const fail = (error: GwError) => {
    reason ??= error
    alive = false
    process.kill()
  }
  const spend = (text: string) => {
    if (!current) return
    current.logged += Buffer.byteLength(text)
    if (current.logged > MOST_LOG) fail(tooMuchOutput('log', MOST_LOG))
  }
  const onCall = async (running: Running, number: number, call: ApiCall) => {
    if (++running.calls > MOST_CALLS) return fail(tooManyCalls(MOST_CALLS))
    const answer = await options.answer(call, running.of)
    running.calls--
    if (current === running && alive) process.send({ type: 'answer', run: running.id, call: number, answer })
  }
  const onFailed = (running: Running, error: Thrown) => {
    running.settle(thrown(error, memory))
    // What used up its memory may still hold it.
    if (error.kind === 'memory') fail(stopped())
  }
  const onReport = (report: Report) => {
    if (reason) return
    if (report.type === 'ready') return onReady()
    if (report.type === 'unloadable') return onReady(thrown(report.error ?? {}, memory))
    // What a run leaves behind speaks for no other.
    if (!current || report.run !== current.id) {
      if (report.type !== 'log') fail(forged())
      return
    }
    if (report.type === 'log') {
      spend(String(report.text))
      if (!reason) write(current.of.log, report.level, String(report.text))
    } else if (report.type === 'call') void onCall(current, report.call, report)
    else if (report.type === 'failed') onFailed(current, report.error ?? {})
    else current.settle(undefined, report)
  }

  const process = startProcess(options, MOST_RESULT, {
    onReport,
    onBroken: (error) =>
      fail(error instanceof BrokenFrame && error.reason === 'size' ? tooMuchOutput('result', MOST_RESULT) : forged()),
    onStray(text) {
      said = (said + text).slice(-LAST_WORDS)
      spend(text)
      if (!reason) log.debug('a script wrote', { text: text.slice(0, LAST_WORDS) })
    },
    onEnd(code, signal, cause) {
      alive = false
      if (cause !== undefined) log.error('the process for a script could not be started', { error: cause })
      const why =
        reason ?? (cause !== undefined ? notStarted(cause) : language.ranOut(said) ? outOfMemory(memory) : undefined)
      if (!why && runs === 0 && !current) log.error('the process for a script ended at once', { code, signal, said })
      const error = why ?? ended(code, signal)
      onReady(error)
      current?.settle(error)
      onGone()
    },
  })

  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => fail(tooSlow(timeout)), timeout * 1_000)
    onReady = (error) => {
      clearTimeout(timer)
      onReady = () => {}
      if (!error) return resolve()
      fail(error)
      reject(error)
    }
  })
  // Whoever runs it hears of it.
  ready.catch(() => {})
  process.send({ type: 'load', content: options.content, config: options.config })

  return {
    get runs() {
      return runs
    },
    get alive() {
      return alive
    },
    ready,
    gone,
    run(of) {
      return new Promise((resolve, reject) => {
        const { signal } = of
        const timer = setTimeout(() => fail(tooSlow(timeout)), timeout * 1_000)
        const onAbort = () => fail(signal.reason as GwError)
        const settle: Running['settle'] = (error, outcome) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', onAbort)
          current = undefined
          if (outcome) resolve(outcome)
          else reject(error)
        }
        current = { id: randomUUID(), of, calls: 0, logged: 0, settle }
        runs++
        if (signal.aborted) return onAbort()
        if (!alive) return settle(reason ?? stopped())
        signal.addEventListener('abort', onAbort, { once: true })
        process.send({ type: 'run', run: current.id, event: of.event, session: of.session })
      })
    },
    kill: () => fail(stopped()),
  }
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

const write = (log: Logger, level: string | undefined, text: string): void =>
  log[LEVELS.find((one) => one === level) ?? 'info']('a script says', { text })
