import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Codec,
  decimalCodec,
  decimalValue,
  floatCodec,
  integerCodec,
  jsonCodec,
  plainCodec,
  textCodec,
} from '../src/wire.ts'
import { arrayCodec, hexCodec, letterCodec } from '../src/wire-text.ts'

describe('wire forms', () => {
  // biome-ignore format: reads as a table
  test.each<[string, number | string]>([
    ['12.3400', 12.34], ['-0.50', -0.5], ['0', 0], ['-0.00', 0], ['00012', 12], ['1.', 1], ['.5', 0.5],
    ['123456789012345', 123456789012345], ['1234567890123456', '1234567890123456'], ['0.1234567890123456', '0.1234567890123456'],
    ['9007199254740993.00', '9007199254740993'], ['1000000000000000000000000', 1e24], ['0.000000001', 1e-9],
    ['-12345678901234567890.1000', '-12345678901234567890.1'],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`], [`0.${'0'.repeat(400)}1`, `0.${'0'.repeat(400)}1`],
    ['NaN', 'NaN'], ['Infinity', 'Infinity'], ['', ''], ['.', '.'], ['-', '-'], ['abc', 'abc'],
  ])('the decimal %s is %s', (text, value) => {
    expect(decimalValue(text)).toBe(value)
  })

  // biome-ignore format: reads as a table
  test.each<[string, unknown]>([
    ['{"n":[9007199254740992,9007199254740993,-12345678901234567890]}', { n: [9007199254740992, '9007199254740993', '-12345678901234567890'] }],
    ['[1.0,1e5,-0.0,0.1,0.10000000000000001,0.30000000000000004]', [1, 100_000, 0, 0.1, 0.1, 0.1 + 0.2]],
    ['[1E400,0.12345678901234567891,1e-400]', ['1E400', '0.12345678901234567891', '1e-400']],
    ['[5e-324,1.7976931348623157e308,1e23]', [5e-324, Number.MAX_VALUE, 1e23]],
    ['{"9007199254740993":"9007199254740993"}', { '9007199254740993': '9007199254740993' }],
    ['9007199254740993', '9007199254740993'],
  ])('the JSON %s keeps all digits of its numbers', (text, value) => {
    expect(JSON.stringify(jsonCodec.value(text))).toBe(JSON.stringify(value))
  })

  test('a decimal that is a number is exactly the decimal', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(digits, digits, fc.boolean(), (whole, fraction, negative) => {
        const text = `${negative ? '-' : ''}${whole}.${fraction}`
        const value = decimalValue(text)
        const strip = (long: string) =>
          long
            .replace(/^(-?)0+(?=\d)/, '$1')
            .replace(/\.?0+$/, '')
            .replace(/^-0$/, '0')
        const plain =
          typeof value === 'string'
            ? value
            : value.toLocaleString('en', {
                useGrouping: false,
                maximumFractionDigits: 100,
                maximumSignificantDigits: 15,
              })
        expect(plain === '-0' ? '0' : plain).toBe(strip(text))
      }),
    )
  })

  test.each<[string, Codec, fc.Arbitrary<unknown>]>([
    [
      'text',
      textCodec,
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', '\\', '\ud800', '\n', 'é') })),
    ],
    ['plain text', plainCodec, fc.uuid()],
    ['integers', integerCodec, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String)],
    [
      'decimals',
      decimalCodec,
      fc.oneof(
        fc.double().map(String),
        fc.stringMatching(/^-?\d{1,25}(\.\d{0,25})?$/),
        fc.stringMatching(/^-?0?[01]\.?0{0,8}[05]?0{0,3}$/),
        fc.string(),
      ),
    ],
    ['floats', floatCodec, fc.oneof(fc.double().map(String), fc.constantFrom('-0', 'NaN', '-Infinity', '1e-07'))],
    [
      'JSON',
      jsonCodec,
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.bigInt().map((number) => `{"n":[${number},1.${number}e9]}`),
      ),
    ],
    ['letters', letterCodec, fc.constantFrom('t', 'f')],
    ['bytes', hexCodec, fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)],
    [
      'arrays',
      arrayCodec(integerCodec),
      fc.array(fc.oneof(fc.integer().map(String), fc.constant('NULL'))).map((items) => `{${items}}`),
    ],
  ])('%s: the JSON text is what JSON.stringify makes of the value', (_name, codec, cells) => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(codec.json(cell)).toBe(JSON.stringify(codec.value(cell)))
      }),
    )
  })
})
