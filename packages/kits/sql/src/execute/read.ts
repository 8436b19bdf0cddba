/** Runs reading plans. A plan is compiled the first time it is met, and lives as long as the plan. */
import { after, type Ready } from '@gw/core'
import type { CountPlan, GroupPlan, ReadPlan, RecordsSource, RunOptions, Values } from '@gw/records'
import { compileGroup } from '../compile/group.ts'
import { compileCount, compileRead, foreseen } from '../compile/read.ts'
import { compileStatement, type Statement } from '../compile/slots.ts'
import type { SqlResult } from '../dialect.ts'
import { embedCodecs } from './embedded.ts'
import { type ListSink, listSinks } from './row-bytes.ts'
import { type RowForm, rowForm } from './rows.ts'
import type { BoundStatement, Runtime } from './runtime.ts'

/** Up to so many rows, a read is expected to be over at once. */
const FEW = 100
const isShort = (plan: ReadPlan, values: Values, { few = false }: RunOptions): boolean =>
  few || (values[plan.limit] as number) <= FEW

/** What the statements of one plan share, and those that were met, by how many rows they are for. */
interface Reading {
  readonly statements: Map<number | undefined, Statement>
  readonly form: RowForm
  readonly sink: (() => ListSink) | undefined
}

type Reader = Pick<RecordsSource, 'read' | 'count' | 'stream'> & Required<Pick<RecordsSource, 'readEncoded' | 'group'>>

export const reader = ({ db, dialect, run, scan, stream, once }: Runtime): Reader => {
  const reading = once((plan: ReadPlan): Reading => {
    const more = embedCodecs(plan.embeds, dialect.codec)
    return {
      statements: new Map(),
      form: rowForm(plan.fields, dialect.codec, more),
      sink: listSinks(plan.fields, dialect.codec, more),
    }
  })
  const statementOf = (plan: ReadPlan, { statements }: Reading, values: Values): Statement => {
    const most = foreseen(plan, values, dialect.syntax)
    let statement = statements.get(most)
    if (!statement) {
      statement = compileStatement(db, compileRead(plan, dialect.syntax, most), dialect.binder)
      statements.set(most, statement)
    }
    return statement
  }
  const groupStatement = once((plan: GroupPlan): { statement: Statement; form: RowForm } => ({
    statement: compileStatement(db, compileGroup(plan, dialect.syntax), dialect.binder),
    form: rowForm(plan.fields, dialect.codec),
  }))
  const countStatement = once(
    (plan: CountPlan): Statement => compileStatement(db, compileCount(plan, dialect.syntax), dialect.binder),
  )
  const bound = (statement: Statement, values: Values, short: boolean): BoundStatement =>
    short ? { ...statement.with([values]), short } : statement.with([values])
  const cells = (statement: Statement, values: Values, options: RunOptions, short = false): Ready<SqlResult> =>
    run(bound(statement, values, short), options, false)

  async function* batches(rows: NonNullable<typeof stream>, plan: ReadPlan, values: Values, options: RunOptions) {
    const read = reading(plan)
    const { sql, binds } = statementOf(plan, read, values).with([values])
    for await (const cells of rows(sql, binds, options)) yield read.form.rows(cells)
  }

  return {
    ...(stream && { stream: (plan, values, options) => batches(stream, plan, values, options) }),
    read(plan, values, options) {
      const read = reading(plan)
      const found = cells(statementOf(plan, read, values), values, options, isShort(plan, values, options))
      return after(found, ({ rows }) => read.form.rows(rows))
    },
    readEncoded(plan, values, options) {
      const read = reading(plan)
      const { form, sink } = read
      const statement = statementOf(plan, read, values)
      const short = isShort(plan, values, options)
      const scanning = sink && scan?.(bound(statement, values, short), options, sink)
      if (scanning) return scanning.then((list) => ({ rows: list.finish(), count: list.count }))
      return after(cells(statement, values, options, short), ({ rows }) => ({
        rows: form.encode(rows),
        count: rows.length,
      }))
    },
    group(plan, values, options) {
      const { statement, form } = groupStatement(plan)
      return after(cells(statement, values, options), ({ rows }) => form.rows(rows))
    },
    count: (plan, values, options) =>
      after(cells(countStatement(plan), values, options), ({ rows }) => Number(rows[0]![0])),
  }
}
