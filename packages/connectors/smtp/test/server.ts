/** A real SMTP server in this process: keeps what it takes, refuses what it is told to. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Received } from '@gw/testkit/email'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface MailServer {
  readonly port: number
  readonly inbox: readonly Received[]
  /** The connections that are open. */
  readonly server: SMTPServer
  close(): Promise<void>
}

/** A refusal with an SMTP code. */
export const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode })

/** A certificate for `localhost` and 127.0.0.1, made anew: a stored one would expire. */
export const certificate = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-smtp-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
    execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
})()

/** @param taken is told of each message before it is confirmed; what it throws refuses the message */
export const startServer = async (
  options: SMTPServerOptions = {},
  taken: (message: Received) => void | Promise<void> = () => {},
): Promise<MailServer> => {
  const inbox: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    ...certificate,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', async () => {
        const { mailFrom, rcptTo } = session.envelope
        const message: Received = {
          from: mailFrom ? mailFrom.address : '',
          recipients: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        }
        try {
          await taken(message)
          inbox.push(message)
          done()
        } catch (error) {
          done(error as Error)
        }
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    inbox,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const connection of server.connections) (connection as { close(): void }).close()
      }),
  }
}
