/** `user/register`: people who make their own account, where that is allowed (platform.md §2.7). */
import { type Call, type Endpoint, endpoint, GwError, isTrue } from '@gw/core'
import { z } from 'zod'
import type { Problems } from '../rules/rules.ts'
import { checkUserValues, passwordProblem } from '../rules/user.ts'
import { giveCode } from './codes.ts'
import type { AccountParts } from './parts.ts'
import { createUser, giveRoles } from './people.ts'
import { openSession } from './signing-in.ts'
import type { UserConfig } from './user-config.ts'

const text = z.string().nullish()
const request = z
  .looseObject({
    email: text,
    username: text,
    first_name: text,
    last_name: text,
    name: text,
    phone: text,
    security_question: text,
    security_answer: text,
    password: text.meta({
      description: 'At least 16 characters; not needed where the address is confirmed by a message.',
    }),
    new_password: text.meta({ description: 'The same.' }),
    password_confirmation: text.meta({ description: 'The same again.' }),
  })
  .meta({ id: 'Registration', description: 'A new account.' })
type Request = z.output<typeof request>

const answer = z.object({
  success: z.boolean(),
  session_token: z.string().optional(),
  confirmation_required: z.boolean().optional(),
})
type Answer = z.output<typeof answer>

const titled = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1)

/** `a.b@x` is A B, unless they say otherwise. */
const namesIn = ({ email, first_name, last_name, name }: Request) => {
  const [first = '', last = ''] = String(email).split('@', 1)[0]!.split('.')
  const names = { first_name: first_name || titled(first), last_name: last_name || titled(last) }
  return { ...names, name: name || `${names.first_name} ${names.last_name}`.trim() }
}

const problemsOf = ({ email, ...given }: Request, confirmed: boolean): Problems => {
  const password = given.password ?? given.new_password
  const needed = confirmed ? undefined : passwordProblem(password)
  const again = given.password_confirmation
  return {
    ...(!email && { email: ['The email is required.'] }),
    ...(needed && { password: [needed] }),
    ...(!needed && !confirmed && typeof again === 'string' && again !== password
      ? { password_confirmation: ['The password confirmation does not match.'] }
      : {}),
  }
}

const failed = (problems: Problems) => new GwError('invalid_request', 'Validation failed', { details: problems })

/** The rules' own finding, as registration tells it. */
const asFailed = (error: unknown): unknown =>
  GwError.is(error) && error.details ? failed(error.details as Problems) : error

/** The roles of who registers, or comes from elsewhere for the first time: one everywhere, others for single apps. */
export const assignRoles = (
  { source, snapshot }: Pick<AccountParts, 'source' | 'snapshot'>,
  userId: number,
  everywhere: number | null | undefined,
  map: UserConfig['app_role_map'],
): Promise<void> => {
  const { apps, roles } = snapshot()
  const wanted = new Map<number, number>()
  if (everywhere) for (const id of apps.keys()) wanted.set(id, everywhere)
  for (const { app_id: app, role_id: role } of map ?? []) if (app && role) wanted.set(app, role)
  // What is named in a setting may be gone.
  const there = [...wanted].filter(([app, role]) => apps.has(app) && roles.has(role))
  return giveRoles(source, userId, new Map(there))
}

const register =
  (parts: AccountParts, config: UserConfig) =>
  async (call: Call): Promise<Answer> => {
    const body = call.body as Request
    const serviceId = config.open_reg_email_service_id
    const byMail = serviceId !== null
    const problems = problemsOf(body, byMail)
    if (Object.keys(problems).length > 0) throw failed(problems)
    if (!config.allow_open_registration) throw new GwError('forbidden', 'Open Registration is not enabled.')
    if (byMail && !parts.mail.canSend(serviceId))
      throw new GwError('unavailable', 'Nobody can register while messages can not be sent. Try again later.')
    const email = String(body.email).trim().toLowerCase()
    await (await parts.attempts.begin(`register ${email}`, call.client)).failed()
    const login = isTrue((call.query as { login?: unknown }).login)
    const optional = ['username', 'phone', 'security_question', 'security_answer'] as const
    const values = {
      email,
      ...namesIn(body),
      ...Object.fromEntries(optional.flatMap((name) => (body[name] ? [[name, body[name]]] : []))),
      is_active: true,
      ...(!byMail && { password: body.password ?? body.new_password }),
    }
    try {
      checkUserValues(values)
    } catch (error) {
      throw asFailed(error)
    }
    if (byMail) {
      // Who has an account already is told so by nothing: not by the answer, and not by its time.
      const taken = await parts.accounts.find(email, 'email')
      if (!taken) await confirmByMail(parts, config, serviceId as number, values)
      return { success: true, ...(login && { confirmation_required: true }) }
    }
    const id = await createUser(parts.source, 'user', values).catch((error: unknown) => {
      throw asFailed(error)
    })
    await assignRoles(parts, id, config.open_reg_role_id, config.app_role_map)
    if (!login) return { success: true }
    const { session_token: token } = await openSession(parts, call, (await parts.accounts.byId(id))!, false)
    return { success: true, ...(token !== null && { session_token: token }) }
  }

/** Names that are taken are found out by whoever reads the message, and by nobody else. */
const confirmByMail = async (parts: AccountParts, config: UserConfig, serviceId: number, values: object) => {
  parts.mail.later(async () => {
    const id = await createUser(parts.source, 'user', values as Readonly<Record<string, unknown>>)
    await assignRoles(parts, id, config.open_reg_role_id, config.app_role_map)
    const code = await giveCode(parts, id)
    const to = (await parts.accounts.byId(id))!
    const templateId = config.open_reg_email_template_id
    await parts.mail.send({ purpose: 'register', serviceId, templateId, to, code })
  })
}

export const registerEndpoints = (parts: AccountParts, config: UserConfig): readonly Endpoint[] => {
  const writing = (method: 'POST' | 'PUT' | 'PATCH', id: string) =>
    endpoint({
      id,
      method,
      path: '/register',
      tags: ['Registration'],
      summary: 'Make an account for yourself',
      description:
        'Where the service allows it. Where it confirms addresses, a code is sent, and the password is set with it at user/password.',
      ...(method === 'POST' && { anonymous: true, anyCredentials: true }),
      query: z.looseObject({ login: text.meta({ description: 'true: answer a session token.' }) }),
      body: request,
      response: answer,
      errors: ['invalid_request', 'forbidden', 'rate_limited'],
      handle: register(parts, config) as never,
    })
  return [
    writing('POST', 'createUserRegistration'),
    writing('PUT', 'replaceUserRegistration'),
    writing('PATCH', 'updateUserRegistration'),
  ]
}
