/** Rows that a driver reads as bytes → the JSON text of a list, without strings or objects between. */
import type { Encoded } from '@gw/core'
import type { Field } from '@gw/records'
import type { Codec } from '../wire.ts'
import { ByteWriter, CELL_ROOM, type CellWrite, NULL, type Phrase, phrase } from './byte-writer.ts'
import { cellWrite } from './cell-bytes.ts'
import { type CellForm, formWrite } from './cell-forms.ts'
import { keysOf, type NamedCodec } from './rows.ts'
import { once } from './runtime.ts'

/** What a driver hands rows to. */
export interface RowSink {
  /** Before a result's first row, where its cells are not their texts: how they are read instead. */
  begin?(forms: readonly CellForm[]): void
  /**
   * @param bytes Where the cells lie, as the UTF-8 of their texts or in the forms that were told; only lent
   * @param bounds For each of the statement's columns where its cell begins and where it ends; a NULL begins at -1. Only lent.
   * @param columns How many there are
   */
  row(bytes: Buffer, bounds: Int32Array, columns: number): void
  /** Forgets all rows: the statement begins anew. */
  clear(): void
}

const [LIST, LIST_END, COMMA, RECORD_END] = [0x5b, 0x5d, 0x2c, 0x7d]

/** What sinks of one plan share. */
interface Form {
  readonly keys: readonly Phrase[]
  readonly writes: readonly CellWrite[]
  /** The same for cells of other forms. */
  writesOf(forms: readonly CellForm[]): readonly CellWrite[]
  /** What a record takes beside its cells' own bytes. */
  readonly room: number
  /** Bytes to begin with: a little more than the last answer took. */
  size: number
}

const SMALLEST = 1_024

/** Writes a JSON array of objects. A class, because one is made for every request. */
export class ListSink implements RowSink {
  readonly #form: Form
  readonly #writer: ByteWriter
  #writes: readonly CellWrite[]
  count = 0

  constructor(form: Form) {
    this.#form = form
    this.#writes = form.writes
    this.#writer = new ByteWriter(form.size)
  }
  begin(forms: readonly CellForm[]): void {
    this.#writes = this.#form.writesOf(forms)
  }
  row(bytes: Buffer, bounds: Int32Array, columns: number): void {
    const { keys, room } = this.#form
    const writes = this.#writes
    const writer = this.#writer
    if (columns !== keys.length) throw new Error(`The database sent ${columns} columns instead of ${keys.length}.`)
    writer.reserve(lengthOf(bounds, columns) + room)
    writer.byte(this.count++ === 0 ? LIST : COMMA)
    for (let column = 0; column < columns; column++) {
      writer.phrase(keys[column]!)
      const start = bounds[column * 2]!
      if (start < 0) writer.phrase(NULL)
      else writes[column]!(writer, bytes, start, bounds[column * 2 + 1]!)
    }
    writer.byte(RECORD_END)
  }
  clear(): void {
    this.#writer.cut(0)
    this.count = 0
  }
  /** The JSON array. */
  finish(): Encoded {
    this.#writer.reserve(2)
    if (this.count === 0) this.#writer.byte(LIST)
    this.#writer.byte(LIST_END)
    this.#form.size = Math.max(SMALLEST, Math.ceil(this.#writer.length * 1.1))
    return this.#writer.finish()
  }
}

const lengthOf = (bounds: Int32Array, columns: number): number => {
  let length = 0
  for (let column = 0; column < columns; column++) length += bounds[column * 2 + 1]! - bounds[column * 2]!
  return length
}

/**
 * Makes sinks for one plan's rows.
 * @param more Columns behind those of the fields
 * @returns undefined where the answer's order is another than the statement's
 */
export const listSinks = (
  fields: readonly Field[],
  codecOf: (field: Field) => Codec,
  more: readonly NamedCodec[] = [],
): (() => ListSink) | undefined => {
  const keys = keysOf([...fields, ...more])?.map(phrase)
  if (!keys) return undefined
  const columns = [...fields.map((field): Omit<NamedCodec, 'name'> => ({ codec: codecOf(field) })), ...more]
  const form: Form = {
    keys,
    writes: columns.map(({ codec, write }) => write ?? cellWrite(codec)),
    writesOf: once((forms) =>
      columns.map(({ codec, write }, at) => {
        const cell = forms[at]
        if (write || !cell) return write ?? cellWrite(codec)
        return formWrite(codec, cell)
      }),
    ),
    room: keys.reduce((sum, { length }) => sum + length + CELL_ROOM, CELL_ROOM),
    size: SMALLEST,
  }
  return () => new ListSink(form)
}
