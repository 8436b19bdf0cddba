/** Creating records: `POST _table/t`. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, runBatch } from '../batch.ts'
import type { Field } from '../catalog.ts'
import { noRecords } from '../params/body.ts'
import { keyOrAll, MOST_IDENTIFIERS } from '../params/fields.ts'
import type { ReturnShape } from '../plan/planner.ts'
import type { Row, Transaction } from '../source.ts'
import { modeOf, orError } from './identified.ts'
import { type Prepared, prepareCreate } from './record.ts'
import { returned, type Work } from './work.ts'

export interface NewRecord {
  readonly columns: readonly Field[]
  readonly values: readonly unknown[]
}

/** Columns in table order, so that the order of a client's keys makes no difference to the plan. */
export const newRecord = (prepared: Prepared, { scope }: Pick<Work, 'scope'>): NewRecord => {
  const columns = scope.fields.filter((field) => prepared.has(field))
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

/** What keeps a statement below the number of values that every common database takes. */
const MOST_VALUES = 30_000
/** How many records of so many fields go into one statement. */
export const mostTogether = (fields: number): number =>
  Math.max(1, Math.min(1_000, Math.floor(MOST_VALUES / Math.max(1, fields))))

export const sameColumns = (a: NewRecord, b: NewRecord): boolean =>
  a.columns.length === b.columns.length && a.columns.every((field, at) => field === b.columns[at])

/** `POST _table/t`: every record, or the batch form. */
export const createRecords = async (work: Work): Promise<Reply> => {
  const { records, source, call, scope } = work
  if (!records || records.length === 0) throw noRecords()
  if (records.length > MOST_IDENTIFIERS) {
    throw new GwError(
      'invalid_request',
      `Too many records: ${records.length}, ${MOST_IDENTIFIERS} are allowed in one request.`,
    )
  }
  const batch: Batch<NewRecord> = {
    verb: 'created',
    mode: modeOf(work),
    items: records.map((record, index) => orError(() => newRecord(prepareCreate(record, index, work), work))),
    one: async (record, transaction) => (await insertAll([record], work, transaction))[0]!,
    many: (run, transaction) => insertAll(run, work, transaction),
    together: sameColumns,
    most: mostTogether(scope.fields.length),
  }
  const created = await runBatch(batch, source, call.signal)
  const identifying = work.identifiers.length > 0 ? work.identifiers : keyOrAll(scope)
  return rows({ items: created, identifier: identifying.map(({ name }) => name) })
}
