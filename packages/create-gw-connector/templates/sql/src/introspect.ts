/** Looks at what tables there are; the kit makes a catalogue of it. */
import { assemble, type Cells, type FoundKey, type FoundReference, type FoundTable, simpleType } from '@gw/sql'

type Run = (sql: string, binds?: readonly unknown[]) => readonly Cells[]
type Introspected = Awaited<ReturnType<typeof assemble>>

export const introspect = async (run: Run, signal: AbortSignal): Promise<Introspected> => {
  const listed = run(
    `select name, type from pragma_table_list
      where schema = 'main' and type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'`,
  )
  signal.throwIfAborted()
  return assemble(listed.map(([name, type]) => tableOf(run, String(name), type === 'view')))
}

const tableOf = (run: Run, name: string, view: boolean): FoundTable => {
  const columns = run(
    'select name, type, "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?) where hidden <> 1 order by cid',
    [name],
  ).map(([column, type, notnull, initial, pk, hidden]) => ({
    name: String(column),
    dbType: String(type),
    default: initial as string | null,
    key: Number(pk),
    nullable: Number(notnull) === 0 && Number(pk) === 0,
    generated: Number(hidden) > 1,
  }))
  const primary = columns
    .filter(({ key }) => key > 0)
    .sort((a, b) => a.key - b.key)
    .map((column) => column.name)
  return {
    name,
    view,
    columns: columns.map(({ key, ...column }) => ({
      ...column,
      type: simpleType(column.dbType),
      // The one integer that is a key alone is numbered by the database.
      autoIncrement: key > 0 && primary.length === 1 && /^integer$/i.test(column.dbType),
    })),
    keys: [...(primary.length > 0 ? [{ primary: true, columns: primary }] : []), ...uniqueKeys(run, name)],
    references: references(run, name),
  }
}

const uniqueKeys = (run: Run, table: string): readonly FoundKey[] => {
  const parts = run(
    `select l.name, c.name from pragma_index_list(?) as l join pragma_index_info(l.name) as c
      where l."unique" and l.partial = 0 and l.origin <> 'pk' order by l.name, c.seqno`,
    [table],
  )
  const keys = [...Map.groupBy(parts, ([index]) => String(index))]
  return keys
    .filter(([, own]) => own.every(([, column]) => column !== null))
    .map(([name, own]) => ({ name, primary: false, columns: own.map(([, column]) => String(column)) }))
}

const references = (run: Run, table: string): readonly FoundReference[] => {
  const parts = run(
    `select id, "table", "from", "to", on_update, on_delete from pragma_foreign_key_list(?) order by id desc, seq`,
    [table],
  )
  return [...Map.groupBy(parts, ([id]) => id).values()].map((own) => {
    const [, target, , , onUpdate, onDelete] = own[0]!
    const columns = own.map(([, , from]) => String(from))
    return {
      name: `fk_${table}_${columns.join('_')}`,
      columns,
      table: String(target),
      references: own.map(([, , , to]) => String(to ?? 'rowid')),
      onUpdate: String(onUpdate),
      onDelete: String(onDelete),
    }
  })
}
