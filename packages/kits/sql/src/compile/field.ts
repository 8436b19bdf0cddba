/** A field in a statement: its column, or what its functions put into the column's place. */
import type { Field, Table } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { compileExpression, type FunctionSyntax } from './functions.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

type Sql = RawBuilder<unknown>

/** A table, by its schema where it has one, so that no search path decides which table is meant. */
export const table = ({ schema, native }: Table): Sql =>
  schema === undefined ? sql.id(native) : sql.id(schema, native)

/** A field's column; the only way for a name to get into a statement. */
export const column = (field: Field): Sql => sql.id(field.native)

export const columns = (fields: readonly Field[]): Sql => sql.join(fields.map(column))

/** Fields as they are read. `named`: under their own names, for a statement around this one. */
export const selected = (fields: readonly Field[], syntax: SqlSyntax, named = false): Sql =>
  sql.join(
    fields.map((field) => {
      const select = field.functions?.select
      const value = select ? compileExpression(select, syntax) : syntax.shown?.(column(field), field)
      if (!value) return column(field)
      return named ? sql`${value} as ${column(field)}` : value
    }),
  )

const WHOLE: ReadonlySet<Field['type']> = new Set(['integer', 'bigint'])
const TEXT = /^(?:var)?char\b/i

/** Whether the values of two key fields are equal in any database exactly where they are to who finds the one by the other. */
export const comparableKeys = (own: Field, other: Field): boolean =>
  WHOLE.has(own.type)
    ? WHOLE.has(other.type)
    : TEXT.test(own.dbType) && own.dbType === other.dbType && own.collation === other.collation

/** The values themselves: of a virtual field, what it is computed as. */
export const valued = (field: Field, syntax: FunctionSyntax): Sql =>
  field.virtual ? compileExpression(field.functions!.select!, syntax) : column(field)

/** A field on the left side of a comparison. */
export const compared = (field: Field, syntax: FunctionSyntax): Sql => {
  const filter = field.functions?.filter
  return filter ? compileExpression(filter, syntax) : valued(field, syntax)
}

/** A slot's value on its way into a record. */
export const stored = (
  index: number,
  field: Field,
  syntax: FunctionSyntax,
  use: 'insert' | 'update',
  record = 0,
): Sql => {
  const value = () => slot(index, field, record)
  const expression = field.functions?.[use]
  return expression ? compileExpression(expression, syntax, value) : value()
}
