/**
 * `pnpm bench:growth`: what a gateway costs that has grown: databases of 10,000 tables with 200,000 columns, and 1,000
 * services with 10,000 roles and keys, each in turns with a small one.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchDatabase, DatabaseName } from './databases/database.ts'
import { DATABASES } from './databases/open.ts'
import { PLACES, type Place, type Population, requestsOf, startPopulated } from './growth/callers.ts'
import { type CallersGrowth, callersText, type SchemaGrowth, schemaText } from './growth/report.ts'
import { createTables, measureSchema } from './growth/schema.ts'
import { findGenerator } from './load/closed.ts'
import { orderOf } from './measure/rounds.ts'
import { replaceSection } from './report/page.ts'
import { cpuTime, familyMemory, type System } from './systems/process.ts'

const { values: options } = parseArgs({
  options: {
    /** Names, separated by commas. */
    database: { type: 'string', default: 'sqlite,postgres,mariadb' },
    tables: { type: 'string', default: '10000' },
    services: { type: 'string', default: '1000' },
    callers: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    /** Leave docs/performance.md as it is. */
    'no-report': { type: 'boolean', default: false },
  },
})
const POOL = 10
const CONNECTIONS = 32
const SMALL: Population = { services: 1, callers: 1 }
const LARGE: Population = { services: Number(options.services), callers: Number(options.callers) }

const withDatabase = async <T>(name: string, work: (database: BenchDatabase) => Promise<T>): Promise<T> => {
  const open = DATABASES[name as DatabaseName]
  if (!open) throw new Error(`--database names some of ${Object.keys(DATABASES).join(', ')}.`)
  const database = await open(POOL)
  try {
    await database.load({ orders: false })
    return await work(database)
  } finally {
    await database.stop()
  }
}

const growSchema = (name: string): Promise<SchemaGrowth> =>
  withDatabase(name, async (database) => {
    const small = await measureSchema(database, 0)
    console.log(`${database.label}: making ${options.tables} tables …`)
    await createTables(database, Number(options.tables))
    return { database: database.label, small, large: await measureSchema(database, Number(options.tables)) }
  })

/** One caller of a small gateway, one of a large one, and all of the large one in turn. */
const growCallers = (place: Place): Promise<CallersGrowth> =>
  withDatabase('sqlite', async (database) => {
    const { generate } = await findGenerator()
    console.log(`${place}: ${LARGE.services} services, ${LARGE.callers} callers …`)
    const running: System[] = []
    try {
      for (const population of [SMALL, LARGE]) running.push(await startPopulated(database, place, population))
      const [small, large] = running as [System, System]
      const asked = [
        { name: 'small', system: small, requests: requestsOf(SMALL, false) },
        { name: 'large', system: large, requests: requestsOf(LARGE, false) },
        { name: 'everybody', system: large, requests: requestsOf(LARGE, true) },
      ] as const
      const run = async ({ system, requests }: (typeof asked)[number]): Promise<number> => {
        const before = cpuTime(system.pid)
        const sample = await generate(system, requests, { connections: CONNECTIONS, seconds: Number(options.seconds) })
        if (sample.failures > 0) throw new Error(`${system.name}: ${sample.failures} requests failed.`)
        return (cpuTime(system.pid) - before) / sample.requests
      }
      for (const one of asked) for (let warm = 0; warm < 2; warm += 1) await run(one)
      const cpu: Record<string, number[]> = { small: [], large: [], everybody: [] }
      for (let round = 0; round < Number(options.runs); round += 1)
        for (const one of orderOf(asked as never, round) as unknown as typeof asked) cpu[one.name]!.push(await run(one))
      return {
        place,
        cpu: cpu as never,
        startup: { small: small.startup, large: large.startup },
        peak: { small: familyMemory(small.pid).peak, large: familyMemory(large.pid).peak },
      }
    } finally {
      for (const system of running) await system.stop()
    }
  })

const schemas: SchemaGrowth[] = []
for (const name of options.database.split(',')) schemas.push(await growSchema(name))
console.log(schemaText(schemas))
const callers: CallersGrowth[] = []
for (const place of PLACES) callers.push(await growCallers(place))
console.log(callersText(callers, LARGE))

const results = join(import.meta.dirname, 'results')
mkdirSync(results, { recursive: true })
writeFileSync(join(results, 'growth.json'), JSON.stringify({ schemas, callers }, null, 2))
if (!options['no-report']) {
  const page = join(dirname(import.meta.dirname), 'docs/performance.md')
  const command = ['pnpm bench:growth', ...process.argv.slice(2)].join(' ')
  const text = [`\`${command}\``, schemaText(schemas), callersText(callers, LARGE)].join('\n\n')
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'growth', text))
}
