/** The transaction that a record and what stands inside it are written in. */
import { GwError } from '@gw/core'
import type { Work } from '../execute/work.ts'
import type { Transaction } from '../source.ts'
import { MOST_RECORDS, type Nesting } from './table.ts'

/** Runs a nested write in the open transaction, or in one of its own: all of it happens, or nothing. */
export const nesting = async <T>(
  work: Work,
  transaction: Transaction | undefined,
  write: (nesting: Nesting, own: Work) => Promise<T>,
): Promise<T> => {
  const { source, call, run, options } = work
  const inside = (open: Transaction): Promise<T> => {
    const own = { ...work, run: { ...run, transaction: open } }
    const deleteDisowned = options.deleteDisowned ?? work.params.allowRelatedDelete === true
    return write({ work: own, transaction: open, deleteDisowned, left: MOST_RECORDS }, own)
  }
  if (transaction) return inside(transaction)
  if (source.capabilities.transactions && source.transaction) return source.transaction(inside, call.signal)
  throw new GwError(
    'not_supported',
    'This service has no transactions, so that related records are not written with a record.',
  )
}
