/** One caller's rights in one call: the identity, its compiled policy, and the errors it hears. */
import type { Grant, Method } from '../contract.ts'
import type { Credentials, Identity, Role } from '../governance.ts'
import { compilePolicy, FULL_GRANT, joinGrants, type Policy, VERB_BIT } from './policy.ts'
import { refusal } from './refusal.ts'

const policies = new WeakMap<Role, Policy>()

const policyOf = (role: Role): Policy => {
  let policy = policies.get(role)
  if (!policy) {
    policy = compilePolicy(role)
    policies.set(role, policy)
  }
  return policy
}

/**
 * Grants every one of `components` (spellings of one thing), or throws the refusal.
 * @param listing whether it is a list of names, which shows each by the right to it
 */
export const authorize = (
  identity: Identity,
  credentials: Credentials,
  service: string,
  components: readonly string[],
  method: Method,
  listing = false,
): Grant => {
  if (identity.admin) return FULL_GRANT
  const role = identity.role
  if (!role?.active) throw refusal(identity, credentials, { service, component: components[0] ?? '', method })
  const policy = policyOf(role)
  let grant: Grant | undefined
  for (const component of components) {
    const { requestor } = identity.caller
    const granted = policy.authorize(service, component, method, requestor)
    const one = granted ?? (listing && policy.lists(service, component, requestor) ? FULL_GRANT : undefined)
    if (!one) throw refusal(identity, credentials, { service, component: components[0] ?? component, method })
    grant = grant ? joinGrants(grant, one) : one
  }
  if (!grant) throw refusal(identity, credentials, { service, component: '', method })
  return grant
}

/** Whether docs and listings show something: concrete components decide exactly, templates mean "on any". */
export const permits = (identity: Identity, service: string, component: string, method: Method): boolean => {
  if (identity.admin) return true
  if (!identity.role?.active) return false
  return (policyOf(identity.role).mask(service, component, identity.caller.requestor) & VERB_BIT[method]) !== 0
}

/** Whether a caller has any right on a service at all. */
export const touches = (identity: Identity, service: string): boolean => {
  if (identity.admin) return true
  return identity.role?.active === true && policyOf(identity.role).touches(service, identity.caller.requestor)
}
