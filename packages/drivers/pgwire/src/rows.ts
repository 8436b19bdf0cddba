/** DataRow payloads: a count of cells, and for each its length (−1 is NULL) and its bytes. How many rows there were. */

/** Cells as text; null is null. Throws where they are longer than the row, which ends at `end`. */
export const textCells = (bytes: Buffer, start: number, end: number): (string | null)[] => {
  const count = end - start < 2 ? 0 : bytes.readUInt16BE(start)
  const cells = new Array<string | null>(count)
  let at = start + 2
  for (let index = 0; index < count; index++) {
    if (at + 4 > end) throw malformed()
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) cells[index] = null
    else {
      if (at + length > end) throw malformed()
      cells[index] = bytes.toString('utf8', at, at + length)
      at += length
    }
  }
  return cells
}

/** A command's tag ends with the number of rows, where it has one: `INSERT 0 1`, `UPDATE 3`. */
export const rowsOf = (tag: string): number => Number(tag.slice(tag.lastIndexOf(' ') + 1)) || 0

/** The most columns that a result can have (`MaxTupleAttributeNumber`). */
const MOST_COLUMNS = 1664

/** Where the cells of one row lie. */
export interface CellBounds {
  /** For each column where its text begins and where it ends; a NULL begins at -1. Lent until the next row is read. */
  readonly bounds: Int32Array
  /** Reads a DataRow. @returns how many columns it has */
  read(bytes: Uint8Array, start: number, end: number): number
}

/** One serves any number of statements: it holds nothing from one row to the next. */
export const cellBounds = (): CellBounds => {
  const bounds = new Int32Array(MOST_COLUMNS * 2)
  return {
    bounds,
    read(bytes, start, end) {
      const columns = (bytes[start]! << 8) | bytes[start + 1]!
      if (columns > MOST_COLUMNS) throw malformed()
      let at = start + 2
      for (let index = 0; index < columns * 2; index += 2) {
        const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
        at += 4
        bounds[index] = length < 0 ? -1 : at
        if (length > 0) at += length
        bounds[index + 1] = length < 0 ? -1 : at
        if (at > end) throw malformed()
      }
      return columns
    },
  }
}

const malformed = (): Error => new Error('The server sent a row whose cells are longer than itself.')
