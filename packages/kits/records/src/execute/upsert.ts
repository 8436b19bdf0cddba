/** Creating what an update did not find, where the service allows it (the wire contract §4.7). */
import { GwError } from '@gw/core'
import type { Field } from '../catalog.ts'
import { checkSubmitted } from '../rowcheck.ts'
import { resolveRowFilters } from '../rowfilter.ts'
import { type Scope, scopeOf } from '../scope.ts'
import type { Row, Transaction } from '../source.ts'
import type { Identified } from './identified.ts'
import { insertAll, newRecord } from './insert.ts'
import { checkComplete, type Prepared } from './record.ts'
import { notFound, type Work } from './work.ts'

/** The table as the caller may create in it; `undefined` where they may not. */
const creationScope = ({ call, scope }: Work): Scope | undefined => {
  try {
    return scopeOf(scope.table, call.access(`_table/${scope.table.name}`, 'POST'))
  } catch (error) {
    if (GwError.is(error) && (error.code === 'forbidden' || error.code === 'unauthenticated')) return undefined
    throw error
  }
}

/**
 * Whether a new record failed for its key, which one has that is hidden from the caller: to them there is none. That
 * any other value is taken is told, as on every write.
 */
export const isHiddenKey = (error: unknown, { filters }: Scope, key: readonly Field[]): boolean =>
  filters.groups.length > 0 && isTakenKey(error, key)

/** Whether a new record failed for its key, as far as that can be told. */
export const isTakenKey = (error: unknown, key: readonly Field[]): boolean => {
  if (!GwError.is(error) || error.code !== 'conflict') return false
  const { fields } = (error.details ?? {}) as { readonly fields?: readonly string[] }
  return fields === undefined || fields.some((name) => key.some((field) => field.name === name))
}

/**
 * Inserts identifiers and fields after an update that matched nothing. One statement, so it needs no transaction of
 * its own. The caller needs POST as well, and the record must lie inside the filters of both grants. A row that
 * exists but is hidden from the caller makes the insert fail: that is answered like a row that isn't there.
 */
export const createMissing = async (
  named: Identified,
  set: Prepared,
  work: Work,
  transaction: Transaction | undefined,
): Promise<Row> => {
  const scope = creationScope(work)
  if (!scope) throw notFound(named.label)
  const values = new Map<Field, unknown>(set)
  for (const [at, field] of work.identifiers.entries()) values.set(field, named.values[at])
  for (const field of values.keys()) if (!scope.fields.includes(field)) values.delete(field)
  checkComplete(values, scope, 0)
  checkSubmitted(work.scope.filters, work.rows, values, 'create')
  checkSubmitted(scope.filters, resolveRowFilters(scope.filters, work.call.caller), values, 'create')
  try {
    const [row] = await insertAll([newRecord(values, work)], work, transaction)
    return row!
  } catch (error) {
    throw isHiddenKey(error, work.scope, work.identifiers) ? notFound(named.label) : error
  }
}
