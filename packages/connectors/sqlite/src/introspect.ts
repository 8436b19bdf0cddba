/**
 * The catalogue, from SQLite's table-valued pragmas (https://www.sqlite.org/pragma.html#pragfunc): some tables at a
 * time, because a statement holds the process while it runs.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Logger } from '@gw/core'
import {
  assemble,
  type Cells,
  type FoundColumn,
  type FoundReference,
  type FoundTable,
  type Introspected,
  keysFrom,
  ownerKey,
  packedColumns,
  packRows,
  simpleType,
  sqliteCollations,
  unpackRows,
} from '@gw/sql'

/** Runs a statement at once. */
type Run = (sql: string, binds: readonly unknown[]) => readonly Cells[]

interface Listed {
  readonly name: string
  readonly type: string
  /** WITHOUT ROWID. */
  readonly bare: boolean
}
/** A table as it stays in memory, of which there may be thousands: as texts of rows. */
interface Found extends Listed {
  readonly columns: string | undefined
  readonly indexes: string | undefined
  readonly references: string | undefined
}
/** `pk`: its place in the primary key, from 1; 0: not in it. `hidden` 2, 3: generated. */
type Told = readonly [name: string, type: string, notnull: number, initial: string | null, pk: number, hidden: number]
type Column = readonly [...told: Told, collation?: string | null]
/** `column` null: an expression, or the rowid. */
type IndexPart = readonly [index: string, origin: 'c' | 'u' | 'pk', unique: number, column: string | null]
/** `to` null: the primary key of `table`. */
type ReferencePart = readonly [id: number, table: string, from: string, to: string | null, update: string, del: string]

/** Tables that are looked at without a turn: some milliseconds. */
const SLICE = 50

export const introspect = async (run: Run, signal: AbortSignal, log: Logger): Promise<Introspected> => {
  const found: Found[] = []
  const listed = list(run)
  const tables = listed.filter(({ type }) => type !== 'view')
  for (let at = 0; at < tables.length; at += SLICE) {
    found.push(...(await look(run, tables.slice(at, at + SLICE))))
    await turn()
    signal.throwIfAborted()
  }
  for (const view of listed.filter(({ type }) => type === 'view')) {
    try {
      found.push(...(await look(run, [view])))
    } catch (error) {
      log.warn(`The view "${view.name}" does not work and is left out.`, { error })
    }
    signal.throwIfAborted()
  }
  const known = targets(found)
  return assemble(found.values().map((item) => tableOf(item, known)))
}

const list = (run: Run): readonly Listed[] =>
  run(
    `select name, type, wr from pragma_table_list
      where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\'`,
    [],
  ).map(([name, type, wr]) => ({ name: name as string, type: type as string, bare: wr === 1 }))

const look = async (run: Run, listed: readonly Listed[]): Promise<readonly Found[]> => {
  const names = JSON.stringify(listed.map(({ name }) => name))
  const collated = sqliteCollations(run)
  const rows = (facts: string, from: string) =>
    packRows([run(`select n.value, ${facts} from json_each(?) as n join ${from}`, [names])])
  const columns = await rows(
    'c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden',
    'pragma_table_xinfo(n.value) as c where c.hidden <> 1 order by n.key, c.cid',
  )
  const indexes = await rows(
    'l.name, l.origin, l."unique", c.name',
    `pragma_index_list(n.value) as l join pragma_index_info(l.name) as c
      where l.partial = 0 order by n.key, l.name, c.seqno`,
  )
  const references = await rows(
    'f.id, f."table", f."from", f."to", f.on_update, f.on_delete',
    'pragma_foreign_key_list(n.value) as f order by n.key, f.id desc, f.seq',
  )
  return listed.map((item) => {
    const own = ownerKey(item.name)
    const facts = collated(item.name, columns.get(own))
    return { ...item, columns: facts, indexes: indexes.get(own), references: references.get(own) }
  })
}

const tableOf = (found: Found, known: Targets): FoundTable => {
  const { name, type, bare } = found
  const own = namesIn(found)
  const parts = unpackRows(found.indexes) as readonly IndexPart[]
  const named = (wanted: number) =>
    keysFrom(
      parts
        .filter(([, origin, unique]) => origin !== 'pk' && unique === wanted)
        .map(([key, , , column]) => ({ key, primary: false, column })),
    )
  const rowid = own.key.length === 1 && !bare && !parts.some(([, origin]) => origin === 'pk')
  const references = unpackRows(found.references) as readonly ReferencePart[]
  return {
    name,
    view: type === 'view',
    columns: packedColumns(found.columns, rowid, (facts) => columnOf(facts as Column, rowid)),
    keys: [...(own.key.length > 0 ? [{ primary: true, columns: own.key }] : []), ...named(1)],
    indexes: named(0),
    references: [...Map.groupBy(references, ([id]) => id).values()].map((grouped) =>
      referenceOf(name, own, grouped, known),
    ),
  }
}

const columnOf = ([name, dbType, notnull, initial, pk, hidden, collation]: Column, rowid: boolean): FoundColumn => {
  // A rowid alias is the one primary key that has no index; SQLite numbers it.
  const numbered = rowid && pk > 0 && /^integer$/i.test(dbType)
  return {
    name,
    type: simpleType(dbType),
    dbType,
    // SQLite lets NULL into some primary keys, an old mistake that it keeps: such a record could not be found again.
    nullable: notnull === 0 && pk === 0,
    default: /^null$/i.test(initial ?? '') ? null : initial,
    autoIncrement: numbered,
    generated: hidden > 1,
    ...(collation && { collation }),
  }
}

interface Names {
  readonly key: readonly string[]
  /** References keep names as they were typed: this is the one that was meant. */
  spelled(typed: string): string
}
const namesIn = ({ columns }: Found): Names => {
  const all = unpackRows(columns) as readonly Column[]
  const byName = new Map(all.map(([name]) => [name.toLowerCase(), name]))
  const key = all.filter(([, , , , pk]) => pk > 0).sort((a, b) => a[4] - b[4])
  return { key: key.map(([name]) => name), spelled: (typed) => byName.get(typed.toLowerCase()) ?? typed }
}

/** The tables that others refer to, by their names as they were typed. */
type Targets = (typed: string) => (Names & { readonly name: string }) | undefined

const targets = (found: readonly Found[]): Targets => {
  const tables = new Map(found.map((item) => [item.name.toLowerCase(), item]))
  const made = new Map<Found, Names & { readonly name: string }>()
  return (typed) => {
    const item = tables.get(typed.toLowerCase())
    if (item && !made.has(item)) made.set(item, { name: item.name, ...namesIn(item) })
    return item && made.get(item)
  }
}

/** SQLite tells no names of constraints: ours are made of the columns'. */
const referenceOf = (from: string, own: Names, parts: readonly ReferencePart[], known: Targets): FoundReference => {
  const [, typed, , , onUpdate, onDelete] = parts[0]!
  const target = known(typed)
  const columns = parts.map(([, , column]) => own.spelled(column))
  return {
    name: `fk_${from}_${columns.join('_')}`,
    columns,
    table: target?.name ?? typed,
    references: parts.map(([, , , to], place) =>
      to === null ? (target?.key[place] ?? 'rowid') : (target?.spelled(to) ?? to),
    ),
    onUpdate,
    onDelete,
  }
}
