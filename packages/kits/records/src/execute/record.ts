/** A client's record on its way to the source (the wire contract §4.5). */
import { GwError } from '@gw/core'
import { castStored } from '../cast.ts'
import type { Field } from '../catalog.ts'
import type { Purpose } from '../extras/validate.ts'
import { isRelationName } from '../nested/parts.ts'
import type { ChangeShape } from '../plan/planner.ts'
import { checkSubmitted } from '../rowcheck.ts'
import { isRequired, type Scope } from '../scope.ts'
import { isUpdate } from '../update.ts'
import { clockValue } from './clock.ts'
import { isObject, LEFT_OUT, writerOf } from './field-writer.ts'
import { isOperator, updatesIn } from './operators.ts'
import type { Work } from './work.ts'

export type Prepared = ReadonlyMap<Field, unknown>

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const refuseTwice = (field: Field, values: ReadonlyMap<Field, unknown>): void => {
  if (values.has(field)) throw invalid(`Field '${field.name}' is changed twice in one record.`)
}

/** The record's known fields as values; what the source computes is left out. */
const read = (record: unknown, work: Work, purpose: Purpose): Map<Field, unknown> => {
  if (!isObject(record)) throw invalid('The request contains no valid record fields.')
  const values = new Map<Field, unknown>()
  const updated = new Set<Field>()
  for (const name of Object.keys(record)) {
    if (isOperator(name, work)) {
      for (const [field, value] of updatesIn(name, record[name], work, purpose)) {
        refuseTwice(field, values)
        updated.add(field)
        values.set(field, value)
      }
      continue
    }
    const field = work.scope.findStored(name)
    const write = field && writerOf(field, purpose)
    if (!write || (field.open && isRelationName(name, work))) continue
    const value = write(record[name], work)
    if (updated.has(field)) refuseTwice(field, values)
    if (value !== LEFT_OUT) values.set(field, value)
  }
  // A change of nothing is none, and leaves no mark.
  if (values.size > 0) for (const field of stampsOf(work, purpose)) values.set(field, stampValue(field, work))
  return values
}

/** The fields that gw fills in: when, and by whom (the wire contract §4.5, steps 4 and 5). */
export const stampsOf = ({ scope, call }: Pick<Work, 'scope' | 'call'>, purpose: Purpose): readonly Field[] =>
  scope.table.fields.filter(({ stamp }) => {
    if (!stamp || (purpose === 'update' && stamp.endsWith('_on_create'))) return false
    return stamp.startsWith('timestamp') || call.caller.user?.id !== undefined
  })
const NOW = { kind: 'time', of: 'timestamp' } as const
/** What stands in such a field now. */
export const stampValue = (field: Field, { call }: Pick<Work, 'call'>): unknown =>
  field.stamp!.startsWith('timestamp') ? clockValue(NOW, field) : castStored(field, call.caller.user!.id)

/** What a new record of these fields lacks that the source needs (the wire contract §4.2, §4.5 step 12). */
export const lackOf = (
  values: { readonly size: number; has(field: Field): boolean },
  { table, fields, lacking }: Scope,
): ((index: number) => GwError) | undefined => {
  if (values.size === 0) return () => invalid('No valid fields were found in record.')
  for (const field of fields) {
    if (!isRequired(field) || values.has(field)) continue
    if (table.primaryKey.length === 1 && field.primaryKey)
      return (index) => invalid(`Required id field(s) not found in record ${index}: ${field.name}`)
    return () => invalid(`Required field '${field.name.toLowerCase()}' can not be NULL.`)
  }
  // Naming the field would tell the caller of a field that doesn't exist for them.
  if (lacking.length === 0) return undefined
  return () => new GwError('forbidden', 'Denied access to some of the requested fields.')
}
/** Refuses a new record without what the source needs. */
export const checkComplete = (values: Prepared, scope: Scope, index: number): void => {
  const lack = lackOf(values, scope)
  if (lack) throw lack(index)
}

/** A new record, in table order, inside the role's filters. */
export const prepareCreate = (record: unknown, index: number, work: Work): Prepared => {
  const values = read(record, work, 'create')
  checkComplete(values, work.scope, index)
  checkSubmitted(work.scope.filters, work.rows, values, 'create')
  return values
}

/** A change in a plan's words: in table order, with a value for each slot. */
export const assignments = (
  { set, replaces }: { readonly set: Prepared } & Pick<ChangeShape, 'replaces'>,
  { inOrder }: Scope,
): { readonly shape: ChangeShape; readonly values: readonly unknown[] } => {
  const columns = inOrder(set)
  const values = columns.map((field) => set.get(field))
  return {
    shape: {
      set: columns.map((field, at) => {
        const value = values[at]
        return isUpdate(value) ? { field, by: value.by } : { field }
      }),
      ...(replaces && { replaces }),
    },
    values: values.map((value) => (isUpdate(value) ? value.operand : value)),
  }
}

/** What a change sets, not yet held against the role's filters; see `prepareChange`. */
export const changeValues = (record: unknown, work: Work, without: readonly Field[]): Prepared => {
  const values = read(record, work, 'update')
  for (const field of without) values.delete(field)
  return values
}

/** A change; `without` are the fields that name the record instead of changing it. Possibly empty. */
export const prepareChange = (record: unknown, work: Work, without: readonly Field[] = []): Prepared => {
  const values = changeValues(record, work, without)
  checkSubmitted(work.scope.filters, work.rows, values, 'update')
  return values
}
