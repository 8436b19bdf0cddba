/** Relations as such: described, and those that no key says made, changed and removed (the wire contract §6.6). */
import { GwError, type Reply, rows } from '@gw/core'
import { NO_EXTRAS, type TableExtras, withRelationChange } from '../extras/document.ts'
import { type RelationChange, relationChange, relationNamed } from '../extras/relation-given.ts'
import type { ExtrasStore } from '../extras/store.ts'
import { noRecords, readBody } from '../params/body.ts'
import { namesIn, trimmed, trimmedItems } from '../params/names.ts'
import { allRelationsOf, type Relation, relationKey, virtualKey } from '../relations.ts'
import { changeableScope, describedTable } from '../schema/visible.ts'
import type { Row } from '../source.ts'
import type { SchemaCall } from './schema.ts'
import { type Kit, tableNamed } from './work.ts'

type Given = Readonly<Record<string, unknown>>

const storeOf = ({ extras }: Kit): ExtrasStore => {
  if (extras) return extras
  throw new GwError('not_supported', 'This service keeps nothing beside its tables: relations follow from their keys.')
}

/** The relations of a table that the caller may know of. */
const relationsIn = (kit: Kit, call: SchemaCall): readonly Given[] => {
  const catalog = kit.source.catalog()
  return describedTable(tableNamed(catalog, call.params.table_name!), catalog, call).related as readonly Given[]
}

const missing = (kit: Kit, call: SchemaCall): GwError =>
  new GwError(
    'not_found',
    `No requested relationships found in table '${tableNamed(kit.source.catalog(), call.params.table_name!).name}'.`,
  )

const relationIn = (kit: Kit, call: SchemaCall, name: string): Given => {
  const found = relationsIn(kit, call).find((one) => String(one.name).toLowerCase() === name.toLowerCase())
  if (found) return found
  throw missing(kit, call)
}

export const listRelations = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  if (call.query.refresh) await kit.source.refresh(call.signal)
  const names = namesIn(call)
  const items = names ? names.map((name) => relationIn(kit, call, name)) : relationsIn(kit, call)
  return rows({ items: trimmedItems(items, call.query), identifier: ['name'] })
}

export const oneRelation = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  if (call.query.refresh) await kit.source.refresh(call.signal)
  return relationIn(kit, call, call.params.related_name!)
}

const withRelation = (extras: TableExtras, change: RelationChange, key: string): TableExtras => {
  if (change.kind === 'extras') return withRelationChange(extras, key, change.extras)
  const before = JSON.stringify(change.replaces?.virtual ?? null)
  const rest = extras.virtual.filter(
    (one) => JSON.stringify(one) !== before && JSON.stringify(one) !== JSON.stringify(change.virtual),
  )
  const virtual = [...rest, change.virtual]
  return withRelationChange({ ...extras, virtual }, key, change.extras)
}

/** POST, PUT and PATCH of `_related` and `_related/{relation}`. */
export const changeRelations = async (kit: Kit, call: SchemaCall): Promise<readonly string[]> => {
  const store = storeOf(kit)
  const { related_name: path } = call.params
  const { records } = readBody(call.method, call.query, call.body)
  if (!records || records.length === 0) throw noRecords()
  if (path !== undefined && records.length > 1)
    throw new GwError('invalid_request', 'The path names one relation; send one definition.')
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, call.params.table_name!)
  const scope = changeableScope(table, call, call.method)
  const base = table.base ?? table.name
  const changes = records.map((record) => {
    if (typeof record !== 'object' || record === null) throw noRecords()
    const given = path === undefined ? (record as Given) : { name: path, ...record }
    return relationChange(given, { scope, catalog, call }, call.method !== 'POST' || path !== undefined)
  })
  const key = (change: RelationChange): string =>
    change.kind === 'virtual' ? virtualKey(change.virtual) : relationKey(change.relation, table, catalog)
  const remember = (before: TableExtras) => changes.reduce((extras, one) => withRelation(extras, one, key(one)), before)
  const putBack = await store.changeAll(new Map([[base, remember]]))
  const names = changes.map((change) => nameOf(kit, table.name, change, key(change)))
  if (names.every((name) => name !== undefined)) return names
  await putBack([base])
  throw new GwError('conflict', 'There is a relation or a field of that name already.')
}

/** What a changed relation is called now; `undefined` where its name, or the alias that was asked for, is another's. */
const nameOf = (kit: Kit, name: string, { kind, extras }: RelationChange, key: string): string | undefined => {
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, name)
  const found = [...allRelationsOf(table, catalog).values()].find(
    (one) => relationKey(one, table, catalog) === key && (kind === 'extras' || one.virtual !== undefined),
  )
  return extras.alias === undefined || extras.alias === null || found?.name === extras.alias ? found?.name : undefined
}

export const answerRelations = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  const names = await changeRelations(kit, call)
  const wanted = call.query.fields
  const items = names.map((name): Row => (wanted ? trimmed(relationIn(kit, call, name), wanted) : { name }))
  return call.params.related_name === undefined ? rows({ items, identifier: ['name'] }) : items[0]!
}

/** DELETE of `_related` and `_related/{relation}`: of those that no key says. */
export const dropRelations = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  const store = storeOf(kit)
  const { related_name: path } = call.params
  const names = path === undefined ? namesIn(call) : [path]
  if (!names || names.length === 0) throw new GwError('invalid_request', 'No data in schema delete request.')
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, call.params.table_name!)
  changeableScope(table, call, 'DELETE')
  const found = names.map((name) => relationNamed(table, catalog, name) ?? missing(kit, call))
  for (const relation of found) {
    if (GwError.is(relation)) throw relation
    if (!relation.virtual)
      throw new GwError(
        'invalid_request',
        `The relation '${relation.name}' follows from a reference: drop that instead.`,
      )
  }
  const gone = found as readonly Relation[]
  await store.change(table.base ?? table.name, (extras) => {
    const keys = new Set(gone.map((relation) => relationKey(relation, table, catalog)))
    const virtual = extras.virtual.filter(
      (one) => !gone.some((relation) => JSON.stringify(relation.virtual) === JSON.stringify(one)),
    )
    const relations = Object.fromEntries(Object.entries(extras.relations).filter(([key]) => !keys.has(key)))
    return { ...NO_EXTRAS, ...extras, virtual, relations }
  })
  return { success: true }
}
