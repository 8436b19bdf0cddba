/** octokit, signed in, over the gateway's way out. */
import { GwError, type Logger } from '@gw/core'
import type { HostFetch } from '@gw/repos'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import type { GithubConfig } from './config.ts'
import { installationTokens, signed } from './installation.ts'

type Request = Octokit['request']

export interface Client {
  /** octokit's own, typed by GitHub's description of its API. Rejects with its errors, or the gateway's. */
  readonly request: Request
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

/** No I/O before the first request. */
export const createClient = (config: GithubConfig, log: Logger, fetch: HostFetch): Client => {
  const options = optionsOf(config, log, fetch)
  const { app, token, vendor } = config
  const connect = (): Octokit => {
    if (!app) return unwrapped(new Octokit({ ...options, auth: token ?? undefined }))
    const auth = { appId: app.app_id, privateKey: app.private_key }
    const asApp = unwrapped(new Octokit({ ...options, authStrategy: createAppAuth, auth }))
    // In this order: what is hooked in later is given the call as it was before.
    return unwrapped(signed(new Octokit(options), installationTokens(config, asApp.request)))
  }
  const { request } = connect()
  return { owner: vendor, request }
}
