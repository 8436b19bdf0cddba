/**
 * Runs writing plans on databases that return changed rows from the statement that changes them: one statement a
 * call, no transaction around it. For a database without RETURNING, see select-back.ts.
 */
import type {
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
import type { Runtime } from './runtime.ts'

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

  const insertTogether = async (plan: InsertPlan, records: readonly Values[], options: RunOptions): Promise<Row[]> => {
    const compiled = inserts(plan)
    const { sql, name, binds } = compiled.of(records.length)
    const short = records.length === 1
    // Only the single row is kept prepared: every size of a bulk insert is a statement of its own.
    const result = await run(sql, binds(records), {
      ...options,
      name: short ? name : undefined,
      writes: true,
      short,
    })
    return plan.returning.length > 0 ? compiled.form.rows(result.rows) : records.map(() => ({}))
  }

  return {
    async insert(plan, records, options) {
      if (records.length === 0) return []
      if (await load(plan, records, options)) return records.map(() => ({}))
      const parts = split(records, plan.columns.length, capabilities.maxParameters)
      if (parts.length === 1) return insertTogether(plan, records, options)
      return transaction(async (inside) => {
        const rows: Row[] = []
        for (const part of parts) rows.push(...(await insertTogether(plan, part, inside)))
        return rows
      }, options)
    },
    async update(plan, values, options) {
      const { form: rows, changes, statement: compiled } = updates(plan)
      const result = await run(compiled.sql, compiled.binds([values]), {
        ...options,
        name: compiled.name,
        writes: changes,
      })
      const count = plan.returning.length > 0 || !changes ? result.rows.length : result.affected
      return { count, rows: plan.returning.length > 0 ? rows.rows(result.rows) : [] }
    },
    async delete(plan, values, options) {
      const { form: rows, statement: compiled } = deletes(plan)
      const result = await run(compiled.sql, compiled.binds([values]), {
        ...options,
        name: compiled.name,
        writes: true,
      })
      const returned = plan.returning.length > 0
      return { count: returned ? result.rows.length : result.affected, rows: returned ? rows.rows(result.rows) : [] }
    },
    async truncate(plan, values, options) {
      const compiled = truncates(plan)
      await run(compiled.sql, compiled.binds([values]), { ...options, name: compiled.name, writes: true })
    },
  }
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
