/** Where the databases' SQL differs beyond what kysely's compilers know, as data: one object per database family. */
import type { Field, IntervalUnit } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { type FunctionSyntax, mysqlFunctions, postgresFunctions, sqliteFunctions } from './functions.ts'

/** The moment a filter's time function stands for, and what is added to it. */
export interface Moment {
  readonly of: 'timestamp' | 'date' | 'time'
  readonly plus?: { readonly amount: number; readonly unit: IntervalUnit } | undefined
}

export interface SqlSyntax extends FunctionSyntax {
  /** What is read instead of a column whose value the driver would take apart; the field's codec knows that form. */
  shown?(column: RawBuilder<unknown>, field: Field): RawBuilder<unknown> | undefined
  /** A text's key in a collation: the same, byte by byte, exactly where two texts are equal in it. */
  collationKey?(text: RawBuilder<unknown>, collation: string): RawBuilder<unknown>
  /** `column` as something LIKE can be applied to. */
  likeable(column: RawBuilder<unknown>, field: Field): RawBuilder<unknown>
  /** Backslash escapes a wildcard in every family. */
  like(column: RawBuilder<unknown>, pattern: RawBuilder<unknown>, insensitive: boolean): RawBuilder<boolean>
  /** A sum or an average of whole numbers or decimals as a decimal; `scale` is what its field declares. */
  exact(computed: RawBuilder<unknown>, scale: number | undefined): RawBuilder<unknown>
  xor(left: RawBuilder<boolean>, right: RawBuilder<boolean>): RawBuilder<boolean>
  moment(moment: Moment): RawBuilder<unknown>
  /** A value that a field is to be equal to; absent: as it is. */
  sought?(value: RawBuilder<unknown>): RawBuilder<unknown>
  page(limit: RawBuilder<unknown>, offset: RawBuilder<unknown> | undefined): RawBuilder<unknown>
  /**
   * The database plans a prepared statement anew for each run, unless it knows before about how many rows are wanted:
   * see `compileRead`.
   */
  readonly foreseeing?: true
  /** An insert's columns and values where every column takes its default. */
  readonly defaults: RawBuilder<unknown>
  /** What keeps rows that a transaction has read as they are until it ends; absent where nothing is needed. */
  readonly lock?: RawBuilder<unknown>
  /** A write may not look at its own table: what its condition looks up is put into a table of its own first. */
  readonly apart?: true
  /** Whether ORDER BY knows NULLS FIRST and NULLS LAST. */
  readonly nulls: boolean
  /** Related records in the statement of those they belong to; absent: they have statements of their own. */
  readonly embed?: SqlEmbed | undefined
}

/** How related records are read in the statement of those they belong to (`embed.ts`). */
export interface SqlEmbed {
  /** Whether two key columns are equal exactly where their wire forms are, and an index finds the one by the other. */
  comparable(own: Field, other: Field): boolean
  equal(other: RawBuilder<unknown>, own: RawBuilder<unknown>, field: Field): RawBuilder<boolean>
  /** The text that the server would send for a column, NULL for null. */
  text(column: RawBuilder<unknown>, field: Field): RawBuilder<unknown>
  /** Texts as one array. */
  cells(texts: readonly RawBuilder<unknown>[]): RawBuilder<unknown>
  /** JSON: the array of cells, and behind it lists, where there are any. */
  record(cells: RawBuilder<unknown>, lists: readonly RawBuilder<unknown>[]): RawBuilder<unknown>
  /** JSON: an aggregate of records, `[]` where there is none. */
  list(record: RawBuilder<unknown>): RawBuilder<unknown>
}

/** Types that have LIKE; enums, addresses and the like count as strings, but don't. */
const TEXTUAL = /^(character|text|citext|name)\b(?!.*\[\])/
const unequal = (left: RawBuilder<boolean>, right: RawBuilder<boolean>) => sql<boolean>`(${left}) <> (${right})`
const DEFAULT_VALUES = sql`default values`
const limitOffset = (limit: RawBuilder<unknown>, offset: RawBuilder<unknown> | undefined) =>
  offset ? sql`limit ${limit} offset ${offset}` : sql`limit ${limit}`

/** One of each unit, written by us: a unit never comes from outside. */
// biome-ignore format: reads as a table
const POSTGRES_UNIT: Record<IntervalUnit, RawBuilder<unknown>> = {
  second: sql`interval '1 second'`, minute: sql`interval '1 minute'`, hour: sql`interval '1 hour'`,
  day: sql`interval '1 day'`, week: sql`interval '1 week'`, month: sql`interval '1 month'`, year: sql`interval '1 year'`,
}
/** The session's time, as `timestamp without time zone` columns mean it. */
const POSTGRES_NOW = { timestamp: sql`current_timestamp`, date: sql`current_date`, time: sql`localtime` }
const POSTGRES_CAST = { timestamp: sql`timestamptz`, date: sql`date`, time: sql`time` }

export const postgresSyntax: SqlSyntax = {
  ...postgresFunctions,
  // Of `citext`, which is compared as this.
  collationKey: (text) => sql`lower(cast(${text} as text))`,
  likeable: (column, field) => (TEXTUAL.test(field.dbType) ? column : sql`cast(${column} as text)`),
  like: (column, pattern, insensitive) =>
    insensitive ? sql<boolean>`${column} ilike ${pattern}` : sql<boolean>`${column} like ${pattern}`,
  exact: (computed) => sql`cast(${computed} as numeric)`,
  xor: unequal,
  moment: ({ of, plus }) =>
    plus
      ? sql`cast(${POSTGRES_NOW[of]} + ${plus.amount} * ${POSTGRES_UNIT[plus.unit]} as ${POSTGRES_CAST[of]})`
      : POSTGRES_NOW[of],
  page: limitOffset,
  // Without a value, it takes LIMIT for a tenth of all rows, which looks worse than any plan that knows the value.
  foreseeing: true,
  defaults: DEFAULT_VALUES,
  lock: sql`for update`,
  nulls: true,
}

const SQLITE_NOW = { timestamp: sql`datetime`, date: sql`date`, time: sql`time` }
const sqliteModifier = ({ amount, unit }: NonNullable<Moment['plus']>) =>
  unit === 'week' ? `${amount * 7} days` : `${amount} ${unit}s`

/** Decimals are floating point there: what a sum has behind the digits that they can have is noise. */
const SQLITE_SCALE = 10

/** A bare parameter as the limit would be planned for: SQLite compiles such a statement anew whenever it is bound. */
const sqliteLimit = (limit: RawBuilder<unknown>, offset: RawBuilder<unknown> | undefined) =>
  limitOffset(sql`cast(${limit} as integer)`, offset)

/** SQLite's clock is UTC; its LIKE disregards the case of ASCII letters, and only theirs. */
export const sqliteSyntax: SqlSyntax = {
  ...sqliteFunctions,
  collationKey: (text, collation) => (collation === 'nocase' ? sql`lower(${text})` : sql`rtrim(${text})`),
  likeable: (column) => column,
  like: (column, pattern) => sql<boolean>`${column} like ${pattern} escape '\\'`,
  exact: (computed, scale) =>
    sql`case typeof(${computed}) when 'real' then round(${computed}, ${sql.lit(scale ?? SQLITE_SCALE)}) else ${computed} end`,
  xor: unequal,
  moment: ({ of, plus }) =>
    plus ? sql`${SQLITE_NOW[of]}('now', ${sqliteModifier(plus)})` : sql`${SQLITE_NOW[of]}('now')`,
  // A bare parameter beside an indexed column with statistics, too: what it costs to look at each value's own frequency
  // is more than most reads do. One plan serves all values, as in other databases.
  sought: (value) => sql`+${value}`,
  page: sqliteLimit,
  defaults: DEFAULT_VALUES,
  nulls: true,
}

// biome-ignore format: reads as a table
const MYSQL_UNIT: Record<IntervalUnit, RawBuilder<unknown>> = {
  second: sql`second`, minute: sql`minute`, hour: sql`hour`, day: sql`day`, week: sql`week`, month: sql`month`, year: sql`year`,
}
const MYSQL_NOW = { timestamp: sql`current_timestamp`, date: sql`current_date`, time: sql`current_time` }
const MYSQL_CAST = { timestamp: sql`datetime`, date: sql`date`, time: sql`time` }

const SPATIAL = /^(?:geometry|point|linestring|polygon|multi(?:point|linestring|polygon)|geom(?:etry)?collection)\b/i
/** Whether a type of MySQL's family holds geometry. */
export const isSpatial = (dbType: string): boolean => SPATIAL.test(dbType)

/** MySQL and MariaDB. A column's collation decides whether LIKE regards case, unless the match is to disregard it. */
export const mysqlSyntax: SqlSyntax = {
  ...mysqlFunctions,
  shown: (column, { dbType }) => (isSpatial(dbType) ? sql`hex(${column})` : undefined),
  collationKey(text, collation) {
    // A collation is called after its character set.
    const set = sql.id(collation.split('_', 1)[0]!)
    const own = (value: RawBuilder<unknown>) => sql`convert(${value} using ${set}) collate ${sql.id(collation)}`
    // To most of them, blanks at the end make no difference; to their keys they do.
    return sql`hex(weight_string(if(${own(sql`'a'`)} = 'a ', rtrim(${own(text)}), ${own(text)})))`
  },
  likeable: (column) => column,
  like: (column, pattern, insensitive) =>
    insensitive ? sql<boolean>`lower(${column}) like lower(${pattern})` : sql<boolean>`${column} like ${pattern}`,
  // XOR binds weaker than AND: without its own parentheses it would take a neighbour into its left side.
  xor: (left, right) => sql<boolean>`((${left}) xor (${right}))`,
  moment: ({ of, plus }) =>
    plus
      ? sql`cast(date_add(${MYSQL_NOW[of]}, interval ${sql.lit(plus.amount)} ${MYSQL_UNIT[plus.unit]}) as ${MYSQL_CAST[of]})`
      : MYSQL_NOW[of],
  exact: (computed) => computed,
  page: limitOffset,
  defaults: sql`() values ()`,
  lock: sql`for update`,
  apart: true,
  nulls: false,
}
