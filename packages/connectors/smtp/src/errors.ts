/** nodemailer's and SMTP's failures in the family's words (RFC 5321, §4.2; RFC 3463). */
import type { EmailReason } from '@gw/email'

/** Thrown by the mailer where a connection was lost between the end of a message and the server's answer. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome'
}

/** By nodemailer's own code, where the server's answer does not say more. */
const BY_CODE: Readonly<Record<string, EmailReason>> = {
  EAUTH: 'credentials',
  ENOAUTH: 'credentials',
  EOAUTH2: 'credentials',
  ETLS: 'encryption',
  EREQUIRETLS: 'encryption',
  ECONNECTION: 'unreachable',
  ESOCKET: 'unreachable',
  EDNS: 'unreachable',
  EPROXY: 'unreachable',
  ETIMEDOUT: 'timeout',
  EENVELOPE: 'recipients_refused',
  EMESSAGE: 'message_refused',
  EPROTOCOL: 'protocol',
  EMAXLIMIT: 'busy',
}

/** Whose mistake a refused command is. */
const BY_COMMAND: Readonly<Record<string, EmailReason>> = {
  'MAIL FROM': 'sender_refused',
  'RCPT TO': 'recipients_refused',
  DATA: 'message_refused',
}

/** 552 and 5.3.4: too large; 530, 534, 535, 538: sign in first, or otherwise (RFC 4954). */
const BY_ANSWER: Readonly<Record<number, EmailReason>> = {
  552: 'message_too_large',
  530: 'credentials',
  534: 'credentials',
  535: 'credentials',
  538: 'encryption',
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|ERR_SSL_)/

/** Total and pure. */
export const classify = (error: unknown): EmailReason | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  if (error instanceof UnknownOutcome) return 'unknown_outcome'
  const { code, originalCode, command, responseCode, message } = error as Record<string, unknown>
  if (typeof responseCode === 'number' && responseCode >= 400) {
    if (responseCode < 500) return 'busy'
    const bySize = responseCode === 552 || /5\.3\.4/.test(String(message))
    return bySize ? 'message_too_large' : (BY_ANSWER[responseCode] ?? BY_COMMAND[String(command)] ?? byCode(code))
  }
  if (code === 'EMESSAGE' && command === 'MAIL FROM') return 'message_too_large'
  if (CERTIFICATE.test(String(originalCode ?? code))) return 'encryption'
  return byCode(code)
}

const byCode = (code: unknown): EmailReason | undefined =>
  typeof code === 'string' && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined
