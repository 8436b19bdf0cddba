import { describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'

describe('classify', () => {
  // biome-ignore format: reads as a table
  const CASES = [
    [{ code: '23505', schema: 'public', table: 't', constraint: 't_a_key' }, { reason: 'unique', schema: 'public', table: 't', constraint: 't_a_key' }],
    [{ code: '23502', table: 't', column: 'a' }, { reason: 'not_null', table: 't', columns: ['a'] }],
    [{ code: '22P02' }, { reason: 'invalid_value' }],
    [{ code: '22001' }, { reason: 'too_long' }],
    [{ code: '57014' }, { reason: 'timeout' }],
    [{ code: '08006' }, { reason: 'unreachable' }],
    [{ code: '28P01' }, { reason: 'credentials' }],
    [{ code: '42883' }, { reason: 'not_comparable' }],
    [{ code: '0A000' }, { reason: 'not_writable' }],
    [{ code: '0A000', routine: 'record_in' }, { reason: 'compared_as_text' }],
    [{ code: '0A000', routine: 'RevalidateCachedQuery' }, { reason: 'schema_changed' }],
    [{ code: 'P0001', message: 'the business says no' }, { reason: 'check' }],
    [{ code: 'ECONNREFUSED' }, { reason: 'unreachable' }],
    [{ message: 'Connection terminated unexpectedly' }, { reason: 'unreachable' }],
    [{ code: 'POOL_EXHAUSTED' }, { reason: 'resources' }],
    [{ message: 'The server does not support SSL connections' }, { reason: 'tls' }],
    [{ code: '42601' }, undefined],
    [{ code: 'constructor' }, undefined],
    [{ code: 23505 }, undefined],
  ] as const
  test.each(CASES)('%o', (error, expected) => {
    expect(classify(error)).toEqual(expected)
  })
})
