/** A provider of e-mail in memory, and what it may do wrong: what the suite of e-mail is measured by. */
import {
  defineEmailServiceType,
  type EmailProvider,
  emailConfigShape,
  type Message,
  mimeOf,
  recipientsOf,
} from '@gw/email'
import { z } from 'zod'
import type { Received } from '../../src/email/index.ts'

type Send = (message: Message, deliver: (received: Received) => void) => Promise<readonly string[]>

export const deliverAll: Send = async (message, deliver) => {
  const raw = (await mimeOf(message)).toString('utf8')
  deliver({ from: message.from!.address, recipients: recipientsOf(message), raw })
  return []
}

export const mailSubject = (send: Send) => {
  const inbox: Received[] = []
  const provider: EmailProvider = {
    name: 'memory_email',
    label: 'Memory',
    description: 'Keeps messages.',
    config: z.strictObject(emailConfigShape),
    open: () => ({
      send: async (message) => ({ rejected: await send(message, (received) => inbox.push(received)) }),
      verify: async () => {},
      close: async () => {},
    }),
    classify: () => undefined,
  }
  const type = defineEmailServiceType(provider)
  return { type, prepare: async () => ({ config: {}, inbox: () => inbox, close: async () => {} }) }
}

export const PROVIDERS: Readonly<Record<string, Send>> = {
  'names those who get a blind copy': (message, deliver) =>
    deliverAll({ ...message, cc: [...message.cc, ...message.bcc] }, deliver),
  'forgets the copies': (message, deliver) => deliverAll({ ...message, cc: [], bcc: [] }, deliver),
  'sends its own sender': (message, deliver) =>
    deliverAll({ ...message, from: { name: '', address: 'service@mail.example' } }, deliver),
  'leaves the HTML out': (message, deliver) => deliverAll({ ...message, html: undefined }, deliver),
  'loses attachments': (message, deliver) => deliverAll({ ...message, attachments: [] }, deliver),
  'sends twice': async (message, deliver) => {
    await deliverAll(message, deliver)
    return deliverAll(message, deliver)
  },
  'says that it sent': async () => [],
  'says that some were refused': async (message, deliver) => {
    await deliverAll(message, deliver)
    return ['a@mail.example']
  },
  'knows ASCII only': async (message, deliver) => {
    const raw = (await mimeOf(message)).toString('utf8').replace(/=[0-9A-F]{2}/g, '?')
    deliver({ from: message.from!.address, recipients: recipientsOf(message), raw })
    return []
  },
  'cuts subjects': (message, deliver) => deliverAll({ ...message, subject: message.subject?.slice(0, 10) }, deliver),
  'forgets where answers go': (message, deliver) => deliverAll({ ...message, replyTo: undefined }, deliver),
  'sends to each one apart': async (message, deliver) => {
    for (const to of message.to) await deliverAll({ ...message, to: [to] }, deliver)
    return []
  },
}
