/** The catalogue, from SQLite's table-valued pragmas (https://www.sqlite.org/pragma.html#pragfunc). */
import type { Logger } from '@gw/core'
import {
  type Constraint,
  declaredSize,
  type Field,
  type ForeignKey,
  type Introspected,
  simpleType,
  type Table,
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
  return { tables: found.map((item) => tableOf(item, found)), constraints: found.flatMap(constraintsOf) }
}

const list = async (db: Kysely<any>): Promise<readonly Listed[]> => {
  const { rows } = await sql<Listed>`
    select name, type, wr from pragma_table_list
    where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\'
    order by name`.execute(db)
  return rows
}

const look = async (db: Kysely<any>, listed: Listed): Promise<Found> => {
  const { name } = listed
  const columns = await sql<Column>`select * from pragma_table_xinfo(${name}) where hidden <> 1`.execute(db)
  const indexes = await sql<IndexColumn>`
    select l.name as "index", l.origin, c.name as "column"
    from pragma_index_list(${name}) l join pragma_index_info(l.name) c
    where l."unique" = 1 and l.partial = 0 order by l.name, c.seqno`.execute(db)
  const references = await sql<Reference>`select * from pragma_foreign_key_list(${name}) order by id, seq`.execute(db)
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
const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

const tableOf = (found: Found, all: readonly Found[]): Table => {
  const foreignKeys = grouped(found.references, ({ id }) => id).map((parts) => foreignKeyOf(found, parts, all))
  const unique = new Set(
    grouped(found.indexes, ({ index }) => index).flatMap((parts) =>
      parts.length === 1 ? (parts[0]!.column ?? []) : [],
    ),
  )
  return {
    name: found.name,
    native: found.name,
    view: found.type === 'view',
    fields: found.columns.map((column) => fieldOf(column, found, unique, foreignKeys)),
    primaryKey: keyOf(found),
    foreignKeys,
  }
}

const fieldOf = (
  { name, type: dbType, notnull, dflt_value, pk, hidden }: Column,
  found: Found,
  unique: ReadonlySet<string>,
  foreignKeys: readonly ForeignKey[],
): Field => {
  const type = simpleType(dbType)
  const key = keyOf(found)
  const only = pk > 0 && key.length === 1
  // A rowid alias is the one primary key that has no index; SQLite numbers it.
  const rowid = only && /^integer$/i.test(dbType) && !found.wr && !found.indexes.some(({ origin }) => origin === 'pk')
  const reference = foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === name)
  return {
    name,
    native: name,
    type,
    dbType,
    nullable: notnull === 0 && !rowid && !(pk > 0 && found.wr === 1),
    ...(dflt_value === null || /^null$/i.test(dflt_value) ? {} : { default: dflt_value }),
    autoIncrement: rowid,
    generated: hidden > 1,
    ...declaredSize(dbType, type),
    primaryKey: pk > 0,
    unique: only || unique.has(name),
    ...(reference
      ? {
          reference: {
            table: reference.table,
            field: reference.references[0]!,
            onUpdate: reference.onUpdate,
            onDelete: reference.onDelete,
          },
        }
      : {}),
  }
}

/** SQLite does not tell constraints' names: ours are made of the columns'. */
const foreignKeyOf = (
  { name, columns: own }: Found,
  parts: readonly Reference[],
  all: readonly Found[],
): ForeignKey => {
  const { table, on_update, on_delete } = parts[0]!
  const target = all.find((other) => sameName(other.name, table))
  const spelled = (names: readonly { readonly name: string }[] | undefined, wanted: string) =>
    names?.find((column) => sameName(column.name, wanted))?.name ?? wanted
  const columns = parts.map(({ from }) => spelled(own, from))
  return {
    name: `fk_${name}_${columns.join('_')}`,
    columns,
    table: target?.name ?? table,
    references: parts.map(({ to }, place) =>
      to === null ? ((target && keyOf(target)[place]) ?? 'rowid') : spelled(target?.columns, to),
    ),
    onUpdate: on_update,
    onDelete: on_delete,
  }
}

const constraintsOf = ({ name, indexes }: Found): readonly Constraint[] =>
  grouped(indexes, ({ index }) => index).map((parts) => ({
    name: parts[0]!.index,
    table: name,
    columns: parts.flatMap(({ column }) => column ?? []),
  }))
