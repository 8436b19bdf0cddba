/**
 * Short statements of many callers, one behind the other on connections that they share. One that turns out to hold up
 * the others runs by itself for a while.
 */
import { LRUCache } from 'lru-cache'
import type { SqlExecutor, SqlResult, SqlRunOptions } from '../dialect.ts'
import type { RowSink } from '../execute/row-bytes.ts'

/** A statement, and whoever waits for it: the caller may leave, the statement goes on. */
export interface SharedStatement extends Pick<SqlRunOptions, 'name' | 'signal'> {
  readonly sql: string
  readonly binds: readonly unknown[]
}
export interface Timed {
  /** Milliseconds that those behind it had to wait for it. */
  readonly took: number
}

/** What runs statements on shared connections. */
export interface SharedRunner {
  run(statement: SharedStatement): Promise<SqlResult & Timed>
  scan(statement: SharedStatement, sink: RowSink): Promise<Timed>
  /** Whether so many are under way that another one would wait for long. */
  readonly full: boolean
  /** Whether a failure says that the server stopped the statement because it took too long, and has undone it. */
  stopped(error: unknown): boolean
}

type Statements = Required<Pick<SqlExecutor, 'run' | 'scan'>>

/** Of statements without a name nothing is remembered: they don't share. @param alone where a statement runs by itself */
export const sharing = (shared: SharedRunner, alone: Statements): Statements => {
  const known = sharedStatements()
  const mayShare = ({ name, short }: SqlRunOptions): boolean =>
    short === true && name !== undefined && !shared.full && known.admits(name)
  /** `undefined`: to be run again, by itself. */
  const share = async <T extends Timed>({ name, signal }: SqlRunOptions, work: () => Promise<T>) => {
    try {
      signal.throwIfAborted()
      const result = await work()
      known.ran(name!, result.took)
      return result
    } catch (error) {
      if (!shared.stopped(error)) {
        known.failed(name!)
        throw error
      }
      known.stopped(name!)
      if (signal.aborted) throw error
      return undefined
    }
  }
  return {
    async run(sql, binds, options) {
      const { name, signal } = options
      const result = mayShare(options)
        ? await share(options, () => shared.run({ sql, binds, name, signal }))
        : undefined
      return result ?? alone.run(sql, binds, options)
    },
    async scan(sql, binds, options, sink) {
      const { name, signal } = options
      if (mayShare(options)) {
        if (await share(options, () => shared.scan({ sql, binds, name, signal }, sink))) return
        sink.clear()
      }
      return alone.scan(sql, binds, options, sink)
    },
  }
}

/** Statements that are remembered. */
const MOST = 2_000
/** One slow run may be the machine's fault; so many, one after the other, are not. */
const SLOW = { milliseconds: 25, runs: 8 }
/** Milliseconds for which a slow one runs by itself: twice as long each time. */
const REST = { first: 60_000, longest: 3_600_000 }

interface Slow {
  runs: number
  rest: number
  /** `performance.now()` */
  restsUntil: number
}

export interface SharedStatements {
  /**
   * Whether a statement may run among others. One that has not been seen yet does so alone of its name, until it has
   * been over in time once: should it be slow, it holds up the others once, and not once for each who asked it.
   */
  admits(name: string): boolean
  /** Notes a run among others. */
  ran(name: string, milliseconds: number): void
  /** It had to be stopped for the others' sake. */
  stopped(name: string): void
  /** It failed, which says nothing of how long it takes. */
  failed(name: string): void
}

export const sharedStatements = (): SharedStatements => {
  const proven = new LRUCache<string, true>({ max: MOST })
  const slow = new LRUCache<string, Slow>({ max: MOST })
  const trying = new Set<string>()
  const slowAs = (name: string): Slow => {
    const one = slow.get(name) ?? { runs: 0, rest: REST.first, restsUntil: 0 }
    slow.set(name, one)
    return one
  }
  const stopped = (name: string): void => {
    const one = slowAs(name)
    const now = performance.now()
    trying.delete(name)
    proven.delete(name)
    // Those that were sent before the first was stopped say nothing new.
    if (one.restsUntil > now) return
    one.runs = 0
    one.restsUntil = now + one.rest
    one.rest = Math.min(one.rest * 2, REST.longest)
  }
  return {
    admits(name) {
      if (slow.size > 0 && (slow.get(name)?.restsUntil ?? 0) > performance.now()) return false
      if (proven.get(name)) return true
      if (trying.has(name)) return false
      trying.add(name)
      return true
    },
    ran(name, milliseconds) {
      trying.delete(name)
      if (milliseconds <= SLOW.milliseconds) {
        if (slow.size > 0) slow.delete(name)
      } else if (++slowAs(name).runs >= SLOW.runs) return stopped(name)
      proven.set(name, true)
    },
    stopped,
    failed: (name) => void trying.delete(name),
  }
}
