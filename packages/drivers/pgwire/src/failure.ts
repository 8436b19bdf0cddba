/** ErrorResponse → the error that `pg` would throw, so that one table of reasons serves both ways of running. */
import { DatabaseError } from 'pg-protocol'

/** Field codes (PostgreSQL manual, "Error and Notice Message Fields") → `pg`'s names. */
const FIELDS = {
  S: 'severity',
  C: 'code',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internalPosition',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  L: 'line',
  R: 'routine',
} as const

/** Reads the payload of an ErrorResponse. */
export const databaseError = (bytes: Buffer, start: number, end: number): DatabaseError => {
  const fields = new Map<string, string>()
  let at = start
  while (at < end && bytes[at] !== 0) {
    const stop = bytes.indexOf(0, at + 1)
    const last = stop < 0 || stop > end ? end : stop
    fields.set(String.fromCharCode(bytes[at]!), bytes.toString('utf8', at + 1, last))
    at = last + 1
  }
  const error = new DatabaseError(fields.get('M') ?? 'The server gave no message.', end - start, 'error')
  for (const [code, name] of Object.entries(FIELDS)) error[name] = fields.get(code)
  return error
}
