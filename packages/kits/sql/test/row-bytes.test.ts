import type { Field } from '@gw/records'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listSinks } from '../src/execute/row-bytes.ts'
import { rowForm } from '../src/execute/rows.ts'
import {
  arrayCodec,
  type Codec,
  decimalCodec,
  floatCodec,
  hexCodec,
  integerCodec,
  jsonCodec,
  letterCodec,
  plainCodec,
  textCodec,
} from '../src/index.ts'

const digits = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String)
const anyText = fc.string({ unit: 'grapheme', maxLength: 60 })
/** Codecs, and texts that a database may send for them. */
const CODECS: readonly (readonly [Codec, fc.Arbitrary<string>])[] = [
  [textCodec, fc.oneof(anyText, fc.string({ unit: 'binary-ascii', maxLength: 80 }))],
  [plainCodec, fc.constantFrom('2024-05-06 07:08:09.123456+00', 'infinity', '0001-01-01 BC')],
  [integerCodec, fc.oneof(digits, fc.integer().map(String))],
  [letterCodec, fc.constantFrom('t', 'f')],
  [decimalCodec, fc.oneof(digits, fc.constantFrom('0.10', '-1.500', 'NaN', '12345678901234567890.123'))],
  [floatCodec, fc.oneof(fc.double().map(String), fc.constantFrom('Infinity', '-0'))],
  [hexCodec, fc.uint8Array({ maxLength: 30 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)],
  [jsonCodec, fc.json()],
  [arrayCodec(textCodec), fc.constantFrom('{}', '{a,NULL,"b \\"c\\""}', '[0:1]={1,2}')],
]
const field = (name: string, index: number): Field =>
  ({ name, native: name, type: 'string', dbType: String(index) }) as Field

const columns = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), fc.nat(CODECS.length - 1)), {
    minLength: 1,
    maxLength: 6,
    selector: ([name]) => name,
  })
  .filter((all) => all.every(([name]) => name !== '__proto__' && !/^\d+$/.test(name)))

const table = columns.chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc.array(fc.tuple(...all.map(([, at]) => fc.option(CODECS[at]![1], { freq: 6 }))), { maxLength: 12 }),
  ),
)

describe('rows as bytes', () => {
  test('are the bytes that the same rows give as objects', () => {
    fc.assert(
      fc.property(table, ([all, rows]) => {
        const fields = all.map(([name, at]) => field(name, at))
        const codecOf = ({ dbType }: Field) => CODECS[Number(dbType)]![0]
        const sink = listSinks(fields, codecOf)!()
        for (const cells of rows) {
          sink.row()
          for (const [column, cell] of cells.entries()) {
            // Among other bytes, as in a driver's buffer.
            const bytes = Buffer.from(`"${cell}"`)
            if (cell === null) sink.nothing(column)
            else sink.cell(column, bytes, 1, bytes.length - 1)
          }
        }
        const form = rowForm(fields, codecOf)
        expect(sink.count).toBe(rows.length)
        const text = sink.finish().toString()
        expect(text).toBe(form.encode(rows).json)
        expect(text).toBe(JSON.stringify(form.rows(rows)))
      }),
      { numRuns: 300 },
    )
  })

  test('are the same bytes where there are many, with text of every width', () => {
    const fields = [field('id', 0), field('text', 1)]
    const form = rowForm(fields, () => textCodec)
    const rows = Array.from({ length: 3_000 }, (_, at) => [String(at), `"é ☃ 😀\\ ${'x'.repeat(at % 50)}`])
    for (const cells of [rows, rows.slice(0, 700), rows.slice(0, 10), []])
      expect(form.encode(cells).json).toBe(JSON.stringify(form.rows(cells)))
    expect(form.encode(rows).bytes).toBeDefined()
  })

  test('are left to the other path where names would change places', () => {
    expect(listSinks([field('a', 0), field('1', 0)], () => textCodec)).toBeUndefined()
    expect(listSinks([field('1', 0), field('a', 0)], () => textCodec)).toBeDefined()
    expect(listSinks([], () => textCodec)).toBeUndefined()
  })
})
