/**
 * `pnpm bench:bulk`: 100,000 records in one NDJSON stream through the gateway, beside the database's own loader: the
 * same table, the same records, in turns, so that a noisy moment hits both.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bulk, measureBulk } from './bulk/measure.ts'
import { bulkText } from './bulk/report.ts'
import type { DatabaseName } from './databases/database.ts'
import { DATABASES } from './databases/open.ts'
import { replaceSection } from './report/page.ts'
import { SOURCE, startGateway, unfiltered } from './systems/gateway.ts'

const { values: options } = parseArgs({
  options: {
    /** Names, separated by commas. */
    database: { type: 'string', default: 'sqlite,postgres,mariadb' },
    records: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '7' },
    /** Write a CPU profile of the gateway into bench/results. */
    profile: { type: 'boolean', default: false },
    /** Leave docs/performance.md as it is. */
    'no-report': { type: 'boolean', default: false },
  },
})
const RESULTS = join(import.meta.dirname, 'results')
const POOL = 10

const measure = async (name: string): Promise<Bulk> => {
  const open = DATABASES[name as DatabaseName]
  if (!open) throw new Error(`--database names some of ${Object.keys(DATABASES).join(', ')}.`)
  const database = await open(POOL)
  try {
    await database.load({ orders: false })
    const profile = options.profile ? { profile: RESULTS } : {}
    const gateway = await startGateway({ database, code: SOURCE, ...profile })
    try {
      return await measureBulk(database, unfiltered(gateway), Number(options.records), Number(options.runs))
    } finally {
      await gateway.stop()
    }
  } finally {
    await database.stop()
  }
}

const measured: Bulk[] = []
for (const name of options.database.split(',')) {
  console.log(`Measuring ${name} …`)
  measured.push(await measure(name))
}
const text = bulkText(measured, ['pnpm bench:bulk', ...process.argv.slice(2)].join(' '))
console.log(`\n${text}`)
mkdirSync(RESULTS, { recursive: true })
writeFileSync(join(RESULTS, 'bulk.json'), JSON.stringify(measured, null, 2))
if (!options['no-report']) {
  const page = join(dirname(import.meta.dirname), 'docs', 'performance.md')
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'bulk', text))
}
