/**
 * The store as callers see and change it: every write is checked, sealed and counted within one transaction; every
 * row that is told is presented. All ways to a row lead through here: lists, relations, nested writes, batches.
 */
import { GwError } from '@gw/core'
import {
  type Changed,
  type Condition,
  type Field,
  fieldOf,
  type RecordsSource,
  type Row,
  type RunOptions,
  type Table,
  type Transaction,
} from '@gw/records'
import type { Trail } from '../audit/trail.ts'
import { storedTime } from '../identity/accounts.ts'
import { type Group, groupsOf, type RevisionTable } from '../store/revision.ts'
import { presenter, refuseSealed } from './presenting.ts'
import { invalid, type RuleContext, type TableRules, type Values } from './rules.ts'

export interface RuledOptions {
  readonly source: RecordsSource
  readonly revisions: RevisionTable
  readonly rules: Readonly<Record<string, TableRules>>
  readonly trail: Trail
  /** Called after a commit, and waited for. */
  committed(groups: ReadonlySet<Group>): Promise<void>
}

type Write = UpdateLike | DeleteLike
type UpdateLike = Parameters<RecordsSource['update']>[0]
type DeleteLike = Parameters<RecordsSource['delete']>[0]

/** More rows are never touched by one statement of the API. */
const MOST_ROWS = 100_000

const decoded = (field: Field, value: unknown): unknown =>
  field.type === 'json' && typeof value === 'string' ? JSON.parse(value) : value
const encodedFor = (field: Field, value: unknown): unknown =>
  field.type === 'json' && value !== null && value !== undefined ? JSON.stringify(value) : value

const keyCondition = (key: readonly Field[], from: number): Condition => ({
  kind: 'and',
  items: key.map(
    (field, at): Condition => ({ kind: 'compare', field, op: '=', value: { kind: 'slot', slot: from + at } }),
  ),
})

const keyFields = (table: Table): readonly Field[] => table.primaryKey.map((name) => fieldOf(table, name)!)

/** What callers know a hidden field of a unique key by. */
const TOLD_AS: Readonly<Record<string, string>> = { scope: 'name', api_key_digest: 'api_key' }

/** A unique key's violation as the wire contract has it: 400, with the fields (platform.md §3.3). */
const asInvalid = (error: unknown): unknown => {
  if (!GwError.is(error) || error.code !== 'conflict') return error
  const [field] = (error.details as { readonly fields?: readonly string[] } | undefined)?.fields ?? []
  if (field === undefined) return error
  const name = TOLD_AS[field] ?? field
  return invalid({ [name]: [`The ${name} is taken.`] })
}

/** Who writes, and when, where what is written does not say it: an import, and what people change of themselves. */
const stampsFor = (table: Table, given: Values, purpose: 'create' | 'update', { caller }: RuleContext): Values =>
  Object.fromEntries(
    table.fields.flatMap(({ name, stamp }) => {
      if (!stamp || Object.hasOwn(given, name) || (purpose === 'update' && stamp.endsWith('_on_create'))) return []
      return [[name, stamp.startsWith('timestamp') ? storedTime() : (caller?.user?.id ?? null)]]
    }),
  )

export const ruledSource = ({ source, revisions, rules, trail, committed }: RuledOptions): RecordsSource => {
  /** What the open transactions have changed. */
  const changes = new WeakMap<Transaction, Set<Group>>()
  /** Rows of theirs that a later one might mean, too. */
  const made = new WeakMap<Transaction, ReadonlySet<unknown>>()
  const present = presenter(source, rules)

  const within = async <T>(options: RunOptions, work: (inside: RunOptions) => Promise<T>): Promise<T> => {
    // Failures are told here, in the words of the API: the names that callers may not know are needed for that.
    const own: RunOptions = { ...options, asker: undefined }
    if (options.transaction) return work(own)
    return transaction((open) => work({ ...own, transaction: open }), options.signal)
  }
  const transaction: NonNullable<RecordsSource['transaction']> = async (work, signal) => {
    const changed = new Set<Group>()
    const result = await source.transaction!(async (open) => {
      changes.set(open, changed)
      const answer = await work(open)
      // Last, because the numbers are locked until the transaction ends.
      await revisions.raise([...changed].sort(), { signal, transaction: open })
      return answer
    }, signal)
    if (changed.size > 0) await committed(changed)
    return result
  }
  const note = ({ transaction: open }: RunOptions, table: string, deletes: boolean) => {
    const changed = open && changes.get(open)
    if (!changed) throw new GwError('internal', 'A change of the store has to be made through its own transactions.')
    for (const group of groupsOf(table, deletes)) changed.add(group)
  }

  const read = (table: Table, where: Condition | undefined, values: readonly unknown[], options: RunOptions) =>
    source.read(
      { kind: 'read', table, fields: table.fields, where, order: [], limit: values.length },
      [...values, MOST_ROWS],
      options,
    )
  const contextFor = (options: RunOptions, before?: Row): RuleContext => ({
    caller: options.caller,
    signal: options.signal,
    before,
    find: async (name, where) => {
      const table = source.catalog().byName.get(name)!
      const fields = Object.keys(where).map((field) => fieldOf(table, field)!)
      const given = Object.values(where)
      const items = fields.map((field, at): Condition => {
        if (given[at] === null) return { kind: 'null', field }
        return { kind: 'compare', field, op: '=', value: { kind: 'slot', slot: at } }
      })
      return read(table, { kind: 'and', items }, given, options)
    },
  })

  const writtenRow = async (
    table: Table,
    set: Values,
    key: Values,
    returning: readonly Field[],
    options: RunOptions,
  ) => {
    const columns = table.fields.filter(({ name }) => Object.hasOwn(set, name))
    const keys = keyFields(table)
    const changed = await source.update(
      {
        kind: 'update',
        table,
        set: columns.map((field, slot) => ({ field, slot })),
        where: keyCondition(keys, columns.length),
        returning,
      },
      [...columns.map((field) => encodedFor(field, set[field.name])), ...keys.map(({ name }) => key[name])],
      options,
    )
    return changed.rows[0]
  }

  const create = async (
    table: Table,
    given: Values,
    returning: readonly Field[],
    options: RunOptions,
  ): Promise<Row> => {
    const own = rules[table.name] ?? {}
    const context = contextFor(options)
    const known = await own.known?.(given, context)
    if (known) {
      if (made.get(options.transaction!)?.has(known.id)) throw invalid(own.twice ?? {})
      return (await change(table, known, given, [...keyFields(table), ...returning], options)) ?? known
    }
    const checked = (await own.check?.(given, context)) ?? given
    const values = { ...checked, ...stampsFor(table, checked, 'create', context) }
    const later = new Set(own.seal ? (own.sealed ?? []) : [])
    const columns = table.fields.filter(({ name }) => Object.hasOwn(values, name) && !later.has(name))
    const keys = keyFields(table)
    const [row] = await source.insert(
      { kind: 'insert', table, columns, returning: [...new Set([...keys, ...returning])] },
      [columns.map((field) => encodedFor(field, values[field.name]))],
      options,
    )
    if (own.known) made.set(options.transaction!, new Set(made.get(options.transaction!)).add(row!.id))
    const sealing = Object.keys(values).some((name) => later.has(name))
    // A sealed value is bound to its row, whose number is known only now.
    const sealed = sealing ? await own.seal!(values, row![keys[0]!.name] as number, context) : {}
    const written =
      Object.keys(sealed).length === 0 ? row! : ((await writtenRow(table, sealed, row!, returning, options)) ?? row!)
    await trail.record({ action: 'create', table, after: { ...values, ...row, ...sealed } }, options)
    return written
  }

  const change = async (table: Table, before: Row, given: Values, returning: readonly Field[], options: RunOptions) => {
    const own = rules[table.name] ?? {}
    const context = contextFor(options, before)
    const values = (await own.check?.(given, context)) ?? given
    const id = before[keyFields(table)[0]!.name] as number
    const sealed = own.sealed?.some((name) => Object.hasOwn(values, name)) ? await own.seal?.(values, id, context) : {}
    const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !own.sealed?.includes(name)))
    const wanted = { ...rest, ...sealed }
    if (Object.keys(wanted).length > 0) {
      const set = { ...wanted, ...stampsFor(table, given, 'update', context) }
      const written = await writtenRow(table, set, before, returning, options)
      await trail.record({ action: 'update', table, before, after: { ...before, ...set } }, options)
      return written
    }
    return Object.fromEntries(returning.map(({ name }) => [name, before[name]]))
  }

  const removed = async (table: Table, rows: readonly Row[], options: RunOptions) => {
    for (const before of rows) await trail.record({ action: 'delete', table, before }, options)
  }

  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw asInvalid(error)
    }
  }
  const matching = ({ table, where }: Write, values: readonly unknown[], options: RunOptions) => {
    refuseSealed(where, rules)
    return read(table, where, values, options)
  }

  return {
    capabilities: {
      transactions: true,
      locking: source.capabilities.locking,
      insensitiveLike: source.capabilities.insensitiveLike,
      grouping: true,
      partition: true,
    },
    catalog: source.catalog,
    refresh: source.refresh,
    ...present,
    transaction,
    insert: (plan, records, options) =>
      translated(() =>
        within(options, async (inside) => {
          note(inside, plan.table.name, false)
          const rows: Row[] = []
          for (const record of records) {
            const values = Object.fromEntries(plan.columns.map((field, at) => [field.name, decoded(field, record[at])]))
            rows.push(await create(plan.table, values, present.wanted(plan.table, plan.returning), inside))
          }
          return present.shown(plan.table, plan.returning, rows, options.caller)
        }),
      ),
    update: (plan, values, options) =>
      translated(() =>
        within(options, async (inside): Promise<Changed> => {
          note(inside, plan.table.name, false)
          const set = Object.fromEntries(plan.set.map(({ field, slot }) => [field.name, decoded(field, values[slot])]))
          const rows: Row[] = []
          for (const before of await matching(plan, values, inside)) {
            const row = await change(plan.table, before, set, present.wanted(plan.table, plan.returning), inside)
            if (row) rows.push(row)
          }
          return { count: rows.length, rows: present.shown(plan.table, plan.returning, rows, options.caller) }
        }),
      ),
    delete: (plan, values, options) =>
      translated(() =>
        within(options, async (inside): Promise<Changed> => {
          note(inside, plan.table.name, true)
          const removing = rules[plan.table.name]?.removing
          const before = await matching(plan, values, inside)
          for (const row of before) await removing?.(row, contextFor(inside, row))
          await source.delete({ ...plan, returning: [] }, values, inside)
          await removed(plan.table, before, inside)
          return { count: before.length, rows: present.shown(plan.table, plan.returning, before, options.caller) }
        }),
      ),
    truncate: (plan, values, options) =>
      within(options, async (inside) => {
        note(inside, plan.table.name, true)
        const removing = rules[plan.table.name]?.removing
        const everything: Condition = plan.where ?? { kind: 'not', item: { kind: 'never' } }
        refuseSealed(plan.where, rules)
        const rows = await read(plan.table, plan.where, values, inside)
        for (const row of rows) await removing?.(row, contextFor(inside, row))
        await source.delete({ kind: 'delete', table: plan.table, where: everything, returning: [] }, values, inside)
        await removed(plan.table, rows, inside)
      }),
  }
}
