/** What a caller sees of the gateway itself (platform.md §5.5). */
import { type Call, GwError } from '@gw/core'
import type { RunningService } from '@gw/core/governance'
import type { SystemParts } from './resource.ts'

/** The services that a caller has any right to: all that listings show. */
export const sees = (parts: SystemParts, { caller }: Pick<Call, 'caller'>): readonly RunningService[] => {
  const gateway = parts.gateway()
  const identity = parts.identityOf(caller)
  if (!gateway || !identity) return []
  return gateway.services().filter(({ definition }) => gateway.permits(identity, definition.name))
}

/** What tells of everybody's calls. @throws GwError `forbidden` for everyone but unrestricted administrators */
export const checkSeesAll = ({ caller }: Pick<Call, 'caller'>): void => {
  if (!caller.admin)
    throw new GwError('forbidden', 'Only administrators without a role of their own may look at the gateway itself.')
}
