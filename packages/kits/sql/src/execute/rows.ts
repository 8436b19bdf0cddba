/** Cells → rows: as objects, and straight to JSON text. Both are compiled once per plan. */
import { type Encoded, encoded } from '@gw/core'
import type { Field, Row } from '@gw/records'
import type { Cells } from '../dialect.ts'
import type { Codec } from '../wire.ts'
import { ByteWriter, type CellWrite } from './byte-writer.ts'

export interface RowForm {
  /** How many columns there are. */
  readonly width: number
  rows(cells: readonly Cells[]): Row[]
  /** The same bytes as `JSON.stringify(rows(cells))`. */
  encode(cells: readonly Cells[]): Encoded
}

/** A column by itself. */
export interface NamedCodec {
  readonly name: string
  readonly codec: Codec
  /** Writes a cell as bytes, where that is not the codec's own way. */
  readonly write?: CellWrite | undefined
}
interface Column extends NamedCodec {
  readonly index: number
}

/** @param more Columns behind those of the fields. */
export const rowForm = (
  fields: readonly Field[],
  codecOf: (field: Field) => Codec,
  more: readonly NamedCodec[] = [],
): RowForm => {
  const columns = columnsOf(fields, codecOf, more)
  return { width: columns.length, rows: objectRows(columns), encode: encodedRows(columns) }
}

/** In the order in which JSON.stringify visits an object's keys: whole numbers come first. */
export const columnsOf = (
  fields: readonly Field[],
  codecOf: (field: Field) => Codec,
  more: readonly NamedCodec[],
): readonly Column[] => {
  const all = [...fields.map((field): NamedCodec => ({ name: field.name, codec: codecOf(field) })), ...more]
  return Object.entries(Object.fromEntries(all.map(({ name }, index) => [name, index]))).map(([name, index]) => ({
    name,
    index,
    codec: all[index]!.codec,
  }))
}

export const objectRows = (columns: readonly Column[]) => {
  const wireValue = ({ index, codec }: Column, row: Cells): unknown => {
    const cell = row[index]
    return cell === null ? null : codec.value(cell)
  }
  // Assigning to `__proto__` makes no field of that name.
  if (columns.some(({ name }) => name === '__proto__'))
    return (cells: readonly Cells[]): Row[] =>
      cells.map((row) => Object.fromEntries(columns.map((column) => [column.name, wireValue(column, row)])))
  return (cells: readonly Cells[]): Row[] =>
    cells.map((row) => {
      const object: Record<string, unknown> = {}
      for (const column of columns) object[column.name] = wireValue(column, row)
      return object
    })
}

const keyTexts = (names: readonly string[]): readonly string[] =>
  names.map((name, position) => `${position === 0 ? '{' : ','}${JSON.stringify(name)}:`)

/**
 * What stands before each cell of a record.
 * @returns undefined where the record's order is another than the columns': names that are whole numbers come first
 */
export const keysOf = (columns: readonly Pick<NamedCodec, 'name'>[]): readonly string[] | undefined => {
  const names = Object.keys(Object.fromEntries(columns.map(({ name }) => [name, true])))
  const same = names.length === columns.length && names.every((name, at) => name === columns[at]!.name)
  return same && names.length > 0 ? keyTexts(names) : undefined
}

/** Characters after which text becomes bytes: a text of thousands of pieces costs more to put together in the end. */
const CHUNK = 32_768

const encodedRows = (columns: readonly Column[]) => {
  const keys = keyTexts(columns.map(({ name }) => name))
  const indexes = columns.map(({ index }) => index)
  const codecs = columns.map(({ codec }) => codec)
  const width = columns.length
  let size = 0
  return (cells: readonly Cells[]): Encoded => {
    let text = '['
    let writer: ByteWriter | undefined
    for (let at = 0; at < cells.length; at++) {
      const row = cells[at]!
      if (at > 0) text += ','
      for (let column = 0; column < width; column++) {
        const cell = row[indexes[column]!]
        text += keys[column]!
        text += cell === null ? 'null' : codecs[column]!.json(cell)
      }
      text += width === 0 ? '{}' : '}'
      if (text.length > CHUNK) {
        writer ??= new ByteWriter(Math.max(size, CHUNK * 4))
        writer.text(text)
        text = ''
      }
    }
    if (!writer) return encoded(`${text}]`)
    writer.text(`${text}]`)
    size = writer.length + CHUNK * 3
    return writer.finish()
  }
}
