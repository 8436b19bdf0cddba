/** How a host's refusals are told (the wire contract's services part, §8.3: its status, and its message). */
import { type ErrorCode, GwError } from '@gw/core'

export interface HostFailure {
  /** The host's own. */
  readonly status: number
  /** The host's own, which a caller only reads where it is about what was asked. */
  readonly message: string
  /** What the host finds wrong, field by field. */
  readonly details?: unknown
}

interface Rule {
  readonly code: ErrorCode
  readonly advice: string
  /** In place of the host's message, which may speak of the gateway's address or its credentials. */
  readonly instead?: string
}

const RULES: Readonly<Record<number, Rule>> = {
  400: { code: 'invalid_request', advice: 'The host did not understand it: check the values.' },
  401: {
    code: 'upstream_failed',
    instead: 'Bad credentials.',
    advice: "The host did not accept the service's credentials. Ask an administrator to check them.",
  },
  403: {
    code: 'forbidden',
    instead: 'Forbidden by the host.',
    advice: "The service's credentials do not suffice for this, or the repository does not allow it.",
  },
  404: {
    code: 'not_found',
    advice:
      "Check the names of repository, branch and path. The service's credentials may also not suffice to see what is there.",
  },
  409: { code: 'conflict', advice: 'Nothing was done. Read it again.' },
  410: { code: 'not_found', advice: 'The host has it no longer, or the repository has switched it off.' },
  412: { code: 'precondition_failed', advice: 'Nothing was done. Read it again.' },
  413: { code: 'too_large', advice: 'The host takes less at a time.' },
  422: { code: 'unprocessable', advice: 'Nothing was done. Check the values.' },
  451: { code: 'forbidden', advice: 'The host may not show it for legal reasons.' },
}

const byClass = (status: number): Rule => {
  if (status === 503) return { code: 'unavailable', instead: 'The host is not available.', advice: 'Try again later.' }
  if (status === 504)
    return { code: 'upstream_timeout', instead: 'The host took too long.', advice: 'Try again later.' }
  if (status >= 500) return { code: 'upstream_failed', instead: 'The host failed.', advice: 'Try again later.' }
  return { code: 'upstream_failed', instead: `The host answered ${status}.`, advice: 'Ask an administrator to check.' }
}

/** Longest message of a host that is passed on, in characters. */
const MAX_MESSAGE = 300

const oneSentence = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE)
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`
}

/** @returns the error that a caller reads; `cause` is only logged */
export const failureOf = ({ status, message, details }: HostFailure): GwError => {
  const { code, advice, instead } = RULES[status] ?? byClass(status)
  const text = instead ?? oneSentence(message)
  return new GwError(code, `${text} ${advice}`.trim(), {
    cause: new Error(`The host answered ${status}: ${message}`),
    retryable: status >= 500,
    ...(instead === undefined && details !== undefined && { details }),
    // A host that fails is not the gateway failing: those keep the gateway's own statuses.
    ...(status < 500 && { wire: { status } }),
  })
}

/** What is thrown for any failure of a host. */
export const told = (error: unknown, classify: (error: unknown) => HostFailure | undefined): unknown => {
  if (GwError.is(error)) return error
  const failure = classify(error)
  return failure === undefined ? error : failureOf(failure)
}
