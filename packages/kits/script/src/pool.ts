/** The workers of one script: as many as run at the same time, one kept warm, all of them let go of after a while. */
import { GwError, type Logger, type ScriptOutcome, type ScriptRun } from '@gw/core'
import { stopped, tooManyWaiting } from './failure.ts'
import { startWorker, type Worker, type WorkerOptions } from './worker.ts'

export interface PoolOptions {
  /** Workers at the same time. */
  readonly most: number
  readonly log: Logger
  /** What a worker for the script is made with. */
  worker(): Promise<Omit<WorkerOptions, 'content'>>
}

export interface Pool {
  /** @param content the script as it is now: workers with another one are let go of */
  run(content: string, run: ScriptRun): Promise<ScriptOutcome>
  /** Has a worker read the script, where none has. Rejects where it can not be read. */
  warm(content: string, signal: AbortSignal): Promise<void>
  /** Resolves when all processes have ended. */
  close(): Promise<void>
}

/** Runs after which a worker is replaced: what scripts leave behind in memory goes with it. */
const MOST_RUNS = 500
/** Calls that may wait for a worker, for each that there may be. */
const MOST_WAITING = 50
/** ms after which a worker with nothing to do ends. */
const IDLE = 300_000

interface Waiting {
  readonly signal: AbortSignal
  go(): void
}

export const createPool = ({ most, log, worker: describe }: PoolOptions): Pool => {
  const idle: Worker[] = []
  const all = new Set<Worker>()
  const waiting: Waiting[] = []
  let taken = 0
  let content: string | undefined
  /** A script that can not be read is not tried again until it changes. */
  let unreadable: GwError | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const drop = (worker: Worker) => {
    all.delete(worker)
    worker.kill()
  }
  const take = (now: string) => {
    if (now === content) return
    content = now
    unreadable = undefined
    for (const worker of idle.splice(0)) drop(worker)
  }
  const rest = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      for (const worker of idle.splice(0)) drop(worker)
    }, IDLE).unref()
  }
  const start = async (now: string): Promise<Worker> => {
    const made = await describe()
    if (closed) throw stopped()
    const worker = startWorker({ ...made, content: now })
    all.add(worker)
    try {
      await worker.ready
    } catch (error) {
      all.delete(worker)
      if (now === content && GwError.is(error) && error.code === 'internal') unreadable = error
      throw error
    }
    return worker
  }
  /** Waits for its turn, in order. */
  const turn = (signal: AbortSignal): Promise<void> | undefined => {
    if (taken < most) {
      taken++
      return
    }
    if (waiting.length >= most * MOST_WAITING) throw tooManyWaiting()
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        signal,
        go() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      const leave = () => {
        const at = waiting.indexOf(entry)
        if (at < 0) return
        waiting.splice(at, 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(entry)
    })
  }
  const next = () => {
    const first = waiting.shift()
    if (first) first.go()
    else taken--
  }
  const giveBack = (worker: Worker, now: string) => {
    if (!worker.alive || closed || now !== content || worker.runs >= MOST_RUNS) return drop(worker)
    idle.push(worker)
    rest()
  }
  const spare = (): Worker | undefined => {
    for (;;) {
      const worker = idle.pop()
      if (!worker || worker.alive) return worker
      drop(worker)
    }
  }

  const close = async () => {
    closed = true
    clearTimeout(timer)
    const workers = [...all]
    for (const worker of workers) drop(worker)
    idle.length = 0
    await Promise.all(workers.map(({ gone }) => gone))
  }

  return {
    async run(now, run) {
      await turn(run.signal)
      try {
        take(now)
        if (unreadable) throw unreadable
        const worker = spare() ?? (await start(now))
        try {
          return await worker.run(run)
        } finally {
          giveBack(worker, now)
        }
      } finally {
        next()
      }
    },
    async warm(now, signal) {
      signal.throwIfAborted()
      take(now)
      if (all.size > 0) return
      const onAbort = () => void close()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        giveBack(await start(now), now)
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
      log.debug('a worker has read the script')
    },
    close,
  }
}
