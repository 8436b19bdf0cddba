/** `send_invite=true` on users and administrators: a code by which they choose a password (platform.md §3.7). */
import { type Call, type Endpoint, GwError, isTrue } from '@gw/core'
import type { Row } from '@gw/records'
import { giveCode } from './codes.ts'
import { type AccountConfig, type AccountParts, type Audience, isOf } from './parts.ts'
import { removeUser } from './people.ts'

type Records = readonly Readonly<Record<string, unknown>>[]

const recordsIn = (body: unknown): Records => {
  const given = (body as { resource?: unknown } | undefined)?.resource ?? body
  const list = Array.isArray(given) ? given : [given]
  return list.filter((one) => typeof one === 'object' && one !== null)
}

const asked = ({ request }: Call): URLSearchParams => new URL(request.url).searchParams

/** Whom a call is about: new ones by their address, others by their number. */
const peopleOf = async ({ accounts }: AccountParts, call: Call): Promise<readonly Row[]> => {
  const id = (call.params as { id?: unknown } | undefined)?.id
  const listed = asked(call).get('ids')?.split(',')
  const numbers = id !== undefined ? [id] : (listed ?? recordsIn(call.body).map((record) => record.id))
  const found = await Promise.all(
    call.method === 'POST'
      ? recordsIn(call.body).map(({ email }) => accounts.find(String(email), 'email'))
      : numbers.map((one) => accounts.byId(Number(one))),
  )
  return found.filter((row) => row !== undefined)
}

/** An endpoint of a collection of users, which knows of `send_invite`. */
export const inviting =
  (parts: AccountParts, config: () => AccountConfig, audience: Audience) =>
  (endpoint: Endpoint): Endpoint => {
    if (endpoint.method === 'GET' || endpoint.method === 'DELETE') return endpoint
    return {
      ...endpoint,
      description:
        `${endpoint.description ?? ''} With send_invite=true, a message is sent with a code to choose a password.`.trim(),
      async handle(call: Call) {
        if (!isTrue(asked(call).get('send_invite'))) return endpoint.handle(call)
        const { invite_email_service_id: serviceId, invite_email_template_id: templateId } = config()
        if (!parts.mail.canSend(serviceId))
          throw new GwError(
            'invalid_request',
            'Nobody was invited: the service has no running invite_email_service_id.',
          )
        // An address that was there before is nobody new, whatever became of its record.
        const before = new Set(call.method === 'POST' ? (await peopleOf(parts, call)).map(({ id }) => id) : [])
        const reply = await endpoint.handle(call)
        const people = (await peopleOf(parts, call)).filter((row) => isOf(audience, row) && !before.has(row.id))
        for (const to of people) {
          try {
            const code = await giveCode(parts, Number(to.id))
            await parts.mail.send({ purpose: 'invite', serviceId, templateId, to, code })
          } catch (error) {
            // Someone who was never told of their account had better not have one.
            if (call.method === 'POST') await removeUser(parts.source, audience.admin ? 'admin' : 'user', Number(to.id))
            throw error
          }
        }
        return reply
      },
    }
  }
