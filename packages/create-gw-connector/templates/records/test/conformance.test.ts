import { memorySource } from '@gw/records/memory'
import { conformance } from '@gw/testkit'
import { RECORDS_PROVEN, recordsConformance, STANDARD, standardTables } from '@gw/testkit/records'
import { databases } from '../src/databases.ts'
import connector from '../src/index.ts'

conformance({
  type: connector,
  config: { database: 'service' },
  invalid: [{}, { database: '' }, { database: 'a', max_records: 'many' }],
  resources: ['_table/notes'],
  proven: RECORDS_PROVEN,
})

/** Tables and rows that the suite asks about. */
const fill = async () => {
  const rows = Object.fromEntries(STANDARD.map((table) => [table.name, table.rows.map((row) => ({ ...row }))]))
  databases.set('standard', memorySource({ tables: standardTables(), rows }))
}

recordsConformance({
  type: connector,
  async prepare() {
    await fill()
    return { config: { database: 'standard' }, reset: fill }
  },
  // What your source is without; the checks for it are left out, or ask that it is refused.
  lacks: ['dateTypes', 'answers'],
})
