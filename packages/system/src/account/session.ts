/** `user/session` and `system/admin/session`: signing in, asking who one is, a new token, signing out (platform.md §2.1). */
import { type Call, type Endpoint, endpoint, GwError, isTrue } from '@gw/core'
import { z } from 'zod'
import { type AccountParts, type Audience, isOf, userOfCall } from './parts.ts'
import { sessionObject } from './session-object.ts'
import { checkApp, openSession, tellSession } from './signing-in.ts'

const text = (description: string) => z.string().nullish().meta({ description })

const credentials = z
  .looseObject({
    email: text('Who signs in, where people sign in by e-mail address.'),
    username: text('Who signs in, where people sign in by user name.'),
    password: text('The password.'),
    remember_me: z
      .union([z.boolean(), z.string(), z.number()])
      .nullish()
      .meta({ description: 'A session that may be refreshed without end, where the gateway allows it.' }),
    service: text('The service to sign in with; absent: the gateway itself.'),
  })
  .meta({ id: 'SignIn', description: 'Who signs in.' })
type Credentials = z.output<typeof credentials>

const success = z.object({ success: z.boolean() })

/** Signing in elsewhere: what `service` in the query or the body may lead to. */
export interface ExternalSignIn {
  /** Sends the caller to the provider. */
  begin(call: Call, service: string): Promise<Response | object>
  /** Takes what the provider sent back. */
  finish(call: Call): Promise<Response | object>
  /** Whether a call brings what a provider sent. */
  returns(call: Call): boolean
}

export interface SessionOptions extends Audience {
  readonly path: `/${string}`
  /** In the names of operations: `AdminSession`. */
  readonly name: string
  readonly tag: string
  readonly external?: ExternalSignIn
}

const notAuthorized = () => new GwError('unauthenticated', 'You are not authorized to perform this action.')

/** @throws GwError `invalid_request` where something is missing */
const givenIn = ({ email, username, password }: Credentials, by: 'email' | 'username') => {
  const login = by === 'email' ? email : username
  if (!login) throw new GwError('invalid_request', `Login request is missing required ${by}.`)
  if (!password) throw new GwError('invalid_request', 'Login request is missing required password.')
  return { login, password }
}

type Told = ReturnType<typeof tellSession>

/** In a cookie or in the answer, and never in both: what scripts of a page can not read, they can not give away. */
const withoutToken = ({ session_token: _, session_id: __, ...told }: Told): Told => told
const handedOver = <T extends object>(call: Call, told: T): T | Told => {
  const { sessionCookie } = call
  if (!sessionCookie || told instanceof Response || !('session_token' in told)) return told
  sessionCookie.keep(String(told.session_token))
  return withoutToken(told as unknown as Told)
}

const signIn = (parts: AccountParts, audience: SessionOptions) => async (call: Call) => {
  checkApp(parts, call)
  const { external } = audience
  if (external?.returns(call)) return handedOver(call, await external.finish(call))
  const body = (call.body ?? {}) as Credentials
  const service = body.service || (call.query as { service?: string } | undefined)?.service
  if (service && external) return external.begin(call, service)
  const { login, password } = givenIn(body, parts.settings.sessions.login)
  const row = await parts.accounts.signIn(
    login,
    password,
    call.client,
    (one) => one.is_active === true && isOf(audience, one),
  )
  if (!row) throw new GwError('unauthenticated', 'Invalid credentials supplied.')
  return handedOver(call, await openSession(parts, call, row, isTrue(body.remember_me)))
}

const show = (parts: AccountParts, audience: SessionOptions) => async (call: Call) => {
  const { service } = (call.query ?? {}) as { service?: string }
  if (audience.external?.returns(call)) return handedOver(call, await audience.external.finish(call))
  if (service && audience.external) return audience.external.begin(call, service)
  const user = userOfCall(parts, call)
  if (!user)
    throw audience.admin
      ? new GwError('not_found', 'No user session found.')
      : new GwError('unauthenticated', 'There is no valid session for the current request.')
  if (audience.admin && !user.admin) throw notAuthorized()
  const token = parts.tokenOf(call.caller)
  const row = await parts.accounts.byId(user.id)
  const expires = token === undefined ? undefined : await parts.sessions.expiry(token)
  const told = tellSession(parts, call, user, { token, expires, lastLogin: row?.last_login_date })
  return call.sessionCookie ? withoutToken(told) : told
}

const refresh = (parts: AccountParts, audience: SessionOptions) => async (call: Call) => {
  checkApp(parts, call)
  const token = parts.tokenOf(call.caller)
  if (token === undefined)
    throw new GwError(
      'unauthenticated',
      'Token refresh failed. Send the session token as X-DreamFactory-Session-Token or as a bearer token.',
    )
  const { issued, user } = await parts.sessions.refresh(token, (one) => !audience.admin || one.admin)
  const row = await parts.accounts.byId(user.id)
  const told = tellSession(parts, call, user, {
    token: issued.token,
    expires: issued.claims.exp,
    lastLogin: row?.last_login_date,
  })
  return handedOver(call, told)
}

const signOut = (parts: AccountParts) => async (call: Call) => {
  const token = parts.tokenOf(call.caller)
  if (token !== undefined) await parts.sessions.end(token)
  call.sessionCookie?.end()
  return { success: true }
}

const ERRORS = ['invalid_request', 'unauthenticated', 'forbidden', 'rate_limited'] as const

export const sessionEndpoints = (parts: AccountParts, options: SessionOptions): readonly Endpoint[] => {
  const { path, name, tag, external } = options
  const shared = { path, tags: [tag], anonymous: true } as const
  // What a provider sends back is many things; each provider's own reading checks it.
  const query = z.looseObject({
    service: text('A service to sign in with elsewhere.'),
    oauth_callback: text('true: the call brings what the provider sent back.'),
  })
  const elsewhere = external ? { query } : {}
  return [
    endpoint({
      ...shared,
      ...elsewhere,
      id: `create${name}`,
      method: 'POST',
      summary: 'Sign in',
      description:
        'Answers a session token. A token that is sent along is ignored. Pages of the gateway itself send X-GW-Session: cookie, and get it in a cookie instead.',
      anyCredentials: true,
      body: credentials,
      bodyOptional: true,
      response: sessionObject,
      errors: ERRORS,
      handle: signIn(parts, options) as never,
    }),
    endpoint({
      ...shared,
      ...elsewhere,
      id: `get${name}`,
      method: 'GET',
      summary: 'Tell who is signed in',
      response: sessionObject,
      errors: ['unauthenticated', 'not_found'],
      handle: show(parts, options) as never,
    }),
    endpoint({
      ...shared,
      id: `update${name}`,
      method: 'PUT',
      summary: 'Exchange a session token for a new one',
      description: 'The token may have expired, as long as its time to be refreshed is not over. It ends.',
      anyCredentials: true,
      bodyOptional: true,
      response: sessionObject,
      errors: ['unauthenticated', 'forbidden'],
      handle: refresh(parts, options),
    }),
    endpoint({
      ...shared,
      id: `delete${name}`,
      method: 'DELETE',
      summary: 'Sign out',
      description: 'Ends the session token, on every node. Without one, there is nothing to do.',
      anyCredentials: true,
      response: success,
      handle: signOut(parts),
    }),
  ]
}
