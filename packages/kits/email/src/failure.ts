/** How sending can fail, in the family's words: what a caller hears, and whether trying again is safe. */
import { type ErrorCode, GwError } from '@gw/core'

export type EmailReason =
  | 'recipients_refused'
  | 'sender_refused'
  | 'message_refused'
  | 'message_too_large'
  | 'busy'
  | 'credentials'
  | 'encryption'
  | 'unreachable'
  | 'timeout'
  | 'unknown_outcome'
  | 'protocol'

interface Told {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
}

/** One row a reason. Only `unknown_outcome` leaves open whether the message was sent. */
export const FAILURES: Readonly<Record<EmailReason, Told>> = {
  recipients_refused: {
    code: 'unprocessable',
    message: 'The mail server refused every recipient. Nothing was sent. Check the addresses.',
    retryable: false,
  },
  sender_refused: {
    code: 'unprocessable',
    message: 'The mail server refused the sender. Nothing was sent. Use a sender that it may send for.',
    retryable: false,
  },
  message_refused: {
    code: 'unprocessable',
    message: 'The mail server refused the message. Nothing was sent.',
    retryable: false,
  },
  message_too_large: {
    code: 'too_large',
    message: 'The message is larger than the mail server takes. Nothing was sent. Send smaller attachments.',
    retryable: false,
  },
  busy: {
    code: 'unavailable',
    message: 'The mail server takes no messages at the moment. Nothing was sent. Try again later.',
    retryable: true,
  },
  credentials: {
    code: 'upstream_failed',
    message:
      "The mail server did not accept the service's credentials. Nothing was sent. Ask an administrator to check them.",
    retryable: false,
  },
  encryption: {
    code: 'upstream_failed',
    message:
      'The connection to the mail server could not be encrypted as configured. Nothing was sent. Ask an administrator to check the certificate and the encryption setting.',
    retryable: false,
  },
  unreachable: {
    code: 'unavailable',
    message: 'The mail server can not be reached. Nothing was sent. Try again later.',
    retryable: true,
  },
  timeout: {
    code: 'upstream_timeout',
    message: 'The mail server took too long. Nothing was sent. Try again later.',
    retryable: true,
  },
  unknown_outcome: {
    code: 'upstream_failed',
    message:
      'The connection broke after the message was handed over, before the mail server confirmed it. It may have been sent. Check before you send it again.',
    retryable: false,
  },
  protocol: {
    code: 'upstream_failed',
    message: 'The mail server answered something unexpected. Nothing was sent.',
    retryable: false,
  },
}

/** @returns the error that a caller reads; `cause` is only logged */
export const failureOf = (reason: EmailReason, cause: unknown): GwError => {
  const { code, message, retryable } = FAILURES[reason]
  return new GwError(code, message, {
    cause,
    retryable,
    details: { reason },
    ...(reason === 'busy' && { headers: { 'retry-after': '60' } }),
  })
}
