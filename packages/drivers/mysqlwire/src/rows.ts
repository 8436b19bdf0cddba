/** Rows of the binary protocol: a bitmap of NULLs, and behind it the cells, each in the form of its column. */
import type { Column } from './columns.ts'

/** The most columns that a table or a result can have. */
const MOST_COLUMNS = 4_096
/** The bitmap begins with two bits of nothing. */
const FIRST_BIT = 2
/** Lengths beyond one byte: how many bytes follow what stands for them. */
const [TWO_BYTES, THREE_BYTES, EIGHT_BYTES] = [0xfc, 0xfd, 0xfe]

/** For each column where its cell begins and where it ends; a NULL begins at -1. Lent until the next row is read. */
const bounds = new Int32Array(MOST_COLUMNS * 2)

const malformed = (): Error => new Error('The server sent a row whose cells are longer than itself.')

/** Where the cells of the row lie whose payload is from `start` to `end`; valid until the next call. */
export const cellBounds = (bytes: Buffer, start: number, end: number, columns: readonly Column[]): Int32Array => {
  const count = columns.length
  if (count > MOST_COLUMNS) throw malformed()
  const bitmap = start + 1
  let at = bitmap + ((count + 7 + FIRST_BIT) >> 3)
  for (let index = 0; index < count; index++) {
    const bit = index + FIRST_BIT
    if (bytes[bitmap + (bit >> 3)]! & (1 << (bit & 7))) {
      bounds[index * 2] = -1
      bounds[index * 2 + 1] = -1
      continue
    }
    let { size } = columns[index]!
    if (size === 0) {
      size = bytes[at++]!
      if (size >= TWO_BYTES) {
        const width = widthOf(size)
        size = bytes.readUIntLE(at, width)
        at += width === 6 ? 8 : width
      }
    }
    bounds[index * 2] = at
    at += size
    bounds[index * 2 + 1] = at
    if (at > end) throw malformed()
  }
  return bounds
}

/** Of eight bytes, six hold more than any row has. */
const widthOf = (marker: number): number => {
  if (marker === TWO_BYTES) return 2
  if (marker === THREE_BYTES) return 3
  if (marker === EIGHT_BYTES) return 6
  throw malformed()
}

/** The values of a row's cells; null is null. */
export const valuesOf = (bytes: Buffer, at: Int32Array, columns: readonly Column[]): unknown[] => {
  const values = new Array<unknown>(columns.length)
  for (let index = 0; index < columns.length; index++) {
    const start = at[index * 2]!
    values[index] = start < 0 ? null : columns[index]!.value(bytes, start, at[index * 2 + 1]!)
  }
  return values
}
