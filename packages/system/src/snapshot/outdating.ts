/**
 * What services keep of their sources (catalogues, answers) is each node's own. Where one of them has to forget it,
 * all have to: the store says so, and every node follows as it follows other changes.
 */
import type { Logger } from '@gw/core'
import type { RunningService } from '@gw/core/governance'
import type { Store } from '../store/open.ts'
import type { Notices, RevisionTable } from '../store/revision.ts'
import type { SnapshotFeed } from './snapshot.ts'

/** How long telling the store may take, in milliseconds. */
const PATIENCE = 10_000

export interface OutdatingOptions {
  readonly store: Pick<Store, 'source'>
  readonly revisions: Pick<RevisionTable, 'outdate'>
  readonly feed: Pick<SnapshotFeed, 'refresh'>
  readonly notices: Notices
  readonly log: Logger
  services(): readonly RunningService[]
}

export interface Outdating {
  /** Tells all nodes that what these services keep is outdated. */
  now(services: readonly number[]): Promise<void>
  /** The same without waiting. What is said at the same time is told together. */
  soon(service: number): void
  /** Forgets what these services keep here. */
  follow(services: ReadonlySet<number>): Promise<void>
}

export const outdating = ({ store, revisions, feed, notices, log, services }: OutdatingOptions): Outdating => {
  const waiting = new Set<number>()
  let telling = false
  const now = async (ids: readonly number[]): Promise<void> => {
    if (ids.length === 0) return
    const signal = AbortSignal.timeout(PATIENCE)
    await store.source.transaction!((transaction) => revisions.outdate(ids, { signal, transaction }), signal)
    await feed.refresh(AbortSignal.timeout(PATIENCE))
    await notices.publish()
  }
  const tell = async (): Promise<void> => {
    if (telling) return
    telling = true
    while (waiting.size > 0) {
      const ids = [...waiting]
      waiting.clear()
      await now(ids).catch((error: unknown) =>
        log.warn('other nodes could not be told that the structure of a source has changed', { error }),
      )
    }
    telling = false
  }
  return {
    now,
    soon(service) {
      waiting.add(service)
      void tell()
    },
    async follow(ids) {
      if (ids.size === 0) return
      const outdated = services().filter(({ definition: { id } }) => id !== undefined && ids.has(id))
      await Promise.all(
        outdated.map(({ flush, definition: { name } }) =>
          flush?.().catch((error: unknown) =>
            log.warn('what a service keeps could not be read anew; it stays for now', { service: name, error }),
          ),
        ),
      )
    },
  }
}
