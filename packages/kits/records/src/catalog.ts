/** The catalogue of a source as a value: tables, fields and keys, as introspected, immutable, replaced as a whole. */

import type { RelationExtras, Stamp, Validation, VirtualRelation } from './extras/document.ts'
import type { Expression } from './extras/expression.ts'

/** The wire contract's simple types (database.md §6.8). */
export type FieldType =
  | 'string'
  | 'text'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'double'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | 'binary'
  | 'json'
  | 'uuid'
  | 'array'
  /** Of no one type: values are what they are, numbers, texts, objects. */
  | 'any'

export interface Field {
  /** The API name: alias or native name. */
  readonly name: string
  /** The source's own name. */
  readonly native: string
  readonly type: FieldType
  /** The source's own type, e.g. `numeric(10,2)`. */
  readonly dbType: string
  /** What that type is made of, where the source's users have defined it: `integer[]` of a domain. */
  readonly base?: string | undefined
  readonly nullable: boolean
  /** Values that JSON has no form for are told, and may be sent, as MongoDB's Extended JSON. */
  readonly extended?: true | undefined
  /** A number that may be `NaN`, `Infinity` or `-Infinity`: texts, both ways. */
  readonly unbounded?: true | undefined
  /** By which the source compares texts, where some are equal that are not the same; see `RecordsSource.collationKeys`. */
  readonly collation?: string | undefined
  /** The default as the source states it; `undefined` where there is none. */
  readonly default?: string | undefined
  readonly autoIncrement: boolean
  /** Computed by the source: never written. */
  readonly generated: boolean
  /** Written and never told: neither read, compared, sorted nor grouped by. */
  readonly concealed?: true | undefined
  readonly length?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  readonly primaryKey: boolean
  readonly unique: boolean
  /** The name of an index on this field alone that is no key. */
  readonly index?: string | undefined
  readonly reference?: FieldReference | undefined
  /** SQL of the source's own that has to stand in its definition again where that is written anew. */
  readonly restated?: { readonly type?: string | undefined; readonly rest?: string | undefined } | undefined
  /** What the API remembers of it beside the source. */
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly picklist?: readonly string[] | undefined
  /** The only values that the source takes, or of which it takes a list. */
  readonly choices?: readonly string[] | undefined
  readonly validation?: Validation | undefined
  /** The simple type that it is described with, instead of the source's. */
  readonly meaning?: string | undefined
  /** gw fills in its values. */
  readonly stamp?: Stamp | undefined
  /** What stands in its place where it is read, compared, or stored. */
  readonly functions?: FieldFunctions | undefined
  /** In an answer even where a record lacks it: then null. Of sources whose records lack fields. */
  readonly always?: true | undefined
  /** The catalogue does not list it: it is there because somebody named it. See `Table.open`. */
  readonly open?: true | undefined
  /** There is no such field in the source: it is what its `select` function gives. */
  readonly virtual?: true | undefined
}

export interface FieldFunctions {
  readonly select?: Expression<Field> | undefined
  readonly filter?: Expression<Field> | undefined
  readonly insert?: Expression<Field> | undefined
  readonly update?: Expression<Field> | undefined
  /** The type of what is read. */
  readonly result?: Pick<Field, 'type' | 'dbType'> | undefined
  /** As they are described. */
  readonly told: unknown
}

export interface FieldReference {
  /** API name of the referenced table. */
  readonly table: string
  readonly field: string
  readonly onUpdate?: string | undefined
  readonly onDelete?: string | undefined
}

/** A constraint as `_schema` describes it; several columns where the key is composite. */
export interface ForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly references: readonly string[]
  readonly onUpdate?: string | undefined
  readonly onDelete?: string | undefined
}

export interface Table {
  /** The API name; `schema.table` outside the default schema. */
  readonly name: string
  readonly native: string
  readonly schema?: string | undefined
  readonly view: boolean
  readonly description?: string | undefined
  readonly fields: readonly Field[]
  /** API names, in key order; empty where there is no key. */
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  /**
   * Records may have fields that are not listed: makes one of its name, always the same object as long as it is in use;
   * `undefined` for what can be no name. Not asked on behalf of a caller to whom some field is denied.
   */
  readonly open?: ((name: string) => Field | undefined) | undefined
  /** The API name without an alias: rules of roles hold under it, too. */
  readonly base?: string | undefined
  readonly label?: string | undefined
  readonly plural?: string | undefined
  readonly nameField?: string | undefined
  /** What is remembered of relations, by `relationKey`. */
  readonly relations?: Readonly<Record<string, RelationExtras>> | undefined
  /** The names of the relations it has; absent: all that there are. */
  readonly related?: readonly string[] | undefined
  /** Relations that no foreign key says. */
  readonly virtual?: readonly VirtualRelation[] | undefined
}

export interface Catalog {
  /** By lower-cased API name; where a schema prefix is allowed, also by the prefixed name. */
  readonly byName: ReadonlyMap<string, Table>
  readonly tables: readonly Table[]
}

/** Finds a field by API or native name, without regard to case. */
export const fieldOf = (table: Table, name: string): Field | undefined => {
  const wanted = name.toLowerCase()
  return (
    table.fields.find((field) => field.name.toLowerCase() === wanted) ??
    table.fields.find((field) => field.native.toLowerCase() === wanted)
  )
}

/** Builds a catalogue from tables. */
export const catalogOf = (tables: readonly Table[]): Catalog => {
  const byName = new Map<string, Table>()
  for (const table of tables) if (table.schema) byName.set(`${table.schema}.${table.native}`.toLowerCase(), table)
  for (const table of tables) byName.set(table.name.toLowerCase(), table)
  return { byName, tables }
}
