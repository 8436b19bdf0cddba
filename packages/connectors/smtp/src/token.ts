/** Access tokens, renewed by way of the operator's rules (RFC 6749 §6): nodemailer would ask for them by itself. */
import type { Host } from '@gw/core'
import XOAuth2 from 'nodemailer/lib/xoauth2'
import type { SmtpConfig } from './config.ts'

type OAuth2 = NonNullable<SmtpConfig['oauth2']>

/** Where Google renews tokens; other providers are named by `token_url`. */
const GOOGLE = 'https://accounts.google.com/o/oauth2/token'

/** @throws with nodemailer's code for it, whatever went wrong: what the server says may quote a secret */
const renewed = async (
  { token_url = GOOGLE, client_id = '', client_secret, refresh_token }: OAuth2,
  fetch: Host['fetch'],
) => {
  try {
    const client = await import('openid-client')
    const server = new client.Configuration(
      { issuer: new URL(token_url).origin, token_endpoint: token_url },
      client_id,
      undefined,
      client_secret ? client.ClientSecretPost(client_secret) : client.None(),
    )
    // Whether it may be called, and without encryption, is for the egress rules.
    if (new URL(token_url).protocol === 'http:') client.allowInsecureRequests(server)
    server[client.customFetch] = (url, init) => fetch(url, init as RequestInit)
    return await client.refreshTokenGrant(server, refresh_token!)
  } catch (cause) {
    throw Object.assign(new Error('There is no new token.', { cause }), { code: 'EOAUTH2' })
  }
}

/** What signs `username` in. */
export const tokenOf = (user: string, oauth2: OAuth2, fetch: Host['fetch']): XOAuth2 => {
  const token = new XOAuth2({
    user,
    accessToken: oauth2.access_token,
    ...(oauth2.refresh_token && {
      provisionCallback: (_user, _renew, done) => {
        renewed(oauth2, fetch).then(
          ({ access_token, expires_in }) => done(null, access_token, expires_in && Date.now() + expires_in * 1000),
          (error: Error) => done(error),
        )
      },
    }),
  })
  // Each sign-in hears of its own failure.
  token.on('error', () => {})
  return token
}
