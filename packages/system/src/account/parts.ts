/** What the endpoints of accounts are made of: signing in, one's own profile and password, registering. */
import type { Call, Caller, Logger } from '@gw/core'
import type { Identity } from '@gw/core/governance'
import type { RecordsSource, Row } from '@gw/records'
import type { Trail } from '../audit/trail.ts'
import type { SystemConfig } from '../config.ts'
import type { Providers } from '../external/oidc-type.ts'
import type { Accounts } from '../identity/accounts.ts'
import type { Attempts } from '../identity/attempts.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { StoredUser } from '../snapshot/users.ts'
import type { Change } from '../store/changes.ts'
import type { Store } from '../store/open.ts'
import type { Mail } from './mail.ts'
import type { UserConfig } from './user-config.ts'

export interface AccountParts {
  readonly settings: SystemConfig
  readonly store: Store
  readonly change: Change
  readonly trail: Trail
  /** With the rules of every table. */
  readonly source: RecordsSource
  readonly accounts: Accounts
  readonly attempts: Attempts
  readonly sessions: Sessions
  readonly mail: Mail
  /** Where people can sign in elsewhere. */
  readonly providers: Providers
  readonly log: Logger
  /** Of the service `user`, as they are at the moment. */
  userSettings(): UserConfig
  snapshot(): Snapshot
  identityOf(caller: Caller): Identity | undefined
  /** The session token that a call came with, good or not. */
  tokenOf(caller: Caller): string | undefined
}

/** Settings of the services `user` and `system` that accounts need; both have them under these names. */
export interface AccountConfig {
  readonly invite_email_service_id?: number | null
  readonly invite_email_template_id?: number | null
  readonly password_email_service_id?: number | null
  readonly password_email_template_id?: number | null
}

/** Which of the two kinds of account an endpoint is about. */
export interface Audience {
  /** Administrators sign in at `system/admin/*`, everyone else at `user/*`. */
  readonly admin: boolean
}

/** Whose session a call belongs to, as the store has them. */
export const userOfCall = ({ snapshot }: Pick<AccountParts, 'snapshot'>, { caller }: Pick<Call, 'caller'>) =>
  caller.user === undefined ? undefined : snapshot().users.get(Number(caller.user.id))

/** Whether an account is of the kind that an endpoint is about. */
export const isOf = ({ admin }: Audience, row: Pick<StoredUser, 'admin'> | Row): boolean =>
  ('admin' in row ? row.admin : row.is_sys_admin) === admin
