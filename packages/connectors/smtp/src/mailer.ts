/** Messages over a pool of SMTP connections. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Host } from '@gw/core'
import { type Mailer, type Message, mimeOf, recipientsOf } from '@gw/email'
import DKIM from 'nodemailer/lib/dkim'
import { Pool } from 'tarn'
import type { SmtpConfig } from './config.ts'
import { type Connection, connect, type Envelope } from './connection.ts'

/** A connection that the server closed while it was idle is noticed by using it: so often, another one is taken. */
const ATTEMPTS = 3
/** ms between attempts */
const PAUSE = 50
/** ms after which a connection that is not used is closed */
const IDLE = 30_000

const poolOf = (config: SmtpConfig, fetch: Host['fetch']): Pool<Connection> =>
  new Pool({
    create: () => connect(config, fetch),
    validate: ({ closed }) => !closed,
    destroy: (connection) => connection.close(),
    min: 0,
    max: config.pool_size,
    idleTimeoutMillis: IDLE,
    // Connecting, greeting and signing in have limits of their own.
    createTimeoutMillis: config.timeout * 3000,
    acquireTimeoutMillis: config.timeout * 4000,
    propagateCreateError: true,
  })

const signed = async (mime: Buffer, { dkim }: SmtpConfig): Promise<Buffer> => {
  if (!dkim) return mime
  const { domain, selector, private_key } = dkim
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey: private_key })
  return Buffer.concat(await signer.sign(mime).toArray())
}

const envelopeOf = (message: Message): Envelope => ({ from: message.from!.address, to: recipientsOf(message) })

export const openMailer = (config: SmtpConfig, { fetch }: Pick<Host, 'fetch'>): Mailer => {
  const pool = poolOf(config, fetch)

  const withConnection = async <T>(use: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await pool.acquire().promise
    try {
      return await use(connection)
    } finally {
      pool.release(connection)
    }
  }

  return {
    async send(message, signal) {
      const mime = await signed(await mimeOf(message), config)
      for (let time = 1; ; time += 1) {
        signal.throwIfAborted()
        try {
          const rejected = await withConnection((connection) => connection.send(envelopeOf(message), mime, signal))
          return { rejected }
        } catch (error) {
          if (!(error as { again?: boolean }).again || time === ATTEMPTS || signal.aborted) throw error
          await delay(PAUSE * time, undefined, { signal })
        }
      }
    },
    async verify(signal) {
      signal.throwIfAborted()
      const connecting = connect(config, fetch)
      const left = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      )
      try {
        ;(await Promise.race([connecting, left])).close()
      } catch (error) {
        connecting.then(
          (late) => late.close(),
          () => {},
        )
        throw error
      }
    },
    close: () => pool.destroy().then(() => undefined),
  }
}
