/** What a write answers where relations are asked for: the records as they are read afterwards (the wire contract §2.3). */
import { castIdentifier } from '../params/fields.ts'
import type { View } from '../plan/planner.ts'
import { withRelated } from '../related/attach.ts'
import { localFields } from '../related/tree.ts'
import type { Row } from '../source.ts'
import type { Work } from './work.ts'

/** Records of one statement. */
const CHUNK = 256

const textOf = (values: readonly unknown[]): string => JSON.stringify(values.map(String))

const readAgain = async (work: Work, reading: View, keys: readonly (readonly unknown[])[]): Promise<readonly Row[]> => {
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
  return withRelated(work, found)
}

/**
 * The records that were written, with their relations where those are asked for. One that the caller may write and
 * not read, or that has left their filters, is answered as it was written.
 */
export const withReread = async (work: Work, written: readonly Row[]): Promise<readonly Row[]> => {
  const { reading, related, identifiers, params } = work
  if (!reading || !related || identifiers.length === 0 || written.length === 0) return written
  const keyOf = (row: Row) => identifiers.map((field) => row[field.name] ?? null)
  const keys = written.map(keyOf).filter((key) => !key.includes(null))
  const binds = keys.map((key) => key.map((value, at) => castIdentifier(identifiers[at]!, value, params.idType)))
  const found = new Map((await readAgain(work, reading, binds)).map((row) => [textOf(keyOf(row)), row]))
  return written.map((row) => found.get(textOf(keyOf(row))) ?? row)
}
