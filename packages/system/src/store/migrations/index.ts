/** The store's versions, in order. A migration that was released is never changed. */
import type { StoreTable } from '../columns.ts'
import { first } from './0001-first.ts'
import { sessions } from './0002-sessions.ts'
import { auditTrail } from './0003-audit.ts'
import { isolatedServices } from './0004-isolation.ts'

export interface MigrationSteps {
  create(tables: readonly StoreTable[]): Promise<void>
  /** Gives a table the columns that say to come with this migration. */
  extend(table: string): Promise<void>
  /** Adds a record unless there is one with the same `key`; answers nothing. */
  seed(table: string, key: string, record: Readonly<Record<string, unknown>>): Promise<void>
  run(sql: string, binds?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
}

export interface Migration {
  /** Sorts: `0001-first`. */
  readonly name: string
  /** What breaks off may run again: on MySQL, tables are not part of the transaction. */
  up(steps: MigrationSteps): Promise<void>
}

export const MIGRATIONS: readonly Migration[] = [first, sessions, auditTrail, isolatedServices]
