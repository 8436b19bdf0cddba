/**
 * What a write answers where relations are asked for: the records as they are read afterwards, or before they are
 * deleted (the wire contract §2.3).
 */
import { castIdentifier } from '../params/fields.ts'
import type { View } from '../plan/planner.ts'
import { withRelated } from '../related/attach.ts'
import { localFields } from '../related/tree.ts'
import type { Row, Values } from '../source.ts'
import type { Work } from './work.ts'

/** Records of one statement. */
const CHUNK = 256

const textOf = (values: readonly unknown[]): string => JSON.stringify(values.map(String))

const readByKeys = async (work: Work, reading: View, keys: readonly Values[]): Promise<readonly Row[]> => {
  const { planner, source, run, params, identifiers, related } = work
  const wanted = params.fields === undefined ? { only: identifiers } : { fields: params.fields }
  const found: Row[] = []
  for (let at = 0; at < keys.length; at += CHUNK) {
    const some = keys.slice(at, at + CHUNK)
    const { plan } = planner.read(reading, {
      ...wanted,
      extra: [...identifiers, ...(localFields(related) ?? [])],
      target: { kind: 'keys', fields: identifiers, count: some.length, filter: undefined },
    })
    found.push(...(await source.read(plan, [...some.flat(), ...reading.rows.values, some.length], run)))
  }
  return withRelated(work, found, related)
}

type Asking = Work & { readonly reading: View }
const asksForMore = (work: Work): work is Asking =>
  work.reading !== undefined && work.related !== undefined && work.identifiers.length > 0

/** Puts the records that were found into the place of those with the same key. */
const replacing = async (work: Asking, keys: readonly Values[]) => {
  const keyOf = (row: Row) => textOf(work.identifiers.map((field) => row[field.name] ?? null))
  const found = new Map((await readByKeys(work, work.reading, keys)).map((row) => [keyOf(row), row]))
  return (rows: readonly Row[]): readonly Row[] => rows.map((row) => found.get(keyOf(row)) ?? row)
}

/**
 * The records that were written, with their relations where those are asked for. One that the caller may write and
 * not read, or that has left their filters, is answered as it was written.
 */
export const withReread = async (work: Work, written: readonly Row[]): Promise<readonly Row[]> => {
  if (!asksForMore(work) || written.length === 0) return written
  const { identifiers, params } = work
  const keys = written.map((row) => identifiers.map((field) => row[field.name] ?? null))
  const binds = keys
    .filter((key) => !key.includes(null))
    .map((key) => key.map((value, at) => castIdentifier(identifiers[at]!, value, params.idType)))
  return (await replacing(work, binds))(written)
}

/** The same for records that are about to be deleted: what puts them, as they are now, into the place of the deleted. */
export const readBefore = async (
  work: Work,
  keys: readonly Values[],
): Promise<(removed: readonly Row[]) => readonly Row[]> =>
  asksForMore(work) && keys.length > 0 ? replacing(work, keys) : (removed) => removed
