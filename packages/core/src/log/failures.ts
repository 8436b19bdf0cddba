/** Failed calls in the log: a few lines a second of each service, and for the rest how many there were. */
import type { Logger } from '../contract.ts'

export interface Failure {
  readonly request: string
  readonly service: string | undefined
  readonly code: string
  readonly error: unknown
}

export interface FailureLog {
  write(failure: Failure): void
  /** Writes what has only been counted so far. */
  close(): void
}

/** Lines of one service that are written in full, in one period of so many milliseconds. */
const IN_FULL = 5
const PERIOD = 1_000

interface Counted {
  lines: number
  /** Those that were not written, by code. */
  codes: Map<string, number>
}

/** A source that is away fails as often as it is called: its log must not take what the others need. */
export const createFailureLog = (log: Logger): FailureLog => {
  const services = new Map<string | undefined, Counted>()
  let period: NodeJS.Timeout | undefined
  const summarize = () => {
    clearTimeout(period)
    period = undefined
    for (const [service, { codes }] of services) {
      if (codes.size === 0) continue
      const count = codes.values().reduce((sum, one) => sum + one, 0)
      log.error('more calls failed', { service, count, codes: Object.fromEntries(codes) })
    }
    services.clear()
  }
  return {
    write({ request, service, code, error }) {
      period ??= setTimeout(summarize, PERIOD).unref()
      const counted = services.get(service) ?? { lines: 0, codes: new Map() }
      services.set(service, counted)
      if (counted.lines < IN_FULL) {
        counted.lines++
        log.error('call failed', { request, service, code, error })
      } else counted.codes.set(code, (counted.codes.get(code) ?? 0) + 1)
    },
    close: summarize,
  }
}
