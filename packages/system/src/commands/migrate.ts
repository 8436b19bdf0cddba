/** `gw migrate`: brings the store's tables to this version, as every start does; for those who want to see it done first. */
import type { PackageCommand } from '@gw/core/governance'
import { systemConfig } from '../config.ts'
import { migrate } from '../store/migrate.ts'
import { openStore } from '../store/open.ts'

const PATIENCE = 600_000

const command: PackageCommand = {
  description: 'bring the tables of the system store to this version',
  usage: 'Usage: gw migrate',
  async run(_, { print, governance }) {
    const context = await governance()
    const store = await openStore(systemConfig(context.config), context)
    try {
      const done = await migrate(store, context.log, AbortSignal.timeout(PATIENCE))
      print(done.length === 0 ? 'The store is up to date.' : `Migrated: ${done.join(', ')}.`)
      return 0
    } finally {
      await store.close()
    }
  },
}

export default command
