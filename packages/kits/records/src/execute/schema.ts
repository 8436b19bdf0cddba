/** Changes of what there is: one table or many, made, changed or dropped (the wire contract §6.5, §6.6). */
import { type Call, GwError, type Method, type Reply, rows } from '@gw/core'
import type { Catalog, Table } from '../catalog.ts'
import { tryFunctions } from '../extras/trial.ts'
import { readBody } from '../params/body.ts'
import { namesIn, trimmed } from '../params/names.ts'
import type { RecordsParams } from '../params/query.ts'
import type { FieldChange } from '../schema/definition.ts'
import { definitionIn, type Given } from '../schema/keys.ts'
import { type Metadata, newTable, tableChanges } from '../schema/table.ts'
import { changeableScope, changeGrant, describedTable } from '../schema/visible.ts'
import type { Row } from '../source.ts'
import { keeping, keptOf, nameNow, realFields } from './metadata.ts'
import {
  type Ahead,
  ahead,
  amongOthers,
  carryOut,
  comingTable,
  grownTable,
  type Planned,
  writerOf,
} from './schema-changes.ts'
import { type Kit, tableNamed } from './work.ts'

export type SchemaCall = Call<Readonly<Record<string, string>>, RecordsParams, unknown>

export const nothingSaid = (method: Method): GwError => {
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
export const definitionFor = (
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

export const optionsOf = (call: SchemaCall): RecordsParams => readBody(call.method, call.query, call.body).params

/** A caller who asks for the description must be allowed to read it, before anything is changed. */
export const checkAnswer = (call: SchemaCall, name: string): void => {
  if (optionsOf(call).fields) call.access(`_schema/${name}`, 'GET')
}

const answerFor = (kit: Kit, call: SchemaCall, name: string): Row => {
  const { fields } = optionsOf(call)
  if (!fields) return { name }
  const catalog = kit.source.catalog()
  return trimmed(describedTable(tableNamed(catalog, name), catalog, call), fields)
}

export const refuseView = (table: Table): void => {
  if (table.view)
    throw new GwError(
      'invalid_request',
      `"${table.name}" is a view: what it shows is changed in the database, not here.`,
    )
}

const MOST_TABLES = 200

/** Plans the changes of several tables. Nothing is done where one of them is refused. */
const planAll = async (
  items: readonly { readonly name: string }[],
  order: readonly number[],
  plan: (at: number) => Promise<Planned>,
): Promise<readonly Planned[]> => {
  const planned: Planned[] = []
  for (const at of order) {
    try {
      planned[at] = await plan(at)
    } catch (error) {
      throw amongOthers(error, items, at, [])
    }
  }
  return planned
}

const checkCount = (items: readonly unknown[]): void => {
  if (items.length > MOST_TABLES)
    throw new GwError('invalid_request', `At most ${MOST_TABLES} tables can be changed by one request.`)
}

/** What tables of one request are planned with. */
interface Planning {
  readonly kit: Kit
  readonly call: SchemaCall
  readonly catalog: Catalog
  ahead: Ahead
}

const planCreate = (planning: Planning, given: Given, wanted: string): Planned => {
  const { kit, call, catalog } = planning
  const writer = writerOf(kit)
  const place = writer.place(wanted)
  // By the name that it will have, so that no second spelling gets round a denial.
  changeGrant(call, place.name, call.method)
  checkAnswer(call, place.name)
  const reading = { catalog, ahead: planning.ahead.catalog, call, writer }
  const { definition, metadata } = newTable(given, place, reading)
  const columns = definition.columns.map(({ name }) => ({ name, native: name, type: 'string', dbType: '' }) as const)
  const kept = keptOf(kit, reading.ahead, metadata, undefined, columns)
  planning.ahead = planning.ahead.add(comingTable(definition, kept))
  return { name: place.name, base: place.name, change: { kind: 'create', definition }, remember: keeping(kept) }
}

const planAlter = async (planning: Planning, given: Given, table: Table): Promise<Planned> => {
  const { kit, call, catalog } = planning
  const writer = writerOf(kit)
  const scope = changeableScope(table, call, call.method)
  refuseView(table)
  checkAnswer(call, table.name)
  const reading = { catalog, ahead: planning.ahead.catalog, call, writer }
  const { changes, metadata } = tableChanges(given, scope, reading, { drop: call.method === 'PUT' })
  const planned = await planChanges(kit, call, table, reading.ahead, changes, metadata)
  if (planned.change?.kind === 'alter') planning.ahead = planning.ahead.add(grownTable(table, planned.change))
  return planned
}

/** What is to become of a table that is there, its functions tried. */
export const planChanges = async (
  kit: Kit,
  call: SchemaCall,
  table: Table,
  catalog: Catalog,
  changes: readonly FieldChange[],
  metadata: Metadata,
): Promise<Planned> => {
  const kept = keptOf(kit, catalog, metadata, table, realFields(table))
  if (kept) await tryFunctions(kit.source, table, kept.fields, call.signal)
  return {
    name: table.name,
    base: table.base ?? table.name,
    change: changes.length > 0 ? { kind: 'alter', table, changes } : undefined,
    remember: keeping(kept),
  }
}

/** A description names a table as the source does, also where the API has another name for it. */
const knownTable = (catalog: Catalog, name: string): Table | undefined =>
  catalog.byName.get(name.toLowerCase()) ??
  catalog.tables.find(({ base }) => base?.toLowerCase() === name.toLowerCase())

const planOne = async (planning: Planning, given: Given): Promise<Planned> => {
  const { call, catalog } = planning
  const { name } = given
  if (typeof name !== 'string' || name === '') throw new GwError('invalid_request', 'Table name can not be empty.')
  const known = knownTable(catalog, name)
  if (!known)
    return call.method === 'POST'
      ? planCreate(planning, given, name)
      : planAlter(planning, given, tableNamed(catalog, name))
  if (call.method === 'POST' && call.query.checkExist) {
    changeGrant(call, known.name, call.method)
    throw new GwError('conflict', `A table with name '${known.name}' already exist in the database.`)
  }
  return planAlter(planning, given, known)
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

/** Two definitions of one table could not be held against what there is. */
const refuseTwice = (planned: readonly Planned[]): void => {
  const bases = planned.map(({ base }) => base.toLowerCase())
  const at = bases.findIndex((base, index) => bases.indexOf(base) !== index)
  if (at >= 0) throw amongOthers(new GwError('invalid_request', 'It stands in the request twice.'), planned, at, [])
}

/** POST, PUT and PATCH of `_schema`: all of it, or nothing where the source can undo. */
export const changeTables = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const definitions = definitionsIn(call)
  checkCount(definitions)
  const order = inOrder(definitions)
  const catalog = kit.source.catalog()
  const planning: Planning = { kit, call, catalog, ahead: ahead(catalog) }
  const names = definitions.map(({ name }) => ({ name: String(name ?? '') }))
  const planned = await planAll(names, order, (at) => planOne(planning, definitions[at]!))
  refuseTwice(planned)
  await carryOut(kit, planned, call.signal, order)
  const items = planned.map(({ base }) => answerFor(kit, call, nameNow(kit, base)))
  return rows({ items, identifier: ['name'] })
}

/** POST, PUT and PATCH of `_schema/{table}`. */
export const changeTable = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const catalog = kit.source.catalog()
  const table = tableNamed(catalog, call.params.table_name!)
  const given = definitionFor(call, 'table', call.params.table_name!, table)
  const planned = await planAlter({ kit, call, catalog, ahead: ahead(catalog) }, given, table)
  await carryOut(kit, [planned], call.signal)
  return answerFor(kit, call, nameNow(kit, planned.base))
}

const planDrop = (planning: Planning, name: string): Planned => {
  const { kit, call } = planning
  const { catalog } = planning.ahead
  const table = tableNamed(catalog, name)
  changeGrant(call, table.name, 'DELETE')
  refuseView(table)
  const held = catalog.tables.some(
    (other) => other !== table && other.foreignKeys.some((key) => key.table === table.name),
  )
  if (held) throw new GwError('conflict', `Other tables refer to "${table.name}": drop those references first.`)
  planning.ahead = planning.ahead.remove(table)
  return {
    name: table.name,
    base: table.base ?? table.name,
    change: { kind: 'drop', table },
    remember: kit.extras && (() => undefined),
  }
}

const dropAll = async (kit: Kit, call: SchemaCall, names: readonly string[]): Promise<readonly Planned[]> => {
  checkCount(names)
  const catalog = kit.source.catalog()
  const definitions = names.map((name): Given => {
    const table = catalog.byName.get(name.toLowerCase())
    return { name: table?.name ?? name, field: (table?.foreignKeys ?? []).map((key) => ({ ref_table: key.table })) }
  })
  const order = inOrder(definitions).toReversed()
  const planning: Planning = { kit, call, catalog, ahead: ahead(catalog) }
  const asked = names.map((name) => ({ name }))
  const planned = await planAll(asked, order, async (at) => planDrop(planning, names[at]!))
  await carryOut(kit, planned, call.signal, order)
  return planned
}

/** DELETE of `_schema`, by `ids` or a list in the body. Tables that refer to others of the list go first. */
export const dropTables = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  const names = namesIn(call)
  if (!names || names.length === 0) throw nothingSaid('DELETE')
  const planned = await dropAll(kit, call, names)
  return rows({ items: planned.map(({ name }) => ({ name })), identifier: ['name'] })
}

/** DELETE of `_schema/{table}`. */
export const dropTable = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  writerOf(kit)
  await dropAll(kit, call, [call.params.table_name!])
  return { success: true }
}
