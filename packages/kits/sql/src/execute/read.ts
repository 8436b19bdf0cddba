/** Runs reading plans. A plan is compiled the first time it is met, and lives as long as the plan. */
import { encoded } from '@gw/core'
import type { CountPlan, GroupPlan, ReadPlan, RecordsSource, RunOptions, Values } from '@gw/records'
import { compileGroup } from '../compile/group.ts'
import { compileCount, compileRead } from '../compile/read.ts'
import { compileStatement, type Statement } from '../compile/slots.ts'
import type { SqlResult } from '../dialect.ts'
import { embedCodecs } from './embedded.ts'
import { type ListSink, listSinks } from './row-bytes.ts'
import { type RowForm, rowForm } from './rows.ts'
import type { Runtime } from './runtime.ts'

/** Up to so many rows, a read is expected to be over at once. */
const FEW = 100
const isShort = (plan: ReadPlan, values: Values): boolean => (values[plan.limit] as number) <= FEW

type Reader = Pick<RecordsSource, 'read' | 'count' | 'stream'> & Required<Pick<RecordsSource, 'readEncoded' | 'group'>>

export const reader = ({ db, dialect, run, scan, stream, once }: Runtime): Reader => {
  const readStatement = once(
    (plan: ReadPlan): { statement: Statement; form: RowForm; sink: (() => ListSink) | undefined } => {
      const more = embedCodecs(plan.embeds, dialect.codec)
      return {
        statement: compileStatement(db, compileRead(plan, dialect.syntax), dialect.binder),
        form: rowForm(plan.fields, dialect.codec, more),
        sink: listSinks(plan.fields, dialect.codec, more),
      }
    },
  )
  const groupStatement = once((plan: GroupPlan): { statement: Statement; form: RowForm } => ({
    statement: compileStatement(db, compileGroup(plan, dialect.syntax), dialect.binder),
    form: rowForm(plan.fields, dialect.codec),
  }))
  const countStatement = once(
    (plan: CountPlan): Statement => compileStatement(db, compileCount(plan, dialect.syntax), dialect.binder),
  )
  const cells = (
    statement: Statement,
    values: Values,
    options: Parameters<Reader['read']>[2],
    short = false,
  ): Promise<SqlResult> =>
    run(statement.sql, statement.binds([values]), { ...options, name: statement.name, writes: false, short })

  async function* batches(rows: NonNullable<typeof stream>, plan: ReadPlan, values: Values, options: RunOptions) {
    const { statement, form } = readStatement(plan)
    for await (const cells of rows(statement.sql, statement.binds([values]), options)) yield form.rows(cells)
  }

  return {
    ...(stream && { stream: (plan, values, options) => batches(stream, plan, values, options) }),
    async read(plan, values, options) {
      const { statement, form } = readStatement(plan)
      return form.rows((await cells(statement, values, options, isShort(plan, values))).rows)
    },
    async readEncoded(plan, values, options) {
      const { statement, form, sink: open } = readStatement(plan)
      const short = isShort(plan, values)
      const sink = open?.()
      const scanning =
        sink && scan(statement.sql, statement.binds([values]), { ...options, name: statement.name, short }, sink)
      if (sink && scanning) {
        await scanning
        return { rows: encoded(sink.finish()), count: sink.count }
      }
      const { rows } = await cells(statement, values, options, short)
      return { rows: form.encode(rows), count: rows.length }
    },
    async group(plan, values, options) {
      const { statement, form } = groupStatement(plan)
      return form.rows((await cells(statement, values, options)).rows)
    },
    async count(plan, values, options) {
      const { rows } = await cells(countStatement(plan), values, options)
      return Number(rows[0]![0])
    },
  }
}
