/** Writes of the gateway's own: in one transaction, counted, and in force on this node when they return. */
import type { RunOptions } from '@gw/records'
import type { SnapshotFeed } from '../snapshot/snapshot.ts'
import type { Store } from './open.ts'
import type { Group, Notices, RevisionTable } from './revision.ts'

/** How long such a write may take, in milliseconds. */
const PATIENCE = 10_000

export interface ChangesOptions {
  readonly store: Store
  readonly revisions: RevisionTable
  readonly feed: Pick<SnapshotFeed, 'refresh'>
  readonly notices: Notices
}

/** @param groups what is written to; whoever writes to the same at the same time waits */
export type Change = <T>(groups: readonly Group[], work: (inside: RunOptions) => Promise<T>) => Promise<T>

export const changesIn =
  ({ store, revisions, feed, notices }: ChangesOptions): Change =>
  async (groups, work) => {
    const signal = AbortSignal.timeout(PATIENCE)
    const result = await store.source.transaction!(async (transaction) => {
      const inside = { signal, transaction }
      // First: rows that are only added to then come in the order of their numbers.
      await revisions.raise([...groups].sort(), inside)
      return work(inside)
    }, signal)
    await feed.refresh(AbortSignal.timeout(PATIENCE))
    await notices.publish()
    return result
  }
