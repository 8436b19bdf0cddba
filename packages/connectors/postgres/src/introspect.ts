/**
 * The catalogue, from PostgreSQL's own: few statements, however many tables there are. Partitions are their table's;
 * what the service's user can't read is left out.
 */
import {
  assemble,
  type Cells,
  type FoundColumn,
  type FoundIndex,
  type FoundKey,
  type FoundReference,
  type FoundTable,
  type Introspected,
  ownerKey,
  packedColumns,
  packRows,
  type SqlExecutor,
  unpackRows,
} from '@gw/sql'
import { type Kysely, type RawBuilder, sql } from '@gw/sql/kysely'
import { fieldType, isUnbounded, meaningOf } from './types.ts'

interface Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly view: boolean
  readonly description: string | null
  readonly current: string | null
}
interface Key extends FoundKey, FoundIndex {
  readonly name: string
  readonly unique: boolean
}
type Stream = NonNullable<SqlExecutor['stream']>
/** Streamed: hundreds of thousands of rows are never held. Their first cell is the relation's oid. */
type Read = (query: RawBuilder<unknown>) => ReturnType<typeof packRows>

/** @param wanted The configuration's `schema`: blank or `all`, `default`, or a name. */
export const introspect = async (
  db: Kysely<any>,
  stream: Stream,
  wanted: string,
  signal: AbortSignal,
): Promise<Introspected> => {
  const read: Read = (query) => {
    const { sql, parameters } = query.compile(db)
    return packRows(stream(sql, parameters, { signal, writes: false }))
  }
  const relations = await readRelations(db, wanted)
  const columns = await readColumns(read, wanted)
  const keys = await readKeys(read)
  const references = await readReferences(read)
  const plain = ['', 'all', 'default'].includes(wanted) ? (relations[0]?.current ?? 'public') : wanted
  const found = relations.values().map(({ oid, schema, name, view, description }): FoundTable => {
    const owner = ownerKey(String(oid))
    const all = unpackRows(keys.get(owner)).map(keyOf)
    return {
      schema,
      name,
      view,
      description,
      columns: packedColumns(columns.get(owner), undefined, columnOf),
      keys: all.filter(({ unique }) => unique),
      indexes: all.filter(({ unique }) => !unique),
      references: unpackRows(references.get(owner)).map(referenceOf),
    }
  })
  return assemble(found, plain)
}

/** An extension's type, perhaps in a schema of its own. */
const CASELESS = /^(?:.+\.)?citext$/

/** As `readColumns` selects them, in the server's texts: a truth is `t` or `f`. */
const columnOf = (facts: Cells): FoundColumn => {
  const [name, dbType, base, filled, initial, identity, computed, labels] = facts as readonly string[]
  const sized = base ?? dbType!
  const autoIncrement = identity !== '' || initial?.startsWith('nextval(') === true
  const generated = computed !== ''
  const meaning = meaningOf(sized)
  return {
    name: name!,
    type: fieldType(sized),
    dbType: dbType!,
    ...(base && { base }),
    sized,
    nullable: filled !== 't',
    default: autoIncrement || generated ? null : initial,
    autoIncrement,
    generated,
    ...(CASELESS.test(sized) && { collation: 'citext' }),
    ...(isUnbounded(sized) && { unbounded: true as const }),
    ...(meaning && { meaning }),
    ...(labels && { choices: listOf(labels) }),
  }
}

const isWanted = (wanted: string) => sql<boolean>`c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
  and (${wanted} in ('', 'all') or n.nspname = case ${wanted} when 'default' then current_schema() else ${wanted} end)
  and (has_table_privilege(c.oid, 'SELECT') or has_any_column_privilege(c.oid, 'SELECT'))`

const readRelations = async (db: Kysely<any>, wanted: string): Promise<readonly Relation[]> => {
  const { rows } = await sql<Relation>`
    select c.oid, n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as view,
      d.description, current_schema() as current
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where ${isWanted(wanted)}`.execute(db)
  return rows
}

/** Of a domain, or an array of one, `base` is what it is made of. `labels` are an enum's, also of one that a domain or an array is made of. */
const readColumns = (read: Read, wanted: string) =>
  read(sql`
    select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod) as type,
      case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod)
        when m.typtype = 'd' then format_type(m.typbasetype, m.typtypmod) || '[]' end as base,
      a.attnotnull or t.typnotnull as filled, pg_get_expr(d.adbin, d.adrelid) as initial, a.attidentity, a.attgenerated,
      e.labels
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_type m on m.oid = t.typelem and t.typcategory = 'A'
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join (select enumtypid, json_agg(enumlabel order by enumsortorder) as labels from pg_enum group by enumtypid) e
      on e.enumtypid = case when t.typtype = 'd' then t.typbasetype when t.typelem <> 0 then t.typelem else t.oid end
    where a.attnum > 0 and not a.attisdropped and a.attrelid in (
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${isWanted(wanted)})
    order by a.attrelid, a.attnum`)

const listOf = (cell: unknown): readonly string[] => JSON.parse(cell as string)

/** As `readKeys` selects them. */
const keyOf = ([name, primary, unique, columns]: Cells): Key => ({
  name: name as string,
  primary: primary === 't',
  unique: unique === 't',
  columns: listOf(columns),
})

const readKeys = (read: Read) =>
  read(sql`
    select i.indrelid, c.relname, i.indisprimary, i.indisunique, json_agg(a.attname order by k.place)
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    cross join lateral unnest(i.indkey) with ordinality as k(number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where i.indpred is null and i.indexprs is null and k.place <= i.indnkeyatts
    group by i.indrelid, c.relname, i.indisprimary, i.indisunique
    order by i.indrelid, c.relname`)

const ACTIONS: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
}

/** As `readReferences` selects them. */
const referenceOf = ([name, schema, table, onUpdate, onDelete, columns, references]: Cells): FoundReference => ({
  name: name as string,
  schema: schema as string,
  table: table as string,
  onUpdate: ACTIONS[onUpdate as string],
  onDelete: ACTIONS[onDelete as string],
  columns: listOf(columns),
  references: listOf(references),
})

const readReferences = (read: Read) =>
  read(sql`
    select c.conrelid, c.conname, n.nspname, f.relname, c.confupdtype, c.confdeltype,
      json_agg(a.attname order by k.place), json_agg(b.attname order by k.place)
    from pg_constraint c
    join pg_class f on f.oid = c.confrelid
    join pg_namespace n on n.oid = f.relnamespace
    cross join lateral unnest(c.conkey, c.confkey) with ordinality as k(own, other, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other
    where c.contype = 'f' and c.conparentid = 0
    group by c.oid, c.conrelid, c.conname, n.nspname, f.relname, c.confupdtype, c.confdeltype
    order by c.conrelid, c.conname`)
