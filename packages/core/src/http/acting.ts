/**
 * An administrator who tries out what a role may: the call is judged as that role, and as nothing more. The governance
 * says who may; that it has taken the rights away is looked at here once more.
 */
import { GwError } from '../contract.ts'
import type { Credentials, Identity } from '../governance.ts'
import { after, type Ready } from '../settle.ts'
import type { KernelContext } from './context.ts'

const hasRole = ({ admin, role, caller }: Identity, wanted: string): boolean =>
  !admin && !caller.admin && role?.active === true && String(role.id) === wanted

/** @throws GwError where credentials ask for a role, and the identity is not that role's and nothing more */
export const checkActing = ({ actAs }: Credentials, identity: Identity): void => {
  if (actAs === undefined || hasRole(identity, actAs)) return
  throw identity.error ?? new GwError('forbidden', 'Nobody may act as a role here.')
}

/** The same caller as a role. @throws GwError `forbidden` for who may not, and for a role that is not there or not active */
export const actingAs = ({ governance }: KernelContext, credentials: Credentials, role: string): Ready<Identity> => {
  // Who acts as a role already has no more rights than that one.
  if (credentials.actAs !== undefined) throw new GwError('forbidden', 'Who acts as a role can not act as another one.')
  const asked = { ...credentials, actAs: role }
  return after(governance.authenticate(asked), (identity) => {
    checkActing(asked, identity)
    return identity
  })
}
