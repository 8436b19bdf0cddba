/**
 * `pnpm bench:tax`: what is left of the point reads that a gateway can do when it governs them: a session, a role with
 * a row filter, a limit and the access log, against none of it, in turns and in one process.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DatabaseName } from './databases/database.ts'
import { DATABASES } from './databases/open.ts'
import { findGenerator } from './load/closed.ts'
import { USUAL_CONNECTIONS } from './options.ts'
import { replaceSection } from './report/page.ts'
import { startTaxed } from './tax/gateway.ts'
import { measureTax } from './tax/measure.ts'
import { GOAL, kept, type Tax, taxText } from './tax/report.ts'

const { values: options } = parseArgs({
  options: {
    /** Names, separated by commas. */
    database: { type: 'string', default: 'sqlite,postgres,mariadb' },
    runs: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: String(USUAL_CONNECTIONS) },
    /** Leave docs/performance.md as it is. */
    'no-report': { type: 'boolean', default: false },
  },
})
const POOL = 10

const measure = async (name: string): Promise<Tax> => {
  const open = DATABASES[name as DatabaseName]
  if (!open) throw new Error(`--database names some of ${Object.keys(DATABASES).join(', ')}.`)
  const { generate } = await findGenerator()
  const database = await open(POOL)
  try {
    await database.load({ orders: false })
    const taxed = await startTaxed(database)
    try {
      const load = { connections: Number(options.connections), seconds: Number(options.seconds) }
      const runs = await measureTax(taxed, { database, generate, load, rounds: Number(options.runs), warm: true })
      return { database: database.label, runs }
    } finally {
      await taxed.stop()
    }
  } finally {
    await database.stop()
  }
}

const taxes: Tax[] = []
for (const name of options.database.split(',')) {
  const tax = await measure(name)
  taxes.push(tax)
  console.log(`${tax.database}: ${kept(tax).toFixed(2)} of the requests/s are left; the goal is ${GOAL}.`)
}
console.log(taxText(taxes))

const results = join(import.meta.dirname, 'results')
mkdirSync(results, { recursive: true })
writeFileSync(join(results, 'tax.json'), JSON.stringify(taxes, null, 2))
if (!options['no-report']) {
  const page = join(dirname(import.meta.dirname), 'docs/performance.md')
  const command = ['pnpm bench:tax', ...process.argv.slice(2)].join(' ')
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'tax', `\`${command}\`\n\n${taxText(taxes)}`))
}
