/**
 * Plans: what is to be done, without the values it is done with. A plan is made once per request *shape* (table,
 * grant, fields, filter structure, order …) and cached; its values travel beside it, one per slot. A source may
 * therefore key compiled statements by a plan's identity (a WeakMap). Nothing in a plan came from a client as text:
 * fields are catalogue objects, values are slots.
 */
import type { Field, Table } from './catalog.ts'

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='
export type IntervalUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** The right side of a condition: a value's slot, or one of the allow-listed functions of time. */
export type Operand =
  | { readonly kind: 'slot'; readonly slot: number }
  | {
      readonly kind: 'time'
      readonly of: 'timestamp' | 'date' | 'time'
      /** Added to it; negative amounts lie in the past. */
      readonly plus?: { readonly amount: number; readonly unit: IntervalUnit } | undefined
    }

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Condition[] }
  | { readonly kind: 'xor'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly item: Condition }
  | { readonly kind: 'compare'; readonly field: Field; readonly op: Comparison; readonly value: Operand }
  /** Native wildcards. `insensitive` asks for a match without regard to case. */
  | { readonly kind: 'like'; readonly field: Field; readonly value: Operand; readonly insensitive: boolean }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Operand[] }
  | { readonly kind: 'between'; readonly field: Field; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'null'; readonly field: Field }
  /** The values of `fields` are those of `references` in a row of `table` that meets `where`; never true of nulls, and never unknown. */
  | {
      readonly kind: 'related'
      readonly fields: readonly Field[]
      readonly table: Table
      readonly references: readonly Field[]
      readonly where: Condition
    }
  /** Matches nothing. What cannot be decided becomes this, never its opposite. */
  | { readonly kind: 'never' }
  | DocumentCondition

/** What can be asked of documents besides; only where `capabilities.documents`. Never unknown. */
export type DocumentCondition =
  /** Of every record of which `item` is not true, null or not. */
  | { readonly kind: 'none'; readonly item: Condition }
  /** The record has the field, which may be null. */
  | { readonly kind: 'exists'; readonly field: Field }
  /** A list of so many items. */
  | { readonly kind: 'size'; readonly field: Field; readonly value: Operand }
  /** A regular expression (PCRE) and its flags, some of `imsx`. */
  | { readonly kind: 'matches'; readonly field: Field; readonly value: Operand; readonly flags: string }
  /** A list of which one item meets `where`, whose fields' native names begin at the item. */
  | { readonly kind: 'element'; readonly field: Field; readonly where: Condition }

/** How a field changes that is not merely set, after MongoDB's update operators; see `Assignment`. */
export type UpdateOperator =
  | 'inc'
  | 'mul'
  | 'min'
  | 'max'
  | 'now'
  | 'unset'
  | 'push'
  | 'addToSet'
  | 'pull'
  | 'pullAll'
  | 'pop'

/** A field and the slot of its new value. */
export interface Assignment {
  readonly field: Field
  readonly slot: number
  /** Absent: the value is what the field becomes. Only where `capabilities.documents`; the value is then the operator's. */
  readonly by?: UpdateOperator | undefined
}

export interface Order {
  readonly field: Field
  readonly descending: boolean
  readonly nulls?: 'first' | 'last' | undefined
}

export interface ReadPlan {
  readonly kind: 'read'
  readonly table: Table
  /** In output order. */
  readonly fields: readonly Field[]
  /** Whatever else a record has is read, too. Only of an open table; see `Table.open`. */
  readonly rest?: true | undefined
  readonly where?: Condition | undefined
  readonly order: readonly Order[]
  /** Slots. */
  readonly limit: number
  readonly offset?: number | undefined
  /** At most so many rows (a slot) for each combination of values, the first in the order; see `capabilities.partition`. */
  readonly partition?:
    | { readonly by: readonly Field[]; readonly limit: number; readonly through?: PartitionJunction | undefined }
    | undefined
  /** What is read along, after the fields; never together with `partition`. See `capabilities.embedding`. */
  readonly embeds?: readonly Embed[] | undefined
  /** In a transaction: nobody else changes the rows before it ends. Only where `capabilities.locking`. */
  readonly lock?: true | undefined
}
/**
 * A junction, whose fields a partition is then `by`: a row is in the partition of each key that the junction names it
 * with, once in each. See `capabilities.through`.
 */
export interface PartitionJunction {
  readonly table: Table
  /** They hold the values of `rows`, fields of the plan's table. */
  readonly references: readonly Field[]
  readonly rows: readonly Field[]
  /** Of the junction; it has the keys that are looked for. */
  readonly where: Condition
  /** As what a row has its partition's key: they stand among the plan's fields, and in no table. */
  readonly keys: readonly Field[]
}

/**
 * Records that belong to each row, as a list under `name`: those in whose `references` stand the values of the row's
 * `local` fields, by way of a junction where there is one. A null belongs to nothing.
 */
export interface Embed {
  readonly name: string
  /** The first one by itself, or null. */
  readonly single: boolean
  readonly local: readonly Field[]
  readonly table: Table
  readonly references: readonly Field[]
  /** `fields` hold the values of `local`, `references` those of the embed's `references`; each record comes once. */
  readonly junction?:
    | {
        readonly table: Table
        readonly fields: readonly Field[]
        readonly references: readonly Field[]
        readonly where?: Condition | undefined
      }
    | undefined
  /** In output order. */
  readonly fields: readonly Field[]
  readonly where?: Condition | undefined
  readonly order: readonly Order[]
  /** A slot: how many for each row. */
  readonly limit: number
  readonly embeds: readonly Embed[]
}
export interface CountPlan {
  readonly kind: 'count'
  readonly table: Table
  readonly where?: Condition | undefined
}
export type AggregateFunction = 'sum' | 'count' | 'avg' | 'min' | 'max'
/** A column of groups: one of the fields grouped by, or an aggregate over `source`; without `source`, of the rows. */
export interface GroupColumn {
  /** As it is answered. Its native name is the plan's own. */
  readonly field: Field
  readonly aggregate?: AggregateFunction | undefined
  readonly source?: Field | undefined
}
/** Rows as groups. `fields`, `having` and `order` hold the columns' fields; `by` and `where` those of the table. */
export interface GroupPlan {
  readonly kind: 'group'
  readonly table: Table
  readonly by: readonly Field[]
  readonly columns: readonly GroupColumn[]
  /** In output order. */
  readonly fields: readonly Field[]
  readonly where?: Condition | undefined
  readonly having?: Condition | undefined
  readonly order: readonly Order[]
  /** Slots. */
  readonly limit: number
  readonly offset?: number | undefined
}
export interface InsertPlan {
  readonly kind: 'insert'
  readonly table: Table
  /** Slot n holds column n's value. Empty means "defaults only". */
  readonly columns: readonly Field[]
  readonly returning: readonly Field[]
  /** See `ReadPlan`. */
  readonly rest?: true | undefined
}
export interface UpdatePlan {
  readonly kind: 'update'
  readonly table: Table
  readonly set: readonly Assignment[]
  /**
   * The record is replaced: these fields go, and with `rest` whatever the table does not list. What is neither set nor
   * named here stays. Only where `capabilities.documents`.
   */
  readonly replaces?: { readonly gone: readonly Field[]; readonly rest: boolean } | undefined
  /** Never absent: an update of everything is asked for by name, with a plan of its own. */
  readonly where: Condition
  readonly returning: readonly Field[]
  /** See `ReadPlan`. */
  readonly rest?: true | undefined
}
export interface DeletePlan {
  readonly kind: 'delete'
  readonly table: Table
  readonly where: Condition
  readonly returning: readonly Field[]
  /** See `ReadPlan`. */
  readonly rest?: true | undefined
}
/** Every row that the role's filters allow: only by `force=true`. */
export interface TruncatePlan {
  readonly kind: 'truncate'
  readonly table: Table
  readonly where?: Condition | undefined
}
export type Plan = ReadPlan | CountPlan | GroupPlan | InsertPlan | UpdatePlan | DeletePlan | TruncatePlan
