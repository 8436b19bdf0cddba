/** A token by OAuth 2 client credentials (RFC 6749 §4.4), kept until shortly before it ends. */
import { GwError, type Host } from '@gw/core'

export interface Tokens {
  /** The value of `Authorization`. @param fresh the one before was refused */
  authorization(fresh?: boolean): Promise<string>
}

/** By the names that configurations have. */
export interface ClientCredentials {
  readonly token_url: string
  readonly client_id: string
  readonly client_secret: string
  /** Separated by spaces. */
  readonly scope?: string | undefined
  readonly audience?: string | undefined
  readonly authentication: 'basic' | 'post'
}

/** Seconds before its end that a token is not used any more; and how long one lives that does not say. */
const MARGIN = 15
const LIFETIME = 300

const askForToken = async (options: ClientCredentials, fetch: Host['fetch']) => {
  const { token_url, client_id, client_secret, scope, audience, authentication } = options
  const client = await import('openid-client')
  const authenticate = authentication === 'basic' ? client.ClientSecretBasic : client.ClientSecretPost
  const server = new client.Configuration(
    { issuer: new URL(token_url).origin, token_endpoint: token_url },
    client_id,
    undefined,
    authenticate(client_secret),
  )
  // Whether it may be called, and without encryption, is for the egress rules.
  if (new URL(token_url).protocol === 'http:') client.allowInsecureRequests(server)
  server[client.customFetch] = (url, init) => fetch(url, init as RequestInit)
  try {
    return await client.clientCredentialsGrant(server, { ...(scope && { scope }), ...(audience && { audience }) })
  } catch (cause) {
    if (GwError.is(cause)) throw cause
    if (cause instanceof Error && GwError.is(cause.cause)) throw cause.cause
    // What the server says may quote the secret.
    throw new GwError(
      'upstream_failed',
      'The remote service’s token server gave out no token. Check the client id, the secret and the scope.',
    )
  }
}

/** Callers that need a token at the same time wait for one. */
export const createTokens = (options: ClientCredentials, fetch: Host['fetch']): Tokens => {
  let current: { readonly text: string; readonly until: number } | undefined
  let asking: Promise<string> | undefined
  const ask = async (): Promise<string> => {
    const { access_token, expires_in } = await askForToken(options, fetch)
    const text = `Bearer ${access_token}`
    current = { text, until: Date.now() + ((expires_in ?? LIFETIME) - MARGIN) * 1000 }
    return text
  }
  return {
    async authorization(fresh = false) {
      if (!fresh && current && Date.now() < current.until) return current.text
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
  }
}
