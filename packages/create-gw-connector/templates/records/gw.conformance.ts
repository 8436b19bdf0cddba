/** How this connector is proved: `gw conformance`, and its own tests. */
import { memorySource } from '@gw/records/memory'
import { defineConformance } from '@gw/testkit'
import { STANDARD, standardTables } from '@gw/testkit/records'
import { databases } from './src/databases.ts'
import connector from './src/index.ts'

/** Tables and rows that the suite asks about. */
const fill = async () => {
  const rows = Object.fromEntries(STANDARD.map((table) => [table.name, table.rows.map((row) => ({ ...row }))]))
  databases.set('standard', memorySource({ tables: standardTables(), rows }))
}

export default defineConformance({
  type: connector,
  open: () => ({
    service: {
      config: { database: 'service' },
      invalid: [{}, { database: '' }, { database: 'a', max_records: 'many' }],
      resources: ['_table/notes'],
    },
    records: {
      async prepare() {
        await fill()
        return { config: { database: 'standard' }, reset: fill }
      },
      // What your source is without; the checks for it are left out, or ask that it is refused.
      lacks: ['dateTypes', 'answers'],
    },
  }),
})
