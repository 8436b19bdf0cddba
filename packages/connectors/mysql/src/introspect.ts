/** The catalogue, from the information schema. A database is what others call a schema. */
import {
  assemble,
  type Cells,
  type FoundColumn,
  type FoundTable,
  type Introspected,
  type KeyPart,
  keysFrom,
  ownerKey,
  packedColumns,
  packRows,
  type ReferencePart,
  referencesFrom,
  type SqlExecutor,
  unpackRows,
} from '@gw/sql'
import { type Kysely, type RawBuilder, sql } from '@gw/sql/kysely'
import { fieldType } from './types.ts'

interface Owned {
  readonly schema: string
  readonly table: string
}
interface Listed extends Owned {
  readonly kind: string
  readonly description: string
  readonly collation: string | null
}
/** What a column's meaning depends on beside what is told of it. */
interface Surroundings {
  readonly mariadb: boolean
  /** Of its table. */
  readonly collation: string | null
  /** Which of the table's columns are documents. */
  readonly documents: readonly string[]
}
type Stream = NonNullable<SqlExecutor['stream']>

/** Streamed: hundreds of thousands of rows are never held. Their first cells are the table's schema and name. */
type Read = (query: RawBuilder<unknown>, look?: (row: Cells) => void) => ReturnType<typeof packRows>

const SYSTEM = ['information_schema', 'mysql', 'performance_schema', 'sys']

/** @param wanted The configuration's `schema`: blank or `all`, `default`, or a name. */
export const introspect = async (
  db: Kysely<any>,
  stream: Stream,
  wanted: string,
  signal: AbortSignal,
): Promise<Introspected> => {
  const within = withinOf(wanted)
  const { current, version } = await readServer(db)
  const mariadb = /mariadb/i.test(version)
  const tables = await readTables(db, within)
  const read: Read = (query, look) => {
    const { sql, parameters } = query.compile(db)
    const rows = stream(sql, parameters, { signal, writes: false })
    return packRows(look ? looking(rows, look) : rows, 2)
  }
  let hasLongTexts = false
  const columns = await readColumns(read, within, (type) => {
    hasLongTexts ||= type === 'longtext'
  })
  // The server opens every table for each of these: what can have no rows is not asked for.
  const documents = Map.groupBy(mariadb && hasLongTexts ? await readDocuments(db, within) : [], idOf)
  const keys = await readKeys(read, within)
  const references = await readReferences(read, within)
  const rules = references.size > 0 ? await readRules(read, within) : references
  const found = tables.values().map((listed): FoundTable => {
    const { schema, table, kind, description, collation } = listed
    const id = idOf(listed)
    const view = kind === 'VIEW'
    const surroundings = { mariadb, collation, documents: (documents.get(id) ?? []).map(({ column }) => column) }
    const parts = Map.groupBy(unpackRows(keys.get(id)), ([, , unique]) => Boolean(unique))
    return {
      schema,
      name: table,
      view,
      // A view's comment says that it is one.
      description: view ? null : description,
      columns: packedColumns(columns.get(id), surroundings, columnOf),
      keys: keysFrom((parts.get(true) ?? []).map(keyPart)),
      indexes: keysFrom((parts.get(false) ?? []).map(keyPart)),
      references: referencesFrom(referenceParts(unpackRows(references.get(id)), unpackRows(rules.get(id)))),
    }
  })
  return assemble(found, ['', 'all', 'default'].includes(wanted) ? (current ?? undefined) : wanted)
}

async function* looking(batches: ReturnType<Stream>, look: (row: Cells) => void): ReturnType<Stream> {
  for await (const batch of batches) {
    for (const row of batch) look(row)
    yield batch
  }
}

const idOf = ({ schema, table }: Owned): string => ownerKey(schema, table)

/** The condition on a column that holds the name of a schema. */
export const withinOf =
  (wanted: string) =>
  (column: string): RawBuilder<boolean> => {
    const schema = sql.ref(column)
    if (wanted === '' || wanted === 'all') return sql`${schema} not in (${sql.join(SYSTEM)})`
    return wanted === 'default' ? sql`${schema} = database()` : sql`${schema} = ${wanted}`
  }
type Within = ReturnType<typeof withinOf>

/** As `readColumns` selects them. */
const factsOf = (facts: Cells) => {
  const [name, type, sized, nullable, initial, extra, expression, comment, collation] = facts as readonly string[]
  return { name, type, sized, nullable, extra, comment, initial, expression, collation } as ColumnFacts
}
interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly sized: string
  readonly nullable: string
  readonly initial: string | null
  readonly extra: string
  readonly expression: string | null
  readonly comment: string
  readonly collation: string | null
}

const columnOf = (cells: Cells, { mariadb, collation, documents }: Surroundings): FoundColumn => {
  const facts = factsOf(cells)
  const { name, type, sized, nullable, extra, expression } = facts
  const document = documents.includes(name)
  const autoIncrement = /auto_increment/i.test(extra)
  const stamp = type === 'timestamp' ? stampOf(facts) : undefined
  return {
    name,
    type: document ? 'json' : fieldType(type, sized),
    dbType: document ? 'json' : sized,
    // What an enum lists is not its size.
    sized: type === 'enum' || type === 'set' ? type : sized,
    nullable: nullable === 'YES',
    default: autoIncrement || expression ? null : defaultOf(facts, mariadb),
    autoIncrement,
    generated: Boolean(expression),
    ...(stamp && { meaning: stamp, stamp }),
    ...(type === 'enum' || type === 'set' ? { choices: choicesOf(sized) } : {}),
    ...(facts.collation !== null && { collation: facts.collation }),
    ...restatedOf(facts, document || facts.collation === collation ? null : facts.collation),
  }
}

/** The server's own clock fills it in: the wire contract (§6.8) leaves it to that. */
const stampOf = ({ extra, initial }: ColumnFacts): FoundColumn['stamp'] => {
  if (ON_UPDATE.test(extra)) return 'timestamp_on_update'
  return /^current_timestamp\b/i.test(initial ?? '') ? 'timestamp_on_create' : undefined
}

/** `enum('a','it''s')` */
const choicesOf = (sized: string): readonly string[] =>
  [...sized.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"))

const ON_UPDATE = /\bon update (current_timestamp(?:\(\d?\))?)/i
const WORD = /^\w+$/

/**
 * A column that is modified is defined anew: what is not said again is lost.
 * @param collation null: its table's, or none
 */
const restatedOf = ({ extra, comment }: ColumnFacts, collation: string | null): Pick<FoundColumn, 'restated'> => {
  const onUpdate = ON_UPDATE.exec(extra)?.[1]
  const rest = [
    onUpdate && `on update ${onUpdate}`,
    comment && `comment ${quoted(comment).replaceAll('\\', '\\\\')}`,
  ].filter(Boolean)
  const type = collation !== null && WORD.test(collation) ? `collate ${collation}` : undefined
  if (type === undefined && rest.length === 0) return {}
  return { restated: { type, ...(rest.length > 0 && { rest: rest.join(' ') }) } }
}

const TEXTUAL = /char|text|enum|set/i
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', 0: '\0' }
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** MariaDB writes a default as SQL, MySQL the bare text: a text's is told in quotes, with nothing else escaped. */
const defaultOf = ({ initial, extra, type }: ColumnFacts, mariadb: boolean): string | null => {
  if (initial === null) return null
  if (!mariadb) return TEXTUAL.test(type) && !/default_generated/i.test(extra) ? quoted(initial) : initial
  if (initial.toUpperCase() === 'NULL') return null
  if (!/^'.*'$/s.test(initial)) return initial
  const text = initial.slice(1, -1).replace(/''|\\(.)/gs, (_all, escaped) => ESCAPED[escaped] ?? escaped ?? "'")
  return quoted(text)
}

const readServer = async (db: Kysely<any>) => {
  const { rows } = await sql<{ readonly current: string | null; readonly version: string }>`
    select database() as current, version() as version`.execute(db)
  return rows[0]!
}

const readTables = async (db: Kysely<any>, within: Within): Promise<readonly Listed[]> => {
  const { rows } = await sql<Listed>`
    select t.table_schema as \`schema\`, t.table_name as \`table\`, t.table_type as kind, t.table_comment as description,
      t.table_collation as collation
    from information_schema.tables t
    where ${within('t.table_schema')} and t.table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')`.execute(db)
  return rows
}

/** Joined with nothing: the server would look at each table's definition once for each of its columns. */
const readColumns = (read: Read, within: Within, typed: (type: unknown) => void) =>
  read(
    sql`
    select c.table_schema, c.table_name, c.column_name, c.data_type, c.column_type, c.is_nullable, c.column_default,
      c.extra, c.generation_expression, c.column_comment, c.collation_name
    from information_schema.columns c
    where ${within('c.table_schema')}
    order by c.table_schema, c.table_name, c.ordinal_position`,
    ([, , , type]) => typed(type),
  )

/** As `readKeys` selects them. */
const keyPart = ([key, primary, , column]: Cells): KeyPart => ({
  key: key as string,
  primary: Boolean(primary),
  column: column as string | null,
})

const readKeys = (read: Read, within: Within) =>
  read(sql`
    select s.table_schema, s.table_name, s.index_name, s.index_name = 'PRIMARY', s.non_unique = 0,
      if(s.sub_part is null, s.column_name, null)
    from information_schema.statistics s
    where ${within('s.table_schema')}
    order by s.table_schema, s.table_name, s.index_name, s.seq_in_index`)

/** As `readReferences` and `readRules` select them. */
const referenceParts = (parts: readonly Cells[], rules: readonly Cells[]): readonly ReferencePart[] => {
  const ruleOf = new Map(rules.map(([key, onUpdate, onDelete]) => [key, { onUpdate, onDelete }]))
  return (parts as readonly (readonly string[])[]).map(([key, column, otherSchema, otherTable, otherColumn]) => ({
    ...({ onUpdate: null, onDelete: null, ...ruleOf.get(key) } as Pick<ReferencePart, 'onUpdate' | 'onDelete'>),
    ...({ key, column, otherSchema, otherTable, otherColumn } as Omit<ReferencePart, 'onUpdate' | 'onDelete'>),
  }))
}

const readReferences = (read: Read, within: Within) =>
  read(sql`
    select k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema,
      k.referenced_table_name, k.referenced_column_name
    from information_schema.key_column_usage k
    where ${within('k.table_schema')} and k.referenced_table_name is not null
    order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`)

/** What is done on updates and deletes. By itself: a join of the two takes the square of their number. */
const readRules = (read: Read, within: Within) =>
  read(sql`
    select r.constraint_schema, r.table_name, r.constraint_name, r.update_rule, r.delete_rule
    from information_schema.referential_constraints r
    where ${within('r.constraint_schema')}
    order by r.constraint_schema, r.table_name`)

/** MariaDB's JSON is a text with a check that it is valid; who has rights on single tables only is not told. */
const readDocuments = async (db: Kysely<any>, within: Within): Promise<readonly (Owned & { column: string })[]> => {
  const { rows } = await sql<Owned & { readonly clause: string }>`
    select c.constraint_schema as \`schema\`, c.table_name as \`table\`, c.check_clause as clause
    from information_schema.check_constraints c
    where ${within('c.constraint_schema')} and c.check_clause like 'json_valid(%'`.execute(db)
  return rows.flatMap(({ schema, table, clause }) => {
    const [, column] = /^json_valid\(`((?:[^`]|``)+)`\)$/i.exec(clause) ?? []
    return column === undefined ? [] : [{ schema, table, column: column.replaceAll('``', '`') }]
  })
}
