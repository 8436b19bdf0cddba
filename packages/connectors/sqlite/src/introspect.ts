/** The catalogue, from SQLite's table-valued pragmas (https://www.sqlite.org/pragma.html#pragfunc). */
import type { Logger } from '@gw/core'
import {
  assemble,
  type FoundColumn,
  type FoundReference,
  type FoundTable,
  type Introspected,
  simpleType,
} from '@gw/sql'
import { type Kysely, sql } from 'kysely'

interface Listed {
  readonly name: string
  readonly type: 'table' | 'view' | 'virtual'
  /** 1: WITHOUT ROWID. */
  readonly wr: number
}
interface Column {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  /** Place in the primary key, from 1; 0: not in it. */
  readonly pk: number
  /** 1: hidden column of a virtual table; 2, 3: generated. */
  readonly hidden: number
}
interface IndexColumn {
  readonly index: string
  readonly origin: 'c' | 'u' | 'pk'
  readonly unique: number
  /** Null: an expression, or the rowid. */
  readonly column: string | null
}
interface Reference {
  readonly id: number
  readonly table: string
  readonly from: string
  /** Null: the primary key of `table`. */
  readonly to: string | null
  readonly on_update: string
  readonly on_delete: string
}
interface Found extends Listed {
  readonly columns: readonly Column[]
  readonly indexes: readonly IndexColumn[]
  readonly references: readonly Reference[]
}

export const introspect = async (db: Kysely<any>, signal: AbortSignal, log: Logger): Promise<Introspected> => {
  const found: Found[] = []
  for (const listed of await list(db)) {
    signal.throwIfAborted()
    try {
      found.push(await look(db, listed))
    } catch (error) {
      if (listed.type !== 'view') throw error
      log.warn(`The view "${listed.name}" does not work and is left out.`, { error })
    }
  }
  return assemble(found.map((item) => tableOf(item, found)))
}

const list = async (db: Kysely<any>): Promise<readonly Listed[]> => {
  const { rows } = await sql<Listed>`
    select name, type, wr from pragma_table_list
    where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\'`.execute(
    db,
  )
  return rows
}

const look = async (db: Kysely<any>, listed: Listed): Promise<Found> => {
  const { name } = listed
  const columns = await sql<Column>`select * from pragma_table_xinfo(${name}) where hidden <> 1`.execute(db)
  const indexes = await sql<IndexColumn>`
    select l.name as "index", l.origin, l."unique", c.name as "column"
    from pragma_index_list(${name}) l join pragma_index_info(l.name) c
    where l.partial = 0 order by l.name, c.seqno`.execute(db)
  const references = await sql<Reference>`select * from pragma_foreign_key_list(${name}) order by id desc, seq`.execute(
    db,
  )
  return { ...listed, columns: columns.rows, indexes: indexes.rows, references: references.rows }
}

const grouped = <T, K>(items: readonly T[], key: (item: T) => K): (readonly T[])[] => [
  ...Map.groupBy(items, key).values(),
]
const keyOf = ({ columns }: Found): readonly string[] =>
  columns
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name)

const tableOf = (found: Found, all: readonly Found[]): FoundTable => {
  const { name, type, columns, indexes, references } = found
  const key = keyOf(found)
  const plain = grouped(
    indexes.filter(({ origin }) => origin !== 'pk'),
    ({ index }) => index,
  ).filter((parts) => parts.every(({ column }) => column !== null))
  const named = (unique: number) =>
    plain
      .filter((parts) => parts[0]!.unique === unique)
      .map((parts) => ({ name: parts[0]!.index, columns: parts.flatMap(({ column }) => column ?? []) }))
  return {
    name,
    view: type === 'view',
    columns: columns.map((column) => columnOf(column, found, key.length === 1)),
    keys: [
      ...(key.length > 0 ? [{ primary: true, columns: key }] : []),
      ...named(1).map((index) => ({ ...index, primary: false })),
    ],
    indexes: named(0),
    references: grouped(references, ({ id }) => id).map((parts) => referenceOf(found, parts, all)),
  }
}

const columnOf = (column: Column, { indexes, wr }: Found, single: boolean): FoundColumn => {
  const { name, type: dbType, notnull, dflt_value, pk, hidden } = column
  // A rowid alias is the one primary key that has no index; SQLite numbers it.
  const rowid = pk > 0 && single && /^integer$/i.test(dbType) && !wr && !indexes.some(({ origin }) => origin === 'pk')
  return {
    name,
    type: simpleType(dbType),
    dbType,
    // SQLite lets NULL into some primary keys, an old mistake that it keeps: such a record could not be found again.
    nullable: notnull === 0 && pk === 0,
    default: /^null$/i.test(dflt_value ?? '') ? null : dflt_value,
    autoIncrement: rowid,
    generated: hidden > 1,
  }
}

const spelled = (names: readonly { readonly name: string }[] | undefined, wanted: string): string =>
  names?.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.name ?? wanted

/** SQLite tells no names of constraints, and keeps others as they were typed: ours are made of the columns'. */
const referenceOf = (from: Found, parts: readonly Reference[], all: readonly Found[]): FoundReference => {
  const { table: typed, on_update, on_delete } = parts[0]!
  const table = spelled(all, typed)
  const target = all.find(({ name }) => name === table)
  const columns = parts.map((part) => spelled(from.columns, part.from))
  return {
    name: `fk_${from.name}_${columns.join('_')}`,
    columns,
    table,
    references: parts.map(({ to }, place) =>
      to === null ? ((target && keyOf(target)[place]) ?? 'rowid') : spelled(target?.columns, to),
    ),
    onUpdate: on_update,
    onDelete: on_delete,
  }
}
