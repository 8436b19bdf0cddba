/** Records on their way into one statement. */
import { GwError } from '@gw/core'
import type { Field } from '../catalog.ts'
import type { ReturnShape } from '../plan/planner.ts'
import type { Row, Transaction } from '../source.ts'
import type { Prepared } from './record.ts'
import { returned, type Work } from './work.ts'

export interface NewRecord {
  readonly columns: readonly Field[]
  readonly values: readonly unknown[]
}

/** Columns in table order, so that the order of a client's keys makes no difference to the plan. */
export const newRecord = (prepared: Prepared, { scope }: Pick<Work, 'scope'>): NewRecord => {
  const columns = scope.inOrder(prepared)
  return { columns, values: columns.map((field) => prepared.get(field)) }
}

/** Inserts records of the same columns with one statement. */
export const insertAll = async (
  records: readonly NewRecord[],
  work: Work,
  transaction: Transaction | undefined,
  returning: ReturnShape = returned(work),
): Promise<readonly Row[]> => {
  const { planner, source, run } = work
  const plan = planner.insert(work, records[0]!.columns, returning)
  const values = records.map((record) => record.values)
  const created = await source.insert(plan, values, transaction ? { ...run, transaction } : run)
  if (created.length === records.length) return created
  throw new GwError('internal', 'The source did not report the created records.')
}

export const sameColumns = (a: NewRecord, b: NewRecord): boolean =>
  a.columns === b.columns ||
  (a.columns.length === b.columns.length && a.columns.every((field, at) => field === b.columns[at]))

/** What keeps a statement below the number of values that every common database takes. */
const MOST_VALUES = 30_000
/** How many records of so many fields go into one statement. */
export const mostTogether = (fields: number): number =>
  Math.max(1, Math.min(1_000, Math.floor(MOST_VALUES / Math.max(1, fields))))
