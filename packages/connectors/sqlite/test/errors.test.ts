import { describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'

const error = (code: unknown, message = '') => Object.assign(new Error(message), { code })

describe('classify', () => {
  // biome-ignore format: reads as a table
  const CASES = [
    ['SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE constraint failed: t.a, t.b', { reason: 'unique', table: 't', columns: ['a', 'b'] }],
    ['SQLITE_CONSTRAINT_UNIQUE', "UNIQUE constraint failed: index 'lower_name'", { reason: 'unique', constraint: 'lower_name' }],
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE constraint failed: t.id', { reason: 'unique', table: 't', columns: ['id'] }],
    ['SQLITE_CONSTRAINT_NOTNULL', 'NOT NULL constraint failed: t.a', { reason: 'not_null', table: 't', columns: ['a'] }],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed', { reason: 'foreign_key' }],
    ['SQLITE_CONSTRAINT_CHECK', 'CHECK constraint failed: n < 100', { reason: 'check' }],
    ['SQLITE_CONSTRAINT_VTAB', '', { reason: 'check' }],
    ['SQLITE_BUSY_SNAPSHOT', '', { reason: 'busy' }],
    ['SQLITE_READONLY_DBMOVED', '', { reason: 'read_only' }],
    ['SQLITE_CANTOPEN', '', { reason: 'missing_database' }],
    ['SQLITE_IOERR_WRITE', '', { reason: 'resources' }],
    ['SQLITE_NOTADB', '', { reason: 'damaged' }],
    ['SQLITE_ERROR', 'no such column: x', { reason: 'schema_changed' }],
    ['SQLITE_ERROR', 'cannot modify v because it is a view', { reason: 'not_writable' }],
    ['SQLITE_ERROR', 'Expression tree is too large (maximum depth 1000)', { reason: 'too_complex' }],
    ['SQLITE_ERROR', 'something else', undefined],
    ['SQLITE_NEVER_HEARD_OF', '', undefined],
    ['SQLITE_CONSTRAINT_constructor', '', { reason: 'check' }],
    ['ENOENT', 'no such table: t', undefined],
  ] as const
  test.each(CASES)('%s, %s', (code, message, expected) => {
    expect(classify(error(code, message))).toEqual(expected)
  })
})
