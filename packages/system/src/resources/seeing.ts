/** The services that a caller has any right to: all that listings show (platform.md §5.5). */
import type { Call } from '@gw/core'
import type { RunningService } from '@gw/core/governance'
import type { SystemParts } from './resource.ts'

export const sees = (parts: SystemParts, { caller }: Pick<Call, 'caller'>): readonly RunningService[] => {
  const gateway = parts.gateway()
  const identity = parts.identityOf(caller)
  if (!gateway || !identity) return []
  return gateway.services().filter(({ definition }) => gateway.permits(identity, definition.name))
}
