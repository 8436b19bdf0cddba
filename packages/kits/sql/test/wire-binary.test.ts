import { describe, expect, test } from 'vitest'
import {
  anyTextCodec,
  type Codec,
  doubleCodec,
  exactCodec,
  listCodec,
  momentCodec,
  singleCodec,
  truthCodec,
  wholeCodec,
} from '../src/index.ts'

// biome-ignore format: reads as a table
const CASES: readonly (readonly [string, Codec, unknown, unknown])[] = [
  ['a number', wholeCodec, -5, -5],
  ['an integer beyond 2^53', wholeCodec, '9007199254740993', '9007199254740993'],
  ['few bits', wholeCodec, Buffer.from([0x08, 0x01]), 2049],
  ['64 bits', wholeCodec, Buffer.alloc(8, 0xff), '18446744073709551615'],
  ['no bits', wholeCodec, Buffer.alloc(0), 0],
  ['a one', truthCodec, 1, true], ['a zero', truthCodec, 0, false],
  ['a set bit', truthCodec, Buffer.from([1]), true], ['a clear bit', truthCodec, Buffer.from([0]), false],
  ['negative zero', doubleCodec, -0, 0], ['an infinity', doubleCodec, Number.POSITIVE_INFINITY, 'Infinity'],
  ['a decimal', exactCodec, '12.50', 12.5], ['a long decimal', exactCodec, '12345678901234567890.10', '12345678901234567890.1'],
  ['a sum of doubles', exactCodec, 0.5, 0.5],
  ['a single', singleCodec, Math.fround(0.1), 0.1], ['a whole single', singleCodec, 16777216, 16777216],
  ['a long single', singleCodec, Math.fround(1.2345678), 1.2345678], ['the largest single', singleCodec, 3.4028234663852886e38, 3.4028235e38],
  ['a fraction', momentCodec, '2024-05-06 07:08:09.120000', '2024-05-06 07:08:09.12'],
  ['an empty fraction', momentCodec, '07:08:09.000', '07:08:09'], ['round seconds', momentCodec, '2024-05-06 10:00:00', '2024-05-06 10:00:00'],
  ['a text', anyTextCodec, 'a"\n', 'a"\n'], ['a number as text', anyTextCodec, 2024, '2024'], ['a point', anyTextCodec, { x: 1, y: 2 }, '{"x":1,"y":2}'],
  ['a list', listCodec, 'a,c', ['a', 'c']], ['an empty list', listCodec, '', []],
]

describe('binary forms', () => {
  test.each(CASES)('%s', (_title, codec, cell, value) => {
    expect(codec.value(cell)).toEqual(value)
    expect(codec.json(cell)).toBe(JSON.stringify(value))
  })
})
