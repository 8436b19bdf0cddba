/**
 * Many records within a transaction, where the database runs in the process: two prepared statements again and again,
 * and turns for others in between.
 */
import type { SqlLoad } from '../dialect.ts'
import { turns } from '../driver/waiting.ts'
import type { BoundStatement } from '../execute/runtime.ts'

/** Records of one statement: from here on, more of them make none of them cheaper. */
const BLOCK = 50
/** Columns from which on a block could have more parameters than a statement may have (SQLite: 32,766). */
const WIDE = 600
/** Milliseconds for which the process is held. */
const SLICE = 8

/** Part of the transaction that is open on the connection. */
export const loadInBlocks = async (
  run: (statement: BoundStatement) => unknown,
  { columns, records, insert }: SqlLoad,
  signal: AbortSignal,
): Promise<true> => {
  const size = columns.length < WIDE ? BLOCK : 1
  const due = turns(SLICE, signal)
  for (let at = 0; at < records.length; ) {
    const count = at + size <= records.length ? size : 1
    run(insert(count).with(records.slice(at, at + count)))
    at += count
    await due()
  }
  return true
}
