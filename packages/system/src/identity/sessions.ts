/** Sessions: who proves to be which user, by a token or a password, and which tokens are over. */
import { createHmac, randomBytes } from 'node:crypto'
import { after, GwError } from '@gw/core'
import { LRUCache } from 'lru-cache'
import type { Snapshot, SnapshotFeed } from '../snapshot/snapshot.ts'
import { type StoredUser, userOf } from '../snapshot/users.ts'
import type { Change } from '../store/changes.ts'
import type { Store } from '../store/open.ts'
import { insertRow, readRows, updateRows } from '../store/rows.ts'
import { type Accounts, storedTime } from './accounts.ts'
import { type Claims, type Issued, invalidToken, isExpired, subjectOf, type Tokens } from './tokens.ts'

/** A user as a proven session or password tells of them. */
export interface SignedIn {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly active: boolean
  readonly admin: boolean
  /** What `{user.…}` stands for, beside `id`, `name` and `email`. */
  readonly lookups?: Readonly<Record<string, unknown>>
  /** By which they are signed in; `{session.token}`, for the gateway's own use. */
  readonly token?: string | undefined
}

export interface SessionVerifier {
  /** Answers from memory wherever it can: this is on the request's path. */
  verify(token: string): SignedIn | GwError | Promise<SignedIn | GwError>
  /** @param client the address that the password came from */
  basic(username: string, password: string, client?: string): Promise<SignedIn | GwError>
  /** A call made from a script; `undefined` for an unknown token. */
  script?(token: string): { readonly user?: SignedIn; readonly appId?: number } | undefined
}

export interface Sessions extends SessionVerifier {
  /** Signs a user in, who has proven to be it. @param remember whether it is to be refreshed without end, where that may be */
  open(user: StoredUser, remember: boolean): Promise<Issued>
  /** A new token for one that is good, or was until a while ago; the old one ends. @throws GwError `unauthenticated` */
  refresh(
    token: string,
    fits: (user: StoredUser) => boolean,
  ): Promise<{ readonly issued: Issued; readonly user: StoredUser }>
  /** Seconds since 1970 at which a token expires; `undefined` for one that is none. */
  expiry(token: string): Promise<number | undefined>
  /** Ends a token. One that is none is no matter. */
  end(token: string): Promise<void>
}

export interface SessionsOptions {
  readonly store: Store
  readonly feed: Pick<SnapshotFeed, 'current' | 'refresh'>
  readonly change: Change
  readonly tokens: Tokens
  readonly accounts: Accounts
  /** Seconds after signing in in which tokens may be refreshed. */
  readonly refreshable: number
  /** Whether any token may be refreshed without end. */
  readonly forever: boolean
}

const LOOK_PATIENCE = 10_000
/** Seconds in which a node may not have heard of the user of a new token. */
const NEWS = 60
/** Milliseconds for which a password that was right is taken for right without hashing it again. */
const PROVEN = 60_000

const deleted = () => new GwError('not_found', 'User not found.')
const inactive = () => new GwError('forbidden', 'User is not active.')
const expired = () =>
  new GwError(
    'unauthenticated',
    'Token has expired: Session expired. Please refresh your token (if still within refresh window) or re-login.',
  )
const ended = () => new GwError('forbidden', 'The token has been blacklisted: Session terminated. Please re-login.')

const lookupsOf = (user: StoredUser): Readonly<Record<string, unknown>> => ({
  'user.username': user.username,
  'user.display_name': user.name,
  'user.first_name': user.firstName,
  'user.last_name': user.lastName,
  'user.ldap_username': user.ldapUsername,
  'user.is_sys_admin': user.admin,
})

export const signedIn = (user: StoredUser, token?: string): SignedIn => ({
  id: user.id,
  name: user.name,
  email: user.email,
  active: user.active,
  admin: user.admin,
  lookups: lookupsOf(user),
  ...(token !== undefined && { token }),
})

/** Of users, as long as they are what they were: their digest is not reckoned for every call. */
const subjects = new WeakMap<StoredUser, string>()
const subjectFor = (user: StoredUser): string => {
  let subject = subjects.get(user)
  if (subject === undefined) {
    subject = subjectOf(user.email)
    subjects.set(user, subject)
  }
  return subject
}

/**
 * What is wrong with a session whose signature is right, in the wire contract's order (platform.md §1.5).
 * @param aged whether one that has expired is good, since it is only to be refreshed
 */
const judgedBy = ({ users, revoked }: Snapshot, claims: Claims, aged: boolean): GwError | StoredUser => {
  const user = users.get(claims.user_id)
  if (!user) return deleted()
  if (!user.active) return inactive()
  if (!aged && isExpired(claims)) return expired()
  if (claims.epoch !== user.epoch || revoked.tokens.has(claims.jti)) return ended()
  return claims.sub === subjectFor(user) ? user : invalidToken('User verification failed.')
}

export const sessionsWith = (options: SessionsOptions): Sessions => {
  const { store, feed, change, tokens, accounts, refreshable, forever } = options
  const proven = new LRUCache<string, { readonly id: number; readonly epoch: number }>({ max: 1_000, ttl: PROVEN })
  const pepper = randomBytes(32)
  const proofOf = (name: string, password: string) =>
    createHmac('sha256', pepper)
      .update(JSON.stringify([name, password]))
      .digest('base64')

  /** Another node may have made the user, or have let them in again, a moment ago. */
  const judged = (claims: Claims, aged: boolean): GwError | StoredUser | Promise<GwError | StoredUser> => {
    const now = feed.current()
    const found = judgedBy(now, claims, aged)
    const isNews = GwError.is(found) && claims.iat > Date.now() / 1_000 - NEWS && !now.revoked.tokens.has(claims.jti)
    if (!isNews) return found
    return feed.refresh(AbortSignal.timeout(LOOK_PATIENCE)).then((snapshot) => judgedBy(snapshot, claims, aged))
  }
  /** By their claims, of which there is one object for each token that is remembered. */
  const admissions = new WeakMap<Claims, { readonly user: StoredUser; readonly signedIn: SignedIn }>()
  const admitted = (claims: Claims, token: string) =>
    after(judged(claims, false), (user) => {
      if (GwError.is(user)) return user
      let known = admissions.get(claims)
      if (known?.user !== user) {
        known = { user, signedIn: signedIn(user, token) }
        admissions.set(claims, known)
      }
      return known.signedIn
    })
  const lastUse = ({ iat, exp }: Claims): number => Math.max(exp, iat + refreshable) * 1_000
  const revoke = (claims: Claims) =>
    change(['session'], async (inside) => {
      const { jti } = claims
      if ((await readRows(store, 'revoked_token', { where: { jti } }, inside)).length > 0) return false
      await insertRow(store, 'revoked_token', { jti, expires: new Date(lastUse(claims)).toISOString() }, inside)
      return true
    })

  return {
    verify(token) {
      return after(tokens.read(token), (claims) => (GwError.is(claims) ? claims : admitted(claims, token)))
    },
    async basic(name, password, client) {
      const proof = proofOf(name, password)
      const known = proven.get(proof)
      const user = known && feed.current().users.get(known.id)
      if (user?.active && user.epoch === known?.epoch) return signedIn(user)
      const row = await accounts
        .signIn(name, password, client, (one) => one.is_active === true)
        .catch((error: unknown) => {
          if (GwError.is(error)) return error
          throw error
        })
      if (GwError.is(row)) return row
      if (!row) return new GwError('unauthenticated', 'Unauthorized. User credentials did not match.')
      const found = userOf(row)
      proven.set(proof, found)
      return signedIn(found)
    },
    async open(user, remember) {
      await updateRows(
        store,
        'user',
        { last_login_date: storedTime() },
        { id: user.id },
        { signal: AbortSignal.timeout(LOOK_PATIENCE) },
      )
      const issued = await tokens.issue(user, remember && forever)
      // It is of use on this node at once, whoever made the user.
      if (feed.current().users.get(user.id)?.epoch !== user.epoch)
        await feed.refresh(AbortSignal.timeout(LOOK_PATIENCE))
      return issued
    },
    async refresh(token, fits) {
      const failed = (reason: string) => new GwError('unauthenticated', `Token refresh failed. ${reason}`)
      const claims = await tokens.read(token)
      if (GwError.is(claims)) throw failed(claims.message)
      if (claims.iat + refreshable <= Date.now() / 1_000)
        throw failed('Its time to be refreshed is over. Please re-login.')
      const user = await judged(claims, true)
      if (GwError.is(user)) throw failed(user.message)
      if (!fits(user)) throw new GwError('unauthenticated', 'You are not authorized to perform this action.')
      // One of two who come with the same token has come too late.
      if (!(await revoke(claims))) throw failed(ended().message)
      const endless = claims.forever && forever
      return { user, issued: await tokens.issue(user, endless, endless ? undefined : claims.iat) }
    },
    async expiry(token) {
      const claims = await tokens.read(token)
      return GwError.is(claims) ? undefined : claims.exp
    },
    async end(token) {
      const claims = await tokens.read(token)
      if (!GwError.is(claims) && lastUse(claims) > Date.now()) await revoke(claims)
    },
  }
}
