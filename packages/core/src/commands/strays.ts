/** What reaches the process as nobody's failure, while a command runs a gateway in it. */
import type { OpenedGateway } from './open.ts'

/** ms that the log has to leave a process which ends. */
const LAST_WORDS = 2_000

const WHAT = {
  uncaughtException: 'threw an error outside of any call',
  unhandledRejection: 'had a promise fail that nobody waited for',
} as const

/**
 * From now on, a failure that is traced to a service's code costs that service, and any other one ends the process, as
 * it does without this. Where a connector ends the process by itself, the log names it first.
 * @returns ends it
 */
export const containStrays = ({ gateway, log }: Pick<OpenedGateway, 'gateway' | 'log'>): (() => void) => {
  const onError = (error: unknown, kind: keyof typeof WHAT) => {
    const services = gateway.contain(WHAT[kind], error)
    if (services.length > 0) return
    log.logger.error('the gateway ends: something failed that nobody waited for', { kind, error })
    ended = true
    const end = () => process.exit(1)
    setTimeout(end, LAST_WORDS)
    void log.flush().then(end, end)
  }
  let ended = false
  const onExit = (code: number) => {
    const services = gateway.running()
    if (ended || services.length === 0) return
    log.logger.error('a connector ends the gateway: it called process.exit', { service: services.join(', '), code })
  }
  process.on('uncaughtException', onError)
  // Before the log's own listener, which writes what it has.
  process.prependListener('exit', onExit)
  return () => {
    process.off('uncaughtException', onError)
    process.off('exit', onExit)
  }
}
