/**
 * Rows that a driver reads as bytes → the JSON text of a list, without strings or objects between. What a codec has
 * no way of its own for goes by its text, so that both paths give the same bytes whatever the type.
 */
import type { Field } from '@gw/records'
import { type Codec, integerCodec, plainCodec, textCodec } from '../wire.ts'
import { letterCodec } from '../wire-text.ts'
import { ByteWriter } from './byte-writer.ts'
import type { NamedCodec } from './rows.ts'

/** What a driver hands cells to, row by row, column by column in the statement's order. */
export interface CellSink {
  row(): void
  /** A cell's text as UTF-8; the bytes are only lent. */
  cell(column: number, bytes: Buffer, start: number, end: number): void
  /** NULL. */
  nothing(column: number): void
}

type Write = (writer: ByteWriter, bytes: Buffer, start: number, end: number) => void

/** Below it, every integer is safe as a JSON number. */
const SAFE_DIGITS = 16
const T = 0x74

const WRITES = new Map<Codec, Write>([
  [textCodec, (writer, bytes, start, end) => writer.string(bytes, start, end)],
  [plainCodec, (writer, bytes, start, end) => writer.quoted(bytes, start, end)],
  [letterCodec, (writer, bytes, start) => writer.text(bytes[start] === T ? 'true' : 'false')],
  [
    integerCodec,
    (writer, bytes, start, end) => {
      if (end - start < SAFE_DIGITS) writer.raw(bytes, start, end)
      else writer.text(integerCodec.json(bytes.toString('latin1', start, end)))
    },
  ],
])

const writeOf = (codec: Codec): Write =>
  WRITES.get(codec) ?? ((writer, bytes, start, end) => writer.text(codec.json(bytes.toString('utf8', start, end))))

/** What sinks of one plan share. */
interface Form {
  readonly keys: readonly Buffer[]
  readonly writes: readonly Write[]
  /** Bytes to begin with: a little more than the last answer took. */
  size: number
}

const SMALLEST = 1_024

/** Writes a JSON array of objects. A class, because one is made for every request. */
export class ListSink implements CellSink {
  readonly #form: Form
  readonly #writer: ByteWriter
  count = 0

  constructor(form: Form) {
    this.#form = form
    this.#writer = new ByteWriter(form.size)
    this.#writer.byte(0x5b)
  }
  row(): void {
    if (this.count++ > 0) this.#writer.byte(0x2c)
  }
  cell(column: number, bytes: Buffer, start: number, end: number): void {
    this.#key(column)
    this.#form.writes[column]!(this.#writer, bytes, start, end)
    this.#close(column)
  }
  nothing(column: number): void {
    this.#key(column)
    this.#writer.text('null')
    this.#close(column)
  }
  /** The JSON array. */
  finish(): Buffer {
    this.#writer.byte(0x5d)
    this.#form.size = Math.max(SMALLEST, Math.ceil(this.#writer.length * 1.1))
    return this.#writer.finish()
  }
  #key(column: number): void {
    const key = this.#form.keys[column]!
    this.#writer.raw(key, 0, key.length)
  }
  #close(column: number): void {
    if (column === this.#form.keys.length - 1) this.#writer.byte(0x7d)
  }
}

/**
 * Makes sinks for one plan's rows.
 * @param more Columns behind those of the fields
 * @returns undefined where the answer's order is another than the statement's: names that are whole numbers come first
 */
export const listSinks = (
  fields: readonly Field[],
  codecOf: (field: Field) => Codec,
  more: readonly NamedCodec[] = [],
): (() => ListSink) | undefined => {
  const all = [...fields, ...more]
  const names = Object.keys(Object.fromEntries(all.map(({ name }) => [name, true])))
  if (fields.length === 0 || names.length !== all.length || names.some((name, at) => name !== all[at]!.name))
    return undefined
  const form: Form = {
    keys: all.map(({ name }, at) => Buffer.from(`${at === 0 ? '{' : ','}${JSON.stringify(name)}:`)),
    writes: [...fields.map(codecOf), ...more.map(({ codec }) => codec)].map(writeOf),
    size: SMALLEST,
  }
  return () => new ListSink(form)
}
