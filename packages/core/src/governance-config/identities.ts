import type { Configuration } from '../configuration/schema.ts'
import { type Caller, GwError } from '../contract.ts'
import type { Credentials, Identity, Role } from '../governance.ts'
import { digestOf } from './references.ts'

/** Nobody: no role, so that nothing is allowed. */
const NOBODY: Identity = {
  caller: { requestor: 'api', admin: false, lookup: () => undefined },
  admin: false,
}

/** Who a configuration's keys belong to; made once for each version of it. */
export interface Identities {
  (credentials: Credentials): Identity
  /** The app of a name. */
  of(app: string): Identity | undefined
}

/**
 * One identity an app, found by its key's digest. A configuration has no users: a token or a password is always wrong,
 * also beside a good key, since who sends one expects to be that user.
 * @param roleOf the role of a name, the same object until it changes
 */
export const createIdentities = (config: Configuration, roleOf: (name: string) => Role | undefined): Identities => {
  const byKey = new Map<string, Identity>(
    Object.entries(config.apps).map(([name, app]) => {
      const role = roleOf(app.role)
      const caller = callerOf(name, app.apiKey, role, config.lookups)
      const known = { caller, app: { id: name, name, active: app.active }, admin: false }
      // The wire contract §1.5, row 2.
      if (!app.active)
        return [digestOf(app.apiKey), { ...known, error: new GwError('forbidden', 'App is not active.') }]
      return [digestOf(app.apiKey), { ...known, role }]
    }),
  )
  /** Keys that were right once, so that their digests are not made again; as many as there are apps. */
  const right = new Map<string, Identity>()
  const owner = (apiKey: string): Identity | undefined => {
    const known = right.get(apiKey)
    if (known) return known
    const found = byKey.get(digestOf(apiKey))
    if (found) right.set(apiKey, found)
    return found
  }
  const byName = new Map([...byKey.values()].map((identity) => [identity.app?.name, identity]))
  const identify = (credentials: Credentials): Identity => {
    // Nobody signs in here.
    if (credentials.actAs !== undefined) return { ...NOBODY, error: actsAsNobody() }
    const { apiKey, sessionToken, basic, scriptToken } = credentials
    const found = (apiKey === undefined ? undefined : owner(apiKey)) ?? NOBODY
    if (sessionToken === undefined && basic === undefined && scriptToken === undefined) return found
    return refused(found, sessionToken === undefined && basic !== undefined)
  }
  return Object.assign(identify, { of: (app: string) => byName.get(app) })
}

const actsAsNobody = () => new GwError('forbidden', 'Only an administrator who is signed in may act as a role.')

/** The wire contract §1.5: row 1 for a password, row 2 goes before row 6 for a token. */
const refused = (found: Identity, password: boolean): Identity => {
  if (password) {
    return {
      ...found,
      role: undefined,
      error: new GwError('unauthenticated', 'Unauthorized. User credentials did not match.'),
    }
  }
  if (found.error !== undefined) return found
  const message = 'Invalid token: This gateway has no user sessions. Send an API key alone.'
  return { ...found, role: undefined, error: new GwError('unauthenticated', message) }
}

const callerOf = (name: string, apiKey: string, role: Role | undefined, lookups: Configuration['lookups']): Caller => {
  const open = new Map<string, unknown>()
  const closed = new Map<string, unknown>()
  for (const [key, lookup] of Object.entries(lookups)) {
    if (typeof lookup === 'string') open.set(key, lookup)
    else (lookup.private ? closed : open).set(key, lookup.value)
  }
  // Built-in names go last: no configured one can take their place.
  open.set('app.id', name).set('app.name', name)
  if (role !== undefined) open.set('role.id', role.id).set('role.name', role.name)
  const hidden = [...closed]
  const told: Caller['lookups'] = (scope) => Object.fromEntries(scope === 'private' ? [...open, ...hidden] : open)
  closed.set('app.api_key', apiKey)
  return {
    app: { id: name, name },
    ...(role !== undefined && { role: { id: role.id, name: role.name } }),
    requestor: 'api',
    admin: false,
    lookups: told,
    lookup: (key, scope) => (scope === 'private' && closed.has(key) ? closed.get(key) : open.get(key)),
  }
}
