/**
 * The columns of tables as texts, taken apart table by table when somebody asks: a database may have ten thousand
 * tables, of which few are ever used. A text also says in one comparison whether a table's columns have changed.
 */
import type { FoundColumn } from './assemble.ts'
import type { Cells } from './dialect.ts'

/** What is known of one table's columns before they are looked at. */
export interface PackedColumns {
  /** Differs where any column does. */
  readonly text: string
  unpack(): readonly FoundColumn[]
}

/** Facts of columns, as many as `JSON.stringify` can hold. */
type Facts = Cells

/**
 * Rows of columns → a text for each table. Holds no more rows than one table has, where those of a table come one
 * after another, as they mostly do.
 * @param batches rows whose first `owner` cells name the table
 * @returns by `ownerKey`
 */
export const packRows = async (
  batches: AsyncIterable<readonly Cells[]> | Iterable<readonly Cells[]>,
  owner = 1,
): Promise<ReadonlyMap<string, string>> => {
  const packed = new Map<string, string>()
  let current: Cells = []
  let rows: Facts[] = []
  const isNext = (cells: Cells): boolean => {
    for (let at = 0; at < owner; at++) if (cells[at] !== current[at]) return true
    return false
  }
  const keep = (): void => {
    if (rows.length === 0) return
    const key = ownerKey(...current)
    const before = packed.get(key)
    const text = JSON.stringify(rows)
    packed.set(key, before === undefined ? text : `${before.slice(0, -1)},${text.slice(1)}`)
    rows = []
  }
  for await (const batch of batches) {
    for (const cells of batch) {
      if (isNext(cells)) {
        keep()
        current = cells.slice(0, owner)
      }
      rows.push(cells.slice(owner))
    }
  }
  keep()
  return packed
}

/** A table by the cells that name it. */
export const ownerKey = (...cells: readonly unknown[]): string => JSON.stringify(cells)

/** @returns what `packRows` was given of a table */
export const unpackRows = (text: string | undefined): readonly Facts[] =>
  text === undefined ? [] : (JSON.parse(text) as Facts[])

/**
 * @param text of `packRows`; absent: a table without columns
 * @param context what else `read` makes of a column depends on, as far as it may change
 */
export const packedColumns = <T>(
  text: string | undefined,
  context: T,
  read: (facts: Facts, context: T) => FoundColumn,
): PackedColumns => ({
  text: context === undefined ? (text ?? '') : `${JSON.stringify(context)}${text ?? ''}`,
  unpack: () => unpackRows(text).map((facts) => read(facts, context)),
})
