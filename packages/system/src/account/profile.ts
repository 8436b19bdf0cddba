/** `user/profile` and `system/admin/profile`: what people know and change of themselves (platform.md §2.5). */
import { type Call, type Endpoint, endpoint, GwError } from '@gw/core'
import type { Row } from '@gw/records'
import { z } from 'zod'
import { userOf } from '../snapshot/users.ts'
import { type AccountParts, type Audience, userOfCall } from './parts.ts'
import { changeUser } from './people.ts'

const TOLD = ['username', 'first_name', 'last_name', 'name', 'email', 'phone', 'security_question'] as const
const PROVIDERS = ['oauth_provider', 'adldap'] as const

const text = z.string().nullish()
const change = z
  .looseObject({
    ...Object.fromEntries(TOLD.map((name) => [name, text])),
    security_answer: text.meta({ description: 'The answer to the security question.' }),
    default_app_id: z.int().nullish(),
    current_password: text.meta({
      description: 'Needed for another e-mail address, security question or answer.',
    }),
  })
  .meta({ id: 'ProfileChange', description: 'What is to be changed; null changes nothing.' })

const profile = z
  .object({
    ...Object.fromEntries(TOLD.map((name) => [name, z.string().nullable()])),
    default_app_id: z.int().nullable(),
    ...Object.fromEntries(PROVIDERS.map((name) => [name, z.string()])),
  })
  .meta({ id: 'Profile', description: 'What a user knows of themselves.' })

const changed = z.object({ success: z.boolean(), session_token: z.string().optional() })

/** Whoever has only borrowed a session must not be able to keep the account. */
const PROTECTED = ['email', 'security_question', 'security_answer'] as const
const CHANGEABLE = [...TOLD, 'security_answer', 'default_app_id'] as const

const own = async (parts: AccountParts, { admin }: Audience, call: Call): Promise<Row> => {
  const user = userOfCall(parts, call)
  if (admin && user && !user.admin)
    throw new GwError('unauthenticated', 'You are not authorized to perform this action.')
  const row = user && (await parts.accounts.byId(user.id))
  if (!row) throw new GwError('not_found', 'No user session found.')
  return row
}

const save = (parts: AccountParts, audience: Audience) => async (call: Call) => {
  const given = (call.body ?? {}) as Readonly<Record<string, unknown>>
  const values = Object.fromEntries(
    CHANGEABLE.filter((name) => given[name] !== null && given[name] !== undefined).map((name) => [name, given[name]]),
  )
  if (Object.keys(values).length === 0) throw new GwError('invalid_request', 'No data supplied for operation.')
  const row = await own(parts, audience, call)
  if (typeof values.email === 'string' && values.email.trim().toLowerCase() === row.email) delete values.email
  const guarded = PROTECTED.find((name) => Object.hasOwn(values, name) && values[name] !== row[name])
  if (guarded) await checkPassword(parts, row, given.current_password, guarded, call)
  const id = Number(row.id)
  if (Object.keys(values).length > 0)
    await changeUser(parts.source, row.is_sys_admin ? 'admin' : 'user', id, values, call.caller)
  if (values.email === undefined) return { success: true }
  // The address is in the token, so that the one before is over.
  const { token } = await parts.sessions.open(userOf((await parts.accounts.byId(id))!), false)
  return { success: true, session_token: token }
}

const checkPassword = async (parts: AccountParts, row: Row, given: unknown, what: string, { client }: Call) => {
  if (typeof given !== 'string' || given === '')
    throw new GwError('invalid_request', `Current Password required to change ${what.replace('_', ' ')}`)
  if (!(await parts.accounts.prove(String(row.email), row, { hash: row.password, given }, client)))
    throw new GwError('invalid_request', 'The password supplied does not match.')
}

export const profileEndpoints = (
  parts: AccountParts,
  audience: Audience & { readonly path: `/${string}`; readonly name: string; readonly tag: string },
): readonly Endpoint[] => {
  const { path, name, tag, admin } = audience
  // People's own profile is theirs whatever their role; an administrator's is a part of `system`.
  const shared = { path, tags: [tag], ...(!admin && { anonymous: true }) } as const
  const writing = (method: 'POST' | 'PUT' | 'PATCH', verb: string) =>
    endpoint({
      ...shared,
      id: `${verb}${name}`,
      method,
      summary: 'Change your profile',
      body: change,
      response: changed,
      errors: ['invalid_request', 'unauthenticated', 'not_found', 'rate_limited'],
      handle: save(parts, audience) as never,
    })
  return [
    endpoint({
      ...shared,
      id: `get${name}`,
      method: 'GET',
      summary: 'Show your profile',
      response: profile,
      errors: ['unauthenticated', 'not_found'],
      async handle(call) {
        const row = await own(parts, audience, call)
        return {
          ...Object.fromEntries(TOLD.map((field) => [field, row[field] ?? null])),
          default_app_id: row.default_app_id ?? null,
          ...Object.fromEntries(PROVIDERS.map((field) => [field, row[field] ?? ''])),
        } as never
      },
    }),
    writing('POST', 'create'),
    writing('PUT', 'replace'),
    writing('PATCH', 'update'),
  ]
}
