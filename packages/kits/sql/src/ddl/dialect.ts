/** What one database says about making and changing tables: data, and a few functions, in its connector's `ddl.ts`. */
import type { ColumnType, FieldChange, Table } from '@gw/records'
import type { RawBuilder } from 'kysely'

/** Which numbers a type may have behind its name: `(80)`, `(10,2)`, `(3)` for fractions of a second, none. */
export type Size = 'none' | 'length' | 'decimal' | 'fraction'

export interface NativeType {
  /** As the connector's introspection tells it, so that the two can be compared. */
  readonly name: string
  /** Its name where texts have a fixed length. */
  readonly fixed?: string | undefined
  readonly size?: Size | undefined
  /** Where no size is said: `255`, `19,4`. Absent: without. */
  readonly initial?: string | undefined
  /** The largest length or precision. */
  readonly most?: number | undefined
}

export interface SqlDdl {
  /** All statements of a change hold together; otherwise each one commits by itself. */
  readonly transactional: boolean
  /** Bytes of UTF-8. */
  readonly longestName: number
  /** Names that the database keeps for itself. */
  readonly reserved?: RegExp | undefined
  /** What each simple type is made of; those left out are refused. */
  readonly types: Readonly<Partial<Record<ColumnType, NativeType>>>
  /** What `db_type` may name, in lower case. */
  readonly natives: Readonly<Record<string, Size>>
  /** A type where the database counts the field up; `undefined` where it can't. */
  counted(type: string): string | undefined
  /** Such a type says by itself that the field is the key. */
  readonly countedKey: boolean
  readonly booleans: { readonly false: string; readonly true: string }
  /** A text as a literal. Default: in single quotes, those in it doubled. */
  literal?(text: string): string
  /** `timestamp_on_update`, behind the default. */
  readonly onUpdate?: RawBuilder<unknown> | undefined
  /** Table options by name in lower case, each with the words that it may have. */
  readonly options: Readonly<Record<string, RegExp>>
  /** How a field that exists is changed: clause by clause, by defining it anew, or not at all. */
  readonly alter: 'clauses' | 'modify' | 'none'
  /** How a reference comes to a table that exists: as a constraint, or with its column only. */
  readonly references: 'constraint' | 'column'
  dropReference(name: string): RawBuilder<unknown>
  /** @param unique it may also be a constraint */
  dropIndex(
    table: RawBuilder<unknown>,
    schema: string | undefined,
    name: string,
    unique: boolean,
  ): readonly RawBuilder<unknown>[]
  /** Why a change can not be made, though it would be elsewhere. */
  refuse?(change: FieldChange, table: Table): string | undefined
}
