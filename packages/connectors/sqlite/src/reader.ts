/**
 * The process in which a long read runs. It can be ended at any moment, which a statement within the gateway's own
 * process can not; and SQLite lets go of a reader's locks with its process.
 */
import type { Cells } from '@gw/sql'
import { type ConnectionConfig, connect, type Handle, type OpenRows, openRows } from './handle.ts'

export type Question =
  | { readonly kind: 'open'; readonly path: string; readonly config: ConnectionConfig; readonly timeout: number }
  | { readonly kind: 'run' | 'stream'; readonly sql: string; readonly binds: readonly unknown[] }
  | { readonly kind: 'next' | 'end' }

interface Batch {
  readonly rows: readonly Cells[]
  readonly more: boolean
}
export type Reply =
  /** With how long it took, in ms. */
  (Batch & { readonly duration: number }) | { readonly failure: { readonly code: unknown; readonly message: string } }

const NOTHING: Batch = { rows: [], more: false }

const answering = (): ((question: Question) => Batch) => {
  let handle: Handle
  let rows: OpenRows | undefined
  const next = (): Batch => {
    const reply = rows!.next()
    if (!reply.more) rows = undefined
    return reply
  }
  return (question) => {
    switch (question.kind) {
      case 'open':
        handle = connect(question.path, question.config, question.timeout)
        handle.database.pragma('query_only = on')
        return NOTHING
      case 'run':
        return { ...handle.prepare(question.sql, question.sql).run(question.binds, false), more: false }
      case 'stream':
        rows = openRows(handle, question.sql, question.binds)
        return next()
      case 'next':
        return next()
      case 'end':
        rows?.end()
        rows = undefined
        return NOTHING
    }
  }
}

const failureOf = (error: unknown): Reply => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { failure: { code, message: String(message) } }
}

const answer = answering()
process.on('disconnect', () => process.exit())
process.on('message', (question: Question) => {
  const started = performance.now()
  let reply: Reply
  try {
    reply = { ...answer(question), duration: performance.now() - started }
  } catch (error) {
    reply = failureOf(error)
  }
  process.send!(reply)
})
