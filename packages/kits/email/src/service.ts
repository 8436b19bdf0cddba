/** A provider → a service type. */
import {
  defineServiceType,
  type Endpoint,
  endpoint,
  GwError,
  type Host,
  isTrue,
  type Output,
  type Schema,
  type ServiceType,
} from '@gw/core'
import { z } from 'zod'
import { compose } from './compose.ts'
import type { EmailConfig } from './config.ts'
import { failureOf } from './failure.ts'
import { mimeOf } from './message.ts'
import type { EmailProvider, Mailer } from './provider.ts'
import { messageBody, messageQuery } from './request.ts'

declare module '@gw/core' {
  interface Capabilities {
    /** Sends e-mail. */
    readonly email?: boolean
  }
}

/** How long the health check waits for the provider, in milliseconds. */
const HEALTH_TIMEOUT = 10_000

const sent = z.object({
  count: z.int().meta({ description: 'Messages sent: 1, or 0 for a dry run.' }),
  rejected: z
    .array(z.string())
    .optional()
    .meta({ description: 'Recipients that the mail server refused while it took the message for the others.' }),
  message: z.string().optional().meta({ description: 'For a dry run: the message that would be sent, in MIME form.' }),
})

const truth = async <T>(
  work: () => Promise<T>,
  { classify }: Pick<EmailProvider, 'classify'>,
  signal: AbortSignal,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (GwError.is(error)) throw error
    const reason = classify(error)
    // Whoever left hears nothing; whether the message went out is in the log.
    if (reason === undefined && signal.aborted) throw signal.reason
    if (reason === undefined) throw error
    throw failureOf(reason, error)
  }
}

const sendEndpoint = (provider: EmailProvider, config: EmailConfig, host: Host, mailer: Mailer) => ({
  method: 'POST' as const,
  summary: 'Send a message',
  description:
    'Sends one message to all its recipients. Values come from the service, then from a template, then from the request. {placeholders} in subject and bodies stand for lookups and for the texts of the request, escaped in HTML.',
  tags: ['E-mail'],
  query: messageQuery,
  body: messageBody,
  bodyOptional: true,
  response: sent,
  errors: ['invalid_request', 'not_found', 'too_large', 'unprocessable', 'upstream_failed', 'unavailable'] as const,
  async handle(call: Parameters<typeof compose>[0]): Promise<z.output<typeof sent>> {
    const message = await compose(call, config, host)
    const dry = { ...(call.query as object), ...(call.body as object | undefined) } as { dry_run?: unknown }
    if (dry.dry_run !== undefined && isTrue(dry.dry_run))
      return { count: 0, message: (await mimeOf(message)).toString('utf8') }
    const { rejected } = await truth(() => mailer.send(message, call.signal), provider, call.signal)
    return rejected.length > 0 ? { count: 1, rejected: [...rejected] } : { count: 1 }
  },
})

/** What an e-mail connector default-exports: `defineEmailServiceType({ name: 'smtp_email', … })`. */
export const defineEmailServiceType = <S extends Schema<any, EmailConfig>>(
  provider: EmailProvider<S>,
): ServiceType<S> =>
  defineServiceType<S>({
    contract: 1,
    name: provider.name,
    ...(provider.aliases && { aliases: provider.aliases }),
    label: provider.label,
    description: provider.description,
    group: 'Email',
    config: provider.config,
    capabilities: { email: true },
    create(config: Output<S>, host) {
      const mailer = provider.open(config, host)
      const send = sendEndpoint(provider as never, config as EmailConfig, host, mailer)
      const endpoints: readonly Endpoint[] = [
        endpoint({ ...send, id: 'sendMessage', path: '/' }),
        // Clients of the wire contract may add any path.
        endpoint({ ...send, id: 'sendMessageBelow', path: '/{path*}', hidden: true }),
      ]
      return {
        endpoints,
        health: (signal) => {
          const within = AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT)])
          return truth(() => mailer.verify(within), provider as never, within)
        },
        stop: () => mailer.close(),
      }
    },
  })
