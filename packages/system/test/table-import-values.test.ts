import { expect, test } from 'vitest'
import { kindOf, plainTime } from '../src/table-import/values.ts'

test('A text in CSV is of the narrowest kind that keeps all of it', () => {
  const kinds = {
    boolean: ['true', 'FALSE'],
    integer: ['0', '-1', '2147483647', '-2147483648'],
    bigint: ['2147483648', '-2147483649', '9223372036854775807', '-9223372036854775808'],
    decimal: ['9223372036854775808', '1.0', '-0.50', `${'9'.repeat(20)}.${'9'.repeat(18)}`],
    double: ['1e5', '-2.5E-7', '9'.repeat(21), `0.${'1'.repeat(19)}`],
    date: ['2024-02-29', '1000-01-01', '9999-12-31'],
    datetime: ['2024-02-29T23:59', '2024-02-29 23:59:59.123456'],
    moment: ['2024-02-29T00:00:00Z', '2024-02-29 00:00:00.1+0530', '2024-02-29T00:00-08:00'],
    text: [
      ...['007', '+1', '1.', '.5', '1e999', '0x10', 'NaN', 'Infinity', '-', ' 1', '1 ', 'yes', '1,5', '\u0661'],
      ...[
        '2023-02-29',
        '2024-13-01',
        '0999-01-01',
        '2024-1-1',
        '2024-02-29T24:00',
        '2024-02-30T00:00:00Z',
        'x'.repeat(10_000),
      ],
    ],
  }
  for (const [kind, values] of Object.entries(kinds))
    for (const value of values) expect([value, kindOf(value, false)]).toEqual([value, kind])
  // What JSON calls a text is no number, and what it calls a number is one.
  expect(['1', 'true', '2024-02-29', 1, 2.5, 1e30, true, [], {}].map((value) => kindOf(value, true))).toEqual([
    'text',
    'text',
    'date',
    'integer',
    'decimal',
    'double',
    'boolean',
    'json',
    'json',
  ])
})

test('A time with a zone is stored in UTC, to the last digit', () => {
  expect(plainTime('2024-03-01T00:30:00.123456+01:00')).toBe('2024-02-29 23:30:00.123456')
  expect(plainTime('2023-12-31 20:00:00-0530')).toBe('2024-01-01 01:30:00')
  expect(plainTime('2024-01-01T10:00Z')).toBe('2024-01-01 10:00:00')
  expect(plainTime('2024-01-01T10:00:00.5')).toBe('2024-01-01 10:00:00.5')
  expect(plainTime('2024-01-01')).toBe('2024-01-01 00:00:00')
})
