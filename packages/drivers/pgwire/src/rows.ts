/** DataRow payloads: a count of cells, and for each its length (−1 is NULL) and its bytes. */

/** Cells as text; null is null. */
export const textCells = (bytes: Buffer, start: number): (string | null)[] => {
  const count = bytes.readUInt16BE(start)
  const cells = new Array<string | null>(count)
  let at = start + 2
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) cells[index] = null
    else {
      cells[index] = bytes.toString('utf8', at, at + length)
      at += length
    }
  }
  return cells
}

export interface Cells {
  cell(column: number, bytes: Buffer, start: number, end: number): void
  nothing(column: number): void
}

/** Hands on each cell where it lies. */
export const eachCell = (bytes: Buffer, start: number, to: Cells): void => {
  const count = bytes.readUInt16BE(start)
  let at = start + 2
  for (let column = 0; column < count; column++) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) to.nothing(column)
    else {
      to.cell(column, bytes, at, at + length)
      at += length
    }
  }
}
