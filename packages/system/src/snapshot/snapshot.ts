/**
 * What requests are answered from: the store as values in memory, replaced as a whole when a revision has grown. No
 * request waits for the store.
 */
import type { Logger } from '@gw/core'
import type { Role } from '@gw/core/governance'
import type { Row } from '@gw/records'
import { limitOf, type StoredLimit } from '../limits/limit.ts'
import type { Store } from '../store/open.ts'
import {
  GROUPS,
  type Group,
  type Notices,
  outdatedSince,
  type Revisions,
  type RevisionTable,
} from '../store/revision.ts'
import { readRows } from '../store/rows.ts'
import {
  type Assignments,
  appOf,
  assignmentsOf,
  lookupsOf,
  rolesOf,
  type Scope,
  type StoredApp,
  type StoredLookup,
  type StoredService,
  serviceOf,
} from './parts.ts'
import { keysOf, NONE_REVOKED, type Revoked, revokedWith, type StoredKey } from './session-parts.ts'
import { type StoredUser, USER_FIELDS, usersOf } from './users.ts'

export interface Snapshot {
  readonly services: readonly StoredService[]
  readonly roles: ReadonlyMap<number, Role>
  readonly apps: ReadonlyMap<number, StoredApp>
  /** By the digest of its key. */
  readonly appsByDigest: ReadonlyMap<string, StoredApp>
  readonly assignments: Assignments
  readonly users: ReadonlyMap<number, StoredUser>
  /** What sessions are signed with, newest first. */
  readonly signingKeys: readonly StoredKey[]
  readonly revoked: Revoked
  readonly lookups: ReadonlyMap<Scope, readonly StoredLookup[]>
  /** Those that are switched on. */
  readonly limits: readonly StoredLimit[]
  /** Enabled rules, as they are stored. */
  readonly cors: readonly Row[]
  /** E-mail templates, as they are stored. */
  readonly templates: readonly Row[]
  /** Scripts on events that are switched on, as they are stored; the same list until one changes. */
  readonly scripts: readonly Row[]
  readonly revisions: Revisions
}

const EMPTY: Snapshot = {
  services: [],
  roles: new Map(),
  apps: new Map(),
  appsByDigest: new Map(),
  assignments: new Map(),
  users: new Map(),
  signingKeys: [],
  revoked: NONE_REVOKED,
  lookups: new Map(),
  limits: [],
  cors: [],
  templates: [],
  scripts: [],
  revisions: {},
}

/** @param outdated services whose kept things are not what they were */
export type ChangeListener = (
  groups: ReadonlySet<Group>,
  snapshot: Snapshot,
  outdated: ReadonlySet<number>,
) => void | Promise<void>

export interface SnapshotFeed {
  current(): Snapshot
  /** Reads what has changed since; calls at the same time share a look that began after them. */
  refresh(signal: AbortSignal): Promise<Snapshot>
  /** Settles when everyone who listens has followed the changes so far. */
  settled(): Promise<void>
  /** Begins to look regularly. */
  watch(): void
  /** @returns the unsubscriber */
  onChange(listener: ChangeListener): () => void
  stop(): void
}

/** How long one look may take, in milliseconds. */
const LOOK_TIMEOUT = 10_000

type Read = (table: string, wanted?: Parameters<typeof readRows>[2]) => Promise<readonly Row[]>
type Change = Partial<Omit<Snapshot, 'revisions'>>

/** How each group becomes a part. A role names services, so that it changes with them. */
const PARTS: Readonly<Partial<Record<Group, (read: Read, before: Snapshot) => Promise<Change>>>> = {
  service: async (read) => ({ services: (await read('service')).map(serviceOf) }),
  role: async (read, { services, roles }) => {
    const names = new Map(services.map(({ id, name }) => [id, name]))
    return { roles: rolesOf(await read('role'), await read('role_service_access'), names, roles) }
  },
  app: async (read) => {
    const apps = (await read('app')).map(appOf)
    return {
      apps: new Map(apps.map((app) => [app.id, app])),
      appsByDigest: new Map(apps.flatMap((app) => (app.digest === undefined ? [] : [[app.digest, app]]))),
    }
  },
  user: async (read) => ({
    users: usersOf(await read('user', { fields: USER_FIELDS })),
    assignments: assignmentsOf(await read('user_to_app_to_role')),
  }),
  session: async (read, { revoked }) => ({
    signingKeys: keysOf(await read('signing_key')),
    revoked: revokedWith(revoked, await read('revoked_token', { after: revoked.last }), Date.now()),
  }),
  lookup: async (read) => ({ lookups: lookupsOf(await read('lookup')) }),
  limit: async (read) => ({ limits: (await read('limit')).flatMap(limitOf) }),
  email: async (read) => ({ templates: await read('email_template') }),
  script: async (read) => ({ scripts: (await read('event_script')).filter(({ is_active }) => is_active === true) }),
  cors: async (read) => ({ cors: (await read('cors')).filter(({ enabled }) => enabled === true) }),
}

export interface FeedOptions {
  readonly store: Store
  readonly revisions: RevisionTable
  readonly notices: Notices
  readonly log: Logger
  /** ms between looks */
  readonly interval: number
}

export const snapshotFeed = ({ store, revisions, notices, log, interval }: FeedOptions): SnapshotFeed => {
  const listeners = new Set<ChangeListener>()
  let snapshot = EMPTY
  let looking: Promise<Snapshot> | undefined
  let next: Promise<Snapshot> | undefined
  let timer: NodeJS.Timeout | undefined
  let following: Promise<unknown> = Promise.resolve()
  let stopped = false

  const look = async (signal: AbortSignal): Promise<Snapshot> => {
    // The numbers first: what is written meanwhile is read now and once more, and never missed.
    const found = await revisions.read(signal)
    const changed = new Set(GROUPS.filter((group) => found[group] !== snapshot.revisions[group]))
    // At the first look nothing is kept yet.
    const outdated = snapshot === EMPTY ? new Set<number>() : outdatedSince(snapshot.revisions, found)
    if (changed.size === 0 && outdated.size === 0) return snapshot
    if (changed.has('service')) changed.add('role')
    const read: Read = (table, wanted = {}) => readRows(store, table, wanted, { signal })
    let made = snapshot
    for (const group of GROUPS) if (changed.has(group)) made = { ...made, ...(await PARTS[group]?.(read, made)) }
    snapshot = { ...made, revisions: found }
    // Nobody waits for what follows from a change but who asks for it.
    const told = [...listeners].map(async (listener) => listener(changed, snapshot, outdated))
    const earlier = following
    following = Promise.allSettled([earlier, ...told])
    for (const one of told)
      one.catch((error: unknown) => log.error('a change of the store could not be followed', { error }))
    return snapshot
  }
  const refresh = (signal: AbortSignal): Promise<Snapshot> => {
    if (!looking) {
      looking = look(signal).finally(() => {
        looking = undefined
      })
      return looking
    }
    next ??= looking
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return refresh(AbortSignal.timeout(LOOK_TIMEOUT))
      })
    return next
  }
  const inBackground = async () => {
    try {
      await refresh(AbortSignal.timeout(LOOK_TIMEOUT))
    } catch (error) {
      if (!stopped) log.warn('the store could not be looked at; what was read before stays in force', { error })
    }
  }
  const schedule = () => {
    if (!stopped) timer = setTimeout(() => inBackground().finally(schedule), interval).unref()
  }
  // Before it watches, there may be no store yet.
  const unsubscribe = notices.subscribe(() => {
    if (timer) void inBackground()
  })

  return {
    current: () => snapshot,
    refresh,
    settled: async () => void (await following),
    watch: schedule,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
