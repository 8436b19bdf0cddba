/** SQLite's result codes → the kit's reasons (https://www.sqlite.org/rescode.html). */
import type { SqlFailure, SqlReason } from '@gw/sql'

/** Extended codes first, then their families: a code that isn't listed is looked up by its first two words. */
const REASONS: Readonly<Record<string, SqlReason>> = {
  SQLITE_CONSTRAINT_UNIQUE: 'unique',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'unique',
  SQLITE_CONSTRAINT_ROWID: 'unique',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'foreign_key',
  SQLITE_CONSTRAINT_NOTNULL: 'not_null',
  SQLITE_CONSTRAINT_CHECK: 'check',
  SQLITE_CONSTRAINT_TRIGGER: 'check',
  SQLITE_CONSTRAINT_DATATYPE: 'invalid_value',
  SQLITE_CONSTRAINT: 'check',
  SQLITE_MISMATCH: 'invalid_value',
  SQLITE_TOOBIG: 'too_long',
  SQLITE_RANGE: 'too_complex',
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_READONLY: 'read_only',
  SQLITE_CANTOPEN: 'missing_database',
  SQLITE_NOTADB: 'damaged',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_FULL: 'resources',
  SQLITE_NOMEM: 'resources',
  SQLITE_IOERR: 'resources',
  SQLITE_PERM: 'permission',
  SQLITE_AUTH: 'permission',
  SQLITE_SCHEMA: 'schema_changed',
  SQLITE_INTERRUPT: 'timeout',
  /** Ours: the process of a long read is gone (readers.ts). */
  SQLITE_READER: 'unreachable',
}

/** The generic code says nothing; its texts are fixed and English. */
const GENERIC: readonly (readonly [RegExp, SqlReason])[] = [
  [/^no such (table|column)|has no column named/, 'schema_changed'],
  [/^cannot (modify|INSERT into generated column|UPDATE generated column)|may not be modified/, 'not_writable'],
  [/already exists$|^duplicate column name|^there is already/, 'exists'],
  [/^error in (view|trigger|index|table)|^cannot drop column|^FOREIGN KEY/i, 'in_use'],
  [/^too many|too large|too complex|stack overflow/, 'too_complex'],
  [/^integer overflow/, 'out_of_range'],
]

const FAILED = /^(?:UNIQUE|NOT NULL) constraint failed: (?:index '(.+)'|(.+))$/

export const classify = (error: unknown): SqlFailure | undefined => {
  try {
    const { code, message } = error as { code?: unknown; message?: unknown }
    if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return undefined
    const text = typeof message === 'string' ? message : ''
    const reason = reasonOf(code, text)
    return reason && { reason, ...namesIn(text) }
  } catch {
    return undefined
  }
}

const reasonOf = (code: string, text: string): SqlReason | undefined => {
  if (code === 'SQLITE_ERROR') return GENERIC.find(([pattern]) => pattern.test(text))?.[1]
  const family = code.split('_', 2).join('_')
  return Object.hasOwn(REASONS, code) ? REASONS[code] : Object.hasOwn(REASONS, family) ? REASONS[family] : undefined
}

/** `UNIQUE constraint failed: customers.email, customers.region`, or an index by name where it is on expressions. */
const namesIn = (text: string): Partial<SqlFailure> => {
  const [, index, list] = FAILED.exec(text) ?? []
  if (index !== undefined) return { constraint: index }
  if (list === undefined) return {}
  const pairs = list.split(', ').map((item) => [item.slice(0, item.indexOf('.')), item.slice(item.indexOf('.') + 1)])
  return { table: pairs[0]![0], columns: pairs.map(([, column]) => column!) }
}
