/** The reference source: tables in memory, with SQL's treatment of null. For tests, and the model that others are held against. */
import type { Table } from './catalog.ts'
import type { RecordsSource, Row } from './source.ts'

export interface MemoryOptions {
  readonly tables: readonly Table[]
  /** By API table name; rows keyed by API field name. */
  readonly rows?: Readonly<Record<string, readonly Row[]>>
}

/** Makes a source whose rows live in memory. */
export const memorySource = (_options: MemoryOptions): RecordsSource => {
  throw new Error('not written yet')
}
