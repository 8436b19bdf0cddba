/** Deleting records: `DELETE`, which always needs something that selects, or `force=true` by name. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, type Outcome, runBatch } from '../batch.ts'
import type { Field } from '../catalog.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import { noRecords } from '../params/body.ts'
import { castIdentifier, soleIdentifier } from '../params/fields.ts'
import { anyOf } from '../plan/target.ts'
import type { Row, Transaction } from '../source.ts'
import { conditional } from './conditional.ts'
import {
  fromIds,
  fromRecords,
  type Identified,
  inOrder,
  isPlainKey,
  modeOf,
  nameOne,
  uniqueIdentifier,
} from './identified.ts'
import { readBefore } from './reread.ts'
import { filterFor, filterSlots, notFound, returned, type Work } from './work.ts'

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
export const removeOne = (work: Work, id: string): Promise<Reply> =>
  conditional(work, id, (own) => removeNamed(own, id))

const removeNamed = async (work: Work, id: string): Promise<Reply> => {
  const field = soleIdentifier(work.identifiers)
  const values = [castIdentifier(field, id, work.params.idType)]
  const asBefore = await readBefore(work, [values])
  return asBefore([await removeSingly({ values, label: id }, work)])[0]!
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
  const named = items.flatMap((item) => (GwError.is(item) ? [] : [item.values]))
  const asBefore = await readBefore(work, named)
  const removed = await runBatch(batch, work.source, work.call.signal)
  return rows({ items: asBefore(removed as readonly Row[]), identifier: work.identifiers.map(({ name }) => name) })
}

/** The first rows that match, by their names. */
const nameMatching = async (work: Work, filter: ParsedFilter, limit: number): Promise<readonly Identified[]> => {
  const { planner, source, rows: claims, params, identifiers, run } = work
  if (identifiers.length === 0) throw new GwError('invalid_request', 'No valid identifier found for this table.')
  const { plan, casts } = planner.read(work, {
    only: identifiers,
    order: params.order,
    target: { kind: 'filter', filter },
  })
  const found = await source.read(plan, [...filterSlots(work, filter, casts), ...claims.values, limit], run)
  return found.map((row) => {
    const values = identifiers.map((field) => castIdentifier(field, row[field.name], undefined))
    return { values, label: values.join(',') }
  })
}

/** What is answered with relations is read before, and so is held in memory. */
const readMatching = async (work: Work, filter: ParsedFilter) => {
  const { maxRecords } = work.options
  const named = work.related && work.identifiers.length > 0 ? await nameMatching(work, filter, maxRecords + 1) : []
  if (named.length > maxRecords)
    throw new GwError(
      'invalid_request',
      `More than ${maxRecords} records match: delete them without related, or with a limit.`,
    )
  return readBefore(
    work,
    named.map(({ values }) => values),
  )
}

/** `DELETE _table/t?filter=…`: all rows that match, with one statement. */
const removeMatching = async (work: Work): Promise<Reply> => {
  const { planner, source, rows: claims, params, identifiers, options, run } = work
  const filter = filterFor(work)
  if (!filter) throw new GwError('invalid_request', 'Filter for delete request can not be empty.')
  if (params.limit !== undefined) {
    if (identifiers.length > 0 && !nameOne(work))
      throw new GwError('invalid_request', 'A limit needs a key: what is named in another way may be more records.')
    const limit = params.limit < 1 ? options.maxRecords : Math.min(params.limit, options.maxRecords)
    return removeIdentified(work, await nameMatching(work, filter, limit))
  }
  const asBefore = await readMatching(work, filter)
  const { plan, casts } = planner.delete(work, { kind: 'filter', filter }, returned(work))
  const removed = await source.delete(plan, [...filterSlots(work, filter, casts), ...claims.values], run)
  return rows({ items: asBefore(removed.rows), identifier: identifiers.map(({ name }) => name) })
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
