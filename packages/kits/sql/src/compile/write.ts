/** Writing plans → SQL. Where a database does not return changed rows, plans come here without `returning`. */
import type { DeletePlan, Field, InsertPlan, TruncatePlan, UpdatePlan } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { compileCondition } from './condition.ts'
import { column, columns, selected, stored, table } from './field.ts'
import { clauses, where } from './read.ts'
import type { SqlSyntax } from './syntax.ts'

const returning = (fields: readonly Field[], syntax: SqlSyntax) =>
  fields.length > 0 ? sql`returning ${selected(fields, syntax)}` : undefined

/** One statement for all `records`. Without columns, one record of defaults: SQL has no form for several. */
export const compileInsert = (plan: InsertPlan, records: number, syntax: SqlSyntax): RawBuilder<unknown> => {
  const into = sql`insert into ${table(plan.table)}`
  if (plan.columns.length === 0) return clauses(into, syntax.defaults, returning(plan.returning, syntax))
  const rows = Array.from(
    { length: records },
    (_, record) =>
      sql`(${sql.join(plan.columns.map((field, index) => stored(index, field, syntax, 'insert', record)))})`,
  )
  return clauses(
    into,
    sql`(${columns(plan.columns)})`,
    sql`values ${sql.join(rows)}`,
    returning(plan.returning, syntax),
  )
}

export const compileUpdate = (plan: UpdatePlan, syntax: SqlSyntax): RawBuilder<unknown> => {
  const set = plan.set.map(
    ({ field, slot: index }) => sql`${column(field)} = ${stored(index, field, syntax, 'update')}`,
  )
  return clauses(
    sql`update ${table(plan.table)} set ${sql.join(set)}`,
    sql`where ${compileCondition(plan.where, syntax, true)}`,
    returning(plan.returning, syntax),
  )
}

/** What an update that changes nothing returns: the rows as they are. */
export const compileUnchanged = (plan: UpdatePlan, syntax: SqlSyntax): RawBuilder<unknown> =>
  clauses(
    sql`select ${plan.returning.length > 0 ? selected(plan.returning, syntax) : sql`1`} from ${table(plan.table)}`,
    sql`where ${compileCondition(plan.where, syntax)}`,
  )

export const compileDelete = (plan: DeletePlan, syntax: SqlSyntax): RawBuilder<unknown> =>
  clauses(
    sql`delete from ${table(plan.table)}`,
    sql`where ${compileCondition(plan.where, syntax, true)}`,
    returning(plan.returning, syntax),
  )

/** The one statement that may go without a predicate. DELETE, not TRUNCATE: foreign keys and triggers hold. */
export const compileTruncate = (plan: TruncatePlan, syntax: SqlSyntax): RawBuilder<unknown> =>
  clauses(sql`delete from ${table(plan.table)}`, where(plan.where, syntax))
