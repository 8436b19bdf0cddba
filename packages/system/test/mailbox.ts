/** A mail server, and a gateway that sends by it. */
import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { opened } from './opened.ts'
import { signIn } from './signing-in.ts'

const PAGES = {
  reset: 'https://app.test/#/reset',
  register: 'https://app.test/#/register',
  invite: 'https://app.test/#/invite',
}

export interface Mailbox {
  readonly port: number
  readonly messages: string[]
  /** The code of the next message that arrives. */
  code(): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

/** A mail server that keeps what it gets. */
export const mailbox = async (): Promise<Mailbox> => {
  const messages: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        messages.push(
          Buffer.concat(chunks)
            .toString('utf8')
            .replace(/=\r?\n/g, ''),
        )
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  let read = 0
  return {
    port,
    messages,
    async code() {
      for (let attempt = 0; attempt < 400 && messages.length <= read; attempt++) await pause(25)
      const found = /Your code is ([0-9A-Z]{32})\./.exec(messages[read] ?? '')
      read += 1
      if (!found) throw new Error(`No message with a code: ${messages.at(-1)}`)
      return found[1]!
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** A gateway that sends messages: whose services `system` and `user` know by which service. */
export const withMail = async (box: Mailbox, user: object = {}, system: object = {}) => {
  const gw = await opened({
    sessions: 'real',
    config: { egress: { allow: ['127.0.0.1'] }, system: { pages: PAGES, name: 'The shop', ...system } },
  })
  const { headers } = await signIn(gw)
  const config = { host: '127.0.0.1', port: box.port, encryption: '', from_email: 'gw@gw.test' }
  const made = await gw.ask(
    'POST',
    'system/service',
    { resource: [{ name: 'mail', type: 'smtp_email', is_active: true, config }] },
    headers,
  )
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  const mail = made.body.resource[0].id
  const settings = { password_email_service_id: mail, invite_email_service_id: mail }
  await gw.ask('PATCH', 'system/service/1', { config: settings }, headers)
  await gw.ask('PATCH', 'system/service/2', { config: { ...settings, ...user } }, headers)
  return { gw, headers, mail }
}
