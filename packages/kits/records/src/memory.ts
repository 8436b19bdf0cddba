/**
 * The reference source: tables in memory, with SQL's treatment of null. For tests, and the model that other sources
 * are held against. Constraints: keys, unique fields, NOT NULL, lengths and foreign keys (restricting).
 */
import { encoded, GwError } from '@gw/core'
import { catalogOf, type Field, type Table } from './catalog.ts'
import { evaluate } from './memory/evaluate.ts'
import { groupRows } from './memory/group.ts'
import { compareValues, defaultOf, toWire } from './memory/values.ts'
import type { Condition, Order, ReadPlan } from './plan.ts'
import type { RecordsSource, Row, RunOptions, Transaction, Values } from './source.ts'

export interface MemoryOptions {
  readonly tables: readonly Table[]
  /** By API table name; rows keyed by API field name, values in wire form. */
  readonly rows?: Readonly<Record<string, readonly Row[]>>
  /** By API names of table and field. A virtual field has to have its own. */
  readonly functions?: Readonly<Record<string, Readonly<Record<string, MemoryFunctions>>>>
}

/** What the functions of a field come to, worked out here rather than from their text. */
export interface MemoryFunctions {
  /** What is read; of a virtual field, what it is. */
  readonly select?: (row: Row) => unknown
  /** What is stored of a value that was sent. */
  readonly store?: (value: unknown) => unknown
}

/** The rows of every table. Never changed in place: each statement makes a new one, so that undoing is forgetting. */
type State = ReadonlyMap<string, readonly Row[]>

const refuse = (code: 'conflict' | 'invalid_request', message: string, fields?: readonly string[]): never => {
  throw new GwError(code, message, fields && { details: { fields } })
}

/** @param functions of fields that are not what is read of them */
const pick = (row: Row, fields: readonly Field[], functions: Readonly<Record<string, MemoryFunctions>> = {}): Row =>
  Object.fromEntries(
    fields.map(({ name, virtual }) => {
      const select = virtual ? undefined : functions[name]?.select
      return [name, select ? select(row) : (row[name] ?? null)]
    }),
  )

const sorted = (rows: readonly Row[], order: readonly Order[]): readonly Row[] => {
  if (order.length === 0) return rows
  const compare = (a: Row, b: Row): number => {
    for (const { field, descending, nulls } of order) {
      const [x, y] = [a[field.name] ?? null, b[field.name] ?? null]
      if (x === null && y === null) continue
      // Null is the least value unless the order says where it goes.
      const sign =
        x === null || y === null
          ? (x === null ? -1 : 1) * (nulls === undefined ? (descending ? -1 : 1) : nulls === 'first' ? 1 : -1)
          : compareValues(x, y) * (descending ? -1 : 1)
      if (sign !== 0) return sign
    }
    return 0
  }
  return rows.toSorted(compare)
}

const keysOf = (table: Table): readonly (readonly string[])[] => [
  ...(table.primaryKey.length > 0 ? [table.primaryKey] : []),
  ...table.fields
    .filter((field) => field.unique && !(table.primaryKey.length === 1 && table.primaryKey[0] === field.name))
    .map((field) => [field.name]),
]

const keyText = (row: Row, names: readonly string[]): string | undefined => {
  const values = names.map((name) => row[name] ?? null)
  return values.includes(null) ? undefined : JSON.stringify(values)
}

/** The first rows of each partition, where the plan asks for partitions. */
const firstOfEach = (rows: readonly Row[], { partition }: ReadPlan, values: Values): readonly Row[] => {
  if (!partition) return rows
  const counts = new Map<string, number>()
  return rows.filter((row) => {
    const key = JSON.stringify(partition.by.map(({ name }) => row[name] ?? null))
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count <= Number(values[partition.limit])
  })
}

/** What a table's rows have to obey by themselves. */
const checkRows = (table: Table, rows: readonly Row[]): void => {
  for (const field of table.fields) {
    if (!field.nullable && rows.some((row) => (row[field.name] ?? null) === null)) {
      refuse('invalid_request', `Field "${field.name}" can not be NULL.`)
    }
  }
  for (const names of keysOf(table)) {
    const keys = rows.map((row) => keyText(row, names)).filter((key) => key !== undefined)
    if (new Set(keys).size === keys.length) continue
    const quoted = names.map((name) => `"${name}"`).join(', ')
    refuse('conflict', `A record with the same ${quoted} already exists in "${table.name}".`, names)
  }
}

/** Every reference from and to a table. */
const checkReferences = (changed: Table, tables: readonly Table[], state: State): void => {
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      // By name: what a plan holds may be the table with what is remembered of it.
      if (table.name !== changed.name && key.table !== changed.name) continue
      const targets = new Set((state.get(key.table) ?? []).map((row) => keyText(row, key.references)))
      const dangling = (state.get(table.name) ?? []).some((row) => {
        const wanted = keyText(row, key.columns)
        return wanted !== undefined && !targets.has(wanted)
      })
      if (!dangling) continue
      refuse(
        'conflict',
        'A reference does not hold: the record referred to is missing, or this record is still referred to.',
      )
    }
  }
}

/** Makes a source whose rows live in memory. */
export const memorySource = ({ tables, rows: initial = {}, functions = {} }: MemoryOptions): RecordsSource => {
  const catalog = catalogOf(tables)
  /** With its virtual fields, so that conditions and orders find them. They depend on nothing but their row. */
  const whole = (table: Table, row: Row): Row => {
    const virtual = table.fields.filter((field) => field.virtual)
    if (virtual.length === 0) return row
    return {
      ...row,
      ...Object.fromEntries(virtual.map(({ name }) => [name, functions[table.name]![name]!.select!(row)])),
    }
  }
  const storing = (table: Table, field: Field, value: unknown): unknown => {
    const store = functions[table.name]?.[field.name]?.store
    return toWire(field, store ? store(value) : value)
  }
  let committed: State = new Map(
    tables.map((table) => [table.name, (initial[table.name] ?? []).map((row) => whole(table, row))]),
  )
  const open = new Map<symbol, { state: State }>()
  const counters = new Map<string, number>()
  /** Writers wait for each other: a transaction must not overwrite what was written beside it. */
  let turn: Promise<unknown> = Promise.resolve()

  const stateFor = ({ transaction, signal }: RunOptions): State => {
    signal.throwIfAborted()
    return transaction ? open.get(transaction.id)!.state : committed
  }
  const selected = (state: State, table: Table, where: Condition | undefined, values: Values): readonly Row[] =>
    (state.get(table.name) ?? []).filter(
      (row) => !where || evaluate(where, row, values, (name) => state.get(name) ?? []) === true,
    )

  const inTurn = <T>(work: () => Promise<T> | T): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  /** Runs a statement that changes a table: all of it, or nothing. */
  const change = <T>(
    table: Table,
    options: RunOptions,
    work: (state: State) => { rows: readonly Row[]; result: T },
  ) => {
    const apply = (): T => {
      if (table.view) refuse('invalid_request', 'The table, or one of the fields, can not be written.')
      const state = stateFor(options)
      const { rows, result } = work(state)
      const next: State = new Map(state).set(table.name, rows)
      checkRows(table, rows)
      checkReferences(table, tables, next)
      if (options.transaction) open.get(options.transaction.id)!.state = next
      else committed = next
      return result
    }
    return options.transaction ? Promise.resolve().then(apply) : inTurn(apply)
  }

  const numbered = (table: Table, field: Field, state: State) => (): number => {
    const used = (state.get(table.name) ?? []).map((row) => Number(row[field.name]))
    const next = Math.max(0, counters.get(table.name) ?? 0, ...used) + 1
    counters.set(table.name, next)
    return next
  }

  const read = async (plan: ReadPlan, values: Values, options: RunOptions): Promise<readonly Row[]> => {
    const ordered = sorted(selected(stateFor(options), plan.table, plan.where, values), plan.order)
    const found = firstOfEach(ordered, plan, values)
    const offset = plan.offset === undefined ? 0 : Number(values[plan.offset])
    return found
      .slice(offset, offset + Number(values[plan.limit]))
      .map((row) => pick(row, plan.fields, functions[plan.table.name]))
  }

  return {
    capabilities: { transactions: true, locking: true, insensitiveLike: true, grouping: true, partition: true },
    catalog: () => catalog,
    refresh: async () => catalog,
    read,
    async *stream(plan, values, options) {
      const found = await read(plan, values, options)
      for (let at = 0; at < found.length; at += 100) {
        options.signal.throwIfAborted()
        yield found.slice(at, at + 100)
      }
    },
    async readEncoded(plan, values, options) {
      const found = await read(plan, values, options)
      return { rows: encoded(JSON.stringify(found)), count: found.length }
    },
    count: async (plan, values, options) => selected(stateFor(options), plan.table, plan.where, values).length,
    async group(plan, values, options) {
      const groups = groupRows(plan, selected(stateFor(options), plan.table, plan.where, values))
      const { having } = plan
      const found = sorted(having ? groups.filter((row) => evaluate(having, row, values) === true) : groups, plan.order)
      const offset = plan.offset === undefined ? 0 : Number(values[plan.offset])
      return found.slice(offset, offset + Number(values[plan.limit])).map((row) => pick(row, plan.fields))
    },
    insert: ({ table, columns, returning }, records, options) =>
      change(table, options, (state) => {
        const created = records.map((values) => {
          const given = new Map(columns.map((field, at) => [field.name, storing(table, field, values[at])]))
          const row = Object.fromEntries(
            table.fields.map((field) => [
              field.name,
              given.has(field.name) ? given.get(field.name) : defaultOf(field, numbered(table, field, state)),
            ]),
          )
          return whole(table, row)
        })
        const rows = [...(state.get(table.name) ?? []), ...created]
        return { rows, result: created.map((row) => pick(row, returning, functions[table.name])) }
      }),
    update: ({ table, set, where, returning }, values, options) =>
      change(table, options, (state) => {
        const matched = new Set(selected(state, table, where, values))
        const changes = Object.fromEntries(
          set.map(({ field, slot }) => [field.name, storing(table, field, values[slot])]),
        )
        const changed: Row[] = []
        const rows = (state.get(table.name) ?? []).map((row) => {
          if (!matched.has(row)) return row
          changed.push(whole(table, { ...row, ...changes }))
          return changed.at(-1)!
        })
        return {
          rows,
          result: { count: changed.length, rows: changed.map((row) => pick(row, returning, functions[table.name])) },
        }
      }),
    delete: ({ table, where, returning }, values, options) =>
      change(table, options, (state) => {
        const removed = new Set(selected(state, table, where, values))
        const rows = (state.get(table.name) ?? []).filter((row) => !removed.has(row))
        return {
          rows,
          result: { count: removed.size, rows: [...removed].map((row) => pick(row, returning, functions[table.name])) },
        }
      }),
    truncate: ({ table, where }, values, options) =>
      change(table, options, (state) => {
        const removed = new Set(selected(state, table, where, values))
        return { rows: (state.get(table.name) ?? []).filter((row) => !removed.has(row)), result: undefined }
      }),
    transaction: <T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> =>
      inTurn(async () => {
        signal.throwIfAborted()
        const transaction: Transaction = { id: Symbol('transaction') }
        open.set(transaction.id, { state: committed })
        try {
          const result = await work(transaction)
          committed = open.get(transaction.id)!.state
          return result
        } finally {
          open.delete(transaction.id)
        }
      }),
    async savepoint(transaction, work) {
      const { state } = open.get(transaction.id)!
      try {
        return await work()
      } catch (error) {
        open.get(transaction.id)!.state = state
        throw error
      }
    },
  }
}
