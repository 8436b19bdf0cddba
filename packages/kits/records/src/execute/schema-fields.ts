/** The fields of a table as such: described, made, changed and dropped (the wire contract §6.6). */
import { GwError, type Method, type Reply, rows } from '@gw/core'
import { fieldOf, type Table } from '../catalog.ts'
import { withChange } from '../extras/document.ts'
import { noRecords, readBody } from '../params/body.ts'
import { namesIn, trimmed } from '../params/names.ts'
import { definitionIn, type Given } from '../schema/keys.ts'
import { drops, tableChanges } from '../schema/table.ts'
import { changeableScope, changeGrant, describedTable } from '../schema/visible.ts'
import {
  checkAnswer,
  definitionFor,
  nothingSaid,
  optionsOf,
  planChanges,
  refuseView,
  type SchemaCall,
} from './schema.ts'
import { carryOut, type Planned, writerOf } from './schema-changes.ts'
import { type Kit, tableNamed } from './work.ts'

/** The field itself can be denied to a role, under its one name. */
const checkField = (call: SchemaCall, table: Table, name: string, method: Method): void => {
  changeGrant(call, `${table.name}/_field/${fieldOf(table, name)?.name ?? name}`, method)
}

/** POST, PUT and PATCH of `_field` and `_field/{field}`: what a table's own definition would do, for some fields. */
const changeFieldsOf = async (kit: Kit, call: SchemaCall, given: readonly Given[]): Promise<readonly string[]> => {
  const writer = writerOf(kit)
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, call.params.table_name!)
  const scope = changeableScope(table, call, call.method)
  refuseView(table)
  checkAnswer(call, table.name)
  const names = given.map(({ name }) => fieldOf(table, String(name))?.name ?? String(name))
  for (const name of names) checkField(call, table, name, call.method)
  const existing = call.method !== 'POST'
  const { changes, metadata } = tableChanges(
    { field: given },
    scope,
    { catalog, ahead: catalog, call, writer },
    { drop: false, existing },
  )
  await carryOut(kit, [await planChanges(kit, call, table, catalog, changes, metadata)], call.signal)
  return names
}

/** The descriptions of some fields of a table, as they stand in its own. */
export const fieldsOf = (kit: Kit, call: SchemaCall): readonly Given[] => {
  const catalog = kit.source.catalog()
  const described = describedTable(tableNamed(catalog, call.params.table_name!), catalog, call)
  return described.field as readonly Given[]
}

export const fieldNamed = (kit: Kit, call: SchemaCall, name: string): Given => {
  const wanted = name.toLowerCase()
  const fields = fieldsOf(kit, call)
  const found =
    fields.find((field) => String(field.alias ?? field.name).toLowerCase() === wanted) ??
    fields.find((field) => String(field.name).toLowerCase() === wanted)
  if (found) return found
  const table = tableNamed(kit.source.catalog(), call.params.table_name!)
  throw new GwError('not_found', `No requested fields found in table '${table.name}'.`)
}

export const changeFields = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const { records } = readBody(call.method, call.query, call.body)
  if (!records || records.length === 0) throw noRecords()
  const names = await changeFieldsOf(
    kit,
    call,
    records.map((record) => definitionIn(record, 'field')),
  )
  const { fields } = optionsOf(call)
  const items = names.map((name) => (fields ? trimmed(fieldNamed(kit, call, name), fields) : { name }))
  return rows({ items, identifier: ['name'] })
}

export const changeField = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const wanted = call.params.field_name!
  const field = fieldOf(tableNamed(kit.source.catalog(), call.params.table_name!), wanted)
  const [name] = await changeFieldsOf(kit, call, [definitionFor(call, 'field', wanted, field)])
  const { fields } = optionsOf(call)
  return fields ? trimmed(fieldNamed(kit, call, name!), fields) : { name: name! }
}

const dropFieldsOf = async (kit: Kit, call: SchemaCall, names: readonly string[]): Promise<Reply> => {
  writerOf(kit)
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, call.params.table_name!)
  const scope = changeableScope(table, call, 'DELETE')
  refuseView(table)
  for (const name of names) checkField(call, table, name, 'DELETE')
  const fields = names.map((name) => {
    const field = scope.find(name)
    if (field) return field
    throw new GwError('not_found', `No requested fields found in table '${table.name}'.`)
  })
  const changes = drops([...new Set(fields)], table, catalog)
  const gone = new Map(fields.map(({ native }) => [native, undefined]))
  const planned: Planned = {
    name: table.name,
    base: table.base ?? table.name,
    change: changes.length > 0 ? { kind: 'alter', table, changes } : undefined,
    remember: kit.extras && ((extras) => withChange(extras, { fields: gone })),
  }
  await carryOut(kit, [planned], call.signal)
  return { success: true }
}

export const dropFields = (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const names = namesIn(call)
  if (!names || names.length === 0) throw nothingSaid('DELETE')
  return dropFieldsOf(kit, call, names)
}

export const dropField = (kit: Kit, call: SchemaCall): Promise<Reply> =>
  dropFieldsOf(kit, call, [call.params.field_name!])
