import { FAILURES } from '@gw/email'
import { describe, expect, test } from 'vitest'
import { classify, UnknownOutcome } from '../src/errors.ts'

const rows: readonly (readonly [object, keyof typeof FAILURES])[] = [
  [{ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'credentials'],
  [{ code: 'EAUTH', command: 'API' }, 'credentials'],
  [{ code: 'EENVELOPE', responseCode: 530, command: 'MAIL FROM' }, 'credentials'],
  [{ code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }, 'sender_refused'],
  [{ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'recipients_refused'],
  [{ code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }, 'busy'],
  [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'message_refused'],
  [{ code: 'EMESSAGE', responseCode: 552, command: 'DATA' }, 'message_too_large'],
  [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA', message: '554 5.3.4 too big' }, 'message_too_large'],
  [{ code: 'EMESSAGE', command: 'MAIL FROM' }, 'message_too_large'],
  [{ code: 'ECONNECTION', responseCode: 421, command: 'CONN' }, 'busy'],
  [{ code: 'ESOCKET' }, 'unreachable'],
  [{ code: 'EDNS' }, 'unreachable'],
  [{ code: 'ETIMEDOUT' }, 'timeout'],
  [{ code: 'ETLS' }, 'encryption'],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'encryption'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'encryption'],
  [{ code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'encryption'],
  [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'unreachable'],
  [{ code: 'EPROTOCOL' }, 'protocol'],
  [new UnknownOutcome('no answer'), 'unknown_outcome'],
]

describe('failures of SMTP', () => {
  test.each(rows)('%o is %s', (error, reason) => expect(classify(error)).toBe(reason))

  test('anything else is no failure that is known, and classifying never throws', () => {
    for (const value of [undefined, null, 1, 'x', {}, new Error('x'), { code: 7 }, { code: '__proto__' }, [], () => 1])
      expect(classify(value)).toBeUndefined()
  })

  test('only an unknown outcome leaves open whether the message was sent', () => {
    for (const [reason, { message }] of Object.entries(FAILURES))
      expect(message.includes('Nothing was sent'), reason).toBe(reason !== 'unknown_outcome')
  })
})
