/**
 * PUT of a document: what it is to be, whole (the wire contract §10.1). What the caller can not write is no part of what
 * they replace, and stays: the key, denied fields, what gw or the source fills in, and what a rule keeps from changing.
 */
import { GwError } from '@gw/core'
import type { Field } from '../catalog.ts'
import type { UpdatePlan } from '../plan.ts'
import { checkSubmitted } from '../rowcheck.ts'
import { LEFT_OUT, writerOf } from './field-writer.ts'
import { changeValues, lackOf, type Prepared } from './record.ts'
import type { Work } from './work.ts'

export type Replaces = NonNullable<UpdatePlan['replaces']>

export const isReplacement = ({ call, source }: Pick<Work, 'call' | 'source'>): boolean =>
  call.method === 'PUT' && source.capabilities.documents === true

/** Whether a field goes where a replacement does not have it. @throws GwError where its rules want it to be there */
const isGone = (field: Field, work: Work): boolean => {
  const write = writerOf(field, 'update')
  if (!write || field.primaryKey || field.virtual || field.validation?.create_only) return false
  return write(null, work) !== LEFT_OUT
}

/** @param named the fields that name the record instead of being a part of the replacement */
export const prepareReplacement = (
  record: unknown,
  work: Work,
  named: readonly Field[] = [],
): { readonly set: Prepared; readonly replaces: Replaces } => {
  const { scope, identifiers, rows } = work
  const set = changeValues(record, work, named)
  const lack = set.size === 0 ? lackOf(set, scope) : undefined
  if (lack) throw lack(0)
  for (const { name, native, open } of set.keys())
    if (open && native.includes('.'))
      throw new GwError(
        'invalid_request',
        `PUT replaces the record, so that '${name}' is no part of it: send what it is a part of.`,
      )
  const gone = scope.fields.filter(
    (field) => !set.has(field) && !named.includes(field) && !identifiers.includes(field) && isGone(field, work),
  )
  checkSubmitted(scope.filters, rows, new Map([...gone.map((field) => [field, null] as const), ...set]), 'update')
  return { set, replaces: { gone, rest: scope.open } }
}
