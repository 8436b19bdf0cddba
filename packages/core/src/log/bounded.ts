/** What connectors write to the log: as much as somebody may read, and for the rest how many lines there were. */
import type { Logger } from '../contract.ts'
import type { KernelLogger } from './logger.ts'

/** Lines of one service that are written, in one period of so many milliseconds. */
const LINES = 200
const PERIOD = 1_000

export interface LineBudgets {
  /** The same log with the bounds of a service, which all its loggers share. */
  bounded(log: Logger, service: string): Logger
  /** Writes what has only been counted so far. */
  close(): void
}

export const createLineBudgets = ({ logger, enabled }: Pick<KernelLogger, 'logger' | 'enabled'>): LineBudgets => {
  const lines = new Map<string, number>()
  let period: NodeJS.Timeout | undefined
  const summarize = () => {
    clearTimeout(period)
    period = undefined
    for (const [service, count] of lines)
      if (count > LINES) logger.warn('a service writes too much to the log', { service, left_out: count - LINES })
    lines.clear()
  }
  const admits = (service: string): boolean => {
    period ??= setTimeout(summarize, PERIOD).unref()
    const count = (lines.get(service) ?? 0) + 1
    lines.set(service, count)
    return count <= LINES
  }
  return {
    bounded(own, service) {
      const at = (level: keyof Logger) => (message: string, fields?: object) => {
        if (enabled(level) && admits(service)) own[level](message, fields)
      }
      return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
    },
    close: summarize,
  }
}
