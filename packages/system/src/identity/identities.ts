/** Everything about who people are, put together: keys, tokens, passwords, guessing; and what has to be done from time to time. */
import type { Logger } from '@gw/core'
import type { SystemConfig } from '../config.ts'
import type { Keyring } from '../secrets/keyring.ts'
import type { SnapshotFeed } from '../snapshot/snapshot.ts'
import type { Change } from '../store/changes.ts'
import type { Store } from '../store/open.ts'
import type { RevisionTable } from '../store/revision.ts'
import { type Accounts, accountsIn } from './accounts.ts'
import { type Attempts, attemptsIn } from './attempts.ts'
import { type Sessions, sessionsWith } from './sessions.ts'
import { signingKeys } from './signing-keys.ts'
import { tokensWith } from './tokens.ts'

/** How often old keys and counts are looked after, in milliseconds. */
const ROUND = 60 * 60_000
const PATIENCE = 30_000
/** Shortest time for a key to become known on every node, in milliseconds. */
const SETTLING = 10_000
const MINUTE = 60
const DAY = 24 * 60 * 60_000

export interface Identities {
  readonly accounts: Accounts
  readonly attempts: Attempts
  readonly sessions: Sessions
  /** Makes the first key, and looks after things from then on. */
  start(signal: AbortSignal): Promise<void>
  stop(): void
}

export interface IdentitiesOptions {
  readonly settings: Pick<SystemConfig, 'sessions' | 'refresh'>
  readonly store: Store
  readonly revisions: RevisionTable
  readonly feed: SnapshotFeed
  readonly change: Change
  readonly keys: Keyring
  readonly log: Logger
}

/** Tokens that could not be used any more need not be remembered as ended. */
const forgetEnded = async ({ db, run }: Store, signal: AbortSignal) => {
  const now = new Date().toISOString()
  for (const table of ['gw_revoked_token', 'gw_login_state']) {
    const old = db.deleteFrom(table).where('expires', '<', now).compile()
    await run(old.sql, old.parameters, { signal, writes: true })
  }
}

export const openIdentities = (options: IdentitiesOptions): Identities => {
  const { settings, store, feed, change, log } = options
  const { ttl, refresh_ttl, forever, login, key_days } = settings.sessions
  const refreshable = refresh_ttl * MINUTE
  const kept = (ttl + refresh_ttl) * MINUTE * 1_000
  const keys = signingKeys({
    ...options,
    settling: Math.max(SETTLING, 2 * settings.refresh),
    age: key_days * DAY,
    kept,
  })
  const tokens = tokensWith(keys, ttl * MINUTE)
  const attempts = attemptsIn(store)
  const accounts = accountsIn({ store, attempts, attribute: login })
  const sessions = sessionsWith({ store, feed, change, tokens, accounts, refreshable, forever })
  let timer: NodeJS.Timeout | undefined

  const lookAfter = async () => {
    const signal = AbortSignal.timeout(PATIENCE)
    try {
      await keys.rotate(signal)
      await forgetEnded(store, signal)
      await attempts.tidy(signal)
    } catch (error) {
      log.warn('sessions could not be looked after; it is tried again later', { error })
    }
  }

  return {
    accounts,
    attempts,
    sessions,
    async start(signal) {
      await keys.rotate(signal)
      timer = setInterval(() => void lookAfter(), ROUND).unref()
    },
    stop: () => clearInterval(timer),
  }
}
