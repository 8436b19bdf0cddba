import type { Embed, Field } from '@gw/records'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { embedCodecs } from '../src/execute/embedded.ts'
import { type ListSink, listSinks, type RowSink } from '../src/execute/row-bytes.ts'
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
const zeros = fc.nat(7).map((count) => '0'.repeat(count))
/** Short and long, with zeros where they matter. */
const decimals = fc
  .tuple(fc.constantFrom('', '-'), fc.nat({ max: 10 ** 6 }), zeros, fc.option(fc.nat({ max: 10 ** 9 })), zeros)
  .map(
    ([sign, whole, before, fraction, after]) =>
      `${sign}${whole}${fraction === null ? '' : `.${before}${fraction}${after}`}`,
  )
const quoted = (text: string): string =>
  text === '' || text === 'NULL' || /[{},"\\\s]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
/** Literals of arrays, of one and two dimensions. */
const literals = (element: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const list = fc
    .array(fc.option(element, { freq: 6 }), { maxLength: 5 })
    .map((items) => `{${items.map((item) => (item === null ? 'NULL' : quoted(item))).join()}}`)
  return fc.oneof(
    list,
    fc.array(list, { minLength: 1, maxLength: 3 }).map((lists) => `{${lists.join()}}`),
  )
}
const texts = fc.oneof(anyText, fc.string({ unit: fc.constantFrom('"', '\\', '{', ',', ' ', 'é', '\n', 'NULL') }))
/** Codecs, and texts that a database may send for them. */
const CODECS: readonly (readonly [Codec, fc.Arbitrary<string>])[] = [
  [textCodec, fc.oneof(texts, fc.string({ unit: 'binary-ascii', maxLength: 80 }), fc.constant('x"'.repeat(9_000)))],
  [plainCodec, fc.constantFrom('2024-05-06 07:08:09.123456+00', 'infinity', '0001-01-01 BC')],
  [integerCodec, fc.oneof(digits, fc.integer().map(String))],
  [letterCodec, fc.constantFrom('t', 'f')],
  [
    decimalCodec,
    fc.oneof(digits, decimals, fc.constantFrom('NaN', '12345678901234567890.123', '-0', '-0.00', '', '-')),
  ],
  [floatCodec, fc.oneof(decimals, fc.double().map(String), fc.float().map(String), fc.constantFrom('Infinity', '-0'))],
  [hexCodec, fc.uint8Array({ maxLength: 30 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)],
  [jsonCodec, fc.json()],
  [arrayCodec(textCodec), fc.oneof(literals(texts), fc.constant('[0:1]={1,"2"}'))],
  [arrayCodec(decimalCodec), literals(fc.oneof(digits, decimals))],
  [arrayCodec(letterCodec), literals(fc.constantFrom('t', 'f'))],
  [arrayCodec(textCodec, ';'), fc.constantFrom('{(1,1),(0,0);(2,2),(1,1)}', '{}', '{NULL;"a;b"}')],
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

/** Cells as they lie in a driver's buffer, among other bytes. */
const give = (sink: RowSink, cells: readonly (string | null)[]): void => {
  const bounds = new Int32Array(cells.length * 2)
  let text = Buffer.from('-')
  for (const [column, cell] of cells.entries()) {
    const length = cell === null ? 0 : Buffer.byteLength(cell)
    bounds.set(cell === null ? [-1, -1] : [text.length, text.length + length], column * 2)
    text = Buffer.concat([text, Buffer.from(`${cell ?? ''}"0`)])
  }
  sink.row(text, bounds, cells.length)
}
const bytesOf = (sink: ListSink, rows: readonly (readonly (string | null)[])[]): string => {
  for (const cells of rows) give(sink, cells)
  expect(sink.count).toBe(rows.length)
  return sink.finish().json
}

describe('rows as bytes', () => {
  test('are the bytes that the same rows give as objects', () => {
    fc.assert(
      fc.property(table, ([all, rows]) => {
        const fields = all.map(([name, at]) => field(name, at))
        const codecOf = ({ dbType }: Field) => CODECS[Number(dbType)]![0]
        const form = rowForm(fields, codecOf)
        const text = bytesOf(listSinks(fields, codecOf)!(), rows)
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

  test('of records with embedded ones are the bytes that the same rows give as objects', () => {
    const [id, name, at] = [field('id', 2), field('na"me', 0), field('at', 5)]
    const embed = (of: string, fields: readonly Field[], single: boolean, embeds: readonly Embed[] = []) =>
      ({ name: of, fields, single, embeds }) as unknown as Embed
    const embeds = [
      embed('notes', [name], false),
      embed('owner', [id, name], true),
      embed('orders', [id, at, name], false, [embed('lines', [name, id], false), embed('payer', [at], true)]),
    ]
    const codecOf = ({ dbType }: Field) => CODECS[Number(dbType)]![0]
    const cell = fc.option(texts, { freq: 4 })
    const ids = fc.option(digits, { freq: 4 })
    const notes = fc.array(fc.tuple(cell))
    const lines = fc.array(fc.tuple(cell, ids), { maxLength: 3 })
    const payer = fc.array(fc.tuple(fc.option(decimals)), { maxLength: 2 })
    const orders = fc.array(fc.tuple(fc.tuple(ids, fc.option(decimals), cell), lines, payer), { maxLength: 3 })
    const owner = fc.array(fc.tuple(ids, cell), { maxLength: 2 })
    // With the blanks that the database puts between.
    const list = (of: fc.Arbitrary<unknown>) => of.map((value) => JSON.stringify(value, null, 1))
    const fields = [id]
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, list(notes), list(owner), list(orders)), { maxLength: 4 }), (rows) => {
        const more = embedCodecs(embeds, codecOf)
        expect(more.every(({ write }) => write)).toBe(true)
        const form = rowForm(fields, codecOf, more)
        expect(bytesOf(listSinks(fields, codecOf, more)!(), rows)).toBe(JSON.stringify(form.rows(rows)))
      }),
      { numRuns: 300 },
    )
    const [unlike] = embedCodecs([embed('a', [field('b', 0), field('1', 0)], false)], codecOf)
    expect(unlike!.write).toBeUndefined()
  })

  test('begin anew where the statement does', () => {
    const sink = listSinks([field('a', 0)], () => textCodec)!()
    give(sink, ['once'])
    sink.clear()
    expect(bytesOf(sink, [['again']])).toBe('[{"a":"again"}]')
    sink.clear()
  })

  test('are refused where they have other columns than were asked for', () => {
    const sink = listSinks([field('a', 0)], () => textCodec)!()
    expect(() => give(sink, ['1', '2'])).toThrow('2 columns instead of 1')
  })
})
