/** What the checks for e-mail services work with: a gateway with the service, and the inbox behind it. */
import { defineServiceType, endpoint, type ServiceType } from '@gw/core'
import { type ParsedMail, simpleParser } from 'mailparser'
import { type Answer, openGateway, type TestGateway } from '../harness.ts'

/** A message as the provider's server took it. */
export interface Received {
  readonly from: string
  /** The envelope's recipients. */
  readonly recipients: readonly string[]
  /** The message in MIME form. */
  readonly raw: string
}

export interface EmailSubject {
  /** A valid configuration, without any sender in it. */
  readonly config: Readonly<Record<string, unknown>>
  /** Every message taken so far, oldest first. */
  inbox(): Promise<readonly Received[]> | readonly Received[]
  close(): Promise<void>
}

export interface EmailConformanceOptions {
  readonly type: ServiceType<any>
  prepare(): Promise<EmailSubject>
}

export interface Delivered extends Received {
  readonly mail: ParsedMail
}

export interface EmailContext {
  readonly gateway: TestGateway
  readonly subject: EmailSubject
  /** Sends by POST; the answer, and what arrived because of it. */
  post(body: unknown, more?: Parameters<TestGateway['ask']>[0] | object): Promise<Answer>
  arrived(work: () => Promise<unknown>): Promise<readonly Delivered[]>
}

/** Files for attachments: `/files/docs/a.txt`. */
const files = defineServiceType({
  contract: 1,
  name: 'testkit_files',
  label: 'Files',
  description: 'Files of the suite.',
  group: 'File',
  config: noConfiguration(),
  create: () => ({
    endpoints: [
      endpoint({
        id: 'readFile',
        method: 'GET',
        path: '/{path*}',
        summary: 'Read a file',
        handle: ({ path }) =>
          path === 'docs/a.txt'
            ? new Response('the file', { headers: { 'content-type': 'text/plain' } })
            : new Response('none', { status: 404 }),
      }),
    ],
  }),
})

/** A schema that takes anything. */
function noConfiguration(): ServiceType['config'] {
  return {
    '~standard': {
      version: 1,
      vendor: 'gw',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
    },
  }
}

const SENDER = { from_name: 'Shop', from_email: 'shop@mail.example' }

export const openEmail = async ({ type, prepare }: EmailConformanceOptions): Promise<EmailContext> => {
  const subject = await prepare()
  const gateway = await openGateway({
    services: {
      mail: { type, config: { ...subject.config, ...SENDER, parameters: PARAMETERS, max_attachment_size: 100_000 } },
      anonymous: { type, config: subject.config },
      files: { type: files, config: {} },
    },
  })
  return {
    gateway,
    subject,
    post: (body, more) => gateway.ask({ service: 'mail', method: 'POST', path: '', body, ...more }),
    async arrived(work) {
      const before = (await subject.inbox()).length
      await work()
      const fresh = (await subject.inbox()).slice(before)
      return Promise.all(fresh.map(async (each) => ({ ...each, mail: await simpleParser(each.raw) })))
    },
  }
}

const PARAMETERS = [
  { name: 'signature', value: 'The shop' },
  { name: 'unused', value: 'never', active: false },
]

export const closeEmail = async ({ gateway, subject }: EmailContext): Promise<void> => {
  await gateway.close()
  await subject.close()
}
