import { isoNow } from './clock.ts'
import type { KernelLogger } from './logger.ts'
import { redactText, redactUrl } from './redact.ts'

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

/** What JSON writes in another way than as itself: quotes, backslashes, control characters, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/
/** Masked: also what a client may choose freely, such as a service's name or a request's id. */
const json = (value: string | number): string => {
  if (typeof value === 'number') return String(value)
  const clean = redactText(value)
  return ESCAPED.test(clean) ? JSON.stringify(clean) : `"${clean}"`
}

const field = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `,"${name}":${json(value)}`

/**
 * A request's log line, in the form of all others: what is unknown is left out, times are to a tenth of a millisecond.
 * Text at once, because there is one for every request: an object, masked field by field, cost a tenth of a short one.
 */
export const accessLine = (facts: AccessFacts): string =>
  `{"level":"info","time":"${isoNow()}","request":${json(facts.id)},"method":${json(facts.method)}` +
  `,"path":${json(redactUrl(facts.path))},"status":${facts.status},"duration":${Math.round(facts.duration * 10) / 10}` +
  field('service', facts.service) +
  field('bytes', facts.bytes) +
  field('app', facts.app) +
  field('user', facts.user) +
  field('client', facts.client) +
  ',"msg":"request"}\n'

/**
 * Writes one line for each request, at level `info`. `undefined` where that level is off: call it as `access?.(…)`,
 * and not even the arguments are built.
 */
export const createAccessLog = (log: KernelLogger): ((facts: AccessFacts) => void) | undefined =>
  log.enabled('info') ? (facts) => log.append(accessLine(facts)) : undefined
