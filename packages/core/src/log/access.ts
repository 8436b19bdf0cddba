import type { KernelLogger } from './logger.ts'
import { redactUrl } from './redact.ts'

/** What is known of one answered request. */
export interface AccessFacts {
  /** The request's id. */
  readonly id: string
  readonly method: string
  /** With its query string, as sent. */
  readonly path: string
  readonly status: number
  /** ms */
  readonly duration: number
  readonly service?: string | undefined
  /** Of the answer's body, where they are known. */
  readonly bytes?: number | undefined
  /** The app's name. */
  readonly app?: string | undefined
  /** The user's id. */
  readonly user?: string | number | undefined
  readonly client?: string | undefined
}

/** The fields of a request's log line. Unknown ones are left out; times to a tenth of a millisecond. */
export const accessLogEntry = (facts: AccessFacts): Readonly<Record<string, unknown>> => ({
  request: facts.id,
  method: facts.method,
  path: redactUrl(facts.path),
  status: facts.status,
  duration: Math.round(facts.duration * 10) / 10,
  ...(facts.service === undefined ? {} : { service: facts.service }),
  ...(facts.bytes === undefined ? {} : { bytes: facts.bytes }),
  ...(facts.app === undefined ? {} : { app: facts.app }),
  ...(facts.user === undefined ? {} : { user: facts.user }),
  ...(facts.client === undefined ? {} : { client: facts.client }),
})

/**
 * Writes one line for each request, at level `info`. `undefined` where that level is off: call it as `access?.(…)`,
 * and not even the arguments are built.
 */
export const createAccessLog = (log: KernelLogger): ((facts: AccessFacts) => void) | undefined =>
  log.enabled('info') ? (facts) => log.logger.info('request', accessLogEntry(facts)) : undefined
