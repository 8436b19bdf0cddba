/**
 * Related records in the statement of those they belong to: a subselect for each relation, which gives a JSON array
 * of records, each an array of its cells' text. Columns are named with their table: one that is gone must fail, and
 * not be taken for one of the same name outside.
 */
import type { Embed, Field } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { clauses } from './clauses.ts'
import { compileCondition } from './condition.ts'
import { column, table } from './field.ts'
import { compileOrder } from './order.ts'
import { slot } from './slots.ts'
import type { SqlEmbed, SqlSyntax } from './syntax.ts'

/** A field of a certain table. */
type ColumnOf = (field: Field) => RawBuilder<unknown>
const columnsOf =
  (alias: RawBuilder<unknown>): ColumnOf =>
  (field) =>
    sql`${alias}.${column(field)}`

/** What the rows that have embeds go by. */
export const OUTERMOST: RawBuilder<unknown> = sql.id('gw rows')
const AND = sql` and `

const links = (
  fields: readonly Field[],
  at: ColumnOf,
  others: readonly Field[],
  otherAt: ColumnOf,
  { equal }: SqlEmbed,
): readonly RawBuilder<unknown>[] => others.map((other, n) => equal(otherAt(other), at(fields[n]!), other))

/** @param outside The rows that these belong to. */
const compileEmbed = (
  one: Embed,
  syntax: SqlSyntax,
  outside: RawBuilder<unknown>,
  path: string,
): RawBuilder<unknown> => {
  const own = syntax.embed!
  const [base, found] = [sql.id(`gw from ${path}`), sql.id(`gw rows ${path}`)]
  const [above, at] = [columnsOf(outside), columnsOf(base)]
  const { junction, local, references, fields, where, embeds } = one
  const conditions = junction
    ? [through(one, syntax, above, at, sql.id(`gw by ${path}`))]
    : [...links(local, above, references, at, own)]
  if (where) conditions.push(sql`(${compileCondition(where, syntax, false, at)})`)
  const rows = clauses(
    sql`select ${sql.join(fields.map(at))} from ${table(one.table)} as ${base}`,
    sql`where ${sql.join(conditions, AND)}`,
    compileOrder(one.order, syntax, at),
    syntax.page(slot(one.limit), undefined),
  )
  const record = own.record(
    own.cells(fields.map((field) => own.text(columnsOf(found)(field), field))),
    compileEmbeds(embeds, syntax, found, `${path}.`),
  )
  return sql`(select ${own.list(record)} from (${rows}) as ${found})`
}

/** Each record once, however often the junction names it. */
const through = (
  { junction, local, references }: Embed,
  syntax: SqlSyntax,
  above: ColumnOf,
  at: ColumnOf,
  alias: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const { table: from, fields, references: far, where } = junction!
  const by = columnsOf(alias)
  const conditions = [
    ...links(local, above, fields, by, syntax.embed!),
    ...links(far, by, references, at, syntax.embed!),
    ...(where ? [sql`(${compileCondition(where, syntax, false, by)})`] : []),
  ]
  return sql`exists (select 1 from ${table(from)} as ${alias} where ${sql.join(conditions, AND)})`
}

export const compileEmbeds = (
  embeds: readonly Embed[],
  syntax: SqlSyntax,
  outside: RawBuilder<unknown>,
  path = '',
): readonly RawBuilder<unknown>[] => embeds.map((one, n) => compileEmbed(one, syntax, outside, `${path}${n + 1}`))
