/** What a role can be granted on a records service, and the one spelling of each component. */
import { METHODS, type Resource } from '@gw/core'
import { type Catalog, fieldOf, type Table } from './catalog.ts'
import { routineComponent } from './routines/describe.ts'
import type { RoutineKind } from './routines/routine.ts'
import type { RecordsSource } from './source.ts'

const BATCH: Resource = { component: '_batch', kind: 'batch', label: 'Several calls in one', methods: ['POST'] }

/** `_table/x` and `_schema/x` for every table, and `_batch`. Throws `unavailable` before the first introspection. */
export const recordsResources = (source: RecordsSource): readonly Resource[] => [
  ...source.catalog().tables.flatMap((table): Resource[] => [
    { component: `_table/${table.name}`, kind: table.view ? 'view' : 'table', label: table.name },
    {
      component: `_schema/${table.name}`,
      kind: 'schema',
      label: table.name,
      methods: source.schema && !table.view ? METHODS : ['GET'],
    },
  ]),
  ...(source.capabilities.transactions ? [BATCH] : []),
]

/** `_proc/x` and `_func/x` for every routine; reads them where that has not been done. */
export const routineResources = async (source: RecordsSource, signal: AbortSignal): Promise<readonly Resource[]> => {
  const { routines } = source
  if (!routines) return []
  return (await routines.load(signal)).groups
    .filter(({ kind }) => routines.kinds.includes(kind))
    .map((group) => ({
      component: routineComponent(group),
      kind: group.kind,
      label: group.name,
      methods: ['GET', 'POST'],
    }))
}

/** A name ends at its arguments: `_proc/total_for(3)`. */
const ROUTINE_PATH = /^(_proc|_func)\/([^/(]+)(?:\([^/]*)?$/is
const KINDS: Readonly<Record<string, RoutineKind>> = { _proc: 'procedure', _func: 'function' }

const canonicalRoutine = (source: RecordsSource, component: string): string => {
  const path = ROUTINE_PATH.exec(component)
  const group = path && source.routines?.known()?.find(KINDS[path[1]!.toLowerCase()]!, path[2]!)
  // Rules name a routine without arguments, also before the routines are known.
  return group ? routineComponent(group) : path ? `${path[1]}/${path[2]}` : component
}

const FIELD_PATH = /^\/_field\/([^/]+)(\/?)$/is

/** What stands behind a table's name: `/_FIELD/Name` is `/_field/name`, by the source's own name. */
const canonicalRest = (branch: string, table: Table, rest: string): string => {
  const path = branch === '_schema' ? FIELD_PATH.exec(rest) : null
  const field = path && fieldOf(table, path[1]!)
  return field ? `/_field/${field.native}${path[2]}` : rest
}

const BRANCHES: ReadonlySet<string> = new Set(['_table', '_schema'])

/**
 * Makes `Service.canonical`: `_Table/CUSTOMERS/5` becomes `_table/customers/5`, so that neither case nor a schema
 * prefix nor a routine's inline arguments get round a denial. Never does I/O; before the first introspection, and for what is no table, it returns
 * its argument.
 */
export const recordsCanonical =
  (source: RecordsSource) =>
  (component: string): string => {
    const slash = component.indexOf('/')
    const branch = component.slice(0, Math.max(0, slash)).toLowerCase()
    if (!BRANCHES.has(branch)) return canonicalRoutine(source, component)
    let catalog: Catalog
    try {
      catalog = source.catalog()
    } catch {
      return component
    }
    const next = component.indexOf('/', slash + 1)
    const end = next < 0 ? component.length : next
    const table = catalog.byName.get(component.slice(slash + 1, end).toLowerCase())
    // Under its alias, a table is asked for as such, too: as the path was sent. So a rule holds under either name.
    return table
      ? `${branch}/${table.base ?? table.name}${canonicalRest(branch, table, component.slice(end))}`
      : component
  }
