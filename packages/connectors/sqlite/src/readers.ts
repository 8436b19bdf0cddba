/** Long reads, each in a process of its own while it runs (decision 8): others are served meanwhile, and it can be ended. */
import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cells, connectionPool, type Pace, type Poolable, queueOptions, type SqlResult } from '@gw/sql'
import type { Config } from './config.ts'
import type { Question, Reply } from './reader.ts'

export interface Readers {
  /** @param pace is told how long it took there */
  run(sql: string, binds: readonly unknown[], signal: AbortSignal, pace: Pace): Promise<SqlResult>
  stream(sql: string, binds: readonly unknown[], signal: AbortSignal): AsyncGenerator<readonly Cells[]>
  close(): void
}

/** Milliseconds after which a process that nobody needs is ended. */
const IDLE = 30_000

/** No process is started before it is needed. */
export const readers = (path: string, config: Config): Readers => {
  const open = () => startReader(path, config)
  const pool = () => connectionPool({ open, max: config.long_reads, idle: IDLE, ...queueOptions(config) })
  // A stream lasts as long as its reader likes: it must not keep those waiting who want a page.
  const [pages, streams] = [pool(), pool()]
  const lend = async (from: typeof pages, signal: AbortSignal) => {
    signal.throwIfAborted()
    const reader = await from.connect(signal)
    // A process that was ended is none of the pool's any more.
    const onAbort = () => reader.cut()
    signal.addEventListener('abort', onAbort, { once: true })
    const giveBack = () => {
      signal.removeEventListener('abort', onAbort)
      from.release(reader, true)
    }
    const ask = async (question: Question) => {
      try {
        return await reader.ask(question)
      } catch (error) {
        throw signal.aborted ? signal.reason : error
      }
    }
    return { ask, giveBack }
  }
  return {
    async run(sql, binds, signal, pace) {
      const { ask, giveBack } = await lend(pages, signal)
      try {
        const { rows, duration } = await ask({ kind: 'run', sql, binds })
        pace.ran(duration)
        return { rows, affected: rows.length }
      } finally {
        giveBack()
      }
    },
    async *stream(sql, binds, signal) {
      const { ask, giveBack } = await lend(streams, signal)
      let more = true
      try {
        for (let kind: 'stream' | 'next' = 'stream'; more; kind = 'next') {
          const reply = await ask(kind === 'stream' ? { kind, sql, binds } : { kind })
          more = reply.more
          if (reply.rows.length > 0) yield reply.rows
        }
      } finally {
        // Of one that has been ended nothing is left to be asked.
        if (more) await ask({ kind: 'end' }).catch(() => undefined)
        giveBack()
      }
    },
    close() {
      pages.end()
      streams.end()
    },
  }
}

interface Reader extends Poolable {
  /** One question at a time. Rejects with the database's error, or with `SQLITE_READER` where the process is gone. */
  ask(question: Question): Promise<Extract<Reply, { readonly rows: unknown }>>
}

/** As this file: TypeScript where it is run as such, JavaScript where it was built. */
const SCRIPT = fileURLToPath(new URL(`./reader${extname(import.meta.url)}`, import.meta.url))

const startReader = async (path: string, { readonly, options, statements, busy_timeout }: Config): Promise<Reader> => {
  const child = fork(SCRIPT, {
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const reader = readerOn(child)
  try {
    const config = { readonly, create: false, options, statements }
    await reader.ask({ kind: 'open', path, config, timeout: busy_timeout })
    return reader
  } catch (error) {
    reader.cut()
    throw error
  }
}

const readerOn = (child: ChildProcess): Reader => {
  let lost = false
  let waiting: PromiseWithResolvers<Extract<Reply, { readonly rows: unknown }>> | undefined
  const listeners: (() => void)[] = []
  const gone = () => Object.assign(new Error('The process that was reading has ended.'), { code: 'SQLITE_READER' })
  const onGone = () => {
    if (lost) return
    lost = true
    waiting?.reject(gone())
    for (const listener of listeners) listener()
  }
  const cut = () => {
    child.kill('SIGKILL')
    onGone()
  }
  child.on('exit', onGone).on('error', onGone)
  child.on('message', (reply: Reply) => {
    if ('failure' in reply)
      waiting?.reject(Object.assign(new Error(reply.failure.message), { code: reply.failure.code }))
    else waiting?.resolve(reply)
  })
  // The gateway's own sockets keep it running, not these.
  child.unref()
  child.channel?.unref()
  return {
    ask(question) {
      waiting = Promise.withResolvers()
      if (lost) waiting.reject(gone())
      else child.send(question, (error) => error && waiting?.reject(gone()))
      return waiting.promise
    },
    close: cut,
    cut,
    onLost: (listener) => void listeners.push(listener),
  }
}
