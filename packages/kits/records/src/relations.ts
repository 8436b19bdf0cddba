/** The relations that a catalogue's foreign keys imply, named as the wire contract names them (§5.1). */
import { type Catalog, fieldOf, type Table } from './catalog.ts'
import type { RelationExtras, VirtualRelation } from './extras/document.ts'

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
  /** No foreign key says it. */
  readonly virtual?: VirtualRelation | undefined
  /** Another service of the gateway, to whose tables it leads. */
  readonly service?: string | undefined
  /** What is remembered of it; its alias is its name. */
  readonly extras?: RelationExtras | undefined
}

const sameFields = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

const isUnique = (table: Table, columns: readonly string[]): boolean =>
  sameFields(table.primaryKey, columns) ||
  (columns.length === 1 && table.fields.some((field) => field.name === columns[0] && field.unique))

/** What a relation is known by, whatever aliases there are: the sources' own names. */
export const relationKey = (relation: Relation, own: Table, catalog: Catalog): string => {
  const { type, fields, table, references, junction, service = '' } = relation
  const tableBy = (name: string) => (service === '' ? catalog.byName.get(name.toLowerCase()) : undefined)
  const natives = (of: Table | undefined, names: readonly string[]) =>
    names.map((name) => (of && fieldOf(of, name)?.native) ?? name)
  const baseOf = (name: string) => tableBy(name)?.base ?? name
  const through = junction && [
    baseOf(junction.table),
    natives(tableBy(junction.table), junction.fields),
    natives(tableBy(junction.table), junction.references),
  ]
  return JSON.stringify([
    type,
    natives(own, fields),
    service,
    baseOf(table),
    natives(tableBy(table), references),
    through ?? null,
  ])
}

/** The same of one that no foreign key says, as it is remembered. */
export const virtualKey = ({ type, fields, service = '', table, references, junction }: VirtualRelation): string =>
  JSON.stringify([
    type,
    fields,
    service,
    table,
    references,
    junction ? [junction.table, junction.fields, junction.references] : null,
  ])

/** By API names; `undefined` where a table or a field of it is gone. */
const virtualRelation = (table: Table, catalog: Catalog, virtual: VirtualRelation): Relation | undefined => {
  const { type, service, onUpdate, onDelete } = virtual
  const tableBy = (base: string) => catalog.tables.find((one) => (one.base ?? one.name) === base)
  const named = (of: Table | undefined, natives: readonly string[]): readonly string[] | undefined => {
    const fields = natives.map((native) => of && fieldOf(of, native))
    return fields.every((field) => field !== undefined) ? fields.map((field) => field!.name) : undefined
  }
  const away = { service, table: virtual.table, references: virtual.references }
  const target = service === undefined ? tableBy(virtual.table) : undefined
  const through = virtual.junction && service === undefined ? tableBy(virtual.junction.table) : undefined
  const fields = named(table, virtual.fields)
  const references = service === undefined ? named(target, virtual.references) : away.references
  const near =
    virtual.junction && (service === undefined ? named(through, virtual.junction.fields) : virtual.junction.fields)
  const far =
    virtual.junction &&
    (service === undefined ? named(through, virtual.junction.references) : virtual.junction.references)
  const other = service === undefined ? target?.name : `${service}.${virtual.table}`
  if (!fields || !references || other === undefined || (virtual.junction && (!near || !far))) return undefined
  const by =
    type === 'belongs_to' ? fields : type === 'many_many' ? [through?.name ?? virtual.junction!.table] : references
  return {
    name: `${other}_by_${by.join('_')}`,
    type,
    fields,
    table: target?.name ?? virtual.table,
    references,
    onUpdate,
    onDelete,
    virtual,
    ...(service !== undefined && { service }),
    ...(virtual.junction && {
      junction: { table: through?.name ?? virtual.junction.table, fields: near!, references: far! },
    }),
  }
}

/** What is remembered of relations, on top of them. An alias that is another's name stays without effect. */
const withExtras = (table: Table, catalog: Catalog, relations: readonly Relation[]): readonly Relation[] => {
  const remembered = table.relations
  if (!remembered || Object.keys(remembered).length === 0) return relations
  const taken = new Set(relations.map(({ name }) => name.toLowerCase()))
  return relations.map((relation) => {
    const extras = remembered[relationKey(relation, table, catalog)]
    if (!extras) return relation
    const { alias } = extras
    const free = alias !== undefined && !taken.has(alias.toLowerCase()) && !fieldOf(table, alias)
    if (free) taken.add(alias.toLowerCase())
    return { ...relation, extras, ...(free && { name: alias }) }
  })
}

const referring = new WeakMap<Catalog, ReadonlyMap<string, readonly Table[]>>()

/** The tables that refer to a table, in the catalogue's order, by its name. Made once for a catalogue. */
const referringTo = (table: Table, catalog: Catalog): readonly Table[] => {
  let byTable = referring.get(catalog)
  if (!byTable) {
    const made = new Map<string, Table[]>()
    for (const other of catalog.tables) {
      for (const name of new Set(other.foreignKeys.map((key) => key.table))) {
        const known = made.get(name)
        if (known) known.push(other)
        else made.set(name, [other])
      }
    }
    byTable = made
    referring.set(catalog, byTable)
  }
  return byTable.get(table.name) ?? []
}

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
  for (const other of referringTo(table, catalog)) {
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
  for (const virtual of table.virtual ?? []) {
    const relation = virtualRelation(table, catalog, virtual)
    if (relation && !relations.some(({ name }) => name === relation.name)) relations.push(relation)
  }
  // A reference to the own table names both directions alike: the reverse keeps the name, as in the wire contract.
  const reversed = new Set(relations.filter(({ type }) => type !== 'belongs_to').map(({ name }) => name))
  const named = relations.map((relation) =>
    relation.type === 'belongs_to' && reversed.has(relation.name)
      ? { ...relation, name: `${relation.name}_one` }
      : relation,
  )
  const shown = table.related ? named.filter(({ name }) => table.related!.includes(name)) : named
  return new Map(withExtras(table, catalog, shown).map((relation) => [relation.name, relation]))
}

const known = new WeakMap<Catalog, Map<Table, ReadonlyMap<string, Relation>>>()

/** A table's relations within its service; those to other services are only described. */
export const relationsOf = (table: Table, catalog: Catalog): ReadonlyMap<string, Relation> => {
  const all = allRelationsOf(table, catalog)
  if (!table.virtual?.some(({ service }) => service !== undefined)) return all
  const inside = within.get(all) ?? new Map([...all].filter(([, { service }]) => service === undefined))
  within.set(all, inside)
  return inside
}
const within = new WeakMap<ReadonlyMap<string, Relation>, ReadonlyMap<string, Relation>>()

/** A table's relations by name; computed once per catalogue. */
export const allRelationsOf = (table: Table, catalog: Catalog): ReadonlyMap<string, Relation> => {
  const byTable = known.get(catalog) ?? new Map<Table, ReadonlyMap<string, Relation>>()
  known.set(catalog, byTable)
  const relations = byTable.get(table) ?? relationsFrom(table, catalog)
  byTable.set(table, relations)
  return relations
}
