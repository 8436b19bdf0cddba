import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listSinks } from '../src/execute/row-bytes.ts'
import {
  anyTextCodec,
  binaryCodec,
  type CellForm,
  type Codec,
  doubleCodec,
  exactCodec,
  type Field,
  jsonCodec,
  listCodec,
  momentCodec,
  plainCodec,
  singleCodec,
  truthCodec,
  wholeCodec,
} from '../src/index.ts'

/** A driver whose cells are JSON: what counts is that the kit takes their values, and writes them as the codecs do. */
const value = (bytes: Buffer, start: number, end: number): unknown => {
  const cell: unknown = JSON.parse(bytes.toString('utf8', start, end))
  return typeof cell === 'object' && cell !== null ? Buffer.from((cell as { base64: string }).base64, 'base64') : cell
}
const text: CellForm = { kind: 'text', value: (bytes, start, end) => bytes.toString('utf8', start, end) }
const integer: CellForm = { kind: 'integer', value }
const other: CellForm = { kind: 'other', value }
const moment: CellForm = {
  kind: 'moment',
  value: (bytes, start, end) => bytes.toString('latin1', start, end),
  print: (bytes, start, end, into, at) => at + bytes.copy(into, at, start, end),
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('1.50', '"\\\n', 'a,b', '{"a":1}'),
)
const integers = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 1, -1, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }).map(String),
)
const moments = fc.constantFrom(
  '2024-05-06 07:08:09',
  '2024-05-06 07:08:09.120000',
  '2024-05-06 07:08:00.000000',
  '-838:59:59.5',
  '10:00:00',
  '2024-10-10',
)
const bytes = fc.uint8Array({ maxLength: 20 }).map((all) => ({ base64: Buffer.from(all).toString('base64') }))
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
const CASES: readonly (readonly [Codec, CellForm, fc.Arbitrary<unknown>])[] = [
  ...[anyTextCodec, exactCodec, jsonCodec, listCodec].map((codec) => [codec, text, texts] as const),
  ...[wholeCodec, truthCodec, anyTextCodec, doubleCodec].map((codec) => [codec, integer, integers] as const),
  ...[momentCodec, plainCodec, anyTextCodec].map((codec) => [codec, moment, moments] as const),
  ...[binaryCodec, truthCodec].map((codec) => [codec, other, bytes] as const),
  ...[doubleCodec, exactCodec, singleCodec].map((codec) => [codec, other, numbers] as const),
]

test('cells of every form are written as their values are', () => {
  const cells = fc.nat(CASES.length - 1).chain((at) => CASES[at]![2].map((cell) => [CASES[at]!, cell] as const))
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 8 }), (row) => {
      const fields = row.map((_, at) => ({ name: `f${at}`, type: 'string' }) as Field)
      const sink = listSinks(fields, (field) => row[Number(field.name.slice(1))]![0][0])!()
      const given = row.map(([[, { kind }], cell]) =>
        Buffer.from(kind === 'text' || kind === 'moment' ? (cell as string) : JSON.stringify(cell)),
      )
      const lent = Buffer.concat(given)
      const bounds = new Int32Array(row.length * 2)
      let at = 0
      for (const [index, { length }] of given.entries()) {
        bounds.set([at, at + length], index * 2)
        at += length
      }
      sink.begin(row.map(([[, form]]) => form))
      sink.row(lent, bounds, row.length)
      const expected = row.map(([[codec, form]], index) => {
        const [start, end] = [bounds[index * 2]!, bounds[index * 2 + 1]!]
        return `"f${index}":${codec.json(form.value(lent, start, end))}`
      })
      expect(sink.finish().json).toBe(`[{${expected.join()}}]`)
    }),
  )
})
