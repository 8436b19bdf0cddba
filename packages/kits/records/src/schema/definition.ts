/** Tables and fields as they are to be: checked values in the source's own names, with no text that is yet to be read. */
import type { Field, Table } from '../catalog.ts'

/** The wire contract's simple types that a field can be made of (§6.8). */
// biome-ignore format: reads as a table
export const COLUMN_TYPES = [
  'id', 'bigid', 'mediumid', 'smallid', 'reference', 'user_id', 'user_id_on_create', 'user_id_on_update',
  'string', 'text', 'mediumtext', 'longtext', 'tinyint', 'smallint', 'mediumint', 'integer', 'bigint',
  'decimal', 'money', 'float', 'double', 'boolean', 'binary', 'json', 'jsonb', 'object', 'array', 'uuid', 'timeuuid',
  'date', 'time', 'timetz', 'datetime', 'datetimetz', 'timestamp', 'timestamptz', 'timestamp_on_create', 'timestamp_on_update',
] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

export const isColumnType = (name: string): name is ColumnType => (COLUMN_TYPES as readonly string[]).includes(name)

/** A constant, or the moment at which a record is made. */
export type DefaultValue =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'now' }

export const REFERENCE_ACTIONS = ['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT'] as const
export type ReferenceAction = (typeof REFERENCE_ACTIONS)[number]

export interface ColumnReference {
  readonly schema?: string | undefined
  readonly table: string
  readonly column: string
  readonly onUpdate?: ReferenceAction | undefined
  readonly onDelete?: ReferenceAction | undefined
}

export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  /** The source's own type, stated instead of a simple one: text from a client, for the writer to look up. */
  readonly dbType?: string | undefined
  readonly length?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  readonly fixedLength: boolean
  readonly multibyte: boolean
  readonly nullable: boolean
  readonly default?: DefaultValue | undefined
  readonly autoIncrement: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly reference?: ColumnReference | undefined
}

/** Where a table of some name stands. */
export interface Place {
  /** The API name that it will have. */
  readonly name: string
  readonly schema?: string | undefined
  readonly native: string
}

export interface TableDefinition extends Place {
  readonly columns: readonly ColumnDefinition[]
  /** In key order. */
  readonly primaryKey: readonly string[]
  /** `ENGINE=InnoDB`, taken apart; the writer knows which ones there are. */
  readonly options: ReadonlyMap<string, string>
}

/** What of a field changes. */
export type Aspect = 'type' | 'null' | 'default' | 'unique' | 'index' | 'reference'

export type FieldChange =
  | { readonly kind: 'add'; readonly column: ColumnDefinition }
  | {
      readonly kind: 'alter'
      readonly field: Field
      readonly column: ColumnDefinition
      readonly aspects: ReadonlySet<Aspect>
    }
  | { readonly kind: 'drop'; readonly field: Field }

/** What becomes of one table. */
export type TableChange =
  | { readonly kind: 'create'; readonly definition: TableDefinition }
  | { readonly kind: 'alter'; readonly table: Table; readonly changes: readonly FieldChange[] }
  | { readonly kind: 'drop'; readonly table: Table }

/** What a source that can change its tables has to offer. */
export interface SchemaWriter {
  /** What the source calls itself, for reasons: `SQLite`. */
  readonly label: string
  /** The longest name, in bytes of UTF-8. */
  readonly longestName: number
  /** @throws GwError `invalid_request` where no table can have that name */
  place(name: string): Place
  /** All changes of one call hold together; otherwise those before a failure stay done. */
  readonly transactional: boolean
  /**
   * Carries changes out, in this order. They are checked as a whole before anything of them runs; it resolves when the
   * source's catalogue shows them.
   * @param onDone told of each change, by its place: the one behind the last is the one that failed
   */
  apply(changes: readonly TableChange[], signal: AbortSignal, onDone?: (index: number) => void): Promise<void>
}
