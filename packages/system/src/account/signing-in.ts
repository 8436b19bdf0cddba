/** Opening a session for someone who has proven who they are, and saying so. */
import { type Call, GwError } from '@gw/core'
import type { Row } from '@gw/records'
import { storedTime } from '../identity/accounts.ts'
import { isUnrestricted, roleIn } from '../identity/authenticate.ts'
import { type StoredUser, userOf } from '../snapshot/users.ts'
import type { AccountParts } from './parts.ts'
import { toldSession } from './session-object.ts'

/** The role that a user has with the API key of a call. */
const roleWith = ({ snapshot, identityOf }: AccountParts, { caller }: Pick<Call, 'caller'>, user: StoredUser) => {
  const identity = identityOf(caller)
  if (!identity?.app) return undefined
  const app = snapshot().apps.get(Number(identity.app.id))
  // The roles of apps of `gw.config` stand there.
  return app && app.name === identity.app.name ? roleIn(snapshot(), app, user) : identity.role
}

/** @throws GwError `forbidden` where the app of a call is switched off, or the role in it */
export const checkApp = (parts: AccountParts, call: Pick<Call, 'caller'>): void => {
  if (parts.identityOf(call.caller)?.app?.active === false) throw new GwError('forbidden', 'App is not active.')
}

/** What a session is told as, to a call. */
export const tellSession = (
  parts: AccountParts,
  call: Pick<Call, 'caller'>,
  user: StoredUser,
  session: { readonly token: string | undefined; readonly expires: number | undefined; readonly lastLogin: unknown },
) => {
  const unrestricted = isUnrestricted(parts.snapshot(), user)
  return toldSession({
    user,
    ...session,
    role: unrestricted ? undefined : roleWith(parts, call, user),
    unrestricted,
  })
}

/** @param row every field of a user, who has proven to be it */
export const openSession = async (
  parts: AccountParts,
  call: Pick<Call, 'caller'>,
  row: Row,
  remember: boolean,
): Promise<ReturnType<typeof tellSession>> => {
  const user = userOf(row)
  const role = isUnrestricted(parts.snapshot(), user) ? undefined : roleWith(parts, call, user)
  if (role?.active === false) throw new GwError('forbidden', 'Role is not active.')
  const { token, claims } = await parts.sessions.open(user, remember)
  return tellSession(parts, call, user, { token, expires: claims.exp, lastLogin: storedTime() })
}
