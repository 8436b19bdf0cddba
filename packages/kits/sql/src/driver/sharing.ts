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
  /** Whether a failure says that the server stopped the statement because it took too long, and has undone it. */
  stopped(error: unknown): boolean
}

type Statements = Required<Pick<SqlExecutor, 'run' | 'scan'>>

/** Of statements without a name nothing is remembered: they don't share. @param alone where a statement runs by itself */
export const sharing = (shared: SharedRunner, alone: Statements): Statements => {
  const slow = slowStatements()
  const mayShare = ({ name, short }: SqlRunOptions): boolean => short === true && name !== undefined && !slow.has(name)
  /** `undefined`: to be run again, by itself. */
  const share = async <T extends Timed>({ name, signal }: SqlRunOptions, work: () => Promise<T>) => {
    signal.throwIfAborted()
    try {
      const result = await work()
      slow.ran(name!, result.took)
      return result
    } catch (error) {
      if (signal.aborted || !shared.stopped(error)) throw error
      slow.stopped(name!)
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

interface Known {
  slowRuns: number
  rest: number
  /** `performance.now()` */
  restsUntil: number
}

export interface SlowStatements {
  has(name: string): boolean
  /** Notes a run among others. */
  ran(name: string, milliseconds: number): void
  /** It had to be stopped for the others' sake. */
  stopped(name: string): void
}

/** Only those that were slow are known: the others cost nothing. */
export const slowStatements = (): SlowStatements => {
  const known = new LRUCache<string, Known>({ max: MOST })
  const knownAs = (name: string): Known => {
    const one = known.get(name) ?? { slowRuns: 0, rest: REST.first, restsUntil: 0 }
    known.set(name, one)
    return one
  }
  const stopped = (name: string): void => {
    const one = knownAs(name)
    one.slowRuns = 0
    one.restsUntil = performance.now() + one.rest
    one.rest = Math.min(one.rest * 2, REST.longest)
  }
  return {
    has: (name) => known.size > 0 && (known.get(name)?.restsUntil ?? 0) > performance.now(),
    ran(name, milliseconds) {
      if (milliseconds <= SLOW.milliseconds) {
        if (known.size > 0) known.delete(name)
      } else if (++knownAs(name).slowRuns >= SLOW.runs) stopped(name)
    },
    stopped,
  }
}
