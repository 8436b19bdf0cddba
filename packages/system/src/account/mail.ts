/** Messages of the gateway itself: codes for new passwords, registrations and invitations, through a service of e-mail. */
import { GwError, type Logger } from '@gw/core'
import type { Identity, RunningGateway } from '@gw/core/governance'
import type { Row } from '@gw/records'
import type { SystemConfig } from '../config.ts'

export type Purpose = 'reset' | 'register' | 'invite'

/** Templates that every store begins with. */
const TEMPLATES: Readonly<Record<Purpose, string>> = {
  reset: 'Password Reset Default',
  register: 'User Registration Default',
  invite: 'User Invite Default',
}

export interface Message {
  readonly purpose: Purpose
  readonly serviceId: number
  readonly templateId: number | null | undefined
  /** To whom, with every field. */
  readonly to: Row
  readonly code: string
}

export interface Mail {
  /** Whether messages of a service can be sent at all. */
  canSend(serviceId: number | null | undefined): serviceId is number
  /** @throws GwError where the message was not sent */
  send(message: Message): Promise<void>
  /** Goes on after the answer; failures are logged. Whoever waits for the answer is told nothing by its time. */
  later(work: () => Promise<void>): void
  /** Settles when nothing is under way any more. */
  settled(): Promise<void>
}

export interface MailOptions {
  readonly settings: SystemConfig
  readonly log: Logger
  gateway(): RunningGateway | undefined
}

/** Someone who may send messages by one service, and nothing else. */
const senderBy = (service: string): Identity => {
  const access = [{ service, component: '', verbMask: 2, requestorMask: 1 }]
  const role = { id: 'gateway', name: 'gateway', active: true, access }
  return {
    caller: { role, requestor: 'api', admin: false, lookup: () => undefined },
    role,
    admin: false,
  }
}

const linkTo = (page: string | undefined, values: Readonly<Record<string, string>>): string =>
  page === undefined ? '' : `${page}${page.includes('?') ? '&' : '?'}${new URLSearchParams(values)}`

export const mailBy = ({ settings, log, gateway }: MailOptions): Mail => {
  const under = new Set<Promise<void>>()
  const find = (id: number | null | undefined) =>
    id === null || id === undefined
      ? undefined
      : gateway()
          ?.services()
          .find(({ definition, type }) => definition.id === id && definition.active && type?.group === 'Email')

  return {
    canSend: (id): id is number => find(id) !== undefined,
    async send({ purpose, serviceId, templateId, to, code }) {
      const service = find(serviceId)
      if (!service) throw new GwError('unavailable', 'The service that sends these messages is not running.')
      const { name } = service.definition
      const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))
      const email = text(to.email)
      const link = linkTo(settings.pages[purpose], {
        code,
        email,
        username: text(to.username),
        ...(purpose === 'invite' && to.is_sys_admin === true && { admin: '1' }),
      })
      const body = {
        ...(templateId ? { template_id: templateId } : { template: TEMPLATES[purpose] }),
        to: [{ email, name: text(to.name) }],
        name: text(to.name),
        first_name: text(to.first_name) || text(to.name),
        last_name: text(to.last_name),
        email,
        username: text(to.username),
        confirm_code: code,
        code,
        link,
        instance_name: settings.name,
      }
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }
      const response = await gateway()!.fetch(`/${name}`, init, senderBy(name))
      if (response.ok) return
      const told = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined
      log.error('a message could not be sent', {
        service: name,
        purpose,
        status: response.status,
        reason: told?.error?.message,
      })
      throw new GwError('upstream_failed', 'The message could not be sent. An administrator can see why in the log.')
    },
    later(work) {
      const done = work()
        .catch((error: unknown) => log.error('a message could not be prepared', { error }))
        .finally(() => under.delete(done))
      under.add(done)
    },
    settled: async () => void (await Promise.allSettled(under)),
  }
}
