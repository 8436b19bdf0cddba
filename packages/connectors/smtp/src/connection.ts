/** One connection to an SMTP server, signed in, with promises. nodemailer speaks the protocol. */
import { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import type { Host } from '@gw/core'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SmtpConfig } from './config.ts'
import { UnknownOutcome } from './errors.ts'
import { tokenOf } from './token.ts'

export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

export interface Connection {
  readonly closed: boolean
  /**
   * Hands a message over.
   * @returns recipients that were refused while others were taken
   * @throws the protocol's error, with `again: true` where the connection was lost before the message was whole;
   * `UnknownOutcome` where it was lost afterwards
   */
  send(envelope: Envelope, message: Buffer, signal: AbortSignal): Promise<readonly string[]>
  close(): void
}

const authOf = ({ username, password, oauth2 }: SmtpConfig, fetch: Host['fetch']) => {
  if (username === undefined) return undefined
  if (!oauth2) return password === undefined ? undefined : { credentials: { user: username, pass: password } }
  return { type: 'OAUTH2', method: 'XOAUTH2', user: username, oauth2: tokenOf(username, oauth2, fetch) }
}

const socketOf = ({ host, port, encryption, ca, verify_certificate, timeout }: SmtpConfig) => ({
  host,
  port,
  secure: encryption === 'ssl',
  requireTLS: encryption === 'tls',
  tls: { rejectUnauthorized: verify_certificate, ...(ca && { ca: [...rootCertificates, ca] }) },
  connectionTimeout: timeout * 1000,
  greetingTimeout: timeout * 1000,
  socketTimeout: timeout * 1000,
  socketCloseTimeout: 0,
})

/** What the protocol reports when the other side is gone. */
const LOST = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT'])

const lost = (error: unknown, handedOver: boolean): unknown => {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  if (responseCode !== undefined || !LOST.has(code ?? '')) return error
  return handedOver
    ? new UnknownOutcome('The connection was lost before the answer.', { cause: error })
    : Object.assign(error as Error, { again: code !== 'ETIMEDOUT' })
}

/** Connects and signs in. @param fetch for a new token. @throws the protocol's error */
export const connect = async (config: SmtpConfig, fetch: Host['fetch']): Promise<Connection> => {
  const connection = new SMTPConnection(socketOf(config))
  const auth = authOf(config, fetch)
  let closed = false
  connection.once('end', () => {
    closed = true
  })
  await new Promise<void>((resolve, reject) => {
    // Later ones are heard by whoever sends; a connection that fails while it is idle is only closed.
    connection.on('error', reject)
    connection.connect((error) => {
      if (error) return reject(error)
      if (!auth) return resolve()
      connection.login(auth as never, (refused) => (refused ? reject(refused) : resolve()))
    })
  }).catch((error: unknown) => {
    connection.close()
    throw error
  })

  return {
    get closed() {
      return closed
    },
    async send({ from, to }, message, signal) {
      signal.throwIfAborted()
      let handedOver = false
      const content = Readable.from([message], { objectMode: false })
      content.once('end', () => {
        handedOver = true
      })
      let leave: (() => void) | undefined
      try {
        const info = await new Promise<{ rejected?: readonly unknown[] }>((resolve, reject) => {
          // Without the final dot, the server drops what it got. A connection that is closed tells nobody.
          leave = () => {
            connection.close()
            reject(signal.reason)
          }
          signal.addEventListener('abort', leave)
          connection.send({ from, to: [...to], size: message.length }, content, (error, sent) =>
            error ? reject(error) : resolve(sent as never),
          )
        })
        return (info.rejected ?? []).map(String)
      } catch (error) {
        // The server may still be in the middle of the refused message.
        connection.close()
        closed = true
        throw lost(error, handedOver)
      } finally {
        if (leave) signal.removeEventListener('abort', leave)
      }
    },
    close: () => connection.close(),
  }
}
