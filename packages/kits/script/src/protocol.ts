/**
 * What gateway and worker say to each other: JSON with its length in bytes before it (four bytes, big-endian), over a
 * socket of their own. Standard output is only ever log.
 */
import type { ScriptEvent, ScriptSession } from '@gw/core'

/** Gateway → worker. */
export type Order =
  | { readonly type: 'load'; readonly content: string; readonly config: unknown }
  | { readonly type: 'run'; readonly run: string; readonly event: ScriptEvent; readonly session: ScriptSession }
  | { readonly type: 'answer'; readonly run: string; readonly call: number; readonly answer: ApiAnswer }

/** What a call of `platform.api` comes to. */
export interface ApiAnswer {
  readonly status_code: number
  readonly headers: Readonly<Record<string, string>>
  readonly content: unknown
  readonly content_type: string | null
}

export interface Thrown {
  /** `memory`: the interpreter's own limit was reached. `syntax`: it does not even begin. */
  readonly kind?: 'syntax' | 'memory'
  readonly name?: string
  readonly message?: string
  /** The script's own line, from 1. */
  readonly line?: number
  readonly status?: number
  readonly context?: unknown
}

export interface ApiCall {
  readonly method: string
  readonly path: string
  readonly payload?: unknown
  readonly options?: unknown
}

/** Worker → gateway. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'unloadable'; readonly error: Thrown }
  | { readonly type: 'log'; readonly run: string; readonly level?: string; readonly text: string }
  | ({ readonly type: 'call'; readonly run: string; readonly call: number } & ApiCall)
  | { readonly type: 'done'; readonly run: string; readonly event: ScriptEvent; readonly returned?: unknown }
  | { readonly type: 'failed'; readonly run: string; readonly error: Thrown }

const HEAD = 4

export const frameOf = (order: Order): Buffer => {
  const json = Buffer.from(JSON.stringify(order))
  const frame = Buffer.allocUnsafe(HEAD + json.length)
  frame.writeUInt32BE(json.length)
  json.copy(frame, HEAD)
  return frame
}

/** What came was no report, or more than one may be. */
export class BrokenFrame extends Error {
  readonly reason: 'size' | 'form'
  constructor(reason: 'size' | 'form') {
    super(`a worker's report has no valid ${reason}`)
    this.reason = reason
  }
}

/**
 * Takes reports out of what arrives.
 * @param limit bytes of one report
 * @returns feeds a piece; throws `BrokenFrame`
 */
export const reportReader = (limit: number, onReport: (report: Report) => void): ((piece: Buffer) => void) => {
  let pieces: Buffer[] = []
  let held = 0
  let wanted = HEAD
  const take = (): Buffer => {
    const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    pieces = all.length > wanted ? [all.subarray(wanted)] : []
    held = all.length - wanted
    return all.subarray(0, wanted)
  }
  let inBody = false
  return (piece) => {
    pieces.push(piece)
    held += piece.length
    while (held >= wanted) {
      const bytes = take()
      if (inBody) onReport(parsed(bytes))
      else if (bytes.readUInt32BE() > limit) throw new BrokenFrame('size')
      wanted = inBody ? HEAD : bytes.readUInt32BE()
      inBody = !inBody
    }
  }
}

const TYPES: ReadonlySet<unknown> = new Set(['ready', 'unloadable', 'log', 'call', 'done', 'failed'])

const parsed = (bytes: Buffer): Report => {
  let report: Report
  try {
    report = JSON.parse(bytes.toString('utf8')) as Report
  } catch {
    throw new BrokenFrame('form')
  }
  if (typeof report !== 'object' || report === null || !TYPES.has(report.type)) throw new BrokenFrame('form')
  return report
}
