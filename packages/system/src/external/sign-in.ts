/**
 * Signing in elsewhere (platform.md §2.8). What has to be remembered between the two halves travels in `state`,
 * encrypted: whoever begins and goes away costs nothing. It is good once, for a while, and where a browser was sent on,
 * for that browser alone.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Call, GwError, isTrue } from '@gw/core'
import * as client from 'openid-client'
import { z } from 'zod'
import type { AccountParts } from '../account/parts.ts'
import type { ExternalSignIn } from '../account/session.ts'
import { openSession } from '../account/signing-in.ts'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import { insertRow } from '../store/rows.ts'
import type { Providers } from './oidc-type.ts'
import { shadowUser } from './shadow-user.ts'

/** How long someone may take at the provider, in milliseconds. */
const LIFE = 10 * 60_000
const COOKIE = 'gw_login'
const PLACE = placeOf('login_state', 'state', 'sent')
const LONGEST = 4_096

/** Short names: all of it stands in a URL. */
const carried = z.object({
  s: z.string(),
  n: z.string(),
  v: z.string(),
  e: z.int(),
  /** Of the browser's cookie; absent where a program asked for the address. */
  b: z.string().optional(),
  r: z.string().optional(),
})
type Carried = z.output<typeof carried>

const digest = (value: string): string => createHash('sha256').update(value).digest('hex')
const isProgram = (call: Call): boolean => call.header('x-requested-with')?.toLowerCase() === 'xmlhttprequest'
const failed = (reason: string) => new GwError('unauthenticated', reason)
const beginAgain = () => failed('This sign-in is not known, was finished, or took too long. Begin again.')

const parametersOf = ({ query, body }: Call): URLSearchParams => {
  const given = { ...(query as object), ...((body ?? {}) as object) } as Readonly<Record<string, unknown>>
  const found = new URLSearchParams()
  for (const name of ['code', 'state', 'iss', 'error', 'service'])
    if (typeof given[name] === 'string') found.set(name, given[name])
  return found
}

const cookieOf = (call: Call): string | undefined =>
  call
    .header('cookie')
    ?.split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1]

export interface ExternalOptions {
  readonly parts: AccountParts
  readonly providers: Providers
  readonly keys: Keyring
}

export const externalSignIn = ({ parts, providers, keys }: ExternalOptions): ExternalSignIn => {
  const providerOf = (name: string) => {
    const provider = providers.get(name.toLowerCase())
    if (provider) return provider
    throw new GwError('not_found', `There is no running service '${name}' to sign in with.`)
  }
  const opened = (state: string | null): Carried => {
    try {
      if (!state || state.length > LONGEST) throw new Error('no state')
      const found = carried.parse(JSON.parse(keys.decrypt(state, PLACE)))
      if (found.e > Date.now()) return found
    } catch {
      // Not ours; which is all that there is to say.
    }
    throw beginAgain()
  }
  /** One who comes a second time finds that they were here. */
  const use = async (state: string, serviceId: number, expires: number) => {
    const row = { state: digest(state), service_id: serviceId, data: null, expires: new Date(expires).toISOString() }
    await insertRow(parts.store, 'login_state', row, { signal: AbortSignal.timeout(10_000) }).catch(
      (error: unknown) => {
        throw GwError.is(error) && error.code === 'conflict' ? beginAgain() : error
      },
    )
  }

  return {
    returns: (call) => isTrue((call.query as { oauth_callback?: unknown } | undefined)?.oauth_callback),

    async begin(call, name) {
      const { config, address } = providerOf(name)
      const { redirect } = (call.query ?? {}) as { redirect?: string }
      const home = new URL(config.redirect_url)
      if (redirect !== undefined && (!URL.canParse(redirect) || new URL(redirect).origin !== home.origin))
        throw new GwError('invalid_request', 'The redirect must lead to where the redirect_url of the service leads.')
      const program = isProgram(call)
      const browser = program ? undefined : randomBytes(16).toString('base64url')
      const [nonce, verifier] = [client.randomNonce(), client.randomPKCECodeVerifier()]
      const remembered: Carried = {
        s: name.toLowerCase(),
        n: nonce,
        v: verifier,
        e: Date.now() + LIFE,
        ...(browser && { b: digest(browser) }),
        ...(redirect && { r: redirect }),
      }
      const state = keys.encrypt(JSON.stringify(remembered), PLACE)
      const url = await address({ state, nonce, verifier })
      if (browser === undefined) return { response: { redirect: true, url } }
      const secure = home.protocol === 'https:' ? '; Secure' : ''
      return new Response(null, {
        status: 302,
        headers: {
          location: url,
          'cache-control': 'no-store',
          'set-cookie': `${COOKIE}=${browser}; Max-Age=${LIFE / 1_000}; Path=/; HttpOnly; SameSite=Lax${secure}`,
        },
      })
    },

    async finish(call) {
      const returned = parametersOf(call)
      const state = returned.get('state')
      const { s: name, n: nonce, v: verifier, e: expires, b: browser, r: redirect } = opened(state)
      const asked = returned.get('service')
      returned.delete('service')
      if (asked !== null && asked.toLowerCase() !== name) throw beginAgain()
      // Whoever is sent here with what someone else began would be signed in as them.
      const cookie = cookieOf(call)
      if (browser !== undefined && (cookie === undefined || digest(cookie) !== browser)) throw beginAgain()
      // What a program began is finished by one: no link makes a browser send that.
      if (browser === undefined && call.method === 'GET' && !isProgram(call)) throw beginAgain()
      const provider = providerOf(name)
      const service = parts.snapshot().services.find((one) => one.name === name)
      if (!service) throw beginAgain()
      await use(state!, service.id, expires)
      if (returned.has('error')) throw failed('The provider did not sign you in.')
      const person = await provider.person(returned, { state: state!, nonce, verifier })
      const row = await shadowUser(parts, service, provider.config, person)
      if (row.is_active !== true) throw new GwError('forbidden', 'User is not active.')
      const session = await openSession(parts, call, row, false)
      if (browser === undefined || isProgram(call))
        return { ...session, oauth_token: person.accessToken, ...(person.idToken && { id_token: person.idToken }) }
      const target = new URL(redirect ?? '/', 'http://gateway.invalid')
      target.searchParams.set('session_token', session.session_token!)
      return new Response(null, {
        status: 302,
        headers: {
          location: redirect ? target.href : `${target.pathname}${target.search}`,
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'set-cookie': `${COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
        },
      })
    },
  }
}
