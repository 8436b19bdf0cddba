/**
 * One provider, by openid-client, which is certified for this: discovery, PKCE, state, nonce, and the token's signature.
 * Every call goes out by the gateway's own way, under its rules.
 */
import { GwError, type Host } from '@gw/core'
import * as client from 'openid-client'
import type { OidcConfig } from './oidc-config.ts'

/** How long what a provider says of itself is good, in milliseconds. */
const FRESH = 60 * 60_000
/** Seconds for one call to the provider. */
const PATIENCE = 10

export interface Proof {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Whom a provider says someone is. */
export interface Person {
  readonly subject: string
  readonly email: string | undefined
  readonly name: string | undefined
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly accessToken: string
  readonly idToken: string | undefined
}

export interface OidcProvider {
  readonly config: OidcConfig
  /** Where to send someone. */
  address(proof: Proof): Promise<string>
  /**
   * @param returned what the provider sent back
   * @throws GwError `unauthenticated` where it proves nothing
   */
  person(returned: URLSearchParams, proof: Proof): Promise<Person>
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const unreachable = (cause: unknown) =>
  new GwError('upstream_failed', 'The provider could not be asked. An administrator can see why in the log.', { cause })
const unproven = (cause: unknown) =>
  new GwError('unauthenticated', 'The provider did not prove who you are. Begin again.', { cause })

/** What went wrong on the way out, wherever the library has put it. */
const isOfTheWay = (error: unknown): boolean => {
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    if (GwError.is(one) || one.name === 'TimeoutError') return true
  return false
}

/** As the provider takes it: in the body where it says so, else as RFC 6749 has it for everyone. */
const proving =
  (secret: string): client.ClientAuth =>
  (server, ...rest) => {
    const inBody = server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
    return (inBody ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret))(server, ...rest)
  }

export const oidcProvider = (config: OidcConfig, { fetch, log }: Pick<Host, 'fetch' | 'log'>): OidcProvider => {
  let known: { readonly at: number; readonly configuration: Promise<client.Configuration> } | undefined

  /** The library takes the redirect URL to have no query of its own; it is sent as it is registered. */
  const send: client.CustomFetch = (url, { body, ...init }) => {
    if (body instanceof URLSearchParams && body.has('redirect_uri')) body.set('redirect_uri', config.redirect_url)
    return fetch(url, { ...init, body: body instanceof URLSearchParams ? body.toString() : body } as RequestInit)
  }
  const discover = () => {
    const server = new URL(config.discovery_document)
    return client.discovery(server, config.client_id, undefined, proving(config.client_secret), {
      [client.customFetch]: send,
      timeout: PATIENCE,
      execute: [
        // The token's own signature counts, and not only that it came over an encrypted connection.
        client.enableNonRepudiationChecks,
        // Plain HTTP is for providers on this very machine; other addresses do not get past the settings.
        ...(server.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    })
  }
  const configuration = async (): Promise<client.Configuration> => {
    if (!known || known.at < Date.now() - FRESH) known = { at: Date.now(), configuration: discover() }
    const current = known
    try {
      return await current.configuration
    } catch (error) {
      // The next one asks again.
      if (known === current) known = undefined
      log.warn('the provider could not be asked about itself', { error })
      throw unreachable(error)
    }
  }
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (GwError.is(error)) throw error
      log.warn('a sign-in with the provider failed', { error })
      throw isOfTheWay(error) ? unreachable(error) : unproven(error)
    }
  }

  return {
    config,
    async address({ state, nonce, verifier }) {
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: config.redirect_url,
        scope: config.scopes,
        response_type: 'code',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      return url.href
    },
    async person(returned, { state, nonce, verifier }) {
      const found = await configuration()
      const current = new URL(config.redirect_url)
      current.search = String(returned)
      return asked(async () => {
        const tokens = await client.authorizationCodeGrant(found, current, {
          pkceCodeVerifier: verifier,
          expectedNonce: nonce,
          expectedState: state,
          idTokenExpected: true,
        })
        const claims = tokens.claims()!
        // Some tell no more than a number in the token, and the rest to who asks.
        const more =
          claims.email === undefined && found.serverMetadata().userinfo_endpoint
            ? await client.fetchUserInfo(found, tokens.access_token, claims.sub)
            : {}
        const told: Readonly<Record<string, unknown>> = { ...more, ...claims }
        return {
          subject: claims.sub,
          email: text(told.email),
          name: text(told.name),
          firstName: text(told.given_name),
          lastName: text(told.family_name),
          accessToken: tokens.access_token,
          idToken: tokens.id_token,
        }
      })
    },
  }
}
