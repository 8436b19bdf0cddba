/** What a path means: a service's endpoint, the service's own document, the listing, or nothing. */
import { type Endpoint, type Grant, GwError, type Method } from '../contract.ts'
import type { Credentials, Identity } from '../governance.ts'
import { isForwarded } from '../isolation/declare.ts'
import { authorize } from '../policy/access.ts'
import { FULL_GRANT } from '../policy/policy.ts'
import { isGoverned } from '../services/governed.ts'
import type { Instance } from '../services/instance.ts'
import type { Slot } from '../services/reconcile.ts'
import type { Match, Route } from '../services/router.ts'
import type { ApiPath } from './path.ts'

/** A service as a call has reached it. */
export interface Reached {
  readonly slot: Slot
  readonly instance: Instance
  readonly grant: Grant
}

export interface Target extends Reached {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** What the kernel itself answers for a service: its document, or the list of what is in it. */
export interface Builtin extends Reached {
  readonly builtin: 'document' | 'root'
}

/**
 * Decides access first, then says what is there (the wire contract's platform part, §1.5): a caller without rights
 * learns nothing about which services and paths exist.
 */
export const resolveTarget = (
  slot: Slot | undefined,
  api: ApiPath,
  method: Method,
  identity: Identity,
  credentials: Credentials,
): Target | Builtin => {
  const instance = slot?.instance
  const match = instance?.router.match(method, api.segments, api.trailingSlash)
  const endpoint = match?.route?.endpoint
  // A connector's word for it does not count: only what governs may be open to everyone.
  const grant =
    endpoint?.anonymous && instance && isGoverned(instance.type)
      ? FULL_GRANT
      : authorize(
          identity,
          credentials,
          api.service,
          spellings(api, instance, match),
          method,
          method === 'GET' && endpoint?.listing,
        )

  if (!slot) throw new GwError('not_found', `Could not find a service for ${api.service}`)
  if (slot.state === 'inactive') throw new GwError('forbidden', `Service ${api.service} is deactivated.`)
  if (!instance) throw unavailable(slot)
  // A service that takes every path has its document all the same.
  if (method === 'GET' && api.path === '_spec' && !(endpoint && isForwarded(endpoint)))
    return { slot, instance, grant, builtin: 'document' }
  if (match?.route) {
    refuseUnkept(instance, grant)
    return { slot, instance, route: match.route, params: match.params, grant }
  }
  if (method === 'GET' && api.segments.length === 0) return { slot, instance, grant, builtin: 'root' }
  throw unmatched(api, method, match?.methods ?? [])
}

/** The endpoint that a path leads to, where it is open to everyone; only what governs has such ones. */
const openEndpoint = (slots: ReadonlyMap<string, Slot>, api: ApiPath, method: Method): Endpoint | undefined => {
  const instance = slots.get(api.service)?.instance
  if (!instance || !isGoverned(instance.type)) return undefined
  const endpoint = instance.router.match(method, api.segments, api.trailingSlash)?.route?.endpoint
  return endpoint?.anonymous ? endpoint : undefined
}

export const isOpenToEveryone = (...where: Parameters<typeof openEndpoint>): boolean =>
  openEndpoint(...where) !== undefined

/** Whether a path leads to an endpoint that judges credentials by itself. */
export const takesAnyCredentials = (...where: Parameters<typeof openEndpoint>): boolean =>
  openEndpoint(...where)?.anyCredentials === true

/** Every spelling of the component under which the call must be permitted: as sent, and as the service knows it. */
const spellings = (api: ApiPath, instance: Instance | undefined, match: Match | undefined): readonly string[] => {
  if (!instance) return [api.path]
  const component = match?.route?.component?.(match.params) ?? api.path
  const canonical = instance.service.canonical?.(component) ?? component
  return canonical === api.path ? [api.path] : [api.path, canonical]
}

/** A grant's obligations count for nothing with a service that does not know them: refuse. */
const refuseUnkept = (instance: Instance, grant: Grant): void => {
  const capabilities = instance.type.capabilities
  const unkept =
    (grant.filters.length > 0 && !capabilities?.rowFilters && 'row filters') ||
    (grant.deny.length > 0 && !capabilities?.fieldRules && 'field rules')
  if (!unkept) return
  throw new GwError(
    'forbidden',
    `The role has ${unkept} for service '${instance.definition.name}', which cannot honour them. Ask an administrator to change the role.`,
  )
}

const unavailable = (slot: Slot): GwError => {
  const name = slot.definition.name
  if (slot.state === 'starting') {
    return new GwError('unavailable', `Service '${name}' is starting. Try again in a moment.`, {
      headers: { 'retry-after': '1' },
    })
  }
  return new GwError('unavailable', `Service '${name}' is down. ${slot.reason ?? ''}`.trim(), {
    headers: { 'retry-after': String(slot.quarantine.retryAfter ?? 10) },
  })
}

/** An unsupported verb is 400, not 405, as clients of the wire contract expect (database part, §0.3). */
const unmatched = (api: ApiPath, method: Method, known: readonly Method[]): GwError => {
  const [first] = api.segments
  // The root can always be read.
  const methods = first === undefined && !known.includes('GET') ? (['GET', ...known] as const) : known
  if (methods.length === 0)
    return new GwError('not_found', `Resource '${api.segments.join('/')}' not found for service '${api.service}'.`)
  const message =
    api.segments.length < 2
      ? `${method} requests without a resource are not currently supported by the '${first ?? api.service}' service.`
      : `${method} requests for resource '${api.segments.join('/')}' are not currently supported by the '${api.service}' service.`
  return new GwError('invalid_request', message, { headers: { allow: methods.join(', ') } })
}
