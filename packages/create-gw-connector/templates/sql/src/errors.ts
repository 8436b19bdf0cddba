/** The driver's codes → the kit's reasons (https://www.sqlite.org/rescode.html). Total and pure. */
import type { SqlFailure, SqlReason } from '@gw/sql'

/** Extended codes first; one that is not listed counts as its family, the last eight bits. */
const REASONS: Readonly<Record<number, SqlReason>> = {
  2067: 'unique',
  1555: 'unique',
  2579: 'unique',
  787: 'foreign_key',
  1299: 'not_null',
  275: 'check',
  1811: 'check',
  3091: 'invalid_value',
  5: 'busy',
  6: 'busy',
  8: 'read_only',
  14: 'missing_database',
  26: 'damaged',
  11: 'damaged',
  13: 'resources',
  7: 'resources',
  10: 'resources',
  17: 'schema_changed',
  18: 'too_long',
  19: 'check',
  20: 'invalid_value',
  25: 'too_complex',
}

/** The generic code (1) says nothing; its texts are fixed, and English. */
const GENERIC: readonly (readonly [RegExp, SqlReason])[] = [
  [/^no such (table|column)|has no column named/, 'schema_changed'],
  [/^cannot (modify|INSERT into generated column|UPDATE generated column)/, 'not_writable'],
  [/^too many|too large|too complex|stack overflow/, 'too_complex'],
  [/^integer overflow/, 'out_of_range'],
]

export const classify = (error: unknown): SqlFailure | undefined => {
  try {
    const { errcode, message } = error as { readonly errcode?: unknown; readonly message?: unknown }
    if (typeof errcode !== 'number') return undefined
    const text = typeof message === 'string' ? message : ''
    const reason = reasonOf(errcode, text)
    return reason && { reason, ...fieldsIn(text) }
  } catch {
    // Whatever was thrown, it was nothing of the driver's.
    return undefined
  }
}

const reasonOf = (errcode: number, text: string): SqlReason | undefined =>
  errcode === 1 ? GENERIC.find(([pattern]) => pattern.test(text))?.[1] : (REASONS[errcode] ?? REASONS[errcode & 255])

/** `UNIQUE constraint failed: customers.email, customers.region` */
const fieldsIn = (text: string): Pick<SqlFailure, 'table' | 'columns'> => {
  const [, list] = /^(?:UNIQUE|NOT NULL) constraint failed: (?!index )(.+)$/.exec(text) ?? []
  if (list === undefined) return {}
  const pairs = list.split(', ').map((pair) => [pair.slice(0, pair.indexOf('.')), pair.slice(pair.indexOf('.') + 1)])
  return { table: pairs[0]![0]!, columns: pairs.map(([, column]) => column!) }
}
