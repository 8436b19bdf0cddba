/** The relations that a catalogue's foreign keys imply, named as the wire contract names them (§5.1). */
import type { Catalog, Table } from './catalog.ts'

export interface Relation {
  readonly name: string
  readonly type: 'belongs_to' | 'has_one' | 'has_many' | 'many_many'
  readonly fields: readonly string[]
  readonly table: string
  readonly references: readonly string[]
  readonly onUpdate?: string | undefined
  readonly onDelete?: string | undefined
  readonly junction?:
    | { readonly table: string; readonly fields: readonly string[]; readonly references: readonly string[] }
    | undefined
}

const sameFields = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

const isUnique = (table: Table, columns: readonly string[]): boolean =>
  sameFields(table.primaryKey, columns) ||
  (columns.length === 1 && table.fields.some((field) => field.name === columns[0] && field.unique))

const relationsFrom = (table: Table, catalog: Catalog): ReadonlyMap<string, Relation> => {
  const relations: Relation[] = []
  for (const key of table.foreignKeys) {
    const { onUpdate, onDelete } = key
    const name = `${key.table}_by_${key.columns.join('_')}`
    relations.push({
      name,
      type: 'belongs_to',
      fields: key.columns,
      table: key.table,
      references: key.references,
      onUpdate,
      onDelete,
    })
  }
  for (const other of catalog.tables) {
    for (const key of other.foreignKeys) {
      if (key.table !== table.name) continue
      const name = `${other.name}_by_${key.columns.join('_')}`
      const type = isUnique(other, key.columns) ? 'has_one' : 'has_many'
      relations.push({ name, type, fields: key.references, table: other.name, references: key.columns })
      for (const far of other.foreignKeys) {
        if (far === key || far.table === table.name) continue
        const junction = { table: other.name, fields: key.columns, references: far.columns }
        const through = `${far.table}_by_${other.name}`
        relations.push({
          name: through,
          type: 'many_many',
          fields: key.references,
          table: far.table,
          references: far.references,
          junction,
        })
      }
    }
  }
  // A reference to the own table names both directions alike: the reverse keeps the name, as in the wire contract.
  const reversed = new Set(relations.filter(({ type }) => type !== 'belongs_to').map(({ name }) => name))
  const named = relations.map((relation) =>
    relation.type === 'belongs_to' && reversed.has(relation.name)
      ? { ...relation, name: `${relation.name}_one` }
      : relation,
  )
  return new Map(named.map((relation) => [relation.name, relation]))
}

const known = new WeakMap<Catalog, Map<Table, ReadonlyMap<string, Relation>>>()

/** A table's relations by name; computed once per catalogue. */
export const relationsOf = (table: Table, catalog: Catalog): ReadonlyMap<string, Relation> => {
  const byTable = known.get(catalog) ?? new Map<Table, ReadonlyMap<string, Relation>>()
  known.set(catalog, byTable)
  const relations = byTable.get(table) ?? relationsFrom(table, catalog)
  byTable.set(table, relations)
  return relations
}
