/** The catalogue, from PostgreSQL's own. Partitions are their table's; what the service's user can't read is left out. */
import {
  assemble,
  type FoundColumn,
  type FoundIndex,
  type FoundKey,
  type FoundReference,
  type FoundTable,
  type Introspected,
} from '@gw/sql'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { fieldType, isUnbounded, meaningOf } from './types.ts'

interface Column extends Omit<FoundColumn, 'name' | 'type'> {
  readonly oid: number
  readonly schema: string
  readonly table: string
  readonly view: boolean
  readonly description: string | null
  /** Null: a table without columns. */
  readonly name: string | null
  /** As `dbType`; of a domain, what it is made of. */
  readonly sized: string
  readonly current: string | null
  /** The labels of an enum, also of one that a domain or an array is made of. */
  readonly labels: readonly string[] | null
}
type Owned<T> = T & { readonly oid: number }
interface Key extends FoundKey, FoundIndex {
  readonly name: string
  readonly unique: boolean
}

/** @param wanted The configuration's `schema`: blank or `all`, `default`, or a name. */
export const introspect = async (db: Kysely<any>, wanted: string, signal: AbortSignal): Promise<Introspected> => {
  const columns = await readColumns(db, wanted)
  const keys = Map.groupBy(await readKeys(db), ({ oid }) => oid)
  const references = Map.groupBy(await readReferences(db), ({ oid }) => oid)
  signal.throwIfAborted()
  const plain = ['', 'all', 'default'].includes(wanted) ? (columns[0]?.current ?? 'public') : wanted
  const found = [...Map.groupBy(columns, ({ oid }) => oid)].map(([oid, own]): FoundTable => {
    const { schema, table, view, description } = own[0]!
    return {
      schema,
      name: table,
      view,
      description,
      columns: own.flatMap(columnOf),
      keys: (keys.get(oid) ?? []).filter(({ unique }) => unique),
      indexes: (keys.get(oid) ?? []).filter(({ unique }) => !unique),
      references: (references.get(oid) ?? []).map(({ oid: _, ...reference }) => reference),
    }
  })
  return assemble(found, plain)
}

const columnOf = (column: Column): FoundColumn[] => {
  const { name, sized, dbType, nullable, autoIncrement, generated, default: initial, labels } = column
  if (name === null) return []
  const stated = autoIncrement || generated ? null : initial
  const meaning = meaningOf(sized)
  return [
    {
      ...{ name, type: fieldType(sized), dbType, sized, nullable, default: stated, autoIncrement, generated },
      ...(isUnbounded(sized) && { unbounded: true as const }),
      ...(meaning && { meaning }),
      ...(labels && { choices: labels }),
    },
  ]
}

const readColumns = async (db: Kysely<any>, wanted: string): Promise<readonly Column[]> => {
  const { rows } = await sql<Column>`
    select c.oid, n.nspname as schema, c.relname as "table", c.relkind in ('v', 'm') as view,
      obj_description(c.oid, 'pg_class') as description, a.attname as name,
      format_type(a.atttypid, a.atttypmod) as "dbType",
      case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod)
        else format_type(a.atttypid, a.atttypmod) end as sized,
      not coalesce(a.attnotnull or t.typnotnull, false) as nullable, pg_get_expr(d.adbin, d.adrelid) as "default",
      coalesce(a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false) as "autoIncrement",
      coalesce(a.attgenerated <> '', false) as generated, current_schema() as current,
      (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid =
        case when t.typtype = 'd' then t.typbasetype when t.typelem <> 0 then t.typelem else t.oid end) as labels
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
      and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and (${wanted} in ('', 'all') or n.nspname = case ${wanted} when 'default' then current_schema() else ${wanted} end)
      and (has_table_privilege(c.oid, 'SELECT') or has_any_column_privilege(c.oid, 'SELECT'))
    order by c.oid, a.attnum`.execute(db)
  return rows
}

const readKeys = async (db: Kysely<any>): Promise<readonly Owned<Key>[]> => {
  const { rows } = await sql<Owned<Key>>`
    select i.indrelid as oid, c.relname as name, i.indisprimary as "primary", i.indisunique as "unique",
      array_agg(a.attname::text order by k.place) as columns
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    cross join lateral unnest(i.indkey) with ordinality as k(number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indpred is null and i.indexprs is null and k.place <= i.indnkeyatts
    group by i.indrelid, c.relname, i.indisprimary, i.indisunique
    order by c.relname`.execute(db)
  return rows
}

const action = (code: RawBuilder<unknown>) => sql`case ${code} when 'a' then 'NO ACTION' when 'r' then 'RESTRICT'
  when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' end`

const readReferences = async (db: Kysely<any>): Promise<readonly Owned<FoundReference>[]> => {
  const { rows } = await sql<Owned<FoundReference>>`
    select c.conrelid as oid, c.conname as name, n.nspname as schema, f.relname as "table",
      ${action(sql.ref('c.confupdtype'))} as "onUpdate", ${action(sql.ref('c.confdeltype'))} as "onDelete",
      array_agg(a.attname::text order by k.place) as columns, array_agg(b.attname::text order by k.place) as "references"
    from pg_constraint c
    join pg_class f on f.oid = c.confrelid
    join pg_namespace n on n.oid = f.relnamespace
    cross join lateral unnest(c.conkey, c.confkey) with ordinality as k(own, other, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other
    where c.contype = 'f' and c.conparentid = 0
    group by c.oid, c.conrelid, c.conname, n.nspname, f.relname, c.confupdtype, c.confdeltype
    order by c.conname`.execute(db)
  return rows
}
