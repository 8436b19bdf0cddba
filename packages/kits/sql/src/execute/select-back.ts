/**
 * Runs writing plans on databases that do not return changed rows: they are selected by their keys, in the
 * transaction that changes them. A statement whose answer follows from what it was given goes without either, and so does
 * an insert where the server returns it after all.
 */
import type { Condition, DeletePlan, Field, InsertPlan, Row, RunOptions, UpdatePlan, Values } from '@gw/records'
import { type RawBuilder, sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import { compileCondition } from '../compile/condition.ts'
import { selected, table } from '../compile/field.ts'
import { compileOrder } from '../compile/order.ts'
import { clauses } from '../compile/read.ts'
import { compileStatement, type Statement } from '../compile/slots.ts'
import { compileDelete, compileInsert, compileTruncate, compileUnchanged, compileUpdate } from '../compile/write.ts'
import type { SqlResult } from '../dialect.ts'
import { loader } from './load.ts'
import { rowForm } from './rows.ts'
import type { Runtime } from './runtime.ts'
import { insertOf, returningWriter, split, type Writer } from './write.ts'

type Plan = InsertPlan | UpdatePlan | DeletePlan
type Clause = RawBuilder<unknown> | undefined

/** How many sizes of a plan's inserts stay compiled; bulk loads repeat one size. */
const INSERT_SIZES = 4
/** Types whose values equal what was stored, so that a row can be found by them. */
const COMPARABLE: ReadonlySet<Field['type']> = new Set([
  'string',
  'text',
  'integer',
  'bigint',
  'uuid',
  'date',
  'boolean',
])

const keyOf = ({ table: { fields, primaryKey } }: Plan): readonly Field[] =>
  primaryKey.flatMap((name) => fields.find((field) => field.name === name) ?? [])

/** The fields' values in slots of their own, from 0 on. */
const equal = (fields: readonly Field[]): Condition => {
  const items = fields.map((field, slot): Condition => {
    return { kind: 'compare', field, op: '=', value: { kind: 'slot', slot } }
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

export const selectBackWriter = (runtime: Runtime): Writer => {
  const { db, dialect, run, transaction, once } = runtime
  const load = loader(runtime)
  const returning = returningWriter(runtime)
  const { syntax, capabilities } = dialect
  const statement = (query: RawBuilder<unknown>) => compileStatement(db, query, dialect.binder)
  const execute = (compiled: Statement, records: readonly Values[], options: RunOptions, writes: boolean) =>
    run(compiled.with(records), options, writes)
  const select = (plan: Plan, fields: readonly Field[], where: Condition, ...more: Clause[]) =>
    statement(
      clauses(
        sql`select ${selected(fields, syntax)} from ${table(plan.table)}`,
        sql`where ${compileCondition(where, syntax)}`,
        ...more,
      ),
    )
  /** By their key: which row is answered first does not depend on rows that the caller does not see. */
  const locked = (plan: Plan, fields: readonly Field[], where: Condition) => {
    const byKey = keyOf(plan).map((field) => ({ field, descending: false }))
    return select(plan, fields, where, compileOrder(byKey, syntax), syntax.lock)
  }

  const inserts = once((plan: InsertPlan) => {
    const sizes = new LRUCache<number, Statement>({ max: INSERT_SIZES })
    const bare: InsertPlan = { ...plan, returning: [] }
    const generated = plan.table.fields.find((field) => field.autoIncrement && !plan.columns.includes(field))
    const key = keyOf(plan)
    const isKnown = key.length > 0 && key.every((field) => field === generated || plan.columns.includes(field))
    const found = isKnown ? key : plan.columns.filter(({ type, functions }) => COMPARABLE.has(type) && !functions)
    return {
      generated,
      found,
      isKnown,
      /** Nothing has to be looked up: the generated value is all that is asked for. */
      told: plan.returning.every((field) => field === generated),
      form: rowForm(plan.returning, dialect.codec),
      select: found.length > 0 ? select(plan, plan.returning, equal(found)) : undefined,
      of(records: number): Statement {
        const known = sizes.get(records) ?? statement(compileInsert(bare, records, syntax))
        sizes.set(records, known)
        return known
      },
    }
  })

  const insertTogether = async (plan: InsertPlan, records: readonly Values[], options: RunOptions): Promise<Row[]> => {
    const compiled = inserts(plan)
    const result = await run(insertOf(compiled.of(records.length), records), options, true)
    const { generated } = compiled
    if (compiled.told) return records.map((_, at) => (generated ? told(plan, generatedValue(result, at)) : {}))
    const rows: Row[] = []
    for (const [at, record] of records.entries()) {
      const values = compiled.found.map((field) =>
        field === generated ? generatedValue(result, at) : record[plan.columns.indexOf(field)],
      )
      const cells = compiled.select ? (await execute(compiled.select, [values], options, false)).rows.slice(0, 1) : []
      // Without a key, one with a NULL can't be found by its values.
      rows.push(compiled.form.rows(cells)[0] ?? given(plan, record))
    }
    return rows
  }

  const updates = once((plan: UpdatePlan) => {
    const key = keyOf(plan)
    const bare: UpdatePlan = { ...plan, returning: [] }
    return {
      key,
      form: rowForm(plan.returning, dialect.codec),
      keyForm: rowForm(key, dialect.codec),
      change: plan.set.length > 0 ? statement(compileUpdate(bare, syntax)) : undefined,
      unchanged: statement(compileUnchanged(plan, syntax)),
      keys: key.length > 0 ? locked(plan, key, plan.where) : undefined,
      again: key.length > 0 ? select(plan, plan.returning, equal(key)) : undefined,
    }
  })
  /** A key as it is after the change. */
  const keyAfter = (plan: UpdatePlan, key: readonly Field[], row: Row, values: Values): Values =>
    key.map((field) => {
      const set = plan.set.find((item) => item.field === field)
      return set ? values[set.slot] : row[field.name]
    })

  const deletes = once((plan: DeletePlan) => ({
    form: rowForm(plan.returning, dialect.codec),
    rows: plan.returning.length > 0 ? locked(plan, plan.returning, plan.where) : undefined,
    statement: statement(compileDelete({ ...plan, returning: [] }, syntax)),
  }))
  const truncates = once((plan: Parameters<Writer['truncate']>[0]) => statement(compileTruncate(plan, syntax)))

  return {
    async insert(plan, records, options) {
      if (records.length === 0) return []
      if (await load(plan, records, options)) return records.map(() => ({}))
      const parts = split(records, plan.columns.length, capabilities.maxParameters)
      if (parts.length === 1 && inserts(plan).told) return insertTogether(plan, records, options)
      if (!plan.table.view && (await runtime.returnsInserts(options))) return returning.insert(plan, records, options)
      return transaction(async (inside) => {
        const rows: Row[] = []
        for (const part of parts) rows.push(...(await insertTogether(plan, part, inside)))
        return rows
      }, options)
    },
    async update(plan, values, options) {
      const compiled = updates(plan)
      const { change, unchanged, keys, again, form, key, keyForm } = compiled
      if (!change) {
        const { rows } = await execute(unchanged, [values], options, false)
        return { count: rows.length, rows: plan.returning.length > 0 ? form.rows(rows) : [] }
      }
      if (plan.returning.length === 0) {
        return { count: (await execute(change, [values], options, true)).affected, rows: [] }
      }
      return transaction(async (inside) => {
        if (!keys || !again) return changeKeyless(plan, values, compiled, inside)
        const named = keyForm.rows((await execute(keys, [values], inside, true)).rows)
        if (named.length === 0) return { count: 0, rows: [] }
        await execute(change, [values], inside, true)
        const rows: Row[] = []
        for (const row of named) {
          const found = await execute(again, [keyAfter(plan, key, row, values)], inside, false)
          rows.push(...form.rows(found.rows))
        }
        return { count: named.length, rows }
      }, options)
    },
    async delete(plan, values, options) {
      const { form, rows, statement: remove } = deletes(plan)
      if (!rows) return { count: (await execute(remove, [values], options, true)).affected, rows: [] }
      return transaction(async (inside) => {
        const removed = form.rows((await execute(rows, [values], inside, true)).rows)
        if (removed.length > 0) await execute(remove, [values], inside, true)
        return { count: removed.length, rows: removed }
      }, options)
    },
    async truncate(plan, values, options) {
      await execute(truncates(plan), [values], options, true)
    },
  }

  /** Without a key, rows are shown as they were before, with the new values laid over them. */
  async function changeKeyless(
    plan: UpdatePlan,
    values: Values,
    { change, unchanged, form }: ReturnType<typeof updates>,
    inside: RunOptions,
  ) {
    const before = form.rows((await execute(unchanged, [values], inside, true)).rows)
    if (before.length > 0) await execute(change!, [values], inside, true)
    const laid = Object.fromEntries(
      plan.set
        .filter(({ field }) => plan.returning.includes(field))
        .map(({ field, slot }) => [field.name, values[slot]]),
    )
    return { count: before.length, rows: before.map((row) => ({ ...row, ...laid })) }
  }
}

/** A record as it was sent. */
const given = ({ columns, returning }: InsertPlan, values: Values): Row =>
  Object.fromEntries(returning.map((field) => [field.name, values[columns.indexOf(field)] ?? null]))

const told = ({ returning }: InsertPlan, value: unknown): Row =>
  returning.length > 0 ? { [returning[0]!.name]: value } : {}

/** The value generated for one of a statement's records. */
const generatedValue = ({ insertId, insertStep = 1 }: SqlResult, at: number): unknown => {
  if (insertId === undefined) return null
  const value = BigInt(insertId) + BigInt(at) * BigInt(insertStep)
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
