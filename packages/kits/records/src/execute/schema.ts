/** Changes of what there is: one table or many, made, changed or dropped (the wire contract §6.5, §6.6). */
import { type Call, GwError, type Method, type Reply, rows, statusOf } from '@gw/core'
import { fieldOf, type Table } from '../catalog.ts'
import { withChange } from '../extras/document.ts'
import { tryFunctions } from '../extras/trial.ts'
import { noRecords, readBody } from '../params/body.ts'
import { namesIn, trimmed } from '../params/names.ts'
import type { RecordsParams } from '../params/query.ts'
import type { SchemaWriter } from '../schema/definition.ts'
import { definitionIn, type Given } from '../schema/keys.ts'
import { drops, newTable, tableChanges } from '../schema/table.ts'
import { changeableScope, changeGrant, describedTable } from '../schema/visible.ts'
import type { Row } from '../source.ts'
import { keep, keptOf, nameNow, realFields } from './metadata.ts'
import { type Kit, tableNamed } from './work.ts'

export type SchemaCall = Call<Readonly<Record<string, string>>, RecordsParams, unknown>

const writerOf = ({ source }: Kit): SchemaWriter => {
  if (source.schema) return source.schema
  throw new GwError('not_supported', 'This service can not change its tables: it only describes them.')
}

const nothingSaid = (method: Method): GwError => {
  const doing = method === 'POST' ? 'create' : method === 'DELETE' ? 'delete' : 'update'
  return new GwError('invalid_request', `No data in schema ${doing} request.`)
}

const definitionsIn = (call: SchemaCall): readonly Given[] => {
  const { records } = readBody(call.method, call.query, call.body)
  if (!records || records.length === 0) throw nothingSaid(call.method)
  return records.map((record) => definitionIn(record, 'table'))
}

/** The names that mean a table or a field. */
const namesOf = (thing: Pick<Table, 'name' | 'native' | 'base'> | undefined): readonly string[] =>
  thing ? [thing.name, thing.native, thing.base ?? thing.name] : []

/** The one definition behind a path that names what it is about; it may stand inside the wrapper. */
const definitionFor = (
  call: SchemaCall,
  what: 'table' | 'field',
  name: string,
  thing: Pick<Table, 'name' | 'native' | 'base'> | undefined,
): Given => {
  const { records } = readBody(call.method, call.query, call.body)
  if (!records || records.length === 0) throw nothingSaid(call.method)
  if (records.length > 1) throw new GwError('invalid_request', `The path names one ${what}; send one definition.`)
  const given = definitionIn(records[0], what)
  const wanted = String(given.name ?? name).toLowerCase()
  if (![name, ...namesOf(thing)].some((own) => own.toLowerCase() === wanted))
    throw new GwError(
      'invalid_request',
      `The path names the ${what} '${name}', and its definition another one: renaming is not supported.`,
    )
  return { ...given, name }
}

const optionsOf = (call: SchemaCall): RecordsParams => readBody(call.method, call.query, call.body).params

/** A caller who asks for the description must be allowed to read it, before anything is changed. */
const checkAnswer = (call: SchemaCall, name: string): void => {
  if (optionsOf(call).fields) call.access(`_schema/${name}`, 'GET')
}

const answerFor = (kit: Kit, call: SchemaCall, name: string): Row => {
  const { fields } = optionsOf(call)
  if (!fields) return { name }
  const catalog = kit.source.catalog()
  return trimmed(describedTable(tableNamed(catalog, name), catalog, call), fields)
}

const refuseView = (table: Table): void => {
  if (table.view)
    throw new GwError(
      'invalid_request',
      `"${table.name}" is a view: what it shows is changed in the database, not here.`,
    )
}

const create = async (kit: Kit, call: SchemaCall, given: Given, wanted: string): Promise<Row> => {
  const writer = writerOf(kit)
  const place = writer.place(wanted)
  // By the name that it will have, so that no second spelling gets round a denial.
  changeGrant(call, place.name, call.method)
  checkAnswer(call, place.name)
  const { definition, metadata } = newTable(given, place, { catalog: kit.source.catalog(), call, writer })
  const columns = definition.columns.map(({ name }) => ({ name, native: name, type: 'string', dbType: '' }) as const)
  const kept = keptOf(kit, metadata, undefined, columns)
  await writer.createTable(definition, call.signal)
  await keep(kit, place.name, kept)
  return answerFor(kit, call, nameNow(kit, place.name))
}

const alter = async (kit: Kit, call: SchemaCall, given: Given, table: Table): Promise<Row> => {
  const writer = writerOf(kit)
  const scope = changeableScope(table, call, call.method)
  refuseView(table)
  checkAnswer(call, table.name)
  const reading = { catalog: kit.source.catalog(), call, writer }
  const { changes, metadata } = tableChanges(given, scope, reading, { drop: call.method === 'PUT' })
  const kept = keptOf(kit, metadata, table, realFields(table))
  if (kept) await tryFunctions(kit.source, table, kept.fields, call.signal)
  if (changes.length > 0) await writer.alterTable(table, changes, call.signal)
  await keep(kit, table.base ?? table.name, kept)
  return answerFor(kit, call, nameNow(kit, table.base ?? table.name))
}

const applyOne = (kit: Kit, call: SchemaCall, given: Given): Promise<Row> => {
  const { name } = given
  if (typeof name !== 'string' || name === '') throw new GwError('invalid_request', 'Table name can not be empty.')
  const catalog = kit.source.catalog()
  // A description names a table as the source does, also where the API has another name for it.
  const known =
    catalog.byName.get(name.toLowerCase()) ??
    catalog.tables.find(({ base }) => base?.toLowerCase() === name.toLowerCase())
  if (!known)
    return call.method === 'POST' ? create(kit, call, given, name) : alter(kit, call, given, tableNamed(catalog, name))
  if (call.method === 'POST' && call.query.checkExist) {
    changeGrant(call, known.name, call.method)
    throw new GwError('conflict', `A table with name '${known.name}' already exist in the database.`)
  }
  return alter(kit, call, given, known)
}

/** Tables that others of the list refer to come first. What refers in circles stays as it was written. */
const inOrder = (definitions: readonly Given[]): readonly number[] => {
  const places = new Map(definitions.map(({ name }, at) => [String(name).toLowerCase(), at]))
  const order = new Set<number>()
  const visit = (at: number, above: ReadonlySet<number>): void => {
    if (order.has(at) || above.has(at)) return
    const { field } = definitions[at]!
    for (const one of [field].flat())
      if (typeof one === 'object' && one !== null) {
        const target = places.get(String((one as Given).ref_table ?? '').toLowerCase())
        if (target !== undefined && target !== at) visit(target, new Set([...above, at]))
      }
    order.add(at)
  }
  for (const at of definitions.keys()) visit(at, new Set())
  return [...order]
}

const MOST_TABLES = 200

/** Many at once: a failure stands in its place in the list, and the others are done. One alone throws. */
const each = async <T>(
  items: readonly T[],
  order: () => readonly number[],
  one: (item: T) => Promise<Row>,
): Promise<Row[]> => {
  if (items.length > MOST_TABLES)
    throw new GwError('invalid_request', `At most ${MOST_TABLES} tables can be changed by one request.`)
  if (items.length === 1) return [await one(items[0]!)]
  const answers: Row[] = []
  for (const at of order()) {
    try {
      answers[at] = await one(items[at]!)
    } catch (error) {
      if (!GwError.is(error)) throw error
      answers[at] = { error: { message: error.message, code: statusOf(error) } }
    }
  }
  return answers
}

/** POST, PUT and PATCH of `_schema`. */
export const changeTables = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const definitions = definitionsIn(call)
  // Asynchronous as a whole, so that what is refused at once stands in its place as well.
  const items = await each(
    definitions,
    () => inOrder(definitions),
    async (given) => applyOne(kit, call, given),
  )
  return rows({ items, identifier: ['name'] })
}

/** POST, PUT and PATCH of `_schema/{table}`. */
export const changeTable = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const table = tableNamed(kit.source.catalog(), call.params.table_name!)
  return alter(kit, call, definitionFor(call, 'table', call.params.table_name!, table), table)
}

const drop = async (kit: Kit, call: SchemaCall, name: string): Promise<Row> => {
  const writer = writerOf(kit)
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, name)
  changeGrant(call, table.name, 'DELETE')
  refuseView(table)
  const held = catalog.tables.some(
    (other) => other !== table && other.foreignKeys.some((key) => key.table === table.name),
  )
  if (held) throw new GwError('conflict', `Other tables refer to "${table.name}": drop those references first.`)
  await writer.dropTable(table, call.signal)
  await kit.extras?.change(table.base ?? table.name, () => undefined)
  return { name: table.name }
}

/** DELETE of `_schema`, by `ids` or a list in the body. Tables that refer to others of the list go first. */
export const dropTables = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const names = namesIn(call)
  if (!names || names.length === 0) throw nothingSaid('DELETE')
  const { byName } = kit.source.catalog()
  const definitions = names.map((name): Given => {
    const table = byName.get(name.toLowerCase())
    return { name: table?.name ?? name, field: (table?.foreignKeys ?? []).map((key) => ({ ref_table: key.table })) }
  })
  const items = await each(
    names,
    () => inOrder(definitions).toReversed(),
    (name) => drop(kit, call, name),
  )
  return rows({ items, identifier: ['name'] })
}

/** DELETE of `_schema/{table}`. */
export const dropTable = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  await drop(kit, call, call.params.table_name!)
  return { success: true }
}

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
    { catalog, call, writer },
    { drop: false, existing },
  )
  const kept = keptOf(kit, metadata, table, realFields(table))
  if (kept) await tryFunctions(kit.source, table, kept.fields, call.signal)
  if (changes.length > 0) await writer.alterTable(table, changes, call.signal)
  await keep(kit, table.base ?? table.name, kept)
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
  const writer = writerOf(kit)
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
  if (changes.length > 0) await writer.alterTable(table, changes, call.signal)
  if (kit.extras) {
    const gone = new Map(fields.map(({ native }) => [native, undefined]))
    await kit.extras.change(table.base ?? table.name, (extras) => withChange(extras, { fields: gone }))
  }
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
