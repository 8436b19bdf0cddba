/** Keys and references from information schemas, which tell them column by column. */
import type { FoundIndex, FoundKey, FoundReference } from './assemble.ts'

/** One column of one key. */
export interface KeyPart {
  readonly key: string
  readonly primary: boolean
  /** Null: an expression, or a part of a column only. Such a key is none of its columns'. */
  readonly column: string | null
}

/** @param parts One table's, each key's columns in their order. */
export const keysFrom = (parts: readonly KeyPart[]): readonly (FoundKey & FoundIndex)[] =>
  [...Map.groupBy(parts, ({ key }) => key)].flatMap(([name, own]) => {
    const columns = own.flatMap(({ column }) => column ?? [])
    return columns.length === own.length ? [{ name, primary: own[0]!.primary, columns }] : []
  })

/** One column of one foreign key. */
export interface ReferencePart {
  readonly key: string
  readonly column: string
  readonly otherSchema: string | null
  readonly otherTable: string
  readonly otherColumn: string
  /** Null where it is not told. */
  readonly onUpdate: string | null
  readonly onDelete: string | null
}

/** @param parts One table's, each key's columns in their order. */
export const referencesFrom = (parts: readonly ReferencePart[]): readonly FoundReference[] =>
  [...Map.groupBy(parts, ({ key }) => key)].map(([name, own]) => {
    const { otherSchema, otherTable, onUpdate, onDelete } = own[0]!
    return {
      name,
      columns: own.map(({ column }) => column),
      ...(otherSchema === null ? {} : { schema: otherSchema }),
      table: otherTable,
      references: own.map(({ otherColumn }) => otherColumn),
      onUpdate: onUpdate ?? undefined,
      onDelete: onDelete ?? undefined,
    }
  })
