import type { RowCondition } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { Field, FieldType } from '../src/index.ts'
import { checkSubmitted } from '../src/rowcheck.ts'
import { compileRowFilters, resolveRowFilters } from '../src/rowfilter.ts'
import { field, table } from './gateway.ts'

/** Whether a value passes as surely inside a filter on its field. */
const passes = (
  type: FieldType,
  operator: string,
  wanted: unknown,
  stored: unknown,
  more: Partial<Field> = {},
): boolean => {
  const one = field('f', { type, ...more })
  const condition: RowCondition = { name: 'f', operator, value: wanted }
  const filters = compileRowFilters(table('t', [one]), [{ op: 'AND', conditions: [condition] }])
  const resolved = resolveRowFilters(filters, { requestor: 'api', admin: false, lookup: () => undefined })
  try {
    checkSubmitted(filters, resolved, new Map([[one, stored]]), 'create')
    return true
  } catch {
    return false
  }
}

describe('numbers are compared as numbers, however they are written', () => {
  test.each<[FieldType, string, unknown, unknown, boolean]>([
    ['integer', '<', 10, 9, true],
    ['integer', '<', 10, 10, false],
    ['bigint', '>', '9007199254740993', '9007199254740994', true],
    ['bigint', '>', '9007199254740993', '9007199254740993', false],
    ['decimal', '=', '1.50', '1.5', true],
    ['decimal', '>=', '-0.10', '-0.1', true],
    ['decimal', '<', '-1', '-2', true],
    ['decimal', '<', '10', '9.99999999999999999999', true],
    ['decimal', '=', '0', '-0.00', true],
    ['decimal', '<', '100', '1e5', false],
    ['decimal', '<', '100', '1e1', false],
    ['double', '<', 10, 9.5, true],
    ['double', '=', 10, 'NaN', false],
    ['double', '!=', 10, 'NaN', false],
    ['double', '>=', 10, 'NaN', false],
    ['double', '>', 10, 'Infinity', true],
    ['float', '=', 10, 'NaN', false],
    ['decimal', '=', 10, 'NaN', false],
    ['float', '=', 0.1, 0.1, false],
    ['float', '=', 0.5, 0.5, true],
    ['integer', 'in', '1,2', 2, true],
    ['integer', 'not in', '1,2', 2, false],
    ['integer', 'not in', '1,2', 3, true],
  ])('%s %s %s: %s', (type, operator, wanted, stored, expected) => {
    expect(passes(type, operator, wanted, stored)).toBe(expected)
  })
  test('a number that the source would round cannot be judged', () => {
    expect(passes('decimal', '<', '10', '9.999', { scale: 2 })).toBe(false)
    expect(passes('decimal', '<', '10', '9.990', { scale: 2 })).toBe(true)
  })
  test('long runs of zeros are no trap', () => {
    expect(passes('decimal', '=', '1', `1.${'0'.repeat(1_900)}`)).toBe(true)
    expect(passes('decimal', '=', '1', `0.${'0'.repeat(1_900)}1`)).toBe(false)
  })
})

describe('texts pass only where every collation agrees', () => {
  test.each<[string, string, string, boolean]>([
    ['=', 'bob', 'bob', true],
    ['=', 'bob', 'BOB', false],
    ['=', 'bob', 'bob ', false],
    ['!=', 'admin', 'bob', true],
    ['!=', 'admin', 'ADMIN', false],
    ['!=', 'admin', 'admin ', false],
    ['!=', 'admin', 'ádmin', false],
    ['not in', 'admin,root', 'Root', false],
    ['not in', 'admin,root', 'bob', true],
    ['<', 'b', 'a', true],
    ['<', 'a', 'B', false],
    ['contains', 'da', 'Ada', true],
    ['contains', 'DA', 'Ada', false],
    ['starts with', 'A', 'Ada', true],
    ['ends with', 'a', 'Ada', true],
    ['like', 'A_a', 'Ada', true],
    ['like', 'A_a', 'Adda', false],
    ['like', 'a\\%', 'a\\%', false],
    ['like', '[a]', 'a', false],
  ])('%s %s: %s', (operator, wanted, stored, expected) => {
    expect(passes('string', operator, wanted, stored)).toBe(expected)
  })
})

describe('times pass only in forms that every source reads alike', () => {
  test.each<[FieldType, string, string, string, boolean]>([
    ['date', '>=', '2024-01-01', '2024-01-01', true],
    ['date', '>=', '2024-01-01', '2023-12-31', false],
    ['date', '>', '2024-01-01', '2024-01-01 12:00:00', false],
    ['date', '!=', '2024-01-01', 'yesterday', false],
    ['datetime', '<', '2024-01-02', '2024-01-01T23:59:59', true],
    ['datetime', '<', '2024-01-02 00:00:00', '2024-01-02T00:00:00', false],
    ['datetime', '<', '2024-01-02', '2024-01-01T23:59:59Z', false],
    ['datetime', '<', '2024-01-02', '2024-01-01 23:59:59.999999', false],
    ['datetime', '=', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z', true],
    ['time', '<', '10:00', '09:59:59', true],
  ])('%s %s %s: %s', (type, operator, wanted, stored, expected) => {
    expect(passes(type, operator, wanted, stored)).toBe(expected)
  })
})

describe('other types', () => {
  test.each<[FieldType, string, unknown, unknown, boolean]>([
    ['boolean', '=', true, true, true],
    ['boolean', '=', 'no', false, true],
    ['boolean', '!=', true, true, false],
    ['boolean', '<', true, false, false],
    ['uuid', '=', '8F14E45F-CEEA-467F-A0E6-1B2C3D4E5F60', '8f14e45fceea467fa0e61b2c3d4e5f60', true],
    ['uuid', '!=', '8F14E45F-CEEA-467F-A0E6-1B2C3D4E5F60', '8f14e45fceea467fa0e61b2c3d4e5f60', false],
    ['json', '=', '{"a":1}', '{"a":1}', false],
    ['json', '!=', '{"a":1}', '{"a":2}', false],
    ['json', 'is not null', undefined, '{}', true],
    ['binary', '=', 'AAA=', new Uint8Array(2), false],
    ['string', 'is null', undefined, null, true],
    ['string', 'is not null', undefined, null, false],
    ['string', '!=', 'x', null, false],
  ])('%s %s %s: %s', (type, operator, wanted, stored, expected) => {
    expect(passes(type, operator, wanted, stored)).toBe(expected)
  })
})
