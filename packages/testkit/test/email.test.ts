import {
  defineEmailServiceType,
  type EmailProvider,
  emailConfigShape,
  type Message,
  mimeOf,
  recipientsOf,
} from '@gw/email'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { closeEmail, emailChecks, emailConformance, openEmail, type Received } from '../src/email/index.ts'
import { runCheck } from '../src/index.ts'

type Send = (message: Message, deliver: (received: Received) => void) => Promise<readonly string[]>

const deliverAll: Send = async (message, deliver) => {
  const raw = (await mimeOf(message)).toString('utf8')
  deliver({ from: message.from!.address, recipients: recipientsOf(message), raw })
  return []
}

const subjectOf = (send: Send) => {
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

emailConformance(subjectOf(deliverAll))

const BROKEN: Readonly<Record<string, Send>> = {
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
}

describe('the e-mail suite notices a provider that', () => {
  const open: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const close of open) await close()
  })
  test.each(Object.entries(BROKEN))('%s', async (_name, send) => {
    const context = await openEmail(subjectOf(send))
    open.push(() => closeEmail(context))
    const outcomes = []
    for (const check of emailChecks) outcomes.push(await runCheck(check, context))
    expect(outcomes.filter(({ state }) => state === 'failed').length).toBeGreaterThan(0)
  })
})
