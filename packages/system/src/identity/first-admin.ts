/** The first administrator, for whom there is no one yet to ask: made in the store itself. */
import type { GovernanceContext } from '@gw/core/governance'
import { createUser } from '../account/people.ts'
import { auditTrail } from '../audit/trail.ts'
import { systemConfig } from '../config.ts'
import { ruledSource } from '../rules/source.ts'
import { userRules } from '../rules/user.ts'
import { migrate } from '../store/migrate.ts'
import { openStore } from '../store/open.ts'
import { revisionTable } from '../store/revision.ts'

const PATIENCE = 60_000

export interface NewAdmin {
  readonly name: string
  readonly email: string
  readonly password: string
}

/** @throws GwError where the rules for administrators do not let it be */
export const createAdmin = async (context: GovernanceContext, admin: NewAdmin): Promise<void> => {
  const store = await openStore(systemConfig(context.config), context)
  const signal = AbortSignal.timeout(PATIENCE)
  try {
    await migrate(store, context.log, signal)
    const rules = { admin: userRules(true) }
    const source = ruledSource({
      source: store.source,
      revisions: revisionTable(store),
      rules,
      trail: auditTrail({ source: store.source, rules, via: 'gw admin create' }),
      committed: async () => {},
    })
    await createUser(source, 'admin', { ...admin, is_active: true }, { signal })
  } finally {
    await store.close()
  }
}
