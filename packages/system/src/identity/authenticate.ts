/** Who calls: an app by its key, a user by their session, and the role that follows (platform.md §1.5 and §5.4). */
import { after, type Caller, GwError, type Ready, type Standing } from '@gw/core'
import type { Credentials, Governance, Identity, Role } from '@gw/core/governance'
import type { Keyring } from '../secrets/keyring.ts'
import type { Scope, StoredApp } from '../snapshot/parts.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { digestOf } from './api-keys.ts'
import { lookupsIn, lookupsWith, lookupWith } from './lookups.ts'
import { type SessionVerifier, type SignedIn, signedIn } from './sessions.ts'

export interface AuthenticateOptions {
  readonly snapshot: () => Snapshot
  readonly keys: Keyring
  readonly sessions: SessionVerifier | undefined
  /** The apps of `gw.config`. */
  readonly configured: Pick<Governance, 'authenticate' | 'identify'>
}

const NOBODY: Identity = { caller: { requestor: 'api', admin: false, lookup: () => undefined }, admin: false }
const INACTIVE_APP = () => new GwError('forbidden', 'App is not active.')

/** The role of a user in an app (platform.md §5.4). Without an app, none: only an administrator needs none. */
const roleIdOf = (
  snapshot: Snapshot,
  app: StoredApp | undefined,
  user: Pick<SignedIn, 'id'> | undefined,
): number | undefined => {
  if (!app) return undefined
  const own = user && snapshot.assignments.get(user.id)
  return own?.get(app.id) ?? own?.values().next().value ?? app.roleId
}

/** The role of a user in an app of the store. */
export const roleIn = (
  snapshot: Snapshot,
  app: StoredApp | undefined,
  user: Pick<SignedIn, 'id'> | undefined,
): Role | undefined => {
  const id = roleIdOf(snapshot, app, user)
  return id === undefined ? undefined : snapshot.roles.get(id)
}

/** Whether a user may do everything: an administrator without a role of their own. */
export const isUnrestricted = (snapshot: Snapshot, user: Pick<SignedIn, 'id' | 'admin'>): boolean =>
  user.admin && !snapshot.assignments.has(user.id)

/** @param acted the role that an administrator wants to be, instead of what they are */
const identityIn = (
  snapshot: Snapshot,
  keys: Keyring,
  app: StoredApp | undefined,
  apiKey: string | undefined,
  user: SignedIn | undefined,
  acted?: Role,
): Identity => {
  const role = acted ?? roleIn(snapshot, app, user)
  const admin = acted === undefined && user !== undefined && isUnrestricted(snapshot, user)
  const scopes: readonly Scope[] = [
    'global',
    ...(app ? [`app:${app.id}` as const] : []),
    ...(role ? [`role:${Number(role.id)}` as const] : []),
    ...(user ? [`user:${user.id}` as const] : []),
  ]
  const builtIn = new Map<string, unknown>([
    ...(app
      ? ([
          ['app.id', app.id],
          ['app.name', app.name],
        ] as const)
      : []),
    ...(role
      ? ([
          ['role.id', role.id],
          ['role.name', role.name],
        ] as const)
      : []),
    ...(user
      ? [
          ...Object.entries(user.lookups ?? {}),
          ['user.id', user.id] as const,
          ['user.name', user.name] as const,
          ['user.email', user.email] as const,
        ]
      : []),
  ])
  const values = lookupsIn(snapshot, keys, scopes)
  const caller: Caller = {
    ...(app && { app: { id: app.id, name: app.name } }),
    ...(user && { user: { id: user.id, name: user.name, email: user.email } }),
    ...(role && { role: { id: role.id, name: role.name } }),
    requestor: 'api',
    admin,
    lookups: lookupsWith(values, builtIn),
    lookup: lookupWith(
      values,
      builtIn,
      new Map([
        ['app.api_key', apiKey],
        ['session.token', user?.token],
        ['session.id', user?.token],
      ]),
    ),
  }
  return {
    caller,
    ...(app && { app: { id: app.id, name: app.name, active: app.active } }),
    ...(role && { role }),
    admin,
  }
}

/** What is kept for a key, or made for it and kept. */
const keptIn = <K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
const newMap = <K, V>() => new Map<K, V>()

interface KeyIdentity {
  readonly app: StoredApp
  readonly identity: Identity
}

/** Identities of API keys alone, which are most calls: made, and their digest reckoned, once for each state of the store. */
const keyIdentities = ({ snapshot, keys }: AuthenticateOptions) => {
  const made = new WeakMap<Snapshot, Map<string, KeyIdentity>>()
  return (apiKey: string): KeyIdentity | undefined => {
    const now = snapshot()
    const known = keptIn(made, now, newMap<string, KeyIdentity>)
    const seen = known.get(apiKey)
    if (seen) return seen
    const app = now.appsByDigest.get(digestOf(apiKey))
    // What is no key is not remembered: anybody can send any number of those.
    if (!app) return undefined
    const found = identityIn(now, keys, app, apiKey, undefined)
    const one = { app, identity: app.active ? found : { ...found, error: INACTIVE_APP() } }
    known.set(apiKey, one)
    return one
  }
}

type Sessions = WeakMap<SignedIn, Map<string | undefined, Identity>>
const newSessions = (): Sessions => new WeakMap()
const newRoles = () => new WeakMap<Role, Sessions>()

/** With one session; more of them are anew for each call. */
const MOST_KEYS = 16

/** Identities of users: for each state of the store, one for each of their sessions and the keys they come with. */
const userIdentities = ({ keys }: AuthenticateOptions) => {
  const made = new WeakMap<Snapshot, Sessions>()
  const acting = new WeakMap<Snapshot, WeakMap<Role, Sessions>>()
  return (
    snapshot: Snapshot,
    app: StoredApp | undefined,
    apiKey: string | undefined,
    user: SignedIn,
    acted?: Role,
  ): Identity => {
    // Who proves to be someone by a password has no session.
    if (user.token === undefined) return identityIn(snapshot, keys, app, apiKey, user, acted)
    const sessions = acted
      ? keptIn(keptIn(acting, snapshot, newRoles), acted, newSessions)
      : keptIn(made, snapshot, newSessions)
    const known = keptIn(sessions, user, newMap<string | undefined, Identity>)
    let identity = known.get(apiKey)
    if (!identity) {
      identity = identityIn(snapshot, keys, app, apiKey, user, acted)
      if (known.size < MOST_KEYS) known.set(apiKey, identity)
    }
    return identity
  }
}

/** Of this call alone, so that what came with it can be told by it. */
const ownCaller = (identity: Identity): Identity => ({ ...identity, caller: { ...identity.caller } })

const ROLE_ID = /^[1-9]\d{0,14}$/

/** Without any right. */
const actsAsNobody = (identity: Identity): Identity => ({
  caller: { ...NOBODY.caller, ...(identity.caller.user && { user: identity.caller.user }) },
  admin: false,
  error: new GwError(
    'forbidden',
    'Only administrators without a role of their own, who are signed in, may act as a role.',
  ),
})
const noSuchRole = () => new GwError('forbidden', 'There is no active role of this id to act as.')

/** A user of the store in an app of `gw.config`. */
const inApp = (identity: Identity, elsewhere: Identity | undefined): Identity => {
  if (!elsewhere?.app) return identity
  const { app, role } = elsewhere
  const caller = {
    ...identity.caller,
    app: { id: app.id, name: app.name },
    ...(role && { role: { id: role.id, name: role.name } }),
  }
  return { ...identity, caller, app, ...(role && { role }) }
}

/**
 * Who called before, as they are now. An app or a user that is gone makes it nobody, also beside one that is there.
 * Apps of the store have numbers, those of `gw.config` names.
 */
export const identified = async (
  { snapshot, keys, configured }: Pick<AuthenticateOptions, 'snapshot' | 'keys' | 'configured'>,
  { app, user }: Standing,
): Promise<Identity | undefined> => {
  const now = snapshot()
  const stored = typeof app === 'number' ? now.apps.get(app) : undefined
  const elsewhere = typeof app === 'string' ? await configured.identify?.({ app }) : undefined
  if (app !== undefined && !stored && !elsewhere) return undefined
  const person = user === undefined ? undefined : now.users.get(Number(user))
  if (user !== undefined && !person?.active) return undefined
  if (stored && !stored.active) return undefined
  if (elsewhere?.error || (!person && elsewhere)) return elsewhere
  if (!stored && !person) return undefined
  return inApp(identityIn(now, keys, stored, undefined, person && signedIn(person)), elsewhere)
}

const noSessions = (): GwError =>
  new GwError('unauthenticated', 'Invalid token: This gateway has no user sessions. Send an API key alone.')

export const createAuthenticate = (options: AuthenticateOptions): Governance['authenticate'] => {
  const { snapshot, keys, sessions, configured } = options
  const byKey = keyIdentities(options)
  const byUser = userIdentities(options)

  const proven = ({ sessionToken, basic, client }: Credentials): Ready<SignedIn | GwError> => {
    if (sessionToken !== undefined) return sessions ? sessions.verify(sessionToken) : noSessions()
    if (basic && sessions) return sessions.basic(basic.username, basic.password, client)
    return new GwError('unauthenticated', 'Unauthorized. User credentials did not match.')
  }
  /** @param as makes the identity of a role */
  const acting = (
    { sessionToken, actAs = '' }: Credentials,
    identity: Identity,
    as: (role: Role) => Identity,
  ): Identity => {
    // By a password with each call, nobody tries things out.
    if (!identity.admin || sessionToken === undefined) return actsAsNobody(identity)
    const role = ROLE_ID.test(actAs) ? snapshot().roles.get(Number(actAs)) : undefined
    return role?.active ? as(role) : { ...actsAsNobody(identity), error: noSuchRole() }
  }

  /** @param elsewhere whom `gw.config` knows by the key, where the store does not: its users are those of the store */
  const joined = (
    credentials: Credentials,
    found: ReturnType<typeof byKey>,
    elsewhere: Identity | undefined,
    user: SignedIn | GwError,
  ): Identity => {
    const { apiKey, sessionToken } = credentials
    const known = found?.identity ?? elsewhere ?? NOBODY
    // The contract's table (§1.5): a wrong password goes before an inactive app, and that before a bad token.
    if (GwError.is(user) && sessionToken === undefined) return { ...ownCaller(known), role: undefined, error: user }
    if (known.error) return ownCaller(known)
    if (GwError.is(user)) return { ...ownCaller(known), role: undefined, error: user }
    const identity = byUser(snapshot(), found?.app, apiKey, user)
    if (!user.active)
      return { ...identity, role: undefined, admin: false, error: new GwError('forbidden', 'User is not active.') }
    if (credentials.actAs !== undefined)
      return acting(credentials, identity, (role) => byUser(snapshot(), found?.app, apiKey, user, role))
    return inApp(identity, elsewhere)
  }
  /** At once where a token was seen before: it is on the path of every call. */
  const withUser = (credentials: Credentials): Ready<Identity> => {
    const { apiKey } = credentials
    const found = apiKey === undefined ? undefined : byKey(apiKey)
    const elsewhere = found || apiKey === undefined ? undefined : configured.authenticate({ apiKey })
    return after(elsewhere, (one) => after(proven(credentials), (user) => joined(credentials, found, one, user)))
  }

  return (credentials) => {
    const { apiKey, sessionToken, basic, scriptToken } = credentials
    if (credentials.actAs !== undefined && sessionToken === undefined) return actsAsNobody(NOBODY)
    if (sessionToken !== undefined || basic !== undefined) return withUser(credentials)
    const script = scriptToken === undefined ? undefined : sessions?.script?.(scriptToken)
    if (script) {
      const app = script.appId === undefined ? undefined : snapshot().apps.get(script.appId)
      const identity = identityIn(snapshot(), keys, app, undefined, script.user)
      return { ...identity, caller: { ...identity.caller, requestor: 'script' } }
    }
    if (apiKey === undefined) return NOBODY
    return byKey(apiKey)?.identity ?? configured.authenticate({ apiKey })
  }
}
