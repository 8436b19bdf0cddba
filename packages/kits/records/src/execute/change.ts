/** Changing records: PUT and PATCH, which are the same for records (the wire contract §4.2) that are no documents. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, type Outcome, runBatch } from '../batch.ts'
import type { Field } from '../catalog.ts'
import { nesting } from '../nested/nesting.ts'
import { type Part, partsFor } from '../nested/parts.ts'
import { localsOf, saveReferred, saveReferring } from '../nested/save.ts'
import { fieldsIn, rowBy } from '../nested/table.ts'
import { noRecords } from '../params/body.ts'
import { castIdentifier, soleIdentifier } from '../params/fields.ts'
import { anyOf } from '../plan/target.ts'
import type { Row, Transaction } from '../source.ts'
import { hasUpdates } from '../update.ts'
import { conditional, isOnlyNew, isThere } from './conditional.ts'
import {
  fromIds,
  type Identified,
  identifiersIn,
  inOrder,
  isPlainKey,
  modeOf,
  orError,
  uniqueIdentifier,
} from './identified.ts'
import { assignments, type Prepared, prepareChange } from './record.ts'
import { isReplacement, prepareReplacement, type Replaces } from './replacement.ts'
import { withReread } from './reread.ts'
import { createMissing, isTakenKey } from './upsert.ts'
import { filterFor, filterSlots, notFound, returned, type Work } from './work.ts'

interface Change extends Identified {
  readonly set: Prepared
  /** Of a document that is to become what `set` says. */
  readonly replaces?: Replaces | undefined
  /** The record that was sent, where others stand inside it; then `set` does not yet say what it refers to. */
  readonly whole?: { readonly record: Readonly<Record<string, unknown>>; readonly parts: readonly Part[] } | undefined
}

/** What a record of the body asks for; `named` are the fields that name the record there. */
const changeIn = (record: unknown, work: Work, named: readonly Field[] = []): Pick<Change, Asked> => {
  const parts = partsFor(record, work)
  const change = isReplacement(work)
    ? prepareReplacement(record, work, named)
    : { set: prepareChange(record, work, named) }
  return parts ? { ...change, whole: { record: record as Readonly<Record<string, unknown>>, parts } } : change
}
type Asked = 'set' | 'replaces' | 'whole'

const within = (work: Work, transaction: Transaction | undefined) =>
  transaction ? { ...work.run, transaction } : work.run

/** Nothing to set is no failure, but a record that isn't there is (the wire contract §4.2). */
const readUnchanged = async (
  change: Change,
  work: Work,
  transaction: Transaction | undefined,
): Promise<Row | undefined> => {
  const { planner, params, identifiers, rows: claims, source } = work
  const target = { kind: 'key', fields: identifiers } as const
  const shape =
    params.fields === undefined || params.asList
      ? { only: identifiers, target }
      : { fields: params.fields, target, extra: work.related && identifiers }
  const { plan } = planner.read(work, shape)
  const [row] = await source.read(plan, [...change.values, ...claims.values, 1], within(work, transaction))
  return row
}

/** Changes a record with those that stand inside it. */
const changeWhole = (change: Change, work: Work, transaction?: Transaction): Promise<Row> =>
  nesting(work, transaction, async (within, own) => {
    const { record, parts } = change.whole!
    const references = await saveReferred(within, own, parts)
    const asked = changeIn({ ...record, ...references }, own)
    const set = new Map([...change.set, ...asked.set])
    for (const field of own.identifiers) if (!change.set.has(field)) set.delete(field)
    const { values, label } = change
    const row = await changeSingly({ values, label, set, replaces: asked.replaces }, own, within.transaction)
    const locals = localsOf(parts)
    if (locals.length === 0) return row
    const key = own.identifiers.map((field, at) => (set.has(field) ? set.get(field) : change.values[at]))
    const parent = await rowBy(own, own.identifiers, key, fieldsIn(own, locals))
    await saveReferring(within, own.scope.table, parts, parent ?? {})
    return row
  })

const changeSingly = async (change: Change, work: Work, transaction?: Transaction): Promise<Row> => {
  if (change.whole) return changeWhole(change, work, transaction)
  const { planner, identifiers, rows: claims, source, options } = work
  if (change.set.size === 0) {
    const row = await readUnchanged(change, work, transaction)
    if (row) return row
  } else {
    const { shape, values } = assignments(change, work.scope)
    const { plan } = planner.update(work, shape, { kind: 'key', fields: identifiers }, returned(work))
    const changed = await source.update(
      plan,
      [...values, ...change.values, ...claims.values],
      within(work, transaction),
    )
    if (changed.count > 0)
      return changed.rows[0] ?? Object.fromEntries(identifiers.map((field, at) => [field.name, change.values[at]]))
  }
  if (!options.allowUpsert || hasUpdates(change.set)) throw notFound(change.label)
  return createMissing(change, change.set, work, transaction)
}

/** One statement for the same change to many records. */
const changeTogether = async (
  changes: readonly Change[],
  field: Field,
  work: Work,
  transaction: Transaction | undefined,
): Promise<readonly Outcome[]> => {
  const { planner, source, rows: claims } = work
  const { shape, values } = assignments(changes[0]!, work.scope)
  const { target, values: keys } = anyOf(
    field,
    changes.map((change) => change.values[0]),
  )
  const bare = planner.update(work, shape, target, returned(work)).plan
  const keepKey = bare.returning.includes(field)
  const { plan } = keepKey ? { plan: bare } : planner.update(work, shape, target, { ...returned(work), extra: [field] })
  const changed = await source.update(plan, [...values, ...keys, ...claims.values], within(work, transaction))
  return inOrder(field, changes, changed.rows, keepKey).map((row, at) => row ?? notFound(changes[at]!.label))
}

/** Creates the record that is named, and changes none. */
const createOnly = async (change: Change, work: Work): Promise<Row> => {
  if (change.whole)
    throw new GwError('not_supported', 'Related records can not be written with If-None-Match: write them apart.')
  if (await readUnchanged(change, work, undefined)) throw isThere(change.label)
  if (!work.options.allowUpsert || hasUpdates(change.set)) throw notFound(change.label)
  try {
    return await createMissing(change, change.set, work, undefined)
  } catch (error) {
    // Somebody else was faster.
    throw isTakenKey(error, work.identifiers) ? isThere(change.label) : error
  }
}

const changeNamed = async (work: Work, id: string): Promise<Reply> => {
  const field = soleIdentifier(work.identifiers)
  const [record] = work.records ?? []
  if (record === undefined) throw noRecords()
  const values = [castIdentifier(field, id, work.params.idType)]
  const change: Change = { values, label: id, ...changeIn(record, work) }
  const changed = isOnlyNew(work) ? await createOnly(change, work) : await changeSingly(change, work)
  return (await withReread(work, [changed]))[0]!
}

/** `PUT _table/t/5`: failures surface as they are. */
export const changeOne = (work: Work, id: string): Promise<Reply> =>
  conditional(work, id, (own) => changeNamed(own, id))

/** `PUT _table/t?filter=…`: one statement for all rows that match; they are answered as they are after it. */
const changeMatching = async (work: Work): Promise<Reply> => {
  const { planner, source, rows: claims, params, identifiers, options, run } = work
  const filter = filterFor(work)
  if (!filter) throw new GwError('invalid_request', 'Filter for update request can not be empty.')
  const [record] = work.records ?? []
  if (record === undefined) throw noRecords()
  const { set, replaces, whole } = changeIn(record, work)
  if (whole)
    throw new GwError('invalid_request', 'Related records can not be written by filter: name the records by ids.')
  const target = { kind: 'filter', filter } as const
  const identifier = identifiers.map(({ name }) => name)
  if (set.size === 0) {
    const shape =
      params.fields === undefined || params.asList ? { only: identifiers, target } : { fields: params.fields, target }
    const { plan, casts } = planner.read(work, shape)
    const values = [...filterSlots(work, filter, casts), ...claims.values, options.maxRecords]
    return rows({ items: await withReread(work, await source.read(plan, values, run)), identifier })
  }
  const { shape: change, values } = assignments({ set, replaces }, work.scope)
  const { plan, casts } = planner.update(work, change, target, returned(work))
  const changed = await source.update(plan, [...values, ...filterSlots(work, filter, casts), ...claims.values], run)
  return rows({ items: await withReread(work, changed.rows), identifier })
}

/** The same change for every one of `ids`. */
const changesById = (work: Work): readonly (Change | GwError)[] => {
  const named = fromIds(work)
  if (named.length === 0) throw new GwError('invalid_request', 'The request contains no valid identifiers.')
  const [record] = work.records ?? []
  if (record === undefined) throw noRecords()
  const asked = changeIn(record, work)
  return named.map((item) => (GwError.is(item) ? item : { ...item, ...asked }))
}

/** Each record of the body names itself. */
const changesByRecord = (work: Work): readonly (Change | GwError)[] => {
  const { records, identifiers } = work
  if (!records || records.length === 0) throw noRecords()
  return records.map((record, index) =>
    orError(() => ({
      ...identifiersIn(record, index, work),
      ...changeIn(record, work, identifiers),
    })),
  )
}

/** `PUT` and `PATCH _table/t`: by `ids`, by filter, or by a list of records, in this order (the wire contract §2.2). */
export const changeRecords = async (work: Work): Promise<Reply> => {
  const byIds = work.params.ids !== undefined
  if (!byIds && (work.params.filter ?? undefined) !== undefined) return changeMatching(work)
  const items = byIds ? changesById(work) : changesByRecord(work)
  const mode = modeOf(work)
  const field = uniqueIdentifier(work)
  // Stopping at the first missing record means that later ones stay as they are, and creating it that it comes before
  // them: those go one by one.
  const one = items.find((item) => !GwError.is(item)) as Change | undefined
  const together =
    byIds &&
    mode !== 'stop' &&
    !work.options.allowUpsert &&
    field &&
    isPlainKey(field) &&
    one &&
    !one.whole &&
    one.set.size > 0 &&
    !one.set.has(field)
  const batch: Batch<Change> = {
    verb: 'updated',
    mode,
    items,
    one: (change, transaction) => changeSingly(change, work, transaction),
    many: together ? (run, transaction) => changeTogether(run, field, work, transaction) : undefined,
  }
  const changed = await runBatch(batch, work.source, work.call.signal)
  const answered = await withReread(work, changed as readonly Row[])
  return rows({ items: answered, identifier: work.identifiers.map(({ name }) => name) })
}
