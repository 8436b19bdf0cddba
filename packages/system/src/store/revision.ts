/**
 * How nodes learn of each other's changes: every write raises the number of its group of tables in the transaction
 * that it belongs to, and every node compares these numbers with those that it has read.
 */
import type { RunOptions } from '@gw/records'
import { sql } from '@gw/sql/kysely'
import type { Store } from './open.ts'

/** Parts of the store that are read again as a whole. */
export const GROUPS = [
  'service',
  'role',
  'app',
  'user',
  'lookup',
  'limit',
  'cors',
  'email',
  'script',
  'custom',
  'session',
] as const
export type Group = (typeof GROUPS)[number]

const OF_TABLE: Readonly<Record<string, Group>> = {
  service: 'service',
  service_doc: 'service',
  role: 'role',
  role_service_access: 'role',
  app: 'app',
  user: 'user',
  admin: 'user',
  user_to_app_to_role: 'user',
  lookup: 'lookup',
  limit: 'limit',
  cors: 'cors',
  email_template: 'email',
  event_script: 'script',
  system_custom: 'custom',
  user_custom: 'custom',
}
/** Tables whose rows are referred to: a deletion takes others with it. */
const REFERRED: ReadonlySet<string> = new Set(['service', 'role', 'app', 'user', 'admin'])

/** The groups that a write to a table may have changed. */
export const groupsOf = (table: string, deletes: boolean): readonly Group[] => {
  if (deletes && REFERRED.has(table)) return GROUPS
  const group = OF_TABLE[table]
  return group ? [group] : []
}

/** By group; and those that say how often what a service keeps was outdated. */
export type Revisions = Readonly<Record<string, number>>

const KEPT = 'kept:'
/** Whoever adds a number waits for this one, so that nobody else adds the same; nothing in memory is read of it. */
const ADDING: Group = 'custom'
const keptBy = (service: number): string => `${KEPT}${service}`

/** The services whose kept things were outdated since. */
export const outdatedSince = (before: Revisions, now: Revisions): ReadonlySet<number> =>
  new Set(
    Object.keys(now)
      .filter((name) => name.startsWith(KEPT) && now[name] !== before[name])
      .map((name) => Number(name.slice(KEPT.length))),
  )

export interface RevisionTable {
  /** Within the write's own transaction. */
  raise(groups: readonly Group[], options: RunOptions): Promise<void>
  /** Says that what services keep of their sources is not what it was: every node forgets it. Within a transaction. */
  outdate(services: readonly number[], options: RunOptions): Promise<void>
  read(signal: AbortSignal): Promise<Revisions>
}

export const revisionTable = ({ db, run }: Pick<Store, 'db' | 'run'>): RevisionTable => {
  const raise = async (names: readonly string[], options: RunOptions) => {
    const { sql: text, parameters } = db
      .updateTable('gw_revision')
      .set({ value: sql`value + 1` })
      .where('name', 'in', names)
      .compile()
    return run(text, parameters, { ...options, writes: true })
  }
  const reading = db.selectFrom('gw_revision').select(['name', 'value']).compile().sql
  return {
    async raise(groups, options) {
      if (groups.length === 0) return
      await raise(groups, options)
    },
    async outdate(services, options) {
      await raise([ADDING], options)
      for (const name of services.map(keptBy).sort()) {
        if ((await raise([name], options)).affected > 0) continue
        const { sql: text, parameters } = db.insertInto('gw_revision').values({ name, value: 1 }).compile()
        await run(text, parameters, { ...options, writes: true })
      }
    },
    async read(signal) {
      const { rows } = await run(reading, [], { signal, writes: false })
      return Object.fromEntries(rows.map(([name, value]) => [String(name), Number(value)]))
    },
  }
}

/**
 * Tells other nodes that something has changed, so that they need not wait for their next look. Without one, they
 * look once a second.
 */
export interface Notices {
  publish(): void | Promise<void>
  /** @returns the unsubscriber */
  subscribe(listener: () => void): () => void
  close?(): Promise<void>
}

/** For one process: whoever writes looks anyway. */
export const localNotices = (): Notices => {
  const listeners = new Set<() => void>()
  return {
    publish() {
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
