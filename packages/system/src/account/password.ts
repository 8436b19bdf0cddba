/**
 * `user/password` and `system/admin/password` (platform.md §2.6). Whoever asks for a code hears the same, after the same
 * work, whether there is such an account or not.
 */
import { type Call, type Endpoint, endpoint, GwError, isTrue } from '@gw/core'
import type { Row } from '@gw/records'
import { z } from 'zod'
import { passwordProblem, plainAnswer } from '../rules/user.ts'
import { codeDate, giveCode, isCodeOf, setPassword } from './codes.ts'
import { type AccountConfig, type AccountParts, type Audience, isOf, userOfCall } from './parts.ts'
import { openSession } from './signing-in.ts'

const text = (description: string) => z.string().nullish().meta({ description })

const request = z
  .looseObject({
    old_password: text('The password before; for who is signed in.'),
    new_password: text('The password from now on: at least 16 characters.'),
    email: text('Whose password it is.'),
    username: text('Whose password it is, where people sign in by user name.'),
    code: text('The code of a message.'),
    security_answer: text('The answer to the security question.'),
  })
  .meta({
    id: 'PasswordChange',
    description: 'A new password, and the proof that it may be set; or who asks for a code.',
  })
type Request = z.output<typeof request>

const query = z.looseObject({
  reset: text('true: begin to reset a password that was forgotten.'),
  login: text('true: answer a session token.'),
})

const answer = z.object({
  success: z.boolean().optional(),
  session_token: z.string().optional(),
  security_question: z.string().optional(),
})
type Answer = z.output<typeof answer>

/** Milliseconds before another code is sent to the same account. */
const PAUSE = 60_000

interface PasswordOptions extends Audience {
  readonly path: `/${string}`
  readonly name: string
  readonly tag: string
  /** Of the service that the endpoint belongs to. */
  readonly config: AccountConfig
}

const checkNew = (password: string): void => {
  const problem = passwordProblem(password)
  if (problem) throw new GwError('invalid_request', problem, { details: { new_password: [problem] } })
}

const nameIn = ({ email, username }: Request, { settings }: AccountParts) => {
  const [first, second] =
    settings.sessions.login === 'email' ? (['email', 'username'] as const) : (['username', 'email'] as const)
  const given = { email, username }
  if (given[first]) return { name: given[first], by: first }
  return given[second] ? { name: given[second], by: second } : undefined
}

const done = async (parts: AccountParts, call: Call, row: Row): Promise<Answer> => {
  if (!isTrue((call.query as { login?: unknown }).login)) return { success: true }
  const fresh = await parts.accounts.byId(Number(row.id))
  const { session_token: token } = await openSession(parts, call, fresh!, false)
  return { success: true, ...(token !== null && { session_token: token }) }
}

/** For who is signed in, and knows the password before. */
const change = async (parts: AccountParts, audience: Audience, call: Call, old: string, password: string) => {
  const user = userOfCall(parts, call)
  const row = user && (await parts.accounts.byId(user.id))
  if (!row) throw new GwError('unauthenticated', 'There is no valid session for the current request.')
  if (!isOf(audience, row))
    throw new GwError('unauthenticated', `You are not authorized to reset/change password for the account ${row.email}`)
  checkNew(password)
  if (!(await parts.accounts.prove(String(row.email), row, { hash: row.password, given: old }, call.client)))
    throw new GwError('invalid_request', 'The password supplied does not match.')
  await setPassword(parts, row, password, { password: row.password })
  return done(parts, call, row)
}

const noWay = () =>
  new GwError(
    'internal',
    'No security question found or email confirmation available for this user. Please contact your administrator.',
  )

const counts = (audience: Audience, row: Row | undefined): row is Row =>
  // Whoever signs in elsewhere has no password here: what ends there has to end here.
  row !== undefined && row.is_active === true && !row.oauth_provider && isOf(audience, row)

/** Sends a code, or asks the security question. */
const begin = async (parts: AccountParts, { config, ...audience }: PasswordOptions, call: Call): Promise<Answer> => {
  const who = nameIn((call.body ?? {}) as Request, parts)
  if (!who) throw new GwError('invalid_request', 'Not enough information provided to change password.')
  const row = await parts.accounts.find(who.name, who.by)
  const account = counts(audience, row) ? row : undefined
  // Never told to have succeeded: asking again and again has to wait, whoever is asked for.
  await (await parts.attempts.begin(`reset ${row?.id ?? who.name.toLowerCase()}`, call.client)).failed()
  const { security_question: question, security_answer: known } = account ?? {}
  if (parts.settings.security_questions && question && known) return { security_question: String(question) }
  const { password_email_service_id: serviceId, password_email_template_id: templateId } = config
  if (!parts.mail.canSend(serviceId)) throw noWay()
  parts.mail.later(async () => {
    if (!account || (codeDate(account) ?? 0) > Date.now() - PAUSE) return
    const code = await giveCode(parts, Number(account.id))
    await parts.mail.send({ purpose: 'reset', serviceId, templateId, to: account, code })
  })
  return { success: true }
}

const byCode = async (parts: AccountParts, audience: Audience, call: Call, code: string, password: string) => {
  const who = nameIn(call.body as Request, parts)
  const row = who && (await parts.accounts.find(who.name, who.by))
  checkNew(password)
  const attempt = await parts.attempts.begin(`code ${row?.id ?? who?.name.toLowerCase()}`, call.client)
  const account = counts(audience, row) ? row : undefined
  const right = isCodeOf(parts, account, code)
  if (right && account && (await setPassword(parts, account, password, { confirm_code: account.confirm_code }))) {
    await attempt.succeeded()
    return done(parts, call, account)
  }
  await attempt.failed()
  throw new GwError(
    'invalid_request',
    'The code is not that of this account, or it was used, or it is too old. Ask for a new one.',
  )
}

const byAnswer = async (parts: AccountParts, audience: Audience, call: Call, given: string, password: string) => {
  const who = nameIn(call.body as Request, parts)
  const row = who && (await parts.accounts.find(who.name, who.by))
  checkNew(password)
  const hash = counts(audience, row) && row.security_question ? row.security_answer : undefined
  const proof = { hash, given: plainAnswer(given) }
  if (!(await parts.accounts.prove(who?.name ?? '', row, proof, call.client)) || !row)
    throw new GwError('invalid_request', 'The answer supplied does not match.')
  await setPassword(parts, row, password)
  return done(parts, call, row)
}

const handle =
  (parts: AccountParts, options: PasswordOptions) =>
  async (call: Call): Promise<Answer> => {
    const { old_password: old, new_password: password, code, security_answer: given } = (call.body ?? {}) as Request
    if (isTrue((call.query as { reset?: unknown }).reset) && !password) return begin(parts, options, call)
    if (old && password) return change(parts, options, call, old, password)
    if (code && password) return byCode(parts, options, call, code, password)
    if (given && password && parts.settings.security_questions) return byAnswer(parts, options, call, given, password)
    throw new GwError('invalid_request', 'Not enough information provided to change password.')
  }

export const passwordEndpoints = (parts: AccountParts, options: PasswordOptions): readonly Endpoint[] => {
  const { path, name, tag } = options
  const writing = (method: 'POST' | 'PUT' | 'PATCH', verb: string) =>
    endpoint({
      path,
      tags: [tag],
      id: `${verb}${name}`,
      method,
      summary: 'Change or reset a password',
      description:
        'With old_password and new_password for who is signed in. With reset=true and an e-mail address, a code is sent; with the code and new_password, it is set. All sessions of the account end.',
      // What is forgotten is reset by who can not sign in.
      ...(method === 'POST' && { anonymous: true, anyCredentials: true }),
      query,
      body: request,
      response: answer,
      errors: ['invalid_request', 'unauthenticated', 'rate_limited'],
      handle: handle(parts, options) as never,
    })
  return [writing('POST', 'create'), writing('PUT', 'replace'), writing('PATCH', 'update')]
}
