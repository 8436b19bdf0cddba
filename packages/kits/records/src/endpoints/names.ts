/** The lists of names: the service's root, `_table` and `_schema`, and the descriptions behind the latter. */
import { type Call, type Endpoint, endpoint, type Reply, rows } from '@gw/core'
import type { Catalog, Table } from '../catalog.ts'
import { mayUse, tableItem, verbsOn } from '../describe.ts'
import { type Kit, tableNamed } from '../execute/work.ts'
import { parseIds } from '../params/fields.ts'
import { inSchema, namesIn, trimmedItems } from '../params/names.ts'
import type { RecordsParams } from '../params/query.ts'
import { routineResources } from '../resources.ts'
import { ROUTINE_BRANCH } from '../routines/routine.ts'
import { describedTable } from '../schema/visible.ts'
import { flatMapInTurns } from '../turns.ts'
import { queries, tablePath } from './parameters.ts'
import { documentedAs } from './shapes.ts'

type NamesCall = Call<unknown, RecordsParams, unknown>

const catalogFor = async (kit: Kit, { query, signal }: NamesCall): Promise<Catalog> =>
  query.refresh ? kit.source.refresh(signal) : kit.source.catalog()

/** Whether the caller may do anything with a table, by way of `_table` or `_schema`. */
const isOpen = (call: NamesCall, branch: string, table: Table): boolean => mayUse(call, `${branch}/${table.name}`)

const BRANCHES = ['_schema', '_table'] as const
const BRANCH_LABELS = { _schema: 'Schema', _table: 'Tables', _proc: 'Procedures', _func: 'Functions' } as const

/** Whether the caller may call any routine of a branch. Its names are only read where the branch itself is closed. */
const hasRoutines = async (kit: Kit, call: NamesCall, branch: '_proc' | '_func'): Promise<boolean> => {
  if (verbsOn(call, branch).length > 0) return true
  return (await routineResources(kit.source, call.signal)).some(
    ({ component }) => component.startsWith(`${branch}/`) && verbsOn(call, component).length > 0,
  )
}

/** The names that roles are made of (the wire contract §1.3), as far as the caller has something there. */
const accessList = async (kit: Kit, call: NamesCall, catalog: Catalog): Promise<readonly string[]> => {
  const routines = (await routineResources(kit.source, call.signal)).map(({ component }) => component)
  return [
    ...(await tableAccess(call, catalog)),
    ...routineBranches(kit).flatMap((branch) => [
      `${branch}/`,
      `${branch}/*`,
      ...routines.filter((component) => component.startsWith(`${branch}/`) && verbsOn(call, component).length > 0),
    ]),
    ...(kit.source.capabilities.transactions && verbsOn(call, '_batch').length > 0 ? ['_batch'] : []),
  ]
}

const routineBranches = ({ source }: Kit) => (source.routines?.kinds ?? []).map((kind) => ROUTINE_BRANCH[kind])

const tableAccess = async (call: NamesCall, catalog: Catalog): Promise<readonly string[]> => {
  const names = ['', '*']
  for (const branch of BRANCHES) {
    const open = await flatMapInTurns(catalog.tables, (table) =>
      isOpen(call, branch, table) ? [`${branch}/${table.name}/`, `${branch}/${table.name}/*`] : [],
    )
    names.push(`${branch}/`, `${branch}/*`, ...open)
  }
  return names
}

const rootEndpoint = (kit: Kit): Endpoint =>
  endpoint({
    id: 'getResources',
    method: 'GET',
    path: '/',
    component: '',
    tags: ['Service'],
    summary: 'List what is in the service',
    description: 'Lists the resources of the service on which the caller may do something.',
    query: queries.root,
    async handle(call): Promise<Reply> {
      const catalog = await catalogFor(kit, call)
      if (call.query.asAccessList) return accessList(kit, call, catalog)
      const shown: (keyof typeof BRANCH_LABELS)[] = BRANCHES.filter(
        (branch) => verbsOn(call, branch).length > 0 || catalog.tables.some((table) => isOpen(call, branch, table)),
      )
      for (const branch of routineBranches(kit)) if (await hasRoutines(kit, call, branch)) shown.push(branch)
      const items = shown.map((name) => ({ name, label: BRANCH_LABELS[name], access: verbsOn(call, name) }))
      return rows({ items, identifier: ['name'], listing: true })
    },
  })

const ITEM = {
  title: 'TableItem',
  type: 'object',
  properties: {
    name: { type: 'string' },
    label: { type: 'string' },
    description: { type: ['string', 'null'] },
    native: { type: 'array' },
    plural: { type: 'string' },
    is_view: { type: 'boolean' },
    access: { type: 'array', items: { type: 'string' }, description: 'The verbs that the caller may use.' },
  },
}
const NAMES = documentedAs({
  title: 'TableNames',
  type: 'object',
  properties: { resource: { type: 'array', items: { anyOf: [ITEM, { type: 'string' }] } } },
  required: ['resource'],
})

/** The tables that a list shows: open to the caller, and asked for. */
const listed = (
  call: NamesCall,
  branch: string,
  tables: readonly Table[],
): Promise<readonly Record<string, unknown>[]> => {
  const { ids, schema } = call.query
  const wanted = ids === undefined ? undefined : new Set(parseIds(ids).map((name) => String(name).toLowerCase()))
  return flatMapInTurns(tables, (table) => {
    if (!inSchema(table, schema) || (wanted && !wanted.has(table.name.toLowerCase()))) return []
    const access = verbsOn(call, `${branch}/${table.name}`)
    return access.length > 0 ? [tableItem(table, access)] : []
  })
}

const tablesEndpoint = (kit: Kit): Endpoint =>
  endpoint({
    id: 'getTables',
    method: 'GET',
    path: '/_table',
    tags: ['Records'],
    summary: 'List tables',
    description: 'Lists the tables and views on which the caller may do something.',
    query: queries.names,
    response: NAMES,
    async handle(call): Promise<Reply> {
      const { tables } = await catalogFor(kit, call)
      return rows({ items: await listed(call, '_table', tables), identifier: ['name'], listing: true })
    },
  })

export const DESCRIPTION = {
  title: 'TableSchema',
  type: 'object',
  properties: {
    ...ITEM.properties,
    alias: { type: ['string', 'null'] },
    primary_key: { type: 'array', items: { type: 'string' } },
    name_field: { type: ['string', 'null'] },
    field: { type: 'array', items: { type: 'object' } },
    related: { type: 'array', items: { type: 'object' } },
    constraints: { description: 'Foreign keys by name; an empty array where there are none.' },
    access: { type: 'integer', description: 'The verbs as a mask: GET 1, POST 2, PUT 4, PATCH 8, DELETE 16.' },
  },
}

const schemaEndpoints = (kit: Kit): readonly Endpoint[] => [
  endpoint({
    id: 'getSchemas',
    method: 'GET',
    path: '/_schema',
    listing: true,
    tags: ['Schema'],
    summary: 'List descriptions of tables',
    description: 'Lists tables by name, or describes those that ids names in full.',
    query: queries.names,
    response: documentedAs({
      type: 'object',
      properties: { resource: { type: 'array', items: { anyOf: [DESCRIPTION, ITEM, { type: 'string' }] } } },
      required: ['resource'],
    }),
    async handle(call): Promise<Reply> {
      const catalog = await catalogFor(kit, call)
      const names = namesIn(call)
      if (names) {
        const items = names.map((name) => describedTable(tableNamed(catalog, name), catalog, call))
        return rows({ items: trimmedItems(items, call.query), identifier: ['name'] })
      }
      const items = (await listed(call, '_schema', catalog.tables)).map((item) => ({ alias: null, ...item }))
      return rows({ items, identifier: ['name'], listing: true })
    },
  }),
  endpoint({
    id: 'getSchema',
    method: 'GET',
    path: '/_schema/{table_name}',
    component: '_schema/{table_name}',
    tags: ['Schema'],
    summary: 'Describe a table',
    description: 'Describes a table: its fields, its key, its relations and its constraints.',
    params: tablePath,
    query: queries.described,
    response: documentedAs(DESCRIPTION),
    errors: ['not_found'],
    async handle(call): Promise<Reply> {
      const catalog = await catalogFor(kit, call)
      return describedTable(tableNamed(catalog, call.params.table_name!), catalog, call)
    },
  }),
]

export const nameEndpoints = (kit: Kit): readonly Endpoint[] => [
  rootEndpoint(kit),
  tablesEndpoint(kit),
  ...schemaEndpoints(kit),
]
