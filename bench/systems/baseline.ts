/** b, the yardstick: `baselines/`, one hand-written server for each database. */
import { join } from 'node:path'
import { freePort } from '../../scripts/backends/postgres.ts'
import type { BenchDatabase } from '../databases/database.ts'
import { type Question, SIGNUP, type Words } from '../workloads.ts'
import { startSystem } from './process.ts'
import { plainRows, type Target } from './target.ts'

const body = JSON.stringify(SIGNUP)

export const baselineWords: Words = (question: Question) => {
  switch (question.ask) {
    case 'customer':
      return { method: 'GET', path: `/customers/${question.id}` }
    case 'named':
      return { method: 'GET', path: `/customers/by-last-name/${question.lastName}?limit=${question.limit}` }
    case 'list':
      return { method: 'GET', path: `/customers?limit=${question.limit}` }
    case 'insert':
      return { method: 'POST', path: '/signups', body }
    case 'orders':
      return { method: 'GET', path: `/customers/with-orders?from=${question.from}&limit=${question.limit}` }
  }
}

/** @param pool connections to the database */
export const startBaseline = async (database: BenchDatabase, pool: number): Promise<Target> => {
  const script = join(import.meta.dirname, 'baselines', `${database.name}.ts`)
  const env = { ...database.env, POOL: String(pool) }
  const system = await startSystem({ name: 'b', script, env, port: await freePort(), probe: '/customers/1' })
  return { ...system, words: baselineWords, rows: plainRows }
}
