/** What administrators did as a role: an entry for each call, in the trail of changes. */
import type { Logger } from '@gw/core'
import type { AuditEntry, Identity } from '@gw/core/governance'
import type { Store } from '../store/open.ts'
import { insertRow } from '../store/rows.ts'
import { actorOf, secondsOf } from './trail.ts'

/** How long an entry may take, in milliseconds. */
const PATIENCE = 15_000

export interface ActingTrail {
  record(entry: AuditEntry, identity: Identity): void
  /** Resolves when what was recorded is written. */
  settled(): Promise<void>
}

export const actingTrail = (store: Store, log: Logger): ActingTrail => {
  const writing = new Set<Promise<unknown>>()
  return {
    record({ request, method, service, component, status, time }, { caller, role }) {
      const row = {
        time: secondsOf(new Date(time)),
        action: 'act',
        resource: 'role',
        record_id: String(role?.id),
        record_name: role?.name ?? null,
        ...actorOf(caller),
        via: null,
        changes: JSON.stringify({
          call: { after: `${method} ${[service, component].filter((part) => part !== '').join('/')}`.slice(0, 1_000) },
          status: { after: status },
          request: { after: request },
        }),
      }
      const done = insertRow(store, 'audit', row, { signal: AbortSignal.timeout(PATIENCE) })
        .catch((error: unknown) =>
          log.error('a call that an administrator made as a role could not be recorded', { request, error }),
        )
        .finally(() => writing.delete(done))
      writing.add(done)
    },
    async settled() {
      await Promise.all(writing)
    },
  }
}
