/** One table within a nested write: each thing that is done to it is done under the caller's right to do just that. */
import { GwError, type Method } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import { insertAll, type NewRecord, newRecord } from '../execute/insert.ts'
import { assignments, type Prepared, prepareChange, prepareCreate } from '../execute/record.ts'
import { tableNamed, type Work } from '../execute/work.ts'
import type { Row, Transaction } from '../source.ts'
import { seen, viewOf } from '../view.ts'

/** How many records one request may touch by nesting, and how deep. */
export const MOST_RECORDS = 10_000
export const DEEPEST = 5

/** What the parts of one nested write share. */
export interface Nesting {
  /** The call's own work: rights, lookups, planner and source. */
  readonly work: Work
  readonly transaction: Transaction
  readonly deleteDisowned: boolean
  /** Records that may still be touched. */
  left: number
}

/** The table as the caller may use it by a verb, with nothing of the call's own parameters. */
export const workOn = ({ work, transaction }: Nesting, table: Table, method: Method): Work => {
  const { scope, rows } = viewOf(work.call, table, method)
  const run = { ...work.run, transaction }
  return { ...work, scope, rows, run, params: {}, records: undefined, related: undefined, identifiers: scope.key }
}

export const tableOf = ({ work }: Nesting, name: string): Table => tableNamed(work.catalog, name)

/** Counts records, so that one request can't keep the source busy for ever. */
export const spend = (nesting: Nesting, records = 1): void => {
  nesting.left -= records
  if (nesting.left < 0)
    throw new GwError('invalid_request', `Too many related records: ${MOST_RECORDS} can be written in one request.`)
}

/** Fields of a table by name, as far as the caller may use them. */
export const fieldsIn = ({ scope }: Work, names: readonly string[]): readonly Field[] => {
  const fields = seen(scope, names)
  if (fields) return fields
  throw new GwError('forbidden', 'Denied access to some of the requested fields.')
}

/** A row by its key, as the caller may see it. */
export const rowBy = async (
  work: Work,
  key: readonly Field[],
  values: readonly unknown[],
  fields: readonly Field[],
): Promise<Row | undefined> => {
  const { planner, rows: claims, source, run } = work
  const { plan } = planner.read(work, { only: fields, target: { kind: 'key', fields: key } })
  const [row] = await source.read(plan, [...values, ...claims.values, 1], run)
  return row
}

/** Creates records of the same columns; answers the fields asked for. */
export const insertRows = async (
  nesting: Nesting,
  work: Work,
  records: readonly NewRecord[],
  fields: readonly Field[],
): Promise<readonly Row[]> => {
  spend(nesting, records.length)
  return insertAll(records, work, nesting.transaction, { otherwise: fields })
}

export const newRowOf = (record: unknown, work: Work): NewRecord => newRecord(prepareCreate(record, 0, work), work)

/** Changes the row with a key; `false` where there is none that the caller may change. */
export const updateRow = async (
  nesting: Nesting,
  work: Work,
  key: readonly Field[],
  values: readonly unknown[],
  set: Prepared,
): Promise<boolean> => {
  spend(nesting)
  if (set.size === 0) return (await rowBy(work, key, values, key)) !== undefined
  const { planner, rows: claims, source, run, scope } = work
  const { shape, values: assigned } = assignments({ set }, scope)
  const { plan } = planner.update(work, shape, { kind: 'key', fields: key }, { otherwise: key })
  const binds = [...assigned, ...values, ...claims.values]
  return (await source.update(plan, binds, run)).count > 0
}

/** A change to the row with a key; the key's own fields name it and are not changed. */
export const changeOf = (record: unknown, work: Work, key: readonly Field[]): Prepared =>
  prepareChange(record, work, key)

/** Removes the rows with a key. */
export const deleteRows = async (
  nesting: Nesting,
  work: Work,
  key: readonly Field[],
  values: readonly unknown[],
): Promise<number> => {
  spend(nesting)
  const { planner, rows: claims, source, run } = work
  const { plan } = planner.delete(work, { kind: 'key', fields: key }, { otherwise: key })
  return (await source.delete(plan, [...values, ...claims.values], run)).count
}
