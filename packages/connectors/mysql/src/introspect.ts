/** The catalogue, from the information schema. A database is what others call a schema. */
import {
  assemble,
  type FoundColumn,
  type FoundTable,
  type Introspected,
  type KeyPart,
  keysFrom,
  type ReferencePart,
  referencesFrom,
} from '@gw/sql'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { fieldType } from './types.ts'

interface Owned {
  readonly schema: string
  readonly table: string
}
interface Column extends Owned {
  readonly kind: string
  readonly description: string
  readonly name: string
  readonly type: string
  readonly sized: string
  readonly nullable: string
  readonly initial: string | null
  readonly extra: string
  readonly expression: string | null
  readonly comment: string
  /** Null: its table's, or none. */
  readonly collation: string | null
  readonly current: string
  readonly version: string
}

interface IndexPart extends Owned, KeyPart {
  readonly unique: boolean
}

const SYSTEM = ['information_schema', 'mysql', 'performance_schema', 'sys']

/** @param wanted The configuration's `schema`: blank or `all`, `default`, or a name. */
export const introspect = async (db: Kysely<any>, wanted: string, signal: AbortSignal): Promise<Introspected> => {
  const within = withinOf(wanted)
  const columns = await readColumns(db, within)
  const mariadb = /mariadb/i.test(columns[0]?.version ?? '')
  const documents = new Set(mariadb ? await readDocuments(db, within) : [])
  const keys = Map.groupBy(await readKeys(db, within), idOf)
  const references = Map.groupBy(await readReferences(db, within), idOf)
  signal.throwIfAborted()
  const plain = ['', 'all', 'default'].includes(wanted) ? columns[0]?.current : wanted
  const found = [...Map.groupBy(columns, idOf)].map(([id, own]): FoundTable => {
    const { schema, table, kind, description } = own[0]!
    const view = kind === 'VIEW'
    return {
      schema,
      name: table,
      view,
      // A view's comment says that it is one.
      description: view ? null : description,
      columns: own.map((column) => columnOf(column, mariadb, documents.has(`${id}.${column.name}`))),
      keys: keysFrom((keys.get(id) ?? []).filter(({ unique }) => unique)),
      indexes: keysFrom((keys.get(id) ?? []).filter(({ unique }) => !unique)),
      references: referencesFrom(references.get(id) ?? []),
    }
  })
  return assemble(found, plain)
}

const idOf = ({ schema, table }: Owned): string => JSON.stringify([schema, table])

/** The condition on a column that holds the name of a schema. */
export const withinOf =
  (wanted: string) =>
  (column: string): RawBuilder<boolean> => {
    const schema = sql.ref(column)
    if (wanted === '' || wanted === 'all') return sql`${schema} not in (${sql.join(SYSTEM)})`
    return wanted === 'default' ? sql`${schema} = database()` : sql`${schema} = ${wanted}`
  }
type Within = ReturnType<typeof withinOf>

const columnOf = (column: Column, mariadb: boolean, document: boolean): FoundColumn => {
  const { name, type, sized, nullable, extra, expression } = column
  const autoIncrement = /auto_increment/i.test(extra)
  const stamp = type === 'timestamp' ? stampOf(column) : undefined
  const generated = Boolean(expression)
  return {
    name,
    type: document ? 'json' : fieldType(type, sized),
    dbType: document ? 'json' : sized,
    // What an enum lists is not its size.
    sized: type === 'enum' || type === 'set' ? type : sized,
    nullable: nullable === 'YES',
    default: autoIncrement || generated ? null : defaultOf(column, mariadb),
    autoIncrement,
    generated,
    ...(stamp && { meaning: stamp, stamp }),
    ...(type === 'enum' || type === 'set' ? { choices: choicesOf(sized) } : {}),
    ...restatedOf(column, document),
  }
}

/** The server's own clock fills it in: the wire contract (§6.8) leaves it to that. */
const stampOf = ({ extra, initial }: Column): FoundColumn['stamp'] => {
  if (ON_UPDATE.test(extra)) return 'timestamp_on_update'
  return /^current_timestamp\b/i.test(initial ?? '') ? 'timestamp_on_create' : undefined
}

/** `enum('a','it''s')` */
const choicesOf = (sized: string): readonly string[] =>
  [...sized.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"))

const ON_UPDATE = /\bon update (current_timestamp(?:\(\d?\))?)/i
const WORD = /^\w+$/

/** A column that is modified is defined anew: what is not said again is lost. */
const restatedOf = ({ extra, comment, collation }: Column, document: boolean): Pick<FoundColumn, 'restated'> => {
  const onUpdate = ON_UPDATE.exec(extra)?.[1]
  const rest = [
    onUpdate && `on update ${onUpdate}`,
    comment && `comment ${quoted(comment).replaceAll('\\', '\\\\')}`,
  ].filter(Boolean)
  const type = collation !== null && WORD.test(collation) && !document ? `collate ${collation}` : undefined
  if (type === undefined && rest.length === 0) return {}
  return { restated: { type, ...(rest.length > 0 && { rest: rest.join(' ') }) } }
}

const TEXTUAL = /char|text|enum|set/i
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', 0: '\0' }
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** MariaDB writes a default as SQL, MySQL the bare text: a text's is told in quotes, with nothing else escaped. */
const defaultOf = ({ initial, extra, type }: Column, mariadb: boolean): string | null => {
  if (initial === null) return null
  if (!mariadb) return TEXTUAL.test(type) && !/default_generated/i.test(extra) ? quoted(initial) : initial
  if (initial.toUpperCase() === 'NULL') return null
  if (!/^'.*'$/s.test(initial)) return initial
  const text = initial.slice(1, -1).replace(/''|\\(.)/gs, (_all, escaped) => ESCAPED[escaped] ?? escaped ?? "'")
  return quoted(text)
}

const readColumns = async (db: Kysely<any>, within: Within): Promise<readonly Column[]> => {
  const { rows } = await sql<Column>`
    select c.table_schema as \`schema\`, c.table_name as \`table\`, t.table_type as kind, t.table_comment as description,
      c.column_name as name, c.data_type as type, c.column_type as sized, c.is_nullable as nullable,
      c.column_default as initial, c.extra as extra, c.generation_expression as expression,
      c.column_comment as comment, nullif(c.collation_name, t.table_collation) as collation,
      database() as current, version() as version
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where ${within('c.table_schema')} and ${within('t.table_schema')}
      and t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
    order by c.table_schema, c.table_name, c.ordinal_position`.execute(db)
  return rows
}

const readKeys = async (db: Kysely<any>, within: Within): Promise<readonly IndexPart[]> => {
  const { rows } = await sql<IndexPart>`
    select s.table_schema as \`schema\`, s.table_name as \`table\`, s.index_name as \`key\`,
      s.index_name = 'PRIMARY' as \`primary\`, s.non_unique = 0 as \`unique\`, if(s.sub_part is null, s.column_name, null) as \`column\`
    from information_schema.statistics s
    where ${within('s.table_schema')}
    order by s.table_schema, s.table_name, s.index_name, s.seq_in_index`.execute(db)
  return rows.map((part) => ({ ...part, primary: Boolean(part.primary), unique: Boolean(part.unique) }))
}

const readReferences = async (db: Kysely<any>, within: Within): Promise<readonly (Owned & ReferencePart)[]> => {
  const { rows } = await sql<Owned & ReferencePart>`
    select k.table_schema as \`schema\`, k.table_name as \`table\`, k.constraint_name as \`key\`,
      k.column_name as \`column\`, k.referenced_table_schema as otherSchema, k.referenced_table_name as otherTable,
      k.referenced_column_name as otherColumn, r.update_rule as onUpdate, r.delete_rule as onDelete
    from information_schema.key_column_usage k
    left join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
      and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where ${within('k.table_schema')} and k.referenced_table_name is not null
    order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`.execute(db)
  return rows
}

/** MariaDB's JSON is a text with a check that it is valid; who has rights on single tables only is not told. */
const readDocuments = async (db: Kysely<any>, within: Within): Promise<readonly string[]> => {
  const { rows } = await sql<Owned & { readonly clause: string }>`
    select c.constraint_schema as \`schema\`, c.table_name as \`table\`, c.check_clause as clause
    from information_schema.check_constraints c
    where ${within('c.constraint_schema')} and c.check_clause like 'json_valid(%'`.execute(db)
  return rows.flatMap((row) => {
    const [, column] = /^json_valid\(`((?:[^`]|``)+)`\)$/i.exec(row.clause) ?? []
    return column === undefined ? [] : [`${idOf(row)}.${column.replaceAll('``', '`')}`]
  })
}
