/** octokit, signed in, over the gateway's way out. */
import { GwError, type Logger } from '@gw/core'
import type { HostFetch } from '@gw/repos'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import type { GithubConfig } from './config.ts'

type Request = Octokit['request']

export interface Client {
  /** octokit's own `request`, typed by GitHub's description of its API. Rejects with its errors, or the gateway's. */
  request(): Promise<Request>
  readonly owner: string
}

/** octokit wraps what its `fetch` throws; the gateway's own refusals are told as they are. */
const unwrapped = (octokit: Octokit): Octokit => {
  octokit.hook.error('request', (error) => {
    const { cause } = error as { cause?: unknown }
    throw GwError.is(cause) ? cause : error
  })
  return octokit
}

const optionsOf = ({ base_url }: GithubConfig, log: Logger, fetch: HostFetch) => ({
  baseUrl: base_url.replace(/\/+$/, ''),
  userAgent: 'gw',
  // Only what it warns of, such as calls that GitHub will no longer answer.
  log: { debug() {}, info() {}, warn: (text: string) => log.warn(text), error() {} },
  request: { fetch },
})

/** The installation of an app on the account, asked for as the app itself. */
const installationOf = async (
  { vendor, app }: GithubConfig,
  options: ReturnType<typeof optionsOf>,
): Promise<number> => {
  const auth = { appId: app!.app_id, privateKey: app!.private_key }
  const octokit = unwrapped(new Octokit({ ...options, authStrategy: createAppAuth, auth }))
  const { data } = await octokit.request('GET /users/{username}/installation', { username: vendor })
  return data.id
}

/** No I/O before the first request. */
export const createClient = (config: GithubConfig, log: Logger, fetch: HostFetch): Client => {
  const options = optionsOf(config, log, fetch)
  const { app, token, vendor } = config
  const connect = async (): Promise<Request> => {
    if (!app) return unwrapped(new Octokit({ ...options, auth: token ?? undefined })).request
    const installationId = app.installation_id ?? (await installationOf(config, options))
    const auth = { appId: app.app_id, privateKey: app.private_key, installationId }
    return unwrapped(new Octokit({ ...options, authStrategy: createAppAuth, auth })).request
  }
  let connected: Promise<Request> | undefined
  return {
    owner: vendor,
    request() {
      const pending = connected ?? connect()
      connected = pending
      pending.catch(() => {
        if (connected === pending) connected = undefined
      })
      return pending
    },
  }
}
