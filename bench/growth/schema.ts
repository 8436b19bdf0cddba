/** Databases of many tables: how long until the gateway answers a call to one of them, and how much memory that takes. */
import type { BenchDatabase } from '../databases/database.ts'
import { startWith } from '../systems/gateway.ts'
import { familyMemory, type System } from '../systems/process.ts'

/** Columns of each table, its key included. */
export const COLUMNS = 20
/** Statements that are sent at once. */
const BATCH = 200
const TABLE = '/api/v2/shop/_table'

const TYPES = ['integer', 'varchar(40)', 'decimal(10,2)', 'date', 'varchar(200)']

const tableSql = (at: number): string => {
  const columns = Array.from({ length: COLUMNS - 1 }, (_, column) => `c${column} ${TYPES[column % TYPES.length]}`)
  return `create table t${at} (id integer primary key, ${columns.join(', ')})`
}

/** Creates tables without rows, batch by batch. */
export const createTables = async (database: BenchDatabase, tables: number): Promise<void> => {
  for (let at = 0; at < tables; at += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, tables - at) }, (_, offset) => tableSql(at + offset))
    await database.run(some.join(';\n'))
  }
}

export interface SchemaCost {
  readonly tables: number
  /** From starting the process to its first good answer, ms. */
  readonly startup: number
  /** Of one more call to another table, and of the list of all tables' names, ms. */
  readonly another: number
  readonly list: number
  /** MB, at most. */
  readonly peak: number
}

const timed = async ({ url, headers }: System, path: string): Promise<number> => {
  const started = performance.now()
  const response = await fetch(`${url}${path}`, { headers })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}.`)
  return performance.now() - started
}

/** Starts a gateway over a database with so many tables besides its own, and asks it. */
export const measureSchema = async (database: BenchDatabase, tables: number): Promise<SchemaCost> => {
  const system = await startWith({
    name: 'growth',
    connectors: [database.connector],
    services: { shop: database.service },
    probe: `${TABLE}/customers?limit=1`,
  })
  try {
    const another = await timed(system, `${TABLE}/${tables > 0 ? `t${tables - 1}` : 'orders'}?limit=1`)
    const list = await timed(system, `${TABLE}?as_access_list=true`)
    return { tables, startup: system.startup, another, list, peak: familyMemory(system.pid).peak }
  } finally {
    await system.stop()
  }
}
