/** Deleting records: `DELETE`, which always needs something that selects, or `force=true` by name. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, type Outcome, runBatch } from '../batch.ts'
import type { Field } from '../catalog.ts'
import { noRecords } from '../params/body.ts'
import { castIdentifier, soleIdentifier } from '../params/fields.ts'
import { anyOf } from '../plan/target.ts'
import type { Row, Transaction } from '../source.ts'
import { fromIds, fromRecords, type Identified, inOrder, isPlainKey, modeOf, uniqueIdentifier } from './identified.ts'
import { filterIn, filterSlots, notFound, returned, type Work } from './work.ts'

const within = (work: Work, transaction: Transaction | undefined) =>
  transaction ? { ...work.run, transaction } : work.run

const removeSingly = async (item: Identified, work: Work, transaction?: Transaction): Promise<Row> => {
  const { planner, identifiers, rows: claims, source } = work
  const { plan } = planner.delete(work, { kind: 'key', fields: identifiers }, returned(work))
  const removed = await source.delete(plan, [...item.values, ...claims.values], within(work, transaction))
  if (removed.count > 0 && removed.rows[0]) return removed.rows[0]
  throw notFound(item.label)
}

const removeTogether = async (
  items: readonly Identified[],
  field: Field,
  work: Work,
  transaction: Transaction | undefined,
): Promise<readonly Outcome[]> => {
  const { planner, source, rows: claims } = work
  const { target, values } = anyOf(
    field,
    items.map((item) => item.values[0]),
  )
  const bare = planner.delete(work, target, returned(work)).plan
  const keepKey = bare.returning.includes(field)
  const { plan } = keepKey ? { plan: bare } : planner.delete(work, target, { ...returned(work), extra: [field] })
  const removed = await source.delete(plan, [...values, ...claims.values], within(work, transaction))
  return inOrder(field, items, removed.rows, keepKey).map((row, at) => row ?? notFound(items[at]!.label))
}

/** `DELETE _table/t/5`: the bare record, as it was. */
export const removeOne = async (work: Work, id: string): Promise<Reply> => {
  const field = soleIdentifier(work.identifiers)
  return removeSingly({ values: [castIdentifier(field, id, work.params.idType)], label: id }, work)
}

const removeIdentified = async (work: Work, items: readonly (Identified | GwError)[]): Promise<Reply> => {
  const mode = modeOf(work)
  const field = uniqueIdentifier(work)
  const batch: Batch<Identified> = {
    verb: 'deleted',
    mode,
    items,
    one: (item, transaction) => removeSingly(item, work, transaction),
    // Stopping at the first missing record means that later ones stay: those go one by one.
    many:
      field && isPlainKey(field) && mode !== 'stop'
        ? (run, transaction) => removeTogether(run, field, work, transaction)
        : undefined,
  }
  const removed = await runBatch(batch, work.source, work.call.signal)
  return rows({ items: removed, identifier: work.identifiers.map(({ name }) => name) })
}

/** With a limit, the first rows that match are named, and then removed by their names. */
const removeSome = async (work: Work, limit: number): Promise<Reply> => {
  const { planner, source, rows: claims, params, identifiers, run } = work
  if (identifiers.length === 0) throw new GwError('invalid_request', 'No valid identifier found for this table.')
  const filter = filterIn(params)!
  const { plan, casts } = planner.read(work, {
    only: identifiers,
    order: params.order,
    target: { kind: 'filter', filter },
  })
  const found = await source.read(plan, [...filterSlots(work, filter, casts), ...claims.values, limit], run)
  const items = found.map((row): Identified => {
    const values = identifiers.map((field) => castIdentifier(field, row[field.name], undefined))
    return { values, label: values.join(',') }
  })
  return removeIdentified(work, items)
}

/** `DELETE _table/t?filter=…`: all rows that match, with one statement. */
const removeMatching = async (work: Work): Promise<Reply> => {
  const { planner, source, rows: claims, params, identifiers, options, run } = work
  const filter = filterIn(params)
  if (!filter) throw new GwError('invalid_request', 'Filter for delete request can not be empty.')
  if (params.limit !== undefined) {
    return removeSome(work, params.limit < 1 ? options.maxRecords : Math.min(params.limit, options.maxRecords))
  }
  const { plan, casts } = planner.delete(work, { kind: 'filter', filter }, returned(work))
  const removed = await source.delete(plan, [...filterSlots(work, filter, casts), ...claims.values], run)
  return rows({ items: removed.rows, identifier: identifiers.map(({ name }) => name) })
}

/** `DELETE _table/t`: by `ids`, by records, by filter, or everything by force (the wire contract §2.2). */
export const removeRecords = async (work: Work): Promise<Reply> => {
  const { params, records, planner, source, rows: claims, run } = work
  if (params.ids !== undefined) {
    const items = fromIds(work)
    if (items.length === 0) throw new GwError('invalid_request', 'The request contains no valid identifiers.')
    return removeIdentified(work, items)
  }
  if (records) {
    if (records.length === 0) throw noRecords()
    return removeIdentified(work, fromRecords(work))
  }
  if ((params.filter ?? undefined) !== undefined) return removeMatching(work)
  if (!params.force) throw new GwError('invalid_request', 'No filter or records given for delete request.')
  await source.truncate(planner.truncate(work), claims.values, run)
  return { success: true }
}
