/**
 * Signing in as an installation of a GitHub App. The library proves who the app is; the tokens are kept here, since it
 * goes by the installation's number alone, which two hosts may both have, and holds on to a token for 59 minutes,
 * whatever the host says of it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Octokit } from '@octokit/core'
import type { GithubConfig } from './config.ts'
import { isAnswered } from './errors.ts'

export interface Token {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly until: number
}

export interface InstallationTokens {
  /** One that holds. */
  current(): Promise<Token>
  /** What to try in place of one that the host has refused. */
  instead(refused: Token): Promise<Token>
}

/** Milliseconds before its end in which a token is not used any more; and for how long one is, whatever the clocks say. */
const MARGIN = 60_000
/** A host takes a moment to know of its new tokens, in milliseconds. */
const NEW = 5_000
const PAUSE = 1_000

/**
 * @param asApp octokit, signed in as the app itself
 * @param now milliseconds since 1970
 */
export const installationTokens = (
  { vendor, app }: Pick<GithubConfig, 'vendor' | 'app'>,
  asApp: Octokit['request'],
  now: () => number = () => Date.now(),
): InstallationTokens => {
  const installation = async (): Promise<number> =>
    app!.installation_id ?? (await asApp('GET /users/{username}/installation', { username: vendor })).data.id
  const signIn = async (): Promise<Token> => {
    const route = 'POST /app/installations/{installation_id}/access_tokens'
    const { data } = await asApp(route, { installation_id: await installation() })
    const since = now()
    return { value: data.token, since, until: Math.max(since + MARGIN, Date.parse(data.expires_at) - MARGIN) }
  }
  let held: Promise<Token> | undefined
  const renewed = (): Promise<Token> => {
    const pending = signIn()
    held = pending
    pending.catch(() => {
      if (held === pending) held = undefined
    })
    return pending
  }
  /** Unless somebody else has asked for another one by now. */
  const after = (before: Promise<Token>): Promise<Token> => (held && held !== before ? held : renewed())
  const current = async (): Promise<Token> => {
    const before = held
    if (!before) return renewed()
    const token = await before
    return token.until > now() ? token : after(before)
  }
  return {
    current,
    async instead(refused) {
      const before = held
      if (!before || (await before) !== refused) return current()
      if (now() - refused.since >= NEW) return after(before)
      await pause(PAUSE)
      return refused
    },
  }
}

/** Signs every call of octokit; one that the host knows no token of has done nothing, and is sent once more. */
export const signed = (octokit: Octokit, tokens: InstallationTokens): Octokit => {
  octokit.hook.wrap('request', async (request, options) => {
    const send = ({ value }: Token) =>
      request({ ...options, headers: { ...options.headers, authorization: `token ${value}` } })
    const token = await tokens.current()
    try {
      return await send(token)
    } catch (error) {
      if (!isAnswered(error) || error.status !== 401) throw error
      return send(await tokens.instead(token))
    }
  })
  return octokit
}
