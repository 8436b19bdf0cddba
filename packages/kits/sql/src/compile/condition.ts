/**
 * Conditions → SQL. SQL's own three-valued logic holds: a comparison with NULL is neither true nor false, and only
 * `null` conditions find it.
 */
import type { Comparison, Condition, Field, Operand } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { column, compared, table } from './field.ts'
import { slot } from './slots.ts'
import type { SqlSyntax } from './syntax.ts'

type Sql = RawBuilder<boolean>

// biome-ignore format: reads as a table
const OPERATOR: Record<Comparison, RawBuilder<unknown>> = {
  '=': sql`=`, '!=': sql`<>`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=`,
}
const NEVER: Sql = sql<boolean>`1 = 0`

/**
 * @param writes whether it is the condition of a write
 * @param at the columns of plain fields, where there are more tables than one
 */
export const compileCondition = (
  condition: Condition,
  syntax: SqlSyntax,
  writes = false,
  at = (field: Field): RawBuilder<unknown> => compared(field, syntax),
): Sql => {
  const compile = (item: Condition) => compileCondition(item, syntax, writes, at)
  switch (condition.kind) {
    case 'and':
    case 'or':
      return junction(condition.kind, condition.items, compile)
    case 'xor':
      return syntax.xor(compile(condition.left), compile(condition.right))
    case 'not':
      return sql<boolean>`not (${compile(condition.item)})`
    case 'compare':
      return sql<boolean>`${at(condition.field)} ${OPERATOR[condition.op]} ${
        condition.op === '='
          ? sought(condition.value, syntax, condition.field)
          : operand(condition.value, syntax, condition.field)
      }`
    case 'like':
      return syntax.like(
        syntax.likeable(at(condition.field), condition.field),
        operand(condition.value, syntax),
        condition.insensitive,
      )
    case 'in':
      if (condition.values.length === 0) return NEVER
      return sql<boolean>`${at(condition.field)} in (${sql.join(
        condition.values.map((value) => sought(value, syntax, condition.field)),
      )})`
    case 'between':
      return sql<boolean>`${at(condition.field)} between ${operand(condition.low, syntax, condition.field)} and ${operand(condition.high, syntax, condition.field)}`
    case 'null':
      return sql<boolean>`${at(condition.field)} is null`
    case 'related':
      return related(condition, (item) => compileCondition(item, syntax, writes), writes && syntax.apart === true)
    case 'never':
      return NEVER
    default:
      throw new TypeError(`SQL has no documents: "${condition.kind}".`)
  }
}

const tuple = (fields: readonly Field[]): RawBuilder<unknown> =>
  fields.length === 1 ? column(fields[0]!) : sql`(${sql.join(fields.map(column))})`
const present = (fields: readonly Field[]): RawBuilder<unknown> =>
  sql.join(
    fields.map((field) => sql`${column(field)} is not null`),
    sql` and `,
  )

/** Nulls are kept out on both sides, so that the answer is never "unknown" and NOT means what it says. */
const related = (
  { fields, table: from, references, where }: Extract<Condition, { kind: 'related' }>,
  compile: (item: Condition) => Sql,
  apart: boolean,
): Sql => {
  const keys = sql.join(references.map(column))
  const found = sql`from ${table(from)} where ${present(references)} and (${compile(where)})`
  // DISTINCT keeps the database from merging the inner table into the statement again.
  const query = apart
    ? sql`select * from (select distinct ${keys} ${found}) as ${sql.id('gw related')}`
    : sql`select ${keys} ${found}`
  return sql<boolean>`(${present(fields)} and ${tuple(fields)} in (${query}))`
}

/** Without items it would be true of every row or of none: a defect of the plan, refused rather than interpreted. */
const junction = (kind: 'and' | 'or', items: readonly Condition[], compile: (item: Condition) => Sql): Sql => {
  if (items.length === 0) throw new Error(`A plan holds an empty "${kind}".`)
  if (items.length === 1) return compile(items[0]!)
  return sql<boolean>`${sql.join(
    items.map((item) => (isJunction(item) ? sql`(${compile(item)})` : compile(item))),
    kind === 'and' ? sql` and ` : sql` or `,
  )}`
}
const isJunction = (condition: Condition): boolean => condition.kind === 'and' || condition.kind === 'or'

/** What a field is to be equal to. */
const sought = (value: Operand, syntax: SqlSyntax, field: Field): RawBuilder<unknown> => {
  const given = operand(value, syntax, field)
  return value.kind === 'slot' && syntax.sought ? syntax.sought(given) : given
}

const operand = (value: Operand, syntax: SqlSyntax, field?: Field): RawBuilder<unknown> =>
  value.kind === 'slot' ? slot(value.slot, field) : syntax.moment(value)
