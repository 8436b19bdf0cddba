/** Where the endpoints of tables stand: below `_table/{table_name}`, or one table by itself below a path of its own. */
import { type Call, type Condition, type Endpoint, type Grant, GwError, type Method, type Schema } from '@gw/core'
import type { Table } from '../catalog.ts'
import { granted } from '../describe.ts'
import { type Kit, openWork, tableNamed, type Work } from '../execute/work.ts'
import { listItems } from '../params/fields.ts'
import { relationsOf } from '../relations.ts'
import { itemPath, recordPath, tablePath } from './parameters.ts'
import { shapesOf, shapesShown, type TableShapes } from './shapes.ts'

type PathParams = Readonly<Record<string, string>>
type At = Pick<Endpoint, 'path' | 'tags'> & {
  readonly params?: Schema<PathParams, PathParams>
  readonly component?: string
}
type Refine = NonNullable<Endpoint['refine']>

export interface Place {
  readonly list: At
  readonly one: At & { readonly params: Schema<PathParams, PathParams> }
  /** What POST answers with. */
  readonly created: 200 | 201
  /** The id of an operation: `getRecords` of `_table` is `getRoles` of a collection. */
  idOf(general: string): string
  openWork: typeof openWork
  /** Which of the conditions that a handler could keep are kept here. */
  keeping(conditions: readonly Condition[]): Pick<Endpoint, 'keeps'>
  /** The part of a table's schemas that an endpoint is documented with. */
  refineWith(kit: Kit): (method: Method, pick: (shapes: TableShapes) => ReturnType<Refine>) => Refine
}

/** The tables of a database. */
export const TABLES: Place = {
  list: { path: '/_table/{table_name}', component: '_table/{table_name}', tags: ['Records'], params: tablePath },
  one: { path: '/_table/{table_name}/{id}', component: '_table/{table_name}', tags: ['Records'], params: recordPath },
  created: 200,
  idOf: (general) => general,
  openWork,
  keeping: (keeps) => ({ keeps }),
  refineWith:
    (kit) =>
    (method, pick) =>
    ({ component }, reader) => {
      const catalog = kit.source.catalog()
      const table = catalog.byName.get(component.split('/').slice(1).join('/').toLowerCase())
      if (!table || !reader) return table && pick(shapesOf(table))
      const grant = granted(reader, component, method)
      return grant && pick(shapesShown(table, catalog, grant, reader))
    },
}

/** One table as a collection with a path of its own: `/role` and `/role/{id}`, whose components are their paths. */
export interface Collection {
  /** `/role` */
  readonly path: `/${string}`
  /** The table's API name. */
  readonly table: string
  /** One record and many, as operations are named after: `Role`, `Roles`. */
  readonly names: readonly [one: string, many: string]
  readonly tag: string
  readonly created?: 200 | 201
  /** What a caller may do with a table, their own one or one that a relation leads to. Throws as `Call.access` does. */
  access(call: Call, table: string, method: Method): Grant
  /** Values that filters may name without `params` saying them: `{ ':user_id': 5 }`. */
  named?(call: Call): Readonly<Record<string, unknown>>
}

const TABLE = /^_table\/(.+)$/

/** A call of which something is different: `callWith(call, { body })`. */
export const callWith = <C extends Call>(call: C, own: Partial<Call>): C =>
  // Functions of a call are getters on private fields: everything else is asked of the call itself.
  new Proxy(call, {
    get: (target, name) => (Object.hasOwn(own, name) ? own[name as keyof Call] : Reflect.get(target, name, target)),
  })

/** The call as the kit wants it: about a table, whose rights are those of the collection. */
const callOn = ({ table, access }: Collection, call: Call): Call => {
  const params = { ...(call.params as object), table_name: table }
  const own: Partial<Call> = {
    params,
    grant: access(call, table, call.method),
    access: (component, method = call.method) => {
      const [, name] = TABLE.exec(component) ?? []
      return name === undefined ? call.access(component, method) : access(call, name, method)
    },
  }
  return callWith(call, own)
}

/** A relation by a name that there is not is a mistake that a database overlooks and a collection tells. */
const refuseUnknown = (kit: Kit, table: string, related: string | undefined): void => {
  if (!related) return
  const catalog = kit.source.catalog()
  const names = [...relationsOf(tableNamed(catalog, table), catalog).keys()].map((name) => name.toLowerCase())
  for (const item of listItems(related)) {
    const wanted = item.toLowerCase()
    if (wanted !== '*' && !names.some((name) => wanted === name || wanted.startsWith(`${name}.`)))
      throw new GwError('invalid_request', `Unknown relationship: ${item}`)
  }
}

/** A page is of the records by their key, unless it is asked for in another order, so that pages do not overlap. */
const asCollection = ({ named }: Collection, work: Work): Work => {
  const { params, scope, call } = work
  const order = params.order ?? (params.group ? undefined : scope.key.map(({ name }) => name).join(','))
  return { ...work, params: { ...params, order, params: { ...named?.(call), ...params.params } } }
}

export const collectionPlace = (collection: Collection): Place => {
  const { path, table, names, tag } = collection
  const [one, many] = names
  return {
    list: { path, tags: [tag] },
    one: { path: `${path}/{id}`, tags: [tag], params: itemPath },
    created: collection.created ?? 201,
    idOf: (general) =>
      general.endsWith('Records') ? general.replace('Records', many) : general.replace('Record', one),
    // What is done beside a write of a collection is not the kit's to undo: it can only be kept from being begun.
    keeping: (conditions) => (conditions.includes('if-match') ? { keeps: ['if-match'] } : {}),
    openWork(kit, call): Work {
      refuseUnknown(kit, table, call.query.related)
      return asCollection(collection, openWork(kit, callOn(collection, call as Call) as typeof call))
    },
    refineWith: (kit) => (_method, pick) => () => {
      const found: Table | undefined = kit.source.catalog().byName.get(table.toLowerCase())
      return found && pick(shapesOf(found))
    },
  }
}
