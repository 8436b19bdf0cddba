/**
 * The functions that fields may have (the wire contract §9.4), as each family of databases writes them. They mean the
 * same on all of them; what a database has alone is said where its family is.
 */
import type { Expression, Field, FunctionSignature } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'

type Sql = RawBuilder<unknown>

export interface SqlFunction extends FunctionSignature {
  sql(...args: readonly Sql[]): Sql
}

export interface FunctionSyntax {
  readonly functions: Readonly<Record<string, SqlFunction>>
  /** A constant with a type that the database can see. */
  constant(value: string | number): Sql
}

/** What stands for `{value}`; the way of a value into a record. */
export type ValueOf = () => Sql

/** An expression over the columns of its table. */
export const compileExpression = (expression: Expression<Field>, syntax: FunctionSyntax, value?: ValueOf): Sql => {
  switch (expression.kind) {
    case 'field':
      return sql.id(expression.field.native)
    case 'constant':
      return syntax.constant(expression.value)
    case 'value':
      if (!value) throw new Error('A plan reads the value of a record that is to be stored.')
      return value()
    case 'call':
      return syntax.functions[expression.name]!.sql(
        ...expression.args.map((arg) => compileExpression(arg, syntax, value)),
      )
  }
}

const text = (make: (value: Sql) => Sql): SqlFunction => ({
  takes: [1, 1],
  returns: 'string',
  sql: (value) => make(value!),
})
const number = (make: (value: Sql) => Sql): SqlFunction => ({
  takes: [1, 1],
  returns: 'first',
  sql: (value) => make(value!),
})
const part = (make: (value: Sql) => Sql): SqlFunction => ({
  takes: [1, 1],
  returns: 'integer',
  sql: (value) => make(value!),
})
const day = (make: (value: Sql) => Sql): SqlFunction => ({
  takes: [1, 1],
  returns: 'date',
  sql: (value) => make(value!),
})

/** The same words everywhere. `as` makes of a value what functions on text take. */
const common = (as: (value: Sql) => Sql, whole: (value: Sql) => Sql): Readonly<Record<string, SqlFunction>> => ({
  UPPER: text((value) => sql`upper(${as(value)})`),
  LOWER: text((value) => sql`lower(${as(value)})`),
  TRIM: text((value) => sql`trim(${as(value)})`),
  LTRIM: text((value) => sql`ltrim(${as(value)})`),
  RTRIM: text((value) => sql`rtrim(${as(value)})`),
  SUBSTR: {
    takes: [2, 3],
    returns: 'string',
    sql: (value, from, count) =>
      count
        ? sql`substr(${as(value!)}, ${whole(from!)}, ${whole(count)})`
        : sql`substr(${as(value!)}, ${whole(from!)})`,
  },
  REPLACE: {
    takes: [3, 3],
    returns: 'string',
    sql: (value, from, to) => sql`replace(${as(value!)}, ${as(from!)}, ${as(to!)})`,
  },
  COALESCE: { takes: [2, 10], returns: 'first', sql: (...values) => sql`coalesce(${sql.join(values)})` },
  NULLIF: { takes: [2, 2], returns: 'first', sql: (one, other) => sql`nullif(${one}, ${other})` },
  ABS: number((value) => sql`abs(${value})`),
  FLOOR: number((value) => sql`floor(${value})`),
})

/** NULL where one of them is. */
const joined = (as: (value: Sql) => Sql): SqlFunction => ({
  takes: [2, 10],
  returns: 'string',
  sql: (...values) => sql`(${sql.join(values.map(as), sql` || `)})`,
})
const same = (value: Sql): Sql => value
const rounded = (make: (value: Sql, digits: Sql | undefined) => Sql): SqlFunction => ({
  takes: [1, 2],
  returns: 'first',
  sql: (value, digits) => make(value!, digits),
})
const plainRound = rounded((value, digits) => (digits ? sql`round(${value}, ${digits})` : sql`round(${value})`))

const asText = (value: Sql): Sql => sql`cast(${value} as text)`
const asInteger = (value: Sql): Sql => sql`cast(${value} as integer)`
/** Both are PostGIS's there. */
const spatial: Readonly<Record<string, SqlFunction>> = {
  ST_ASTEXT: text((value) => sql`st_astext(${value})`),
  ST_GEOMFROMTEXT: {
    takes: [1, 2],
    returns: 'string',
    sql: (value, system) => (system ? sql`st_geomfromtext(${value}, ${system})` : sql`st_geomfromtext(${value})`),
  },
}

export const postgresFunctions: FunctionSyntax = {
  functions: {
    ...common(asText, asInteger),
    ...spatial,
    LENGTH: part((value) => sql`char_length(${asText(value)})`),
    CEIL: number((value) => sql`ceil(${value})`),
    CONCAT: joined(asText),
    ROUND: rounded((value, digits) =>
      digits ? sql`round(cast(${value} as numeric), ${asInteger(digits)})` : sql`round(cast(${value} as numeric))`,
    ),
    DATE: day((value) => sql`cast(${value} as date)`),
    YEAR: part((value) => sql`cast(extract(year from ${value}) as integer)`),
    MONTH: part((value) => sql`cast(extract(month from ${value}) as integer)`),
    DAY: part((value) => sql`cast(extract(day from ${value}) as integer)`),
  },
  constant(value) {
    if (typeof value === 'string') return asText(sql.val(value))
    return Number.isInteger(value) ? asInteger(sql.val(value)) : sql`cast(${value} as numeric)`
  },
}

export const mysqlFunctions: FunctionSyntax = {
  functions: {
    ...common(same, same),
    ...spatial,
    LENGTH: part((value) => sql`char_length(${value})`),
    CEIL: number((value) => sql`ceiling(${value})`),
    CONCAT: { takes: [2, 10], returns: 'string', sql: (...values) => sql`concat(${sql.join(values)})` },
    ROUND: plainRound,
    DATE: day((value) => sql`date(${value})`),
    YEAR: part((value) => sql`year(${value})`),
    MONTH: part((value) => sql`month(${value})`),
    DAY: part((value) => sql`day(${value})`),
  },
  constant: (value) => sql.val(value),
}

const moment = (format: Sql) => part((value) => sql`cast(strftime(${format}, ${value}) as integer)`)
/** UPPER and LOWER know the letters of ASCII only. */
export const sqliteFunctions: FunctionSyntax = {
  functions: {
    ...common(same, same),
    LENGTH: part((value) => sql`length(${value})`),
    CEIL: number((value) => sql`ceil(${value})`),
    CONCAT: joined(same),
    ROUND: plainRound,
    DATE: day((value) => sql`date(${value})`),
    YEAR: moment(sql`'%Y'`),
    MONTH: moment(sql`'%m'`),
    DAY: moment(sql`'%d'`),
  },
  constant: (value) => sql.val(value),
}
