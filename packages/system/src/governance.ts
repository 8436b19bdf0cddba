/** What the manifest names: the governance that is kept in a store. */
import type { GovernanceFactory } from '@gw/core/governance'
import { createSystem } from './system.ts'

const governance: GovernanceFactory = (context) => createSystem(context)

export default governance
