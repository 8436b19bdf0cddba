/**
 * How nodes learn of each other's changes: every write raises the number of its group of tables in the transaction
 * that it belongs to, and every node compares these numbers with those that it has read.
 */
import type { RunOptions } from '@gw/records'
import { sql } from 'kysely'
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

export type Revisions = Readonly<Partial<Record<Group, number>>>

export interface RevisionTable {
  /** Within the write's own transaction. */
  raise(groups: readonly Group[], options: RunOptions): Promise<void>
  read(signal: AbortSignal): Promise<Revisions>
}

export const revisionTable = ({ db, run }: Pick<Store, 'db' | 'run'>): RevisionTable => {
  const reading = db.selectFrom('gw_revision').select(['name', 'value']).compile().sql
  return {
    async raise(groups, options) {
      if (groups.length === 0) return
      const { sql: text, parameters } = db
        .updateTable('gw_revision')
        .set({ value: sql`value + 1` })
        .where('name', 'in', [...groups])
        .compile()
      await run(text, parameters, { ...options, writes: true })
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
