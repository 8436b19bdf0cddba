/**
 * Runs writing plans on databases that return changed rows from the statement that changes them: one statement a
 * call, no transaction around it. For a database without RETURNING, see select-back.ts.
 */
import { after, type Ready } from '@gw/core'
import type {
  Changed,
  DeletePlan,
  Field,
  InsertPlan,
  RecordsSource,
  Row,
  RunOptions,
  TruncatePlan,
  UpdatePlan,
  Values,
} from '@gw/records'
import { LRUCache } from 'lru-cache'
import { compileStatement, type Statement } from '../compile/slots.ts'
import { compileDelete, compileInsert, compileTruncate, compileUnchanged, compileUpdate } from '../compile/write.ts'
import { loader } from './load.ts'
import { type RowForm, rowForm } from './rows.ts'
import type { BoundStatement, Runtime } from './runtime.ts'

export type Writer = Pick<RecordsSource, 'insert' | 'update' | 'delete' | 'truncate'>

/** How many sizes of a plan's inserts stay compiled; bulk loads repeat one size. */
const INSERT_SIZES = 4

interface Inserts {
  readonly form: RowForm
  of(records: number): Statement
}

export const returningWriter = (runtime: Runtime): Writer => {
  const { db, dialect, run, transaction, once } = runtime
  const load = loader(runtime)
  const { syntax, capabilities } = dialect
  const statement = (query: Parameters<typeof compileStatement>[1]) => compileStatement(db, query, dialect.binder)
  const form = (fields: readonly Field[]) => rowForm(fields, dialect.codec)

  const inserts = once((plan: InsertPlan): Inserts => {
    const sizes = new LRUCache<number, Statement>({ max: INSERT_SIZES })
    const of = (records: number): Statement => {
      let found = sizes.get(records)
      if (!found) {
        found = statement(compileInsert(plan, records, syntax))
        sizes.set(records, found)
      }
      return found
    }
    return { form: form(plan.returning), of }
  })
  const updates = once((plan: UpdatePlan) => ({
    form: form(plan.returning),
    changes: plan.set.length > 0,
    statement: statement(plan.set.length > 0 ? compileUpdate(plan, syntax) : compileUnchanged(plan, syntax)),
  }))
  const deletes = once((plan: DeletePlan) => ({
    form: form(plan.returning),
    statement: statement(compileDelete(plan, syntax)),
  }))
  const truncates = once((plan: TruncatePlan) => statement(compileTruncate(plan, syntax)))

  const insertTogether = (plan: InsertPlan, records: readonly Values[], options: RunOptions): Ready<readonly Row[]> => {
    const { form, of } = inserts(plan)
    return after(run(insertOf(of(records.length), records), options, true), ({ rows }) =>
      plan.returning.length > 0 ? form.rows(rows) : records.map(() => ({})),
    )
  }
  const insertAll = (plan: InsertPlan, records: readonly Values[], options: RunOptions): Ready<readonly Row[]> => {
    const parts = split(records, plan.columns.length, capabilities.maxParameters)
    if (parts.length === 1) return insertTogether(plan, records, options)
    return transaction(async (inside) => {
      const rows: Row[] = []
      for (const part of parts) rows.push(...(await insertTogether(plan, part, inside)))
      return rows
    }, options)
  }
  const changed = (compiled: Statement, form: RowForm, values: Values, options: RunOptions, writes: boolean) =>
    after(run(compiled.with([values]), options, writes), ({ rows, affected }): Changed => {
      const returned = form.width > 0
      return { count: returned || !writes ? rows.length : affected, rows: returned ? form.rows(rows) : [] }
    })

  return {
    insert: (plan, records, options) =>
      records.length === 0
        ? []
        : after(load(plan, records, options), (loaded) =>
            loaded ? records.map(() => ({})) : insertAll(plan, records, options),
          ),
    update(plan, values, options) {
      const { form: rows, changes, statement: compiled } = updates(plan)
      return changed(compiled, rows, values, options, changes)
    },
    delete(plan, values, options) {
      const { form: rows, statement: compiled } = deletes(plan)
      return changed(compiled, rows, values, options, true)
    },
    truncate: (plan, values, options) => after(run(truncates(plan).with([values]), options, true), () => undefined),
  }
}

/** An insert with its values. Only a single row's is kept prepared: every size of a bulk insert is a statement of its own. */
export const insertOf = (compiled: Statement, records: readonly Values[]): BoundStatement => {
  const bound = compiled.with(records)
  return records.length === 1 ? { ...bound, short: true } : { ...bound, name: undefined }
}

/** As few statements as the number of parameters allows; records of defaults only go one by one. */
export const split = (
  records: readonly Values[],
  width: number,
  maxParameters: number,
): readonly (readonly Values[])[] => {
  const size = width === 0 ? 1 : Math.max(1, Math.floor(maxParameters / width))
  if (records.length <= size) return [records]
  return Array.from({ length: Math.ceil(records.length / size) }, (_, part) =>
    records.slice(part * size, (part + 1) * size),
  )
}
