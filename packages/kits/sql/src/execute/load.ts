/** Many new records of which nothing is asked back, by the database's own way to load them. */
import type { Ready } from '@gw/core'
import type { InsertPlan, RunOptions, Values } from '@gw/records'
import { LRUCache } from 'lru-cache'
import { compileStatement, type Statement } from '../compile/slots.ts'
import { compileInsert } from '../compile/write.ts'
import type { Runtime } from './runtime.ts'

/** Records for which finding out whether it is possible pays. */
const LEAST = 100
/** Sizes of inserts that stay compiled for a plan. */
const SIZES = 4

/** A way that says whether it has written the records; where it has not, they are to be inserted by statements. */
export const loader = ({ db, dialect, load, once }: Runtime) => {
  const isPlain = once(
    ({ table, columns, returning }: InsertPlan) =>
      returning.length === 0 && columns.length > 0 && !table.view && !columns.some((field) => field.functions?.insert),
  )
  const inserts = once((plan: InsertPlan) => {
    const sizes = new LRUCache<number, Statement>({ max: SIZES })
    return (records: number): Statement => {
      const known =
        sizes.get(records) ?? compileStatement(db, compileInsert(plan, records, dialect.syntax), dialect.binder)
      sizes.set(records, known)
      return known
    }
  })
  return (plan: InsertPlan, records: readonly Values[], options: RunOptions): Ready<boolean> => {
    if (records.length < LEAST || !isPlain(plan)) return false
    const { table, columns } = plan
    return load({ table, columns, records, insert: inserts(plan) }, options)
  }
}
